"""The model: a stack of cells and its readout V, c; loss and gradient of one window by backpropagation through time.

    h_t = cell(U[x_t] + b, h_{t-1})     o_t = h_t V + c     p_t = softmax(o_t)
    loss = - sum over t of log p_t[y_t], averaged over the batch

Goodfellow, Bengio & Courville, Deep Learning, (10.8)-(10.11) and (10.17)-(10.28), with rows as vectors.
"""

from math import sqrt

import numpy as np
from numpy.typing import DTypeLike

from tui_rnn.engine.cells import CELLS
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.parameters import Array, Parameters, Shapes
from tui_rnn.engine.stack import Stack
from tui_rnn.engine.windows import Indices

# Outputs within these bounds need no maximum subtracted: K exp(60) is far from the largest float32.
_EXP_IN_RANGE = 60.0


class Workspace:
    """Every array that loss and gradient of a (T, B) window need, allocated once. One dtype, real or complex."""

    def __init__(self, T: int, B: int, K: int, stack: Stack, dtype: DTypeLike) -> None:
        dtype = np.dtype(dtype)
        rows = T * B
        self.stack = stack.unrolled(T, B, dtype)
        self.O: Array = np.empty((rows, K), dtype)  # o_t, then exp(o_t), then dL/do_t
        self.O_flat: Array = self.O.ravel()  # a view
        self.ones: Array = np.ones(K, dtype)
        self.partition: Array = np.empty(rows, dtype)  # sum over k of exp(o_t[k])
        self.row_losses: Array = np.empty(rows, dtype)  # out: - log p_t[y_t] in nats, of each of the T B rows
        self.row_start: Indices = np.arange(rows, dtype=np.intp) * K
        self.target: Indices = np.empty(rows, np.intp)  # where o_t[y_t] stands in O_flat

    @property
    def state(self) -> Array:
        """The state (B, S) after the window; to be copied before the next one."""
        return self.stack.state


class Model:
    """A character RNN of K characters and m hidden units. It holds sizes only; the numbers are passed in."""

    def __init__(self, vocab_size: int, hidden_size: int, cell: str = "rnn", layers: int = 1) -> None:
        """`cell` is one of CELLS. A run's model is made by `from_config`."""
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.cell = cell
        self.stack = Stack(CELLS[cell](), vocab_size, hidden_size, layers)
        self.state_width = self.stack.state_width  # S: the carried state is (B, S)
        self.shapes: Shapes = {**self.stack.shapes, "V": (hidden_size, vocab_size), "c": (vocab_size,)}

    @classmethod
    def from_config(cls, config: RunConfig, vocab_size: int) -> "Model":
        """The model of this configuration over so many characters."""
        return cls(vocab_size, config.hidden_size, config.cell, config.layers)

    @property
    def table_order(self) -> list[str]:
        """The parameters in the order of the report's table, b c U W V: vectors first."""
        return sorted(self.shapes, key=lambda name: len(self.shapes[name]))

    def rates(self, config: RunConfig) -> dict[str, float]:
        """The learning rate of each parameter as a multiple of eta, where the configuration gives it one of its own."""
        return {
            **dict.fromkeys(self.stack.input_parameters, config.eta_input),
            **dict.fromkeys(self.stack.recurrent_parameters, config.eta_recurrent),
        }

    def init(self, rng: np.random.Generator, dtype: DTypeLike, init: str = "normal", sig: float = 0.01) -> Parameters:
        """Random matrices, and biases as the cell begins with them.

        `normal`: standard deviation sig; `scaled`: the cell's own, and 1/sqrt(m) for V. The matrices are drawn in their
        order in theta.
        """
        scaled = {**self.stack.deviations, "V": 1 / sqrt(self.hidden_size)}
        theta = Parameters(self.shapes, dtype)
        for name, deviation in scaled.items():
            scale = deviation if init == "scaled" else sig
            theta[name][...] = scale * rng.standard_normal(self.shapes[name])
        self.stack.begin(theta)
        return theta

    def workspace(self, T: int, B: int, dtype: DTypeLike) -> Workspace:
        """Arrays for windows of (T, B), to be passed to `loss` and `loss_and_gradient` with theta of that dtype."""
        return Workspace(T, B, self.vocab_size, self.stack, dtype)

    def zero_state(self, B: int, dtype: DTypeLike) -> Array:
        """The state (B, S) at the beginning of a text."""
        return np.zeros((B, self.state_width), dtype)

    def step(self, theta: Parameters, x: int, state: Array) -> tuple[Array, Array]:
        """The outputs o_t (K,) before the softmax and the state (S,) once the character x is read."""
        h, state = self.stack.step(theta, x, state)
        return np.dot(h, theta["V"]) + theta["c"], state

    def loss(self, theta: Parameters, x: Indices, y: Indices, state: Array, ws: Workspace) -> float:
        """The loss in nats, summed over T and averaged over B, of inputs x and targets y (T, B) from state (B, S).

        Leaves the state after the window in `ws.state` and the loss of each row in `ws.row_losses`. With complex
        parameters the losses are complex.
        """
        ws.stack.forward(theta, x, state)
        return self.readout(theta, y, ws)

    def loss_and_gradient(
        self, theta: Parameters, x: Indices, y: Indices, state: Array, ws: Workspace, g: Parameters, scale: float = 1.0
    ) -> float:
        """The loss as `loss` gives it; the gradient of `scale` times it overwrites g."""
        loss = self.loss(theta, x, y, state, ws)
        self.readout_gradient(theta, ws, g, scale / x.shape[1])
        ws.stack.backward(theta, x, g)
        return loss

    # The readout, over all T B rows at once

    def readout(self, theta: Parameters, y: Indices, ws: Workspace) -> float:
        """The loss from H: o_t = h_t V + c and its softmax, left in O as exp(o_t) and their sums."""
        O = ws.O
        np.dot(ws.stack.H, theta["V"], O)
        O += theta["c"]
        real = O.real
        highest, lowest = np.maximum.reduce(real, axis=None), np.minimum.reduce(real, axis=None)
        if highest > _EXP_IN_RANGE or lowest < -_EXP_IN_RANGE or self.vocab_size == 1:
            # softmax is the same for o - max(o), where exp cannot overflow; of one character alone it is 1 to the bit
            O -= O.real.max(axis=1, keepdims=True)
        np.add(ws.row_start, y.ravel(), ws.target)
        at_target = ws.O_flat.take(ws.target)
        np.exp(O, O)
        np.dot(O, ws.ones, ws.partition)  # a product with ones adds up short rows several times faster than a sum
        losses = np.log(ws.partition, ws.row_losses)
        loss: float = ((np.add.reduce(losses) - np.add.reduce(at_target)) / y.shape[1]).item()
        np.subtract(losses, at_target, losses)
        return loss

    def readout_gradient(self, theta: Parameters, ws: Workspace, g: Parameters, per_row: float) -> None:
        """dL/do_t = per_row (p_t - one_hot(y_t)), and from it the gradients of V and c, and dL/dh_t by way of o_t."""
        dO = ws.O
        dO *= (per_row / ws.partition)[:, np.newaxis]
        ws.O_flat[ws.target] -= per_row
        np.dot(ws.stack.H.T, dO, g["V"])
        np.add.reduce(dO, axis=0, out=g["c"])
        np.dot(dO, theta["V"].T, ws.stack.dH)
