"""A passage as the network reads it: hidden values, what was expected before each character, and the surprise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.instruments.reader import hidden_values
from tui_rnn.engine.instruments.subject import Subject

WARM = 300  # characters read before it, from a state of zeros
LENGTH = 1200
_MOST_NUMBERS = 2_000_000  # of outputs, and of hidden values, kept of a passage
GUESSES = 10


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A text of n characters and what went on in the network at each of them. Arrays are read-only."""

    characters: str  # (n,)
    is_own: bool  # whether the user gave it
    is_unseen: bool  # whether it is text that the network was never trained on
    layers: int  # L
    hidden: NDArray[np.float32]  # (n, L m): h once the character was read, of the lowest layer first
    inner: Mapping[str, NDArray[np.float32]]  # what the cells computed on the way there: each (n, L m), by its symbol
    inner_names: Mapping[str, str]  # by the same symbols: gates, from 0 to 1, and others, from -1 to 1
    outputs: NDArray[np.float32]  # (n, K): o before it came; softmax(o) is what was expected there
    bits: NDArray[np.float32]  # (n,): -log2 of the probability it was given
    guesses: NDArray[np.int32]  # (n, up to GUESSES): what was expected most, the likeliest first
    probabilities: NDArray[np.float32]  # of the guesses
    ranks: NDArray[np.int32]  # (n,): 1 where the likeliest came
    vocabulary: str  # (K,)

    @property
    def length(self) -> int:
        """n."""
        return len(self.characters)


def passage(subject: Subject, own: str | None = None) -> Iterator[Passage | None]:
    """The passage, of text not trained on if there is such, or the text of the user's own; None after each piece.

    Its first character is that of a word. A text of one's own is read from a state of zeros after a new line.
    Raises UnknownCharacter where it holds a character that the model does not know.
    """
    model, theta, vocabulary = subject.model, subject.theta, subject.corpus.vocabulary
    K, m, units = model.vocab_size, model.hidden_size, model.hidden_size * model.stack.layers
    most = max(1, min(LENGTH, _MOST_NUMBERS // max(K, units)))
    if own:
        before = vocabulary.encode("\n" if "\n" in vocabulary.characters else vocabulary.characters[0])
        text = np.concatenate((before, vocabulary.encode(own[:most]))).astype(np.intp)
        begin = 1
    else:
        text = subject.unseen[: 2 * WARM + most].astype(np.intp)
        begin = _word_start(vocabulary.characters, text, min(WARM, len(text) // 2))
        text = text[: begin + most]
    if begin == 0:  # a text of one character: there is nothing that it could be expected by
        text, begin = np.concatenate((text, text)), 1
    n = len(text) - begin
    hidden, outputs = np.empty((n, units), np.float32), np.empty((n, K), np.float32)
    inner = {symbol: np.empty((n, units), np.float32) for symbol in model.stack.cell.inner}
    x = text[:, np.newaxis]
    yield None
    for piece in hidden_values(model, theta, x, model.zero_state(1, theta.flat.dtype)):
        h = piece.hidden[:, 0]
        at = np.arange(piece.begin, piece.begin + len(h)) - begin  # the place in the passage of the character read
        hidden[at[at >= 0]] = h[at >= 0]
        for symbol, values in piece.inner.items():
            inner[symbol][at[at >= 0]] = values[at >= 0, 0]
        expects = (at >= -1) & (at < n - 1)
        outputs[at[expects] + 1] = h[expects, -m:] @ theta["V"] + theta["c"]  # the top layer is read out
        yield None
    o = outputs - outputs.max(axis=1, keepdims=True)
    log_p = o - np.log(np.exp(o).sum(axis=1, keepdims=True))
    y = text[begin:]
    at_y = log_p[np.arange(n), y]
    bits = (-at_y / np.log(2.0)).astype(np.float32)
    ranks = ((log_p > at_y[:, np.newaxis]).sum(1) + 1).astype(np.int32)
    yield None
    few = min(GUESSES, K)
    best = np.argpartition(-log_p, few - 1, axis=1)[:, :few]
    order = np.argsort(-np.take_along_axis(log_p, best, 1), axis=1, kind="stable")
    guesses = np.take_along_axis(best, order, 1).astype(np.int32)
    probabilities = np.exp(np.take_along_axis(log_p, guesses, 1)).astype(np.float32)
    for array in (hidden, *inner.values(), outputs, bits, guesses, probabilities, ranks):
        array.flags.writeable = False
    yield Passage(
        vocabulary.decode(y),
        bool(own),
        not own and subject.has_unseen,
        model.stack.layers,
        hidden,
        inner,
        model.stack.cell.inner,
        outputs,
        bits,
        guesses,
        probabilities,
        ranks,
        vocabulary.characters,
    )


def _word_start(characters: str, text: NDArray[np.intp], at: int) -> int:
    """The first place from there on that a space or a new line stands before, if one is near."""
    blank = np.array([character.isspace() for character in characters])
    for place in range(max(1, at), min(len(text) - 1, at + WARM)):
        if blank[text[place - 1]] and not blank[text[place]]:
            return place
    return at
