"""Optimizers on flat vectors, clipping, and the course of the learning rate.

An optimizer owns its slots (vectors of theta's size, saved with the weights) and updates theta in place. g is scratch
afterwards: its numbers are not to be read again.
"""

from collections.abc import Mapping
from math import cos, isfinite, pi, sqrt
from typing import Protocol, TypeAlias

import numpy as np

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.parameters import Array, Parameters, zeros

# By the bytes of a float: what its square must not exceed, to be a number.
_ROOT_OF_LARGEST = {size: sqrt(np.finfo(dtype).max) for size, dtype in ((4, np.float32), (8, np.float64))}

# Parts of theta that take a multiple of the learning rate.
Factors: TypeAlias = tuple[tuple[slice, float], ...]


class Optimizer(Protocol):
    """What the trainer asks of an optimizer."""

    slots: dict[str, Array]
    factors: Factors  # of the learning rate, where it is not the same for all of theta

    def update(self, theta: Array, g: Array, eta: float, step: int) -> None:
        """Take one step down g with learning rate eta; `step` counts updates from 1."""


class SGD:
    """theta -= eta g."""

    def __init__(self, like: Array, *, factors: Factors = ()) -> None:
        self.slots: dict[str, Array] = {}
        self.factors = factors

    def update(self, theta: Array, g: Array, eta: float, step: int) -> None:
        _descend(theta, g, eta, self.factors)


class AdaGrad:
    """memory += g²; theta -= eta g / sqrt(memory + eps). Duchi, Hazan & Singer, JMLR 12 (2011).

    eps is the spacing of float64 at 1, MATLAB's `eps`: the 2021 assignment was written in it. It matters: in a fresh
    network most gradients of W are below 1e-8, and a first step is eta / sqrt(1 + eps / g²). Over five seeds on the
    stand-in, 100,000 updates end at a median smooth loss of 41.9 with it, and of 45 with an eps of 1e-8.
    The slot starts at `memory_start` + eps, so that the root is taken of it as it is.
    """

    def __init__(self, like: Array, memory_start: float = 0.0, eps: float = 2.0**-52, *, factors: Factors = ()) -> None:
        self.slots = {"memory": zeros(like.size, like.dtype)}
        self.slots["memory"] += memory_start + eps
        self._scratch = zeros(like.size, like.dtype)
        self.factors = factors

    def update(self, theta: Array, g: Array, eta: float, step: int) -> None:
        memory, scratch = self.slots["memory"], self._scratch
        np.multiply(g, g, scratch)
        memory += scratch
        np.sqrt(memory, scratch)
        np.divide(g, scratch, scratch)
        _descend(theta, scratch, eta, self.factors)


class RMSProp:
    """v = decay v + (1 - decay) g²; theta -= eta g / (sqrt(v) + eps). Hinton, Coursera lecture 6e (2012)."""

    def __init__(self, like: Array, decay: float = 0.9, eps: float = 1e-8, *, factors: Factors = ()) -> None:
        self.slots = {"v": zeros(like.size, like.dtype)}
        self._scratch = zeros(like.size, like.dtype)
        self.decay, self.eps, self.factors = decay, eps, factors

    def update(self, theta: Array, g: Array, eta: float, step: int) -> None:
        v, scratch = self.slots["v"], self._scratch
        np.multiply(g, g, scratch)
        scratch *= 1 - self.decay
        v *= self.decay
        v += scratch
        np.sqrt(v, scratch)
        scratch += self.eps
        np.divide(g, scratch, scratch)
        _descend(theta, scratch, eta, self.factors)


class Adam:
    """Adam with bias correction. Kingma & Ba, ICLR 2015, algorithm 1.

    The slots hold the sums M = sum of beta1^(t-i) g_i and S = sum of beta2^(t-i) g_i², of which the paper's averages
    are m = (1 - beta1) M and v = (1 - beta2) S. These factors and the bias corrections are numbers, not vectors: put
    into eta and eps they save three passes over theta.
    """

    def __init__(
        self, like: Array, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8, *, factors: Factors = ()
    ) -> None:
        self.slots = {"M": zeros(like.size, like.dtype), "S": zeros(like.size, like.dtype)}
        self._scratch = zeros(like.size, like.dtype)
        self.beta1, self.beta2, self.eps, self.factors = beta1, beta2, eps, factors

    def update(self, theta: Array, g: Array, eta: float, step: int) -> None:
        self._accumulate(g)
        self._step_along(self.slots["M"], theta, eta, step, step)

    def _accumulate(self, g: Array) -> Array:
        """Add g to the sums; the scratch vector, free for use."""
        M, S, scratch = self.slots["M"], self.slots["S"], self._scratch
        M *= self.beta1
        M += g
        np.multiply(g, g, scratch)
        S *= self.beta2
        S += scratch
        return scratch

    def _step_along(self, sum_of_g: Array, theta: Array, eta: float, step: int, weights: int) -> None:
        """theta -= eta m / (sqrt(v) + eps), m corrected for so many weights beta1^i in the sum, v for `step`."""
        scratch = self._scratch
        eta, eps = self.corrected(eta, step, weights)
        np.sqrt(self.slots["S"], scratch)
        scratch += eps
        np.divide(sum_of_g, scratch, scratch)
        _descend(theta, scratch, eta, self.factors)

    def corrected(self, eta: float, step: int, weights: int) -> tuple[float, float]:
        """eta and eps with which theta -= eta M / (sqrt(S) + eps) is the paper's step, as `_step_along` says."""
        beta1, beta2 = self.beta1, self.beta2
        root = sqrt((1 - beta2) / (1 - beta2**step))  # sqrt(v corrected) = root sqrt(S)
        return eta * (1 - beta1) / (1 - beta1**weights) / root, self.eps / root


