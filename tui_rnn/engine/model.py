"""The model: a recurrent cell and its readout V, c; loss and gradient of one window by backpropagation through time.

    a_t = h_{t-1} W + U[x_t] + b     h_t = tanh(a_t)     o_t = h_t V + c     p_t = softmax(o_t)
    loss = - sum over t of log p_t[y_t], averaged over the batch

Goodfellow, Bengio & Courville, Deep Learning, (10.8)-(10.11) and (10.17)-(10.28), with rows as vectors.
"""

from math import sqrt

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tui_rnn.engine.cells import rnn
from tui_rnn.engine.parameters import Array, Parameters, Shapes

Indices = NDArray[np.intp]

# Up to this many characters the gradient of U is one product with a one-hot matrix; above it, sums over sorted rows.
_ONE_HOT_LIMIT = 256


class Workspace:
    """Every array that loss and gradient of a (T, B) window need, allocated once. One dtype, real or complex."""

    def __init__(self, T: int, B: int, K: int, m: int, dtype: DTypeLike) -> None:
        dtype = np.dtype(dtype)
        rows = T * B
        self.tape = rnn.Tape(T, B, m, dtype)
        # The same memory as rows of T B vectors: the products outside the recurrence see no time and no batch.
        self.A = self.tape.A.reshape(rows, m)
        self.dA = self.tape.dA.reshape(rows, m)
        self.dH = self.tape.dH.reshape(rows, m)
        self.H = self.tape.H[1:].reshape(rows, m)
        self.H_before = self.tape.H[:-1].reshape(rows, m)
        self.O: Array = np.empty((rows, K), dtype)  # o_t, then exp(o_t), then dL/do_t
        self.row_maximum: Array = np.empty((rows, 1), dtype.type(0).real.dtype)
        self.partition: Array = np.empty((rows, 1), dtype)  # sum over k of exp(o_t[k])
        self.row_start: Indices = np.arange(rows, dtype=np.intp) * K
        self.target: Indices = np.empty(rows, np.intp)  # where o_t[y_t] stands in O.ravel()
        self.one_hot: Array | None = np.zeros((rows, K), dtype) if K <= _ONE_HOT_LIMIT else None


class Model:
    """A character RNN of K characters and m hidden units. It holds sizes only; the numbers are passed in."""

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        K, m = vocab_size, hidden_size
        self.shapes: Shapes = {**rnn.shapes(K, m), "V": (m, K), "c": (K,)}

    def init(self, rng: np.random.Generator, dtype: DTypeLike, init: str = "normal", sig: float = 0.01) -> Parameters:
        """Random U W V and zero b c. `normal`: standard deviation sig; `scaled`: 1/sqrt(2K), 1/sqrt(2m), 1/sqrt(m)."""
        K, m = self.vocab_size, self.hidden_size
        deviation = {"U": sig, "W": sig, "V": sig}
        if init == "scaled":
            deviation = {"U": 1 / sqrt(2 * K), "W": 1 / sqrt(2 * m), "V": 1 / sqrt(m)}
        theta = Parameters(self.shapes, dtype)
        for name, scale in deviation.items():
            theta[name][...] = scale * rng.standard_normal(self.shapes[name])
        return theta

    def workspace(self, T: int, B: int, dtype: DTypeLike) -> Workspace:
        """Arrays for windows of (T, B), to be passed to `loss` and `loss_and_gradient` with theta of that dtype."""
        return Workspace(T, B, self.vocab_size, self.hidden_size, dtype)

    def loss(self, theta: Parameters, x: Indices, y: Indices, h0: Array, ws: Workspace) -> float:
        """The loss in nats, summed over T and averaged over B, of inputs x and targets y (T, B) from h0 (B, m).

        Leaves h_T in `ws.tape.H[-1]`. With complex parameters the loss is complex.
        """
        theta["U"].take(x.ravel(), 0, ws.A, "clip")  # clip: the indices are in range, and `raise` copies first
        ws.A += theta["b"]
        ws.tape.H[0] = h0
        ws.tape.forward(theta["W"])
        O = ws.O
        np.dot(ws.H, theta["V"], O)
        O += theta["c"]
        # softmax is the same for o - max(o), where exp cannot overflow
        np.maximum.reduce(O.real, axis=1, out=ws.row_maximum, keepdims=True)
        O -= ws.row_maximum
        np.add(ws.row_start, y.ravel(), ws.target)
        at_target = O.ravel().take(ws.target)
        np.exp(O, O)
        np.add.reduce(O, axis=1, out=ws.partition, keepdims=True)
        loss: float = ((np.log(ws.partition).sum() - at_target.sum()) / x.shape[1]).item()
        return loss

    def loss_and_gradient(
        self, theta: Parameters, x: Indices, y: Indices, h0: Array, ws: Workspace, g: Parameters, scale: float = 1.0
    ) -> float:
        """The loss as `loss` gives it; the gradient of `scale` times it overwrites g."""
        loss = self.loss(theta, x, y, h0, ws)
        # dL/do_t = (p_t - one_hot(y_t)) / B
        per_row = scale / x.shape[1]
        dO = ws.O
        dO *= per_row / ws.partition
        dO.ravel()[ws.target] -= per_row
        np.dot(ws.H.T, dO, g["V"])
        np.add.reduce(dO, axis=0, out=g["c"])
        np.dot(dO, theta["V"].T, ws.dH)
        ws.tape.backward(theta["W"])
        np.dot(ws.H_before.T, ws.dA, g["W"])
        np.add.reduce(ws.dA, axis=0, out=g["b"])
        _sum_rows(ws.dA, x.ravel(), g["U"], ws.one_hot)
        return loss


def _sum_rows(rows: Array, index: Indices, into: Array, one_hot: Array | None) -> None:
    """into[k] = sum of the rows whose index is k. `one_hot` (rows, K) is all zero, before and after, or None."""
    if one_hot is not None:
        places = np.arange(len(index)), index
        one_hot[places] = 1
        np.dot(one_hot.T, rows, into)
        one_hot[places] = 0
        return
    order = np.argsort(index, kind="stable")
    used, starts = np.unique(index[order], return_index=True)
    into.fill(0)
    into[used] = np.add.reduceat(rows[order], starts, axis=0)
