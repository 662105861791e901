"""How well a model foretells a text it was not trained on."""

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.corpus import Windows
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Parameters

_T, _STREAMS = 100, 32


def mean_loss(model: Model, theta: Parameters, indices: NDArray[np.unsignedinteger]) -> float:
    """The loss in nats a character over the text of these indices, read in up to 32 streams from states of zeros.

    Raises CorpusError where the text has fewer than two characters.
    """
    B = max(1, min(_STREAMS, len(indices) // (10 * _T)))  # a stream's first characters are foretold from nothing
    T = min(_T, max(1, len(indices) // B - 1))
    windows = Windows(indices, T, B)
    ws = model.workspace(T, B, theta.flat.dtype)
    h: np.ndarray = np.zeros((B, model.hidden_size), theta.flat.dtype)
    total, count = 0.0, 0
    while True:
        x, y = windows.next()
        total += model.loss(theta, x, y, h, ws)
        count += T
        if windows.ends_epoch:
            return total / count
        h = ws.tape.H[-1].copy()
