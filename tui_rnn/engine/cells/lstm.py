"""The long short-term memory with a forget gate, forward and back through time.

    z_t = h_{t-1} W + a_t, cut into (g, i, f, o) of m numbers each, with a_t = x_t U + b
    c_t = sigma(f) c_{t-1} + sigma(i) tanh(g)        h_t = sigma(o) tanh(c_t)

Hochreiter & Schmidhuber, Neural Computation 9 (1997); the forget gate: Gers, Schmidhuber & Cummins, Neural Computation
12 (2000). sigma(z) = (1 + tanh(z / 2)) / 2, so one tanh serves all four. Its own order of the four, g first, puts the
three gates side by side, and so the three that dL/dc_t reaches.
"""

from collections.abc import Mapping
from math import sqrt
from types import MappingProxyType

import numpy as np
from numpy.typing import DTypeLike

from tui_rnn.engine.cells.tape import Tape
from tui_rnn.engine.parameters import Array, Shapes

FORGET_BIAS = 1.0  # what is remembered is kept until the gate has learnt better: Jozefowicz et al., ICML 2015


class LSTM:
    """Goodfellow, Bengio & Courville, Deep Learning, (10.40)-(10.44). The state is (h_t, c_t)."""

    gates = 4
    input_parameters: tuple[str, ...] = ("U", "b")
    recurrent_parameters: tuple[str, ...] = ("W",)
    inner: Mapping[str, str] = MappingProxyType(
        {"i": "input gate", "f": "forget gate", "o": "output gate", "g": "candidate"}
    )

    def shapes(self, inputs: int, m: int) -> Shapes:
        """U (inputs, 4m), W (m, 4m), b (4m,); the columns are those of g, i, f, o."""
        return {"U": (inputs, 4 * m), "W": (m, 4 * m), "b": (4 * m,)}

    def deviations(self, inputs: int, m: int) -> Mapping[str, float]:
        """1/sqrt(2 inputs) for U and 1/sqrt(2m) for W, as for the vanilla recurrence."""
        return {"U": 1 / sqrt(2 * inputs), "W": 1 / sqrt(2 * m)}

    def begin(self, theta: Mapping[str, Array], m: int) -> None:
        """The forget gate's bias begins at 1."""
        theta["b"][2 * m : 3 * m] = FORGET_BIAS

    def state_width(self, m: int) -> int:
        """S = 2m: h_t and c_t."""
        return 2 * m

    def tape(self, T: int, B: int, m: int, dtype: DTypeLike) -> "LSTMTape":
        """The arrays of T steps of B streams."""
        return LSTMTape(T, B, m, dtype)

    def step(self, theta: Mapping[str, Array], a: Array, state: Array) -> tuple[Array, Array]:
        """h_t (..., m), and the state (..., 2m)."""
        m = a.shape[-1] // 4
        z = np.dot(state[..., :m], theta["W"]) + a
        i, f, o = np.split(0.5 + 0.5 * np.tanh(0.5 * z[..., m:]), 3, -1)
        c = f * state[..., m:] + i * np.tanh(z[..., :m])
        h: Array = o * np.tanh(c)
        return h, np.concatenate((h, c), -1)


