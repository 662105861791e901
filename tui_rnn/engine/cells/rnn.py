"""The vanilla recurrence, h_t = tanh(h_{t-1} W + U[x_t] + b), forward and back through time.

Rows are vectors, time comes first: T steps, B streams, m hidden units. Only these two loops run in Python once a time
step; everything around them is one product over all T B rows (model.py).
"""

import numpy as np

from tui_rnn.engine.parameters import Array, Shapes


def shapes(vocab_size: int, hidden_size: int) -> Shapes:
    """U is stored (K, m), so that the product of a one-hot input with it is a look-up of one row."""
    K, m = vocab_size, hidden_size
    return {"U": (K, m), "W": (m, m), "b": (m,)}


class Tape:
    """The arrays of one unrolled sequence, allocated once; what forward leaves in them, backward reads."""

    def __init__(self, T: int, B: int, m: int, dtype: np.dtype) -> None:
        self.H: Array = np.zeros((T + 1, B, m), dtype)  # H[0] = h0, H[t + 1] = h_t
        self.A: Array = np.empty((T, B, m), dtype)  # in: U[x_t] + b
        self.dH: Array = np.empty((T, B, m), dtype)  # in: dL/dh_t by way of o_t alone
        self.dA: Array = np.empty((T, B, m), dtype)  # out: dL/da_t
        self.slope: Array = np.empty((T, B, m), dtype)  # 1 - h_t²
        self.W_T: Array = np.empty((m, m), dtype)  # W transposed, rows contiguous
        # Views and their bound products made once: slicing in the loops would cost as much as the additions. For B = 1
        # the views are vectors, for which BLAS has a product of its own.
        row = (lambda X: [x[0] for x in X]) if B == 1 else list
        H, A, dH, dA, slope = map(row, (self.H, self.A, self.dH, self.dA, self.slope))
        self._forward = list(zip([h.dot for h in H[:-1]], A, H[1:], strict=True))
        self._last = (dA[-1], dH[-1], slope[-1])
        self._backward = list(zip([da.dot for da in dA[1:]], dA[:-1], dH[:-1], slope[:-1], strict=True))[::-1]

    def forward(self, W: Array) -> None:
        """h_t = tanh(a_t + h_{t-1} W): Goodfellow, Bengio & Courville (10.8), (10.9). Reads A, H[0]; writes H[1:]."""
        add, tanh = np.add, np.tanh
        for h_before_times, a, h in self._forward:
            h_before_times(W, h)
            add(h, a, h)
            tanh(h, h)

    def backward(self, W: Array) -> None:
        """dL/da_t = (dL/dh_t + dL/da_{t+1} W^T) (1 - h_t²): (10.20), (10.21). Reads dH, H; writes dA."""
        add, multiply = np.add, np.multiply
        multiply(self.H[1:], self.H[1:], self.slope)
        np.subtract(1, self.slope, self.slope)
        W_T = self.W_T
        W_T[...] = W.T  # one copy for T products, each of which takes up to twice as long with the view
        multiply(self._last[1], self._last[2], self._last[0])
        for da_after_times, da, dh, slope in self._backward:
            da_after_times(W_T, da)
            add(da, dh, da)
            multiply(da, slope, da)
