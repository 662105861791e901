"""An oracle: the report's network as its equations stand, one character at a time, columns as vectors, float64.

    a_t = W h_{t-1} + U x_t + b     h_t = tanh(a_t)     o_t = V h_t + c     p_t = softmax(o_t)

It shares no line with the engine, which stores U, W and V transposed and looks rows up.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Theta = dict[str, np.ndarray]  # U (m, K), W (m, m), V (K, m), b (m, 1), c (K, 1)


def columns(parameters: Mapping[str, Any]) -> Theta:
    """The engine's parameters, or gradient, as matrices that stand before column vectors."""
    return {
        name: np.array(value, np.float64).T if name in "UWV" else np.array(value, np.float64)[:, None]
        for name, value in parameters.items()
    }


def forward(theta: Theta, x: Sequence[int], y: Sequence[int], h0: Any) -> tuple[Any, list[Any], list[Any]]:
    """Loss of one stream, hidden states h_0 ... h_T (m, 1), probabilities p_1 ... p_T (K, 1); theta may be complex."""
    U, W, V, b, c = (theta[name] for name in "UWVbc")
    h, p, loss = [np.reshape(h0, (-1, 1))], [], 0.0
    for x_t, y_t in zip(x, y, strict=True):
        a = W @ h[-1] + U @ one_hot(x_t, len(c)) + b
        h.append(np.tanh(a))
        o = V @ h[-1] + c
        e = np.exp(o - o.real.max())
        p.append(e / e.sum())
        loss = loss - np.log(p[-1][y_t, 0])
    return loss, h, p


def gradient(theta: Theta, x: Sequence[int], y: Sequence[int], h0: Any) -> Theta:
    """Back through time, from the last character to the first."""
    _, h, p = forward(theta, x, y, h0)
    W, V, c = theta["W"], theta["V"], theta["c"]
    g = {name: np.zeros_like(value) for name, value in theta.items()}
    da_after = np.zeros_like(theta["b"])
    for t in reversed(range(len(x))):
        do = p[t] - one_hot(y[t], len(c))
        dh = V.T @ do + W.T @ da_after
        da = (1 - h[t + 1] ** 2) * dh
        g["V"] += do @ h[t + 1].T
        g["c"] += do
        g["W"] += da @ h[t].T
        g["U"] += da @ one_hot(x[t], len(c)).T
        g["b"] += da
        da_after = da
    return g


def one_hot(k: int, K: int) -> np.ndarray:
    column = np.zeros((K, 1))
    column[k, 0] = 1
    return column


class Training:
    """The report's training loop, and its 2026 form, over `batch` equal parts of a text read side by side."""

    def __init__(
        self,
        theta: Theta,
        indices: Sequence[int],
        T: int,
        *,
        optimizer: str,
        eta: float,
        clip: float | None = None,
        mean: bool = False,
        batch: int = 1,
    ) -> None:
        self.theta = theta
        self.T, self.optimizer, self.eta, self.limit, self.mean = T, optimizer, eta, clip, mean
        part = len(indices) // batch
        self.parts = [list(map(int, indices[i * part : (i + 1) * part])) for i in range(batch)]
        self.hprev = [np.zeros_like(theta["b"]) for _ in self.parts]
        self.e, self.epochs, self.updates, self.clipped = 0, 0, 0, 0
        self.smooth_loss: float | None = None
        self.best_loss, self.best_theta = float("inf"), theta
        self.first = {name: np.zeros_like(value) for name, value in theta.items()}
        self.second = {name: np.zeros_like(value) for name, value in theta.items()}

    def step(self) -> tuple[float, float]:
        """One update; its loss and the smooth loss."""
        e, T = self.e, self.T
        loss, last = 0.0, []
        g = {name: np.zeros_like(value) for name, value in self.theta.items()}
        for part, h0 in zip(self.parts, self.hprev, strict=True):
            x, y = part[e : e + T], part[e + 1 : e + T + 1]
            stream_loss, h, _ = forward(self.theta, x, y, h0)
            loss += float(stream_loss) / len(self.parts)
            last.append(h[-1])
            for name, value in gradient(self.theta, x, y, h0).items():
                g[name] += value / len(self.parts) / (T if self.mean else 1)
        self.smooth_loss = loss if self.smooth_loss is None else 0.999 * self.smooth_loss + 0.001 * loss
        if self.smooth_loss < self.best_loss:
            self.best_loss, self.best_theta = self.smooth_loss, {n: v.copy() for n, v in self.theta.items()}
        self.updates += 1
        for name, value in g.items():
            self.theta[name] = self.theta[name] - self._change(name, self._clip(value))
        self.hprev, self.e = last, e + T
        if self.e > len(self.parts[0]) - T - 1:
            self.e, self.epochs = 0, self.epochs + 1
            self.hprev = [np.zeros_like(h) for h in last]
        return loss, self.smooth_loss

    def _clip(self, g: np.ndarray) -> np.ndarray:
        if self.limit is None:
            return g
        self.clipped += int((np.abs(g) > self.limit).sum())
        return np.maximum(np.minimum(g, self.limit), -self.limit)

    def _change(self, name: str, g: np.ndarray) -> np.ndarray:
        if self.optimizer == "adagrad":
            self.second[name] = self.second[name] + g**2
            return self.eta * g / np.sqrt(self.second[name] + 2.0**-52)
        if self.optimizer == "adam":
            self.first[name] = 0.9 * self.first[name] + 0.1 * g
            self.second[name] = 0.999 * self.second[name] + 0.001 * g**2
            m_hat = self.first[name] / (1 - 0.9**self.updates)
            v_hat = self.second[name] / (1 - 0.999**self.updates)
            return self.eta * m_hat / (np.sqrt(v_hat) + 1e-8)
        raise ValueError(self.optimizer)
