"""The gated recurrent unit, forward and back through time, in the form that PyTorch's and cuDNN's have.

    (r, z) = sigma of the first two of h_{t-1} W + a_t, cut into (r, z, n) of m numbers each, with a_t = x_t U + b
    n_t = tanh(a_n + r (h_{t-1} W_n + d))        h_t = (1 - z) n_t + z h_{t-1}

Cho et al., EMNLP 2014, (5)-(8); the reset gate stands after the product, not before it, so that one product serves all
three, and the candidate has a bias d of its own inside the reset. sigma(x) = (1 + tanh(x / 2)) / 2.
"""

from collections.abc import Mapping
from math import sqrt
from types import MappingProxyType

import numpy as np
from numpy.typing import DTypeLike

from tui_rnn.engine.cells.tape import Tape
from tui_rnn.engine.parameters import Array, Shapes


class GRU:
    """The state is h_t."""

    gates = 3
    input_parameters: tuple[str, ...] = ("U", "b")
    recurrent_parameters: tuple[str, ...] = ("W", "d")
    inner: Mapping[str, str] = MappingProxyType({"r": "reset gate", "z": "update gate", "n": "candidate"})

    def shapes(self, inputs: int, m: int) -> Shapes:
        """U (inputs, 3m), W (m, 3m), b (3m,), whose columns are those of r, z, n; d (m,)."""
        return {"U": (inputs, 3 * m), "W": (m, 3 * m), "b": (3 * m,), "d": (m,)}

    def deviations(self, inputs: int, m: int) -> Mapping[str, float]:
        """1/sqrt(2 inputs) for U and 1/sqrt(2m) for W, as for the vanilla recurrence."""
        return {"U": 1 / sqrt(2 * inputs), "W": 1 / sqrt(2 * m)}

    def begin(self, theta: Mapping[str, Array], m: int) -> None:
        """All biases begin at zero."""

    def state_width(self, m: int) -> int:
        """S = m: the state is h_t alone."""
        return m

    def tape(self, T: int, B: int, m: int, dtype: DTypeLike) -> "GRUTape":
        """The arrays of T steps of B streams."""
        return GRUTape(T, B, m, dtype)

    def step(self, theta: Mapping[str, Array], a: Array, state: Array) -> tuple[Array, Array]:
        """h_t (..., m), twice: as the hidden state and as the state."""
        m = state.shape[-1]
        by_h = np.dot(state, theta["W"])
        r, z = np.split(0.5 + 0.5 * np.tanh(0.5 * (by_h + a)[..., : 2 * m]), 2, -1)
        n = np.tanh(a[..., 2 * m :] + r * (by_h[..., 2 * m :] + theta["d"]))
        h: Array = n + z * (state - n)
        return h, h


