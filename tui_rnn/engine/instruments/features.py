"""What a hidden unit may follow in a text: features of each place, told by the characters alone."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

FEATURES = (
    "space read",
    "place in word",
    "vowel read",
    "space next",
    "vowel next",
    "punctuation read",
    "capitalised word",
    "capital next",
    "since . ! ?",
    "paragraph start",
    "inside quotes",
)
_LONG_WORD = 9  # letters; later places in a word count as this one
_VOWELS, _ENDS, _PUNCTUATION = frozenset("aeiouAEIOU"), frozenset(".!?"), frozenset(",.;:!?-")


def features(characters: Sequence[str], text: NDArray[np.integer]) -> NDArray[np.float64]:
    """Each feature of FEATURES at each place of texts (n, B), one a column: (len(FEATURES), n, B).

    `characters` are the vocabulary. The text before the first place counts as a new line, and the character after the
    last one as the last one's own.

    space read, vowel read, punctuation read: whether the character just read is one. space next, vowel next, capital
    next: whether the one after it is. place in word: 1, 2, ... within letters and apostrophes, else 0. capitalised
    word: whether the word began with a capital. since . ! ?: the logarithm of the characters since one, and
    paragraph start: minus that of those since a new line. inside quotes: whether an odd number of double quotation
    marks came since a new line.
    """

    def table(belongs: Callable[[str], bool]) -> NDArray[np.bool_]:
        return np.array([belongs(character) for character in characters], np.bool_)

    n, B = text.shape
    at = np.arange(n)[:, np.newaxis] + np.zeros((1, B), np.intp)

    def last(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Where it was true last, this place included; -1 where it never was."""
        return np.maximum.accumulate(np.where(mask, at, -1), axis=0)

    following = np.concatenate((text[1:], text[-1:]))
    new_line = table(lambda character: character == "\n")[text]
    in_word = table(lambda character: character.isalpha() or character == "'")[text]
    capital = table(str.isupper)
    word_start = last(~in_word) + 1
    column = np.arange(B)[np.newaxis, :]
    quotes = np.cumsum(table(lambda character: character == '"')[text], axis=0)
    line_start = last(new_line)
    before_line = np.where(line_start >= 0, quotes[np.maximum(line_start, 0), column], 0)
    is_space, is_vowel = table(lambda c: c == " "), table(_VOWELS.__contains__)
    found = {
        "space read": is_space[text],
        "place in word": np.where(in_word, np.minimum(at - word_start + 1, _LONG_WORD), 0),
        "vowel read": is_vowel[text],
        "space next": is_space[following],
        "vowel next": is_vowel[following],
        "punctuation read": table(_PUNCTUATION.__contains__)[text],
        "capitalised word": in_word & capital[text[np.minimum(word_start, n - 1), column]],
        "capital next": capital[following],
        "since . ! ?": np.log1p(at - last(table(_ENDS.__contains__)[text])),
        "paragraph start": -np.log1p(at - line_start),
        "inside quotes": (quotes - before_line) % 2,
    }
    return np.array([found[name] for name in FEATURES], np.float64)