class NAdam(Adam):
    """Adam that looks ahead: its step is taken along beta1 m_t + (1 - beta1) g_t. Dozat, ICLR 2016 workshop."""

    def update(self, theta: Array, g: Array, eta: float, step: int) -> None:
        scratch = self._accumulate(g)
        np.multiply(self.slots["M"], self.beta1, scratch)
        g += scratch
        self._step_along(g, theta, eta, step, step + 1)


def _descend(theta: Array, step: Array, eta: float, factors: Factors) -> None:
    """theta -= eta step, some parts of it with a multiple of eta. The numbers of `step` are used up."""
    step *= eta
    for part, factor in factors:
        step[part] *= factor
    theta -= step


_KINDS: Mapping[str, type[SGD | AdaGrad | RMSProp | Adam]] = {
    "sgd": SGD,
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adam": Adam,
    "nadam": NAdam,
}


def slot_names(optimizer: str) -> tuple[str, ...]:
    """The names of the vectors that the optimizer of this name keeps."""
    return tuple(_KINDS[optimizer](np.empty(0)).slots)


def make_optimizer(config: RunConfig, theta: Parameters, rates: Mapping[str, float]) -> Optimizer:
    """The configured optimizer, its slots as they are before the first update.

    `rates` are the parameters' learning rates as multiples of eta (`Model.rates`); 1 where one is not named.
    """
    factors = tuple((theta.places[name], factor) for name, factor in rates.items() if factor != 1)
    if config.optimizer == "adagrad":
        return AdaGrad(theta.flat, config.memory_start, factors=factors)
    return _KINDS[config.optimizer](theta.flat, factors=factors)


def eta_at(step: int, config: RunConfig, seconds: float = 0.0, *, eta: float | None = None) -> float:
    """The learning rate of update `step` (from 1): risen linearly over `warmup` updates, then constant or cosine.

    Its height is `eta`, or the config's where none is given.

    The cosine falls from eta at the end of the warm-up to a hundredth of it at update `steps` (Loshchilov & Hutter,
    ICLR 2017, without restarts); a run that is prolonged goes on at that hundredth. Where the run has a budget of
    `minutes`, it has come as far as the `seconds` trained before this update have, if that is further.
    """
    eta = config.eta if eta is None else eta
    if step <= config.warmup:
        return eta * step / config.warmup
    if config.schedule == "constant":
        return eta
    by_steps = (step - config.warmup) / max(1, config.steps - config.warmup)
    fraction = min(1.0, max(by_steps, seconds / config.goal.seconds))
    return eta * (0.01 + 0.99 * (1 + cos(pi * fraction)) / 2)


def clip(g: Array, limit: float | None, norm_limit: float | None = None) -> bool:
    """Clip g in place, elementwise to [-limit, limit], then to a Euclidean norm of norm_limit.

    Returns False, with g as it was, where g has a NaN or a number so large that its square overflows: np.clip would
    make a plain 5 of an infinity. That overflow is a warning of NumPy's where the caller's np.errstate does not say
    otherwise.
    """
    if limit is not None:
        low, high = np.minimum.reduce(g), np.maximum.reduce(g)
        bound = _ROOT_OF_LARGEST[g.itemsize] / sqrt(g.size)
        if not (low > -bound and high < bound):  # also false for a NaN
            return False
        if low < -limit or high > limit:
            g.clip(-limit, limit, out=g)
        if norm_limit is None:
            return True
    norm = sqrt(np.dot(g, g))
    if not isfinite(norm):
        return False
    if norm_limit is not None and norm > norm_limit:
        g *= norm_limit / norm
    return True
