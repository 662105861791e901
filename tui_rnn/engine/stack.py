"""What runs over the sequence between the text and the readout: characters looked up, and the cell that reads them.

It is a stack of one layer. Those of a higher one would go in here: their input is a product with the H of the layer
below, its gradient that layer's dH, their parameters have names of their own (U2, W2, b2) and their states stand side
by side in (B, S). The model sees the top H, its gradient and the state alone, and names and shapes.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import DTypeLike

from tui_rnn.engine.cells import Cell
from tui_rnn.engine.parameters import Array, Parameters, Shapes
from tui_rnn.engine.windows import Indices

# The gradient of U is one product with a one-hot matrix up to this size, above it sums over sorted rows.
_MOST_ROWS, _MOST_CHARACTERS = 512, 256


class Stack:
    """The cell over K characters, with m hidden units. It holds sizes only; the numbers are passed in."""

    def __init__(self, cell: Cell, vocab_size: int, hidden_size: int) -> None:
        K, m = vocab_size, hidden_size
        self.cell, self.vocab_size, self.hidden_size = cell, K, m
        self.shapes: Shapes = cell.shapes(K, m)
        self.deviations: Mapping[str, float] = cell.deviations(K, m)  # of the `scaled` initial values
        self.state_width = cell.state_width(m)  # S
        self.input_parameters = cell.input_parameters
        self.recurrent_parameters = cell.recurrent_parameters

    def step(self, theta: Mapping[str, Array], x: int, state: Array) -> tuple[Array, Array]:
        """h_t (m,) and the state (S,) after the character x is read, from the state before it."""
        return self.cell.step(theta, theta["U"][x] + theta["b"], state)

    def unrolled(self, T: int, B: int, dtype: DTypeLike) -> "Unrolled":
        """The arrays of windows of (T, B)."""
        return Unrolled(self, T, B, np.dtype(dtype))


class Unrolled:
    """The stack over a (T, B) window, forward and back: its arrays, allocated once."""

    def __init__(self, stack: Stack, T: int, B: int, dtype: np.dtype) -> None:
        K, m, rows = stack.vocab_size, stack.hidden_size, T * B
        self.tape = stack.cell.tape(T, B, m, dtype)
        # The same memory as rows of T B vectors: the products outside the recurrence see no time and no batch.
        self.A = self.tape.A.reshape(rows, -1)
        self.dA = self.tape.dA.reshape(rows, -1)
        self.dH = self.tape.dH.reshape(rows, m)  # in: dL/dh_t by way of the readout
        self.H = self.tape.H[1:].reshape(rows, m)  # out
        few = rows <= _MOST_ROWS and K <= _MOST_CHARACTERS
        self.one_hot: Array | None = np.zeros((rows, K), dtype) if few else None
        self._ones: Array | None = None if self.one_hot is None else self.one_hot.ravel()  # a view
        self._row_start: Indices = np.arange(rows, dtype=np.intp) * K
        self._places: Indices = np.empty(rows, np.intp)
        self._index_dtype = np.min_scalar_type(K - 1)

    @property
    def state(self) -> Array:
        """The state (B, S) after the window; to be copied before the next one."""
        return self.tape.state

    def gather(self, theta: Parameters, x: Indices) -> None:
        """A = U[x_t] + b: an input is a row of U, never a product with a one-hot vector."""
        theta["U"].take(x.ravel(), 0, self.A, "clip")  # clip: the indices are in range, and `raise` copies first
        self.A += theta["b"]

    def forward(self, theta: Parameters, x: Indices, state: Array) -> None:
        """H of the inputs x (T, B) from the state (B, S)."""
        self.gather(theta, x)
        self.tape.forward(theta, state)

    def backward(self, theta: Parameters, x: Indices, g: Parameters) -> None:
        """The gradients of all parameters but the readout's, from dH."""
        self.tape.backward(theta)
        self.gradient(x, g)

    def gradient(self, x: Indices, g: Parameters) -> None:
        """The gradients from dL/da_t, each over all rows at once."""
        self.tape.gradient(g)
        np.add.reduce(self.dA, axis=0, out=g["b"])
        self._sum_rows(x.ravel(), g["U"])

    def _sum_rows(self, index: Indices, into: Array) -> None:
        """into[k] = sum of the rows of dA whose index is k."""
        if self.one_hot is not None and self._ones is not None:
            places = np.add(self._row_start, index, self._places)
            self._ones[places] = 1
            np.dot(self.one_hot.T, self.dA, into)
            self._ones[places] = 0  # for the next window
            return
        order = index.astype(self._index_dtype).argsort(kind="stable")  # a radix sort, where 16 bits are enough
        sorted_index = index[order]
        starts = np.flatnonzero(np.diff(sorted_index, prepend=-1))
        into.fill(0)
        into[sorted_index[starts]] = np.add.reduceat(self.dA.take(order, 0), starts, axis=0)
