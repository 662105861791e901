"""How large each parameter has become: its Euclidean norm and its largest number."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tui_rnn.engine.instruments.subject import Subject


@dataclass(frozen=True, slots=True)
class ParameterNorm:
    """The size of one parameter."""

    parameter: str
    norm: float  # sqrt of the sum of squares
    largest: float  # the largest absolute value


def parameter_norms(subject: Subject, argument: None = None) -> Iterator[tuple[ParameterNorm, ...] | None]:
    """The size of each parameter."""
    found = []
    for name, view in subject.theta.items():
        found.append(
            ParameterNorm(name, float(np.linalg.norm(view.astype(np.float64))), float(np.abs(view).max(initial=0.0)))
        )
        yield None
    yield tuple(found)
