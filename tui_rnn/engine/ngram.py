"""What counting foretells: n-gram models with Witten-Bell smoothing, the baselines of a held-out loss.

    p(w | h) = (count(h w) + types(h) p(w | h')) / (count(h) + types(h))

h is a context of n - 1 characters, h' the same without its first one; count(h) is how often h was followed by a
character, types(h) by how many different ones. Below the order 1, whose context is empty, stands the uniform 1/K. A
context that was never followed says nothing: there p(w | h) = p(w | h').

Witten & Bell, The zero-frequency problem, IEEE Transactions on Information Theory 37 (1991), method C; interpolated as
in Chen & Goodman, An empirical study of smoothing techniques for language modeling (1998), section 2.4.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.text import held_out_length

Indices = NDArray[np.unsignedinteger]
Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]

JUDGED = 0.1  # of a text, its end, by which counting the rest of it is judged


@dataclass(frozen=True, slots=True)
class _Order:
    """The n-grams of one length, each numbered by its place in `codes`; the last place is for all that was not seen.

    A code is K times the number of the first n - 1 characters, plus the last one: at most K times the text's length,
    and so a whole number of 64 bits where K^n is none.
    """

    codes: Numbers  # (n-grams + 1,), ascending
    counts: Floats  # (n-grams + 1,)
    followed: Floats  # (contexts,): count(h)
    types: Floats  # (contexts,): types(h)


class NGrams:
    """The n-grams of a text, of all orders from 1 to `order`, as counted once."""

    def __init__(self, indices: Indices, vocab_size: int, order: int = 5) -> None:
        self.vocab_size = vocab_size
        self._orders: list[_Order] = []
        text = indices.astype(np.int64)
        contexts, known = np.zeros_like(text), 1  # the number of the context before each character; how many there are
        for _ in range(order):
            codes, numbers, counts = np.unique(contexts * vocab_size + text, return_inverse=True, return_counts=True)
            before = codes // vocab_size
            self._orders.append(
                _Order(
                    codes=np.append(codes, np.iinfo(np.int64).max),
                    counts=np.append(counts, 0.0),
                    followed=np.bincount(before, counts, minlength=known).astype(np.float64),
                    types=np.bincount(before, minlength=known).astype(np.float64),
                )
            )
            # Every n-gram but the last is the context of the character after it
            contexts, text, known = numbers[:-1], text[1:], len(codes) + 1

    def probabilities(self, indices: Indices) -> Floats:
        """p (order, characters) of every character of a text given those before it in that text, by each order.

        The first characters, before which there are fewer than n - 1, have the probability of a lower order.
        """
        text = indices.astype(np.int64)
        contexts = np.zeros_like(text)
        p = np.full(len(text), 1 / self.vocab_size)
        of_orders = []
        for length, grams in enumerate(self._orders):  # of the context
            codes = contexts * self.vocab_size + text
            places = np.searchsorted(grams.codes, codes)
            numbers = np.where(grams.codes[places] == codes, places, len(grams.codes) - 1)
            followed, types, lower = grams.followed[contexts], grams.types[contexts], p[length:]
            mixed = (grams.counts[numbers] + types * lower) / np.maximum(followed + types, 1.0)
            p = np.concatenate([p[:length], np.where(followed > 0, mixed, lower)])
            of_orders.append(p)
            contexts, text = numbers[:-1], text[1:]
        return np.array(of_orders)


def losses(train: Indices, held_out: Indices, vocab_size: int, order: int = 5) -> list[float]:
    """The mean loss in nats a character over the held-out text, by each order from 1, counted on the training text."""
    p = NGrams(train, vocab_size, order).probabilities(held_out)
    return [float(loss) for loss in -np.log(p).mean(axis=1)]


def text_losses(indices: Indices, vocab_size: int, order: int = 5) -> list[float]:
    """What counting nine tenths of a text reaches on its last tenth; no losses where there is no character to judge.

    With a holdout of 0.1 the last tenth is the very text that the network is judged by.
    """
    judged = held_out_length(len(indices), JUDGED)
    if not 0 < judged < len(indices):
        return []
    return losses(indices[:-judged], indices[-judged:], vocab_size, order)
