"""The vanilla recurrence, h_t = tanh(h_{t-1} W + a_t) with a_t = x_t U + b, forward and back through time.

Rows are vectors, time comes first: T steps, B streams, m hidden units. Only the two loops of the tape run in Python
once a time step; everything around them is one product over all T B rows.
"""

from collections.abc import Mapping
from math import sqrt
from types import MappingProxyType

import numpy as np
from numpy.typing import DTypeLike

from tui_rnn.engine.cells.tape import Tape
from tui_rnn.engine.parameters import Array, Shapes


class RNN:
    """Goodfellow, Bengio & Courville, Deep Learning, (10.8), (10.9). The state is h_t."""

    gates = 1
    input_parameters: tuple[str, ...] = ("U", "b")
    recurrent_parameters: tuple[str, ...] = ("W",)
    inner: Mapping[str, str] = MappingProxyType({})

    def shapes(self, inputs: int, m: int) -> Shapes:
        """U (inputs, m), W (m, m), b (m,)."""
        return {"U": (inputs, m), "W": (m, m), "b": (m,)}

    def deviations(self, inputs: int, m: int) -> Mapping[str, float]:
        """1/sqrt(2 inputs) for U and 1/sqrt(2m) for W: both halves of a_t + h_{t-1} W begin alike."""
        return {"U": 1 / sqrt(2 * inputs), "W": 1 / sqrt(2 * m)}

    def begin(self, theta: Mapping[str, Array], m: int) -> None:
        """The bias begins at zero."""

    def state_width(self, m: int) -> int:
        """S = m: the state is h_t alone."""
        return m

    def tape(self, T: int, B: int, m: int, dtype: DTypeLike) -> "RNNTape":
        """The arrays of T steps of B streams."""
        return RNNTape(T, B, m, dtype)

    def step(self, theta: Mapping[str, Array], a: Array, state: Array) -> tuple[Array, Array]:
        """h_t (..., m) = tanh(h_{t-1} W + a_t), twice: as the hidden state and as the state."""
        h: Array = np.tanh(np.dot(state, theta["W"]) + a)
        return h, h


class RNNTape(Tape):
    """The recurrence over a window, and back."""

    def __init__(self, T: int, B: int, m: int, dtype: DTypeLike) -> None:
        super().__init__(T, B, m, 1, dtype)
        self.slope: Array = np.empty((T, B, m), dtype)  # 1 - h_t²
        self.W_T: Array = np.empty((m, m), dtype)  # W transposed, rows contiguous
        # Views and their bound products made once: slicing in the loops would cost as much as the additions. For B = 1
        # the views are vectors, for which BLAS has a product of its own.
        row = (lambda X: [x[0] for x in X]) if B == 1 else list
        H, A, dH, dA, slope = map(row, (self.H, self.A, self.dH, self.dA, self.slope))
        self._forward = list(zip([h.dot for h in H[:-1]], A, H[1:], strict=True))
        self._last = (dA[-1], dH[-1], slope[-1])
        self._backward = list(zip([da.dot for da in dA[1:]], dA[:-1], dH[:-1], slope[:-1], strict=True))[::-1]

    @property
    def state(self) -> Array:
        """h_T (B, m)."""
        h: Array = self.H[-1]
        return h

    def forward(self, theta: Mapping[str, Array], state: Array) -> None:
        """h_t = tanh(a_t + h_{t-1} W): Goodfellow, Bengio & Courville (10.8), (10.9). Reads A; writes H."""
        self.H[0] = state
        W, add, tanh = theta["W"], np.add, np.tanh
        for h_before_times, a, h in self._forward:
            h_before_times(W, h)
            add(h, a, h)
            tanh(h, h)

    def backward(self, theta: Mapping[str, Array]) -> None:
        """dL/da_t = (dL/dh_t + dL/da_{t+1} W^T) (1 - h_t²): (10.20), (10.21). Reads dH, H; writes dA."""
        add, multiply = np.add, np.multiply
        multiply(self.H[1:], self.H[1:], self.slope)
        np.subtract(1, self.slope, self.slope)
        W_T = self.W_T
        W_T[...] = theta["W"].T  # one copy for T products, each of which takes up to twice as long with the view
        multiply(self._last[1], self._last[2], self._last[0])
        for da_after_times, da, dh, slope in self._backward:
            da_after_times(W_T, da)
            add(da, dh, da)
            multiply(da, slope, da)

    def gradient(self, g: Mapping[str, Array]) -> None:
        """The gradient of W: h_{t-1} beside dL/da_t, summed over all rows: (10.26)."""
        np.dot(self.rows_before.T, self.rows_dA, g["W"])
