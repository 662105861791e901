"""Clipping and an optimizer's step in one pass over theta, g and the slots, compiled.

The formulas are those of engine/optimizers.py.
"""

import math
from collections.abc import Callable, Sequence
from math import inf, isfinite, sqrt
from typing import Any

import numpy as np

from tui_rnn.engine import optimizers
from tui_rnn.engine.kernels.compiled.jit import compiled, compiled_step
from tui_rnn.engine.optimizers import Factors, Optimizer
from tui_rnn.engine.parameters import Array, Parameters


class Descent:
    """Takes the steps of an optimizer, whose slots it changes in place, down a gradient that it clips on the way."""

    def __init__(self, theta: Parameters, g: Parameters, optimizer: Optimizer) -> None:
        """`theta` and `g` are those of all steps."""
        self._optimizer, self._g, self._number = optimizer, g, theta.flat.dtype.type
        self._limit, self._scale = inf, 1.0
        vectors = theta.flat, g.flat, *optimizer.slots.values()
        self._parts = [
            (factor, [vector[part] for vector in vectors]) for part, factor in _parts(theta, optimizer.factors)
        ]

    def clip(self, limit: float | None, norm_limit: float | None) -> bool:
        """Find out by what the next step clips g, first each number and then the norm; False where g is not finite.

        So it is too where the sum of its squares overflows.
        """
        self._limit, self._scale = inf if limit is None else limit, 1.0
        squares, of_clipped = sums_of_squares(self._g.flat, self._number(self._limit))
        if not isfinite(squares):
            return False
        if norm_limit is not None and (norm := sqrt(of_clipped)) > norm_limit:
            self._scale = norm_limit / norm
        return True

    def clipped_gradient(self) -> Parameters:
        """A copy of the gradient, clipped as the next step clips it."""
        clipped = self._g.copy()
        np.clip(clipped.flat, -self._limit, self._limit, out=clipped.flat)
        clipped.flat *= self._number(self._scale)
        return clipped

    def step(self, eta: float, step: int) -> None:
        """Change theta and the slots, with learning rate eta, at update `step` (from 1)."""
        number = self._number
        loops, eta, constants = self._loops(eta, step)
        clip = number(self._limit), number(self._scale)
        constants = [number(constant) for constant in constants]
        for factor, vectors in self._parts:
            loops(*vectors, *clip, number(eta * factor), *constants)

    def _loops(self, eta: float, step: int) -> tuple[Callable[..., Any], float, Sequence[float]]:
        """The optimizer's loops, the learning rate that they are given, and the numbers behind it."""
        by = self._optimizer
        if isinstance(by, optimizers.NAdam):
            eta, eps = by.corrected(eta, step, step + 1)
            return adam, eta, (eps, by.beta1, by.beta2, by.beta1, 1.0)
        if isinstance(by, optimizers.Adam):
            eta, eps = by.corrected(eta, step, step)
            return adam, eta, (eps, by.beta1, by.beta2, 1.0, 0.0)
        if isinstance(by, optimizers.RMSProp):
            return rmsprop, eta, (by.eps, by.decay)
        return (adagrad if isinstance(by, optimizers.AdaGrad) else sgd), eta, ()


def _parts(theta: Parameters, given: Factors) -> list[tuple[slice, float]]:
    """theta in parts of one learning rate each, as few as there can be, and its multiple."""
    factors = {(part.start, part.stop): factor for part, factor in given}
    parts: list[tuple[slice, float]] = []
    for place in theta.places.values():
        factor = factors.get((place.start, place.stop), 1.0)
        if parts and parts[-1][1] == factor:
            parts[-1] = (slice(parts[-1][0].start, place.stop), factor)
        else:
            parts.append((place, factor))
    return parts


@compiled
def sums_of_squares(g: Array, limit: float) -> tuple[float, float]:
    """Of the numbers of g, and of them clipped to [-limit, limit]."""
    squares, of_clipped = g.dtype.type(0), g.dtype.type(0)
    for i in range(g.size):
        squares += g[i] * g[i]
        v = min(max(g[i], -limit), limit)
        of_clipped += v * v
    return squares, of_clipped


@compiled_step
def sgd(theta: Array, g: Array, limit: float, scale: float, eta: float) -> None:
    """theta -= eta g."""
    for i in range(g.size):
        theta[i] -= eta * (scale * min(max(g[i], -limit), limit))


@compiled_step
def adagrad(theta: Array, g: Array, memory: Array, limit: float, scale: float, eta: float) -> None:
    """memory += g²; theta -= eta g / sqrt(memory)."""
    for i in range(g.size):
        v = scale * min(max(g[i], -limit), limit)
        total = memory[i] + v * v
        memory[i] = total
        theta[i] -= eta * (v / math.sqrt(total))


@compiled_step
def rmsprop(
    theta: Array, g: Array, mean: Array, limit: float, scale: float, eta: float, eps: float, decay: float
) -> None:
    """mean = decay mean + (1 - decay) g²; theta -= eta g / (sqrt(mean) + eps)."""
    new = mean.dtype.type(1) - decay
    for i in range(g.size):
        v = scale * min(max(g[i], -limit), limit)
        total = decay * mean[i] + new * v * v
        mean[i] = total
        theta[i] -= eta * (v / (math.sqrt(total) + eps))


@compiled_step
def adam(
    theta: Array,
    g: Array,
    M: Array,
    S: Array,
    limit: float,
    scale: float,
    eta: float,
    eps: float,
    beta1: float,
    beta2: float,
    of_M: float,
    of_g: float,
) -> None:
    """M = beta1 M + g; S = beta2 S + g²; theta -= eta (of_M M + of_g g) / (sqrt(S) + eps)."""
    for i in range(g.size):
        v = scale * min(max(g[i], -limit), limit)
        first = beta1 * M[i] + v
        second = beta2 * S[i] + v * v
        M[i] = first
        S[i] = second
        theta[i] -= eta * ((of_M * first + of_g * v) / (math.sqrt(second) + eps))