class LSTMTape(Tape):
    """The recurrence over a window, and back."""

    def __init__(self, T: int, B: int, m: int, dtype: DTypeLike) -> None:
        super().__init__(T, B, m, 4, dtype)
        self.C: Array = np.zeros((T + 1, B, m), dtype)  # C[0] = c_0, C[t] = c_t
        self.tanh_C: Array = np.empty((T, B, m), dtype)
        self.Z: Array = np.empty((T, B, 4, m), dtype)  # tanh(g), sigma(i), sigma(f), sigma(o)
        self._after: Array = np.empty((B, 2 * m), dtype)
        self._W: Array = np.empty((m, 4 * m), dtype)  # W, the gates' columns halved
        self._W_T: Array = np.empty((4 * m if B > 1 else 0, m), dtype)  # W transposed, rows contiguous
        # Over all T at once: dz = to_c dc for g, i, f; dz = to_o dh for o; dc = through dh + f_{t+1} dc_{t+1}
        self._to_c: Array = np.empty((T, B, 3, m), dtype)
        self._to_o: Array = np.empty((T, B, m), dtype)
        self._through: Array = np.empty((T, B, m), dtype)
        self._half: Array = np.asarray(0.5, dtype)
        # Views made once: slicing in the loops would cost as much as the arithmetic. For B = 1 they are vectors.
        row = (lambda X: [x[0] for x in X]) if B == 1 else list
        kept, dh, dc = (np.empty((B, m), dtype) for _ in range(3))
        self._kept, self._dh, self._dc = (x[0] if B == 1 else x for x in (kept, dh, dc))
        self._dc_thrice = dc if B == 1 else dc[:, np.newaxis]  # beside g, i and f
        Z, dA = self.Z.reshape(T, B, 4 * m), self.dA.reshape(T, B, 4, m)
        H, C, f = row(self.H), row(self.C), row(self.Z[:, :, 2])
        forward = [row(X) for X in (self.A, Z, Z[..., m:], self.Z[:, :, 0], self.Z[:, :, 1])]
        self._forward = list(
            zip(
                [h.dot for h in H[:-1]],
                *forward,
                f,
                row(self.Z[:, :, 3]),
                C[:-1],
                C[1:],
                row(self.tanh_C),
                H[1:],
                strict=True,
            )
        )
        backward = (self._through, self._to_c, self._to_o, dA[:, :, :3], dA[:, :, 3])
        self._last, *others = list(zip(row(self.dH), f, *map(row, backward), strict=True))[::-1]
        self._backward = (
            list(zip([da.dot for da in row(self.dA)[:0:-1]], *zip(*others, strict=True), strict=True)) if others else []
        )

    @property
    def state(self) -> Array:
        """(h_T, c_T) (B, 2m)."""
        return np.concatenate((self.H[-1], self.C[-1]), -1, out=self._after)

    def forward(self, theta: Mapping[str, Array], state: Array) -> None:
        """The equations above. Reads A, and halves its gates; writes H."""
        m = self.H.shape[-1]
        self.H[0], self.C[0] = state[:, :m], state[:, m:]
        self.A[..., m:] *= self._half
        np.multiply(theta["W"], self._half, self._W)
        self._W[:, :m] = theta["W"][:, :m]
        W, half, kept, add, multiply, tanh = self._W, self._half, self._kept, np.add, np.multiply, np.tanh
        for h_before_times, a, z, gates, g, i, f, o, c_before, c, tanh_c, h in self._forward:
            h_before_times(W, z)
            add(z, a, z)
            tanh(z, z)
            multiply(gates, half, gates)
            add(gates, half, gates)
            multiply(f, c_before, kept)
            multiply(i, g, c)
            add(c, kept, c)
            tanh(c, tanh_c)
            multiply(o, tanh_c, h)

    def backward(self, theta: Mapping[str, Array]) -> None:
        """dL/dz_t from dL/dh_t and dL/dc_t, by the chain rule on the equations above. Reads dH; writes dA."""
        g, i, f, o = (self.Z[:, :, k] for k in range(4))
        to_c, to_o, through = self._to_c, self._to_o, self._through
        np.multiply(i, 1 - g * g, to_c[:, :, 0])
        np.multiply(g, i - i * i, to_c[:, :, 1])
        np.multiply(self.C[:-1], f - f * f, to_c[:, :, 2])
        np.multiply(self.tanh_C, o, to_o)
        np.multiply(to_o, self.tanh_C, through)
        np.subtract(o, through, through)  # o (1 - tanh(c)²)
        to_o -= to_o * o  # tanh(c) o (1 - o)
        W_T, dh, dc, dc_thrice, kept = self._W_T, self._dh, self._dc, self._dc_thrice, self._kept
        if len(self._W_T):
            W_T[...] = theta["W"].T
        else:  # a product with one vector is as quick with the view, and the copy would cost as much as all of them
            W_T = theta["W"].T
        add, multiply = np.add, np.multiply
        dh_last, f_last, *slopes, into_gif, into_o = self._last
        multiply(dh_last, slopes[0], dc)
        multiply(dc_thrice, slopes[1], into_gif)
        multiply(dh_last, slopes[2], into_o)
        multiply(dc, f_last, kept)
        for dz_after_times, by_readout, f_t, to_dc, gif, by_o, into_gif, into_o in self._backward:
            dz_after_times(W_T, dh)
            add(dh, by_readout, dh)
            multiply(dh, to_dc, dc)
            add(dc, kept, dc)
            multiply(dc_thrice, gif, into_gif)
            multiply(dh, by_o, into_o)
            multiply(dc, f_t, kept)

    def inner(self) -> dict[str, Array]:
        """sigma(i), sigma(f), sigma(o) and tanh(g), as views."""
        return {"i": self.Z[:, :, 1], "f": self.Z[:, :, 2], "o": self.Z[:, :, 3], "g": self.Z[:, :, 0]}

    def gradient(self, g: Mapping[str, Array]) -> None:
        """The gradient of W: h_{t-1} beside dL/dz_t, summed over all rows."""
        np.dot(self.rows_before.T, self.rows_dA, g["W"])
