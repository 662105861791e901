"""The gated recurrent unit over a window and back, compiled. Its equations are those of cells/gru.py."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import DTypeLike

from tui_rnn.engine.cells.gru import GRU, GRUTape
from tui_rnn.engine.kernels.compiled.elementary import tanh_all
from tui_rnn.engine.kernels.compiled.jit import compiled
from tui_rnn.engine.kernels.compiled.products import add_product, product_of_transposed, room_for_transposed, transpose
from tui_rnn.engine.parameters import Array


class CompiledGRU(GRU):
    """The same cell with another tape."""

    def tape(self, T: int, B: int, m: int, dtype: DTypeLike) -> "CompiledGRUTape":
        """The arrays of T steps of B streams."""
        return CompiledGRUTape(T, B, m, dtype)


class CompiledGRUTape(GRUTape):
    """The same arrays; the two loops over them are compiled."""

    def __init__(self, T: int, B: int, m: int, dtype: DTypeLike) -> None:
        super().__init__(T, B, m, dtype)
        self._rows: Array = self.P.reshape(T, B, 3 * m)
        self._transposed = room_for_transposed((m, 3 * m), dtype)
        self._into_h: Array = np.empty((B, m), dtype)

    def forward(self, theta: Mapping[str, Array], state: Array) -> None:
        """Reads A; writes H, and what backward reads."""
        self.H[0] = state
        unroll(self.A, theta["W"], theta["d"], self.H, self._rows, self.N)

    def backward(self, theta: Mapping[str, Array]) -> None:
        """Reads dH; writes dA."""
        W = theta["W"]
        unroll_back(self.dH, W, self._transposed, self.H, self._rows, self.N, self.dA, self.dP, self._into_h)

    def gradient(self, g: Mapping[str, Array]) -> None:
        """The gradients of W and d, over all rows."""
        rows_dP = self.dP.reshape(len(self.rows_before), -1)
        product_of_transposed(self.rows_before, rows_dP, g["W"])
        np.add.reduce(rows_dP[:, -len(g["d"]) :], axis=0, out=g["d"])


@compiled
def unroll(A: Array, W: Array, d: Array, H: Array, P: Array, N: Array) -> None:
    """H[1:] (T, B, m) from A (T, B, 3m), W (m, 3m), d (m,) and H[0].

    Leaves r, z and h_{t-1} W_n + d in P (T, B, 3m), and n_t in N (T, B, m).
    """
    T, B, m = N.shape
    half = A.dtype.type(0.5)
    for t in range(T):
        P[t] = 0
        add_product(H[t], W, P[t])
        for s in range(B):
            a, p, n, h_before, h = A[t, s], P[t, s], N[t, s], H[t, s], H[t + 1, s]
            gates, a_n, r, z, q = p[: 2 * m], a[2 * m :], p[:m], p[m : 2 * m], p[2 * m :]
            for k in range(2 * m):
                gates[k] = half * (gates[k] + a[k])
            tanh_all(gates)
            for k in range(2 * m):
                gates[k] = half + half * gates[k]
            for k in range(m):
                q[k] += d[k]
            for k in range(m):
                n[k] = a_n[k] + r[k] * q[k]
            tanh_all(n)
            for k in range(m):
                h[k] = n[k] + z[k] * (h_before[k] - n[k])


@compiled
def unroll_back(
    dH: Array, W: Array, W_T: Array, H: Array, P: Array, N: Array, dA: Array, dP: Array, into_h: Array
) -> None:
    """dA, dP (T, B, 3m) from dH (T, B, m), W, the same transposed (3m, m) and what `unroll` left.

    into_h (B, m) holds dL/dh_t on the way. Each loop has few arrays, as those of the LSTM.
    """
    T, B, m = N.shape
    one = dA.dtype.type(1)
    into_h[:] = 0
    transpose(W, W_T)
    for t in range(T - 1, -1, -1):
        for s in range(B):
            p, n, h_before, da, dp = P[t, s], N[t, s], H[t, s], dA[t, s], dP[t, s]
            r, z, q = p[:m], p[m : 2 * m], p[2 * m :]
            da_n, dp_r, dp_z, dp_n = da[2 * m :], dp[:m], dp[m : 2 * m], dp[2 * m :]
            dh, by_readout = into_h[s], dH[t, s]
            for k in range(m):
                dh[k] += by_readout[k]
            for k in range(m):
                da_n[k] = dh[k] * (one - z[k]) * (one - n[k] * n[k])
            for k in range(m):
                dp_z[k] = dh[k] * (h_before[k] - n[k]) * z[k] * (one - z[k])
            for k in range(m):
                dp_r[k] = da_n[k] * q[k] * r[k] * (one - r[k])
            for k in range(m):
                dp_n[k] = da_n[k] * r[k]
            for k in range(2 * m):
                da[k] = dp[k]
            for k in range(m):
                dh[k] *= z[k]
        add_product(dP[t], W_T, into_h)
