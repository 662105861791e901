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

# The gradient of U is one product with a one-hot matrix up to this size, above it sums over sorted rows.
_MOST_ROWS, _MOST_CHARACTERS = 512, 256
# Outputs within these bounds need no maximum subtracted: K exp(60) is far from the largest float32.
_PLAIN_EXP = 60.0


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
        self.ones: Array = np.ones(K, dtype)
        self.partition: Array = np.empty(rows, dtype)  # sum over k of exp(o_t[k])
        self.row_start: Indices = np.arange(rows, dtype=np.intp) * K
        self.target: Indices = np.empty(rows, np.intp)  # where o_t[y_t] stands in O.ravel()
        few = rows <= _MOST_ROWS and K <= _MOST_CHARACTERS
        self.index_dtype = np.min_scalar_type(K - 1)
        self.one_hot: Array | None = np.zeros((rows, K), dtype) if few else None


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
        self.gather(theta, x, ws)
        ws.tape.H[0] = h0
        ws.tape.forward(theta["W"])
        return self.readout(theta, y, ws)

    def loss_and_gradient(
        self, theta: Parameters, x: Indices, y: Indices, h0: Array, ws: Workspace, g: Parameters, scale: float = 1.0
    ) -> float:
        """The loss as `loss` gives it; the gradient of `scale` times it overwrites g."""
        loss = self.loss(theta, x, y, h0, ws)
        self.readout_gradient(theta, ws, g, scale / x.shape[1])
        ws.tape.backward(theta["W"])
        self.recurrence_gradient(x, ws, g)
        return loss

    # The phases of an update outside the recurrence, each over all T B rows at once

    def gather(self, theta: Parameters, x: Indices, ws: Workspace) -> None:
        """A = U[x_t] + b: an input is a row of U, never a product with a one-hot vector."""
        theta["U"].take(x.ravel(), 0, ws.A, "clip")  # clip: the indices are in range, and `raise` copies first
        ws.A += theta["b"]

    def readout(self, theta: Parameters, y: Indices, ws: Workspace) -> float:
        """The loss from H: o_t = h_t V + c and its softmax, left in O as exp(o_t) and their sums."""
        O = ws.O
        np.dot(ws.H, theta["V"], O)
        O += theta["c"]
        if O.real.max() > _PLAIN_EXP or O.real.min() < -_PLAIN_EXP or self.vocab_size == 1:
            # softmax is the same for o - max(o), where exp cannot overflow; of one character alone it is 1 to the bit
            O -= O.real.max(axis=1, keepdims=True)
        np.add(ws.row_start, y.ravel(), ws.target)
        at_target = O.ravel().take(ws.target)
        np.exp(O, O)
        np.dot(O, ws.ones, ws.partition)  # a product with ones adds up short rows several times faster than a sum
        loss: float = ((np.log(ws.partition).sum() - at_target.sum()) / y.shape[1]).item()
        return loss

    def readout_gradient(self, theta: Parameters, ws: Workspace, g: Parameters, per_row: float) -> None:
        """dL/do_t = per_row (p_t - one_hot(y_t)), and from it the gradients of V and c, and dL/dh_t by way of o_t."""
        dO = ws.O
        dO *= (per_row / ws.partition)[:, np.newaxis]
        dO.ravel()[ws.target] -= per_row
        np.dot(ws.H.T, dO, g["V"])
        np.add.reduce(dO, axis=0, out=g["c"])
        np.dot(dO, theta["V"].T, ws.dH)

    def recurrence_gradient(self, x: Indices, ws: Workspace, g: Parameters) -> None:
        """The gradients of W, b and U from dL/da_t."""
        np.dot(ws.H_before.T, ws.dA, g["W"])
        np.add.reduce(ws.dA, axis=0, out=g["b"])
        _sum_rows(ws, x.ravel(), g["U"])


def _sum_rows(ws: Workspace, index: Indices, into: Array) -> None:
    """into[k] = sum of the rows of dA whose index is k."""
    if ws.one_hot is not None:
        places = np.add(ws.row_start, index, ws.target)
        ones = ws.one_hot.ravel()
        ones[places] = 1
        np.dot(ws.one_hot.T, ws.dA, into)
        ones[places] = 0  # for the next window
        return
    order = index.astype(ws.index_dtype).argsort(kind="stable")  # a radix sort, where 16 bits are enough
    sorted_index = index[order]
    starts = np.flatnonzero(np.diff(sorted_index, prepend=-1))
    into.fill(0)
    into[sorted_index[starts]] = np.add.reduceat(ws.dA.take(order, 0), starts, axis=0)
