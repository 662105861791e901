"""Reads a text with copied weights, a few steps at a time, for instruments that look at hidden values."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.windows import Indices

_PIECE = 20_000_000  # multiplications of one piece: about 2 ms
_STEPS = 50  # of one piece at most: a step of a small network is nearly all Python


def hidden_values(model: Model, theta: Parameters, x: Indices, state: Array) -> Iterator[tuple[int, Array]]:
    """The hidden values as the texts x (T, B) are read from the state (B, S): pieces (first step, H (t, B, m)).

    H[i] is h after the character of step first + i. The next piece is written over it.
    """
    T, B = x.shape
    most = max(1, min(_STEPS, T, _PIECE // (B * model.hidden_size**2 * model.stack.cell.gates)))
    reader = model.stack.unrolled(most, B, theta.flat.dtype)
    for begin in range(0, T, most):
        steps = min(most, T - begin)
        if steps < most:
            reader = model.stack.unrolled(steps, B, theta.flat.dtype)
        reader.forward(theta, x[begin : begin + steps], state)
        state = reader.state.copy()
        yield begin, reader.tape.H[1:]


def side_by_side(text: NDArray[np.integer], streams: int, warm: int, characters: int) -> Indices:
    """So many pieces of a text, evenly spread, as columns (warm + T, B) with T B at most that many characters."""
    B = max(1, min(streams, len(text) // (2 * warm + 2)))
    T = max(1, min(characters // B, len(text) // B - warm - 1)) + warm
    begins = [round(i * (len(text) - T - 1) / max(1, B - 1)) for i in range(B)]
    rows = [text[max(0, begin) : max(0, begin) + T] for begin in begins]
    return np.ascontiguousarray(np.array(rows).T, np.intp)
