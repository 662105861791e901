"""Sampling: a trained network writes, a character at a time, with temperature and nucleus (top-p) sampling."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.errors import ConfigError, Diverged
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.vocabulary import Vocabulary


def check_sampling(temperature: float, top_p: float) -> None:
    """Raise ConfigError unless temperature >= 0 is finite and 0 < top_p <= 1."""
    if not 0 <= temperature < float("inf"):
        raise ConfigError(
            f"--temperature {temperature} cannot be used: give 0 (always the likeliest) or a positive number"
        )
    if not 0 < top_p <= 1:
        raise ConfigError(f"--top-p {top_p} cannot be used: give a number above 0 and at most 1 (1: all characters)")


def cumulative(o: Array, temperature: float, top_p: float) -> NDArray[np.float64]:
    """The running sum (K,) of softmax(o / temperature) over the nucleus, not divided by its total.

    o (K,) are the outputs before the softmax. The nucleus is the smallest set of likeliest characters whose
    probabilities reach top_p (Holtzman et al., ICLR 2020, section 3.1); the others count 0. A temperature of 0 leaves
    the likeliest character alone.
    """
    o = o.astype(np.float64)
    if temperature == 0:
        return np.cumsum(np.arange(len(o)) == o.argmax(), dtype=np.float64)
    with np.errstate(over="ignore"):  # beside a tiny temperature all others count exp(-inf) = 0
        p = np.exp((o - o.max()) / temperature)
    if top_p < 1:
        order = np.argsort(-p, kind="stable")
        reached = np.cumsum(p[order])
        p[order[np.searchsorted(reached, top_p * reached[-1]) + 1 :]] = 0
    return np.cumsum(p)


def draw(running_sum: NDArray[np.float64], u: float) -> int:
    """The character at the part u in [0, 1) of the running sum; never one that counts 0."""
    total = running_sum[-1]
    return int(np.searchsorted(running_sum, min(u * total, np.nextafter(total, 0.0)), side="right"))


def surprise(o: Array, x: int) -> float:
    """-log2 of the probability that softmax(o) gives the character x, in bits."""
    o = o.astype(np.float64)
    o -= o.max()
    return float((np.log(np.exp(o).sum()) - o[x]) / np.log(2.0))


def draws(
    model: Model,
    theta: Parameters,
    state: Array,
    x: int,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_p: float = 1.0,
) -> Iterator[tuple[int, Array]]:
    """Endless indices of characters: each is drawn from p_t and is the input of the next step. Beside it o_t (K,).

    state (S,) is the model's before x is read; it is not changed. theta is read at each step. Raises Diverged where
    the outputs are not finite.
    """
    while True:
        for u in rng.random(256):
            with np.errstate(over="ignore", invalid="ignore"):
                o, state = model.step(theta, x, state)
            if not np.isfinite(o).all():
                raise Diverged("the weights have outgrown what they can compute: nothing can be sampled from them")
            x = draw(cumulative(o, temperature, top_p), u)
            yield x, o


def generate(
    model: Model,
    theta: Parameters,
    state: Array,
    x: int,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_p: float = 1.0,
) -> Iterator[int]:
    """The characters of `draws` alone."""
    return (x for x, _ in draws(model, theta, state, x, rng, temperature, top_p))


def start(model: Model, theta: Parameters, vocabulary: Vocabulary, prime: str = "") -> tuple[Array, int]:
    """State (S,) and input from which `generate` goes on after `prime`, read from a state of zeros.

    Without a prime the input is a newline, or the first character of an alphabet without one. Raises UnknownCharacter
    where the prime holds a character that the model does not know.
    """
    default = "\n" if "\n" in vocabulary.characters else vocabulary.characters[0]
    *read, x = vocabulary.encode(prime or default).tolist()
    state = model.zero_state(1, theta.flat.dtype)[0]
    with np.errstate(over="ignore", invalid="ignore"):
        for index in read:
            _, state = model.step(theta, index, state)
    return state, x
