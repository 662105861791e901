"""The loop that tutorials print: one-hot columns, one character at a time, a matrix product each; float64.

It is what the engine is measured against: no look-up, nothing done for several time steps at once, nothing reused.

    a_t = W h_{t-1} + U x_t + b     h_t = tanh(a_t)     o_t = V h_t + c     p_t = softmax(o_t)
"""

from collections.abc import Mapping, Sequence

import numpy as np

from tui_rnn.engine.parameters import Array

Columns = dict[str, Array]  # U (m, K), W (m, m), V (K, m), b (m, 1), c (K, 1)


def columns(parameters: Mapping[str, Array]) -> Columns:
    """The engine's parameters, or gradient, as float64 matrices that stand before column vectors."""
    return {
        name: np.array(value, np.float64).T.copy() if name in "UWV" else np.array(value, np.float64)[:, None]
        for name, value in parameters.items()
    }


def one_hot_gradient(
    theta: Columns, inputs: Sequence[int], targets: Sequence[int], hprev: Array
) -> tuple[float, Columns, Array]:
    """Loss summed over the window, its gradient, and the last hidden state (m, 1)."""
    U, W, V, b, c = (theta[name] for name in "UWVbc")
    K = len(c)
    xs, hs, ps, loss = {}, {-1: hprev}, {}, 0.0
    for t in range(len(inputs)):
        xs[t] = np.zeros((K, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(U, xs[t]) + np.dot(W, hs[t - 1]) + b)
        o = np.dot(V, hs[t]) + c
        e = np.exp(o - np.max(o))
        ps[t] = e / np.sum(e)
        loss += -np.log(ps[t][targets[t], 0])
    g = {name: np.zeros_like(value) for name, value in theta.items()}
    dh_after = np.zeros_like(hprev)
    for t in reversed(range(len(inputs))):
        do = np.copy(ps[t])
        do[targets[t]] -= 1
        g["V"] += np.dot(do, hs[t].T)
        g["c"] += do
        da = (1 - hs[t] * hs[t]) * (np.dot(V.T, do) + dh_after)
        g["b"] += da
        g["U"] += np.dot(da, xs[t].T)
        g["W"] += np.dot(da, hs[t - 1].T)
        dh_after = np.dot(W.T, da)
    return float(loss), g, hs[len(inputs) - 1]


def indexed_gradient(
    theta: Columns, inputs: Sequence[int], targets: Sequence[int], hprev: Array
) -> tuple[float, Columns, Array]:
    """The same with the one-hot products left out: a column of U is looked up, a column of its gradient added to."""
    U, W, V, b, c = (theta[name] for name in "UWVbc")
    hs, ps, loss = {-1: hprev}, {}, 0.0
    for t, x in enumerate(inputs):
        hs[t] = np.tanh(U[:, x : x + 1] + np.dot(W, hs[t - 1]) + b)
        o = np.dot(V, hs[t]) + c
        e = np.exp(o - np.max(o))
        ps[t] = e / np.sum(e)
        loss += -np.log(ps[t][targets[t], 0])
    g = {name: np.zeros_like(value) for name, value in theta.items()}
    dh_after = np.zeros_like(hprev)
    for t in reversed(range(len(inputs))):
        do = ps[t]
        do[targets[t]] -= 1
        g["V"] += np.dot(do, hs[t].T)
        g["c"] += do
        da = (1 - hs[t] * hs[t]) * (np.dot(V.T, do) + dh_after)
        g["b"] += da
        g["U"][:, inputs[t]] += da[:, 0]
        g["W"] += np.dot(da, hs[t - 1].T)
        dh_after = np.dot(W.T, da)
    return float(loss), g, hs[len(inputs) - 1]


class LiteralLoop:
    """The tutorial's training loop with the report's settings: clipping and AdaGrad, a parameter at a time."""

    def __init__(self, theta: Columns, text: Sequence[int], seq_length: int, eta: float, eps: float) -> None:
        self.theta, self._text, self._T, self._eta, self._eps = theta, text, seq_length, eta, eps
        self._memory = {name: np.zeros_like(value) for name, value in theta.items()}
        self._hprev, self._e = np.zeros_like(theta["b"]), 0
        self.smooth_loss: float | None = None

    def update(self) -> float:
        """One update; the window's loss in nats, summed over it."""
        T, text = self._T, self._text
        if self._e > len(text) - T - 1:
            self._e, self._hprev = 0, np.zeros_like(self._hprev)
        inputs = [int(k) for k in text[self._e : self._e + T]]
        targets = [int(k) for k in text[self._e + 1 : self._e + T + 1]]
        loss, g, self._hprev = one_hot_gradient(self.theta, inputs, targets, self._hprev)
        self.smooth_loss = loss if self.smooth_loss is None else 0.999 * self.smooth_loss + 0.001 * loss
        for name in self.theta:
            np.clip(g[name], -5, 5, out=g[name])
            self._memory[name] += g[name] * g[name]
            self.theta[name] -= self._eta * g[name] / np.sqrt(self._memory[name] + self._eps)
        self._e += T
        return loss
