"""How well a model foretells a text it was not trained on."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Parameters
from tui_rnn.engine.windows import Sequential

_T = 25  # characters of a stream read at a time: few, so that the arrays stay in the processor's cache
_STREAMS = 32
_LEAST = 1000  # characters of a stream: its first ones are foretold from nothing


def mean_losses(model: Model, theta: Parameters, indices: NDArray[np.unsignedinteger]) -> Iterator[float]:
    """The mean loss in nats a character over the text of these indices so far, again and again to its end.

    The text is read in up to 32 streams from states of zeros, 25 characters of each between two losses. Raises
    CorpusError where it has fewer than two characters.
    """
    B = max(1, min(_STREAMS, len(indices) // _LEAST))
    T = min(_T, max(1, len(indices) // B - 1))
    order = Sequential(indices, T, B)
    ws = model.workspace(T, B, theta.flat.dtype)
    state = model.zero_state(B, theta.flat.dtype)
    total, count = 0.0, 0
    while not order.ends_epoch:
        window = order.next()
        with np.errstate(over="ignore", invalid="ignore"):  # weights about to diverge have no finite loss
            total += model.loss(theta, window.x, window.y, state, ws)
        count += T
        state[...] = ws.state
        yield total / count


def mean_loss(model: Model, theta: Parameters, indices: NDArray[np.unsignedinteger]) -> float:
    """The loss in nats a character over the whole text of these indices, as `mean_losses` ends with."""
    *_, loss = mean_losses(model, theta, indices)
    return loss
