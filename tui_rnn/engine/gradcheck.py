"""The gradient check: the analytic gradient held against two numeric ones, a row for each parameter.

Central differences, (L(theta + delta) - L(theta - delta)) / (2 delta), are the report's table; their truncation and
rounding errors leave about 1e-9. The complex step, Im L(theta + i delta) / delta with delta = 1e-20 (Squire & Trapp,
SIAM Review 40, 1998), subtracts nothing and has no truncation error left: it agrees to about 1e-14 and is the proof.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import CENTRAL, COMPLEX, GradientChecked, GradientRow
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.rng import stream
from tui_rnn.engine.windows import Indices

DELTA = {CENTRAL: 1e-4, COMPLEX: 1e-20}
# The norm-wise relative error a correct float64 gradient stays under: measured at m = 100, sig = 0.01 the worst row is
# 1.1e-7 for central differences and 2e-15 for the complex step.
TOLERANCE = {CENTRAL: 1e-5, COMPLEX: 1e-12}
_BESIDE_HIDDEN_SIZE, _BESIDE_SEQ_LENGTH = 100, 25  # the most of a check beside training
_BESIDE_BUDGET = 10**9  # multiplications it may cost for each parameter: of a huge vocabulary few elements are drawn
_SLICE, _SLICE_COST = 25, 10**7  # elements at most, and outputs computed for them, before the caller can look up


def check_gradient(
    model: Model,
    theta: Parameters,
    x: Indices,
    y: Indices,
    rng: np.random.Generator,
    *,
    method: str = CENTRAL,
    delta: float | None = None,
    most_elements: int | None = None,
    gradient: Parameters | None = None,
) -> Iterator[GradientRow | None]:
    """Check the gradient of the loss on one window x, y (T, B) from a state of zeros, in float64 on copies.

    Yields None now and then, so that the caller can look up, and a row when a parameter is done. At the most
    `most_elements` of a parameter are compared, drawn by `rng`; None: all. `gradient` stands in for the model's own
    analytic gradient: for a test that a wrong one is found.
    """
    theta = theta.copy(np.float64)
    if gradient is None:
        gradient = analytic_gradient(model, theta, x, y)
    elements = {name: _drawn(gradient[name].size, most_elements, rng) for name in model.table_order}
    for measured in measure(model, theta, x, y, elements, method=method, delta=delta):
        yield measured and compare(measured, gradient, method)


class Measured(NamedTuple):
    """The numeric gradient of one parameter, where it was measured."""

    name: str
    elements: NDArray[np.intp]  # places in the flattened parameter
    slopes: Array  # dL/d of each


def measure(
    model: Model,
    theta: Parameters,
    x: Indices,
    y: Indices,
    elements: Mapping[str, NDArray[np.intp]],
    *,
    method: str = CENTRAL,
    delta: float | None = None,
    at_once: int = _SLICE,
) -> Iterator[Measured | None]:
    """The numeric gradient at these elements of each parameter, in the order of the report's table; theta is copied.

    Yields None at the latest after `at_once` elements, so that the caller can look up.
    """
    delta = DELTA[method] if delta is None else delta
    theta = theta.copy(np.complex128 if method == COMPLEX else np.float64)
    slope = _numeric_slope(model, theta, x, y, method, delta)
    often = max(1, min(at_once, _SLICE_COST // (x.size * model.vocab_size)))  # elements between two looks up
    for name in model.table_order:
        slopes = np.empty(len(elements[name]))
        values = theta[name].ravel()  # a view: the parameters are contiguous
        for place, element in enumerate(elements[name].tolist()):
            slopes[place] = slope(values, element)
            if place % often == often - 1:
                yield None
        yield Measured(name, elements[name], slopes)


def _drawn(size: int, most: int | None, rng: np.random.Generator) -> NDArray[np.intp]:
    """All places of a parameter of so many numbers, or so many drawn."""
    if most is None or size <= most:
        return np.arange(size)
    return np.sort(rng.choice(size, most, replace=False))


def check_text(
    model: Model,
    theta: Parameters,
    indices: NDArray[np.unsignedinteger],
    seq_length: int,
    rng: np.random.Generator,
    *,
    method: str,
    delta: float | None = None,
    most_elements: int | None = None,
) -> Iterator[GradientChecked | None]:
    """The check on the first T characters of a text: None now and then, and at last the whole table."""
    T = seq_length
    rows: list[GradientRow] = []
    delta = DELTA[method] if delta is None else delta
    for row in check_gradient(
        model, theta, *first_window(indices, T), rng, method=method, delta=delta, most_elements=most_elements
    ):
        if row is not None:
            rows.append(row)
        yield None
    passed = all(row.verdict == "pass" for row in rows)
    yield GradientChecked(method, delta, model.hidden_size, T, passed, tuple(rows))


def first_window(indices: NDArray[np.unsignedinteger], seq_length: int) -> tuple[Indices, Indices]:
    """Inputs and targets (T, 1): the first T characters of a text, and those after them."""
    window = indices[: seq_length + 1].astype(np.intp).reshape(-1, 1)
    return window[:-1], window[1:]


def check_beside_training(
    config: RunConfig,
    model: Model,
    theta: Parameters,
    indices: NDArray[np.unsignedinteger],
    step: int,
    *,
    method: str,
    most_elements: int | None,
) -> Iterator[GradientChecked | None]:
    """As `check_text`, so small that it is over in a fraction of a second: of a larger network a smaller one's.

    What it draws comes from streams of the run's seed, for the elements one of this step.
    """
    model, theta, T = small_enough(config, model, theta)
    rng = stream(config.seed, "gradcheck", step)
    if most_elements is not None:
        affordable = _BESIDE_BUDGET // (T * (model.hidden_size + 1) * (model.hidden_size + model.vocab_size))
        most_elements = max(1, min(most_elements, affordable))
    yield from check_text(model, theta, indices, T, rng, method=method, most_elements=most_elements)


def small_enough(config: RunConfig, model: Model, theta: Parameters) -> tuple[Model, Parameters, int]:
    """The network and the T of a check beside training: the run's, or a smaller one with weights of its own."""
    if model.hidden_size > _BESIDE_HIDDEN_SIZE:
        model = Model.from_config(replace(config, hidden_size=_BESIDE_HIDDEN_SIZE), model.vocab_size)
        theta = model.init(stream(config.seed, "init"), np.float64)
    return model, theta, min(config.seq_length, _BESIDE_SEQ_LENGTH)


