"""The long short-term memory over a window and back, compiled. Its equations are those of cells/lstm.py."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import DTypeLike

from tui_rnn.engine.cells.lstm import LSTM, LSTMTape
from tui_rnn.engine.kernels.compiled.elementary import tanh_all
from tui_rnn.engine.kernels.compiled.jit import compiled
from tui_rnn.engine.kernels.compiled.products import add_product, product_of_transposed, room_for_transposed, transpose
from tui_rnn.engine.parameters import Array


class CompiledLSTM(LSTM):
    """The same cell with another tape."""

    def tape(self, T: int, B: int, m: int, dtype: DTypeLike) -> "CompiledLSTMTape":
        """The arrays of T steps of B streams."""
        return CompiledLSTMTape(T, B, m, dtype)


class CompiledLSTMTape(LSTMTape):
    """The same arrays; the two loops over them are compiled."""

    def __init__(self, T: int, B: int, m: int, dtype: DTypeLike) -> None:
        super().__init__(T, B, m, dtype)
        self._rows: Array = self.Z.reshape(T, B, 4 * m)
        self._transposed = room_for_transposed((m, 4 * m), dtype)
        self._into_h, self._into_c = np.empty((B, m), dtype), np.empty((B, m), dtype)

    def forward(self, theta: Mapping[str, Array], state: Array) -> None:
        """Reads A; writes H, C, and what backward reads."""
        m = self.H.shape[-1]
        self.H[0], self.C[0] = state[:, :m], state[:, m:]
        unroll(self.A, theta["W"], self.H, self.C, self._rows, self.tanh_C)

    def backward(self, theta: Mapping[str, Array]) -> None:
        """Reads dH; writes dA."""
        W = theta["W"]
        unroll_back(self.dH, W, self._transposed, self.C, self._rows, self.tanh_C, self.dA, self._into_h, self._into_c)

    def gradient(self, g: Mapping[str, Array]) -> None:
        """The gradient of W, over all rows."""
        product_of_transposed(self.rows_before, self.rows_dA, g["W"])


@compiled
def unroll(A: Array, W: Array, H: Array, C: Array, Z: Array, tanh_C: Array) -> None:
    """H[1:], C[1:] (T, B, m) from A (T, B, 4m), W (m, 4m), H[0] and C[0].

    Leaves tanh(g), sigma(i), sigma(f), sigma(o) in Z (T, B, 4m), and tanh(c_t) in tanh_C (T, B, m).
    """
    T, B, m = tanh_C.shape
    half = A.dtype.type(0.5)
    for t in range(T):
        a, rows = A[t].reshape(-1), Z[t].reshape(-1)
        for k in range(a.size):
            rows[k] = a[k]
        add_product(H[t], W, Z[t])
        for s in range(B):
            z = Z[t, s]
            for k in range(m, 4 * m):
                z[k] *= half
            tanh_all(z)
            for k in range(m, 4 * m):
                z[k] = half + half * z[k]
            g, i, f, o = z[:m], z[m : 2 * m], z[2 * m : 3 * m], z[3 * m :]
            c_before, c, tanh_c, h = C[t, s], C[t + 1, s], tanh_C[t, s], H[t + 1, s]
            for k in range(m):
                c[k] = f[k] * c_before[k] + i[k] * g[k]
            for k in range(m):
                tanh_c[k] = c[k]
            tanh_all(tanh_c)
            for k in range(m):
                h[k] = o[k] * tanh_c[k]


@compiled
def unroll_back(
    dH: Array, W: Array, W_T: Array, C: Array, Z: Array, tanh_C: Array, dA: Array, into_h: Array, into_c: Array
) -> None:
    """dA (T, B, 4m) from dH (T, B, m), W, the same transposed (4m, m) and what `unroll` left.

    into_h, into_c (B, m) hold dL/dh_t and dL/dc_t on the way. Each loop has few arrays: of more than a handful the
    compiler does not find out that they lie apart, and takes their numbers one by one.
    """
    T, B, m = tanh_C.shape
    one = dA.dtype.type(1)
    into_c[:] = 0
    transpose(W, W_T)
    for t in range(T - 1, -1, -1):
        dh_all, by_readout = into_h.reshape(-1), dH[t].reshape(-1)
        for k in range(dh_all.size):
            dh_all[k] = by_readout[k]
        if t + 1 < T:
            add_product(dA[t + 1], W_T, into_h)
        for s in range(B):
            z, da = Z[t, s], dA[t, s]
            g, i, f, o = z[:m], z[m : 2 * m], z[2 * m : 3 * m], z[3 * m :]
            dg, di, df, do = da[:m], da[m : 2 * m], da[2 * m : 3 * m], da[3 * m :]
            dh, dc, c_before, tanh_c = into_h[s], into_c[s], C[t, s], tanh_C[t, s]
            for k in range(m):
                dc[k] += dh[k] * o[k] * (one - tanh_c[k] * tanh_c[k])
            for k in range(m):
                do[k] = dh[k] * tanh_c[k] * o[k] * (one - o[k])
            for k in range(m):
                dg[k] = dc[k] * i[k] * (one - g[k] * g[k])
            for k in range(m):
                di[k] = dc[k] * g[k] * i[k] * (one - i[k])
            for k in range(m):
                df[k] = dc[k] * c_before[k] * f[k] * (one - f[k])
            for k in range(m):
                dc[k] *= f[k]
