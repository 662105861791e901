"""Reads a text with copied weights, a few steps at a time, for instruments that look at hidden values."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.windows import Indices

_PIECE = 20_000_000  # multiplications of one piece: about 2 ms
_STEPS = 50  # of one piece at most: a step of a small network is nearly all Python


class Piece(NamedTuple):
    """What happened in the network over t steps. The next piece is written over it."""

    begin: int  # the first step
    hidden: Array  # (t, B, L m): h of every layer, the lowest first, after each of these characters
    inner: dict[str, Array]  # what the cells computed on the way there, by its symbol, each (t, B, L m)


def hidden_values(model: Model, theta: Parameters, x: Indices, state: Array) -> Iterator[Piece]:
    """The hidden values as the texts x (T, B) are read from the state (B, S), in pieces."""
    T, B = x.shape
    per_step = B * model.hidden_size**2 * model.stack.cell.gates * model.stack.layers
    most = max(1, min(_STEPS, T, _PIECE // per_step))
    reader = model.stack.unrolled(most, B, theta.flat.dtype)
    for begin in range(0, T, most):
        steps = min(most, T - begin)
        if steps < most:
            reader = model.stack.unrolled(steps, B, theta.flat.dtype)
        reader.forward(theta, x[begin : begin + steps], state)
        state = reader.state.copy()
        yield Piece(begin, reader.hidden(), reader.inner())


def side_by_side(text: NDArray[np.integer], streams: int, warm: int, characters: int) -> Indices:
    """So many pieces of a text, evenly spread, as columns (warm + T, B) with T B at most that many characters."""
    B = max(1, min(streams, len(text) // (2 * warm + 2)))
    T = max(1, min(characters // B, len(text) // B - warm - 1)) + warm
    begins = [round(i * (len(text) - T - 1) / max(1, B - 1)) for i in range(B)]
    rows = [text[max(0, begin) : max(0, begin) + T] for begin in begins]
    return np.ascontiguousarray(np.array(rows).T, np.intp)
