"""The vanilla recurrence over a window and back, compiled. Its equations are those of cells/rnn.py."""

from collections.abc import Mapping

from numpy.typing import DTypeLike

from tui_rnn.engine.cells.rnn import RNN, RNNTape
from tui_rnn.engine.kernels.compiled.elementary import tanh_all
from tui_rnn.engine.kernels.compiled.jit import compiled
from tui_rnn.engine.kernels.compiled.products import add_product, product_of_transposed, room_for_transposed, transpose
from tui_rnn.engine.parameters import Array


class CompiledRNN(RNN):
    """The same cell with another tape."""

    def tape(self, T: int, B: int, m: int, dtype: DTypeLike) -> "CompiledRNNTape":
        """The arrays of T steps of B streams."""
        return CompiledRNNTape(T, B, m, dtype)


class CompiledRNNTape(RNNTape):
    """The same arrays; the two loops over them are compiled."""

    def __init__(self, T: int, B: int, m: int, dtype: DTypeLike) -> None:
        super().__init__(T, B, m, dtype)
        self.W_T = room_for_transposed((m, m), dtype)

    def forward(self, theta: Mapping[str, Array], state: Array) -> None:
        """h_t = tanh(a_t + h_{t-1} W). Reads A; writes H."""
        self.H[0] = state
        unroll(self.A, theta["W"], self.H)

    def backward(self, theta: Mapping[str, Array]) -> None:
        """dL/da_t = (dL/dh_t + dL/da_{t+1} W^T) (1 - h_t²). Reads dH, H; writes dA."""
        unroll_back(self.dH, theta["W"], self.W_T, self.H, self.dA)

    def gradient(self, g: Mapping[str, Array]) -> None:
        """The gradient of W, over all rows."""
        product_of_transposed(self.rows_before, self.rows_dA, g["W"])


@compiled
def unroll(A: Array, W: Array, H: Array) -> None:
    """H[1:] (T, B, m) from A (T, B, m), W (m, m) and H[0]."""
    for t in range(A.shape[0]):
        a, h = A[t].reshape(-1), H[t + 1].reshape(-1)
        for i in range(a.size):
            h[i] = a[i]
        add_product(H[t], W, H[t + 1])
        tanh_all(h)


@compiled
def unroll_back(dH: Array, W: Array, W_T: Array, H: Array, dA: Array) -> None:
    """dA (T, B, m) from dH (T, B, m), W, and H (T + 1, B, m). W_T is W transposed afterwards."""
    one = dA.dtype.type(1)
    transpose(W, W_T)
    for t in range(dA.shape[0] - 1, -1, -1):
        da, dh, h = dA[t].reshape(-1), dH[t].reshape(-1), H[t + 1].reshape(-1)
        for i in range(da.size):
            da[i] = dh[i]
        if t + 1 < dA.shape[0]:
            add_product(dA[t + 1], W_T, dA[t])
        for i in range(da.size):
            da[i] *= one - h[i] * h[i]
