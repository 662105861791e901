"""How large each parameter has become: its Euclidean norm and its largest number."""

from dataclasses import dataclass

import numpy as np

from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Parameters
from tui_rnn.engine.windows import Window


@dataclass(frozen=True, slots=True)
class ParameterNorm:
    """The size of one parameter."""

    parameter: str
    norm: float  # sqrt of the sum of squares
    largest: float  # the largest absolute value


def parameter_norms(model: Model, theta: Parameters, window: Window) -> tuple[ParameterNorm, ...]:
    """The size of each parameter; neither the model's equations nor a window are needed for it."""
    return tuple(
        ParameterNorm(name, float(np.linalg.norm(view.astype(np.float64))), float(np.abs(view).max()))
        for name, view in theta.items()
    )