class GRUTape(Tape):
    """The recurrence over a window, and back."""

    def __init__(self, T: int, B: int, m: int, dtype: DTypeLike) -> None:
        super().__init__(T, B, m, 3, dtype)
        self.P: Array = np.empty((T, B, 3, m), dtype)  # r, z, and h_{t-1} W_n + d
        self.N: Array = np.empty((T, B, m), dtype)  # n_t
        self.dP: Array = np.empty((T, B, 3 * m), dtype)  # dL/d(h_{t-1} W)
        self._W: Array = np.empty((m, 3 * m), dtype)  # W, the gates' columns halved
        self._W_T: Array = np.empty((3 * m if B > 1 else 0, m), dtype)  # W transposed, rows contiguous
        # Over all T at once: da_n = to_n dh, da_z = to_z dh, dr = to_r da_n, each with its slope
        self._to_n, self._to_z, self._to_r = (np.empty((T, B, m), dtype) for _ in range(3))
        self._half: Array = np.asarray(0.5, dtype)
        # Views made once: slicing in the loops would cost as much as the arithmetic. For B = 1 they are vectors.
        row = (lambda X: [x[0] for x in X]) if B == 1 else list
        dh, part = (np.empty((B, m), dtype) for _ in range(2))
        self._dh, self._part = (x[0] if B == 1 else x for x in (dh, part))
        P, H = self.P.reshape(T, B, 3 * m), row(self.H)
        r, z, q = (row(self.P[:, :, k]) for k in range(3))
        gates = row(P[..., : 2 * m])
        self._forward = list(
            zip(
                [h.dot for h in H[:-1]], row(P), gates, row(self.A[..., : 2 * m]), q, r, z,
                row(self.A[..., 2 * m :]), row(self.N), H[:-1], H[1:], strict=True,
            )
        )  # fmt: skip
        dP = self.dP.reshape(T, B, 3, m)
        backward = (self._to_n, self._to_z, self._to_r, self.dA[..., 2 * m :], dP[:, :, 0], dP[:, :, 1], dP[:, :, 2])
        into = [dp.dot for dp in row(self.dP)]
        self._backward = list(zip(row(self.dH), r, z, *map(row, backward), into, strict=True))[::-1]

    @property
    def state(self) -> Array:
        """h_T (B, m)."""
        h: Array = self.H[-1]
        return h

    def forward(self, theta: Mapping[str, Array], state: Array) -> None:
        """The equations above. Reads A, and halves its gates; writes H."""
        m = self.H.shape[-1]
        self.H[0] = state
        self.A[..., : 2 * m] *= self._half
        np.multiply(theta["W"], self._half, self._W)
        self._W[:, 2 * m :] = theta["W"][:, 2 * m :]
        W, d, half, add, multiply, tanh = self._W, theta["d"], self._half, np.add, np.multiply, np.tanh
        for h_before_times, p, gates, a_gates, q, r, z, a_n, n, h_before, h in self._forward:
            h_before_times(W, p)
            add(gates, a_gates, gates)
            tanh(gates, gates)
            multiply(gates, half, gates)
            add(gates, half, gates)
            add(q, d, q)
            multiply(r, q, n)
            add(n, a_n, n)
            tanh(n, n)
            np.subtract(h_before, n, h)
            multiply(h, z, h)
            add(h, n, h)

    def backward(self, theta: Mapping[str, Array]) -> None:
        """dL/da_t from dL/dh_t, by the chain rule on the equations above. Reads dH; writes dA."""
        (r, z, q), n, m = (self.P[:, :, k] for k in range(3)), self.N, self.H.shape[-1]
        np.multiply(1 - z, 1 - n * n, self._to_n)
        np.multiply(self.H[:-1] - n, z - z * z, self._to_z)
        np.multiply(q, r - r * r, self._to_r)
        W_T, dh, part, add, multiply = self._W_T, self._dh, self._part, np.add, np.multiply
        if len(self._W_T):
            W_T[...] = theta["W"].T
        else:  # a product with one vector is as quick with the view, and the copy would cost as much as all of them
            W_T = theta["W"].T
        dh[...] = 0
        for by_readout, r_t, z_t, to_n, to_z, to_r, da_n, dp_r, dp_z, dp_n, dp_times in self._backward:
            add(dh, by_readout, dh)
            multiply(dh, to_n, da_n)
            multiply(dh, to_z, dp_z)
            multiply(da_n, to_r, dp_r)
            multiply(da_n, r_t, dp_n)
            multiply(dh, z_t, part)
            dp_times(W_T, dh)
            add(dh, part, dh)
        self.dA[..., : 2 * m] = self.dP[..., : 2 * m]

    def inner(self) -> dict[str, Array]:
        """r, z and n, as views."""
        return {"r": self.P[:, :, 0], "z": self.P[:, :, 1], "n": self.N}

    def gradient(self, g: Mapping[str, Array]) -> None:
        """The gradients of W and d: h_{t-1} beside dL/d(h_{t-1} W), summed over all rows."""
        rows_dP = self.dP.reshape(len(self.rows_before), -1)
        np.dot(self.rows_before.T, rows_dP, g["W"])
        np.add.reduce(rows_dP[:, -len(g["d"]) :], axis=0, out=g["d"])
