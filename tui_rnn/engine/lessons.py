"""A gradient broken on purpose: each fault's gradient, made by the real backward pass, beside one numeric gradient.

No line of the backward pass is written here again. A wrong sign is the gradient of -1 times the loss; what is dropped
or not transposed on the way back through W is so in a copy of the weights that the way back alone reads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.errors import counted, listed
from tui_rnn.engine.events import CENTRAL, GradientRow
from tui_rnn.engine.faults import CLIP, CLIP_LIMIT, SIGN, TERM, TRANSPOSE, Fault, fault, why_nothing_changes
from tui_rnn.engine.gradcheck import analytic_gradient, compare, measure
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.windows import Indices


@dataclass(frozen=True, slots=True)
class Lesson:
    """The check of a gradient with one fault."""

    fault: Fault
    rows: tuple[GradientRow, ...]  # in the order of the intact ones; empty where the fault changes nothing
    why_not: str  # why it changes nothing; else empty


@dataclass(frozen=True, slots=True)
class Lessons:
    """The check of the right gradient, and of each broken one, at the same elements."""

    method: str
    hidden_size: int
    seq_length: int
    intact: tuple[GradientRow, ...]
    lessons: tuple[Lesson, ...]

    @property
    def is_drawn(self) -> bool:
        """Whether not all numbers were tried."""
        return any(row.checked < np.prod(row.shape) for row in self.intact)


def teach(
    model: Model,
    theta: Parameters,
    x: Indices,
    y: Indices,
    faults: Sequence[str],
    *,
    method: str = CENTRAL,
    delta: float | None = None,
    most_elements: int | None = None,
    at_once: int = 25,
) -> Iterator[Lessons | None]:
    """Check the gradient of the loss on a window x, y (T, B), right and with each of these faults, on copies.

    At the most `most_elements` of each parameter are tried, those of the largest gradient, so that what a fault does
    is seen. Yields None at the latest after `at_once` of them, and last the lessons.
    """
    theta = theta.copy(np.float64)
    right = analytic_gradient(model, theta, x, y)
    limit = _limit(right)
    sizes = model.vocab_size, model.hidden_size, len(x)
    described = [(fault(name, model.cell, limit), why_nothing_changes(name, *sizes)) for name in faults]
    wrong = {each.name: broken_gradient(each.name, model, theta, x, y, limit) for each, why in described if not why}
    yield None
    elements = {name: _largest(right[name], most_elements) for name in model.table_order}
    intact: list[GradientRow] = []
    broken: dict[str, list[GradientRow]] = {name: [] for name in wrong}
    for measured in measure(model, theta, x, y, elements, method=method, delta=delta, at_once=at_once):
        if measured is None:
            yield None
            continue
        row = partial(compare, measured, method=method)
        intact.append(row(gradient=right))
        for name, gradient in wrong.items():
            broken[name].append(row(gradient=gradient))
    lessons = tuple(Lesson(each, tuple(broken.get(each.name, ())), why) for each, why in described)
    yield Lessons(method, model.hidden_size, len(x), tuple(intact), lessons)


def broken_gradient(
    name: str, model: Model, theta: Parameters, x: Indices, y: Indices, limit: float = CLIP_LIMIT
) -> Parameters:
    """The gradient of the loss on a window x, y (T, B) from a state of zeros, as the fault of this name makes it."""
    T, B = x.shape
    g, ws = Parameters(model.shapes, theta.flat.dtype), model.workspace(T, B, theta.flat.dtype)
    zeros = model.zero_state(B, theta.flat.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # of weights that have diverged: the row fails
        if name in (SIGN, CLIP):
            model.loss_and_gradient(theta, x, y, zeros, ws, g, scale=-1.0 if name == SIGN else 1.0)
        else:
            model.loss(theta, x, y, zeros, ws)
            model.readout_gradient(theta, ws, g, 1 / B)
            ws.stack.backward(_as_read_on_the_way_back(name, model, theta), x, g)
        if name == CLIP:
            g.flat.clip(-limit, limit, out=g.flat)
    return g


def _as_read_on_the_way_back(name: str, model: Model, theta: Parameters) -> Parameters:
    """The weights with W of every layer as this fault's way back reads it."""
    read = theta.copy()
    for layer in model.stack.names:
        W = read[layer["W"]]
        if name == TERM:
            W[...] = 0
        if name == TRANSPOSE:  # W (m, G m): the block (m, m) of each gate
            blocks = theta[layer["W"]].reshape(len(W), -1, len(W))
            W[...] = blocks.transpose(2, 1, 0).reshape(W.shape)
    return read


def _limit(gradient: Parameters) -> float:
    """What the gradient is clipped to: the assignment's 5, or half of its largest number where 5 would change none."""
    largest = float(np.abs(gradient.flat).max())
    return CLIP_LIMIT if largest > CLIP_LIMIT or not largest else largest / 2


def _largest(values: Array, most: int | None) -> NDArray[np.intp]:
    """The places of so many numbers of the largest magnitude, in order."""
    sizes = np.abs(values.ravel())
    if most is None or sizes.size <= most:
        return np.arange(sizes.size)
    return np.sort(sizes.argpartition(-most)[-most:])


def which_fail(rows: Sequence[GradientRow]) -> str:
    """`b, U and W fail, c and V pass`, or `all 5 rows fail`."""
    names = {verdict: [row.parameter for row in rows if row.verdict == verdict] for verdict in ("fail", "pass")}
    if not all(names.values()):
        verdict = "fail" if names["fail"] else "pass"
        return f"all {counted(len(rows), 'row')} {verdict}"
    fail = f"{listed(names['fail'])} fail{'s' * (len(names['fail']) == 1)}"
    return f"{fail}, {listed(names['pass'])} pass{'es' * (len(names['pass']) == 1)}"