# Weights that have diverged make a row of NaN, which fails: that is the verdict, not a warning.
_quiet = np.errstate(over="ignore", invalid="ignore")


@_quiet
def analytic_gradient(model: Model, theta: Parameters, x: Indices, y: Indices) -> Parameters:
    """The gradient by backpropagation, in float64, of the loss on a window x, y (T, B) from a state of zeros."""
    T, B = x.shape
    gradient = Parameters(model.shapes, np.float64)
    ws, state = model.workspace(T, B, np.float64), model.zero_state(B, np.float64)
    model.loss_and_gradient(theta, x, y, state, ws, gradient)
    return gradient


def _numeric_slope(
    model: Model, theta: Parameters, x: Indices, y: Indices, method: str, delta: float
) -> Callable[[Array, int], float]:
    """A function (values, element) -> dL/d(values[element]), where values is a view of theta."""
    T, B = x.shape
    ws = model.workspace(T, B, theta.flat.dtype)
    state = model.zero_state(B, theta.flat.dtype)

    @_quiet
    def central(values: Array, element: int) -> float:
        before = values[element]
        values[element] = before + delta
        above = model.loss(theta, x, y, state, ws)
        values[element] = before - delta
        below = model.loss(theta, x, y, state, ws)
        values[element] = before
        return (above - below) / (2 * delta)

    @_quiet
    def complex_step(values: Array, element: int) -> float:
        before = values[element]
        values[element] = before + 1j * delta
        slope = model.loss(theta, x, y, state, ws).imag / delta
        values[element] = before
        return slope

    return complex_step if method == COMPLEX else central


@_quiet
def compare(measured: Measured, gradient: Parameters, method: str) -> GradientRow:
    """The verdict on one parameter: this gradient's numbers beside those that were measured."""
    name, elements, numeric = measured
    analytic = gradient[name]
    a = analytic.ravel()[elements]
    difference = np.abs(a - numeric)
    sizes = np.abs(a) + np.abs(numeric)
    relative = np.divide(difference, sizes, out=np.zeros_like(sizes), where=sizes != 0)  # an unused weight has none
    norms = float(np.linalg.norm(a) + np.linalg.norm(numeric))
    norm_wise = float(np.linalg.norm(a - numeric)) / norms if norms else 0.0  # no gradient, no error
    worst = int(relative.argmax())
    return GradientRow(
        parameter=name,
        shape=analytic.shape,
        checked=len(elements),
        relative_error=norm_wise,
        max_relative_error=float(relative[worst]),
        max_index=tuple(int(i) for i in np.unravel_index(elements[worst], analytic.shape)),
        max_absolute_error=float(difference.max()),
        verdict="pass" if norm_wise <= TOLERANCE[method] else "fail",  # a NaN fails
    )
