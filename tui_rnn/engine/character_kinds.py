"""The kinds of characters, and the place of a letter in its word: by what a network may find easy or hard."""

import unicodedata

import numpy as np
from numpy.typing import NDArray

SPACE, NEW_LINE, PUNCTUATION, QUOTE, DIGIT, CAPITAL, LETTER, OTHER = KINDS = (
    "space",
    "new line",
    "punctuation",
    "quote",
    "digit",
    "capital",
    "letter",
    "other sign",
)
_PUNCTUATION = frozenset(".,;:!?-\u2013\u2014\u2026\u3002\uff0c\u3001\uff1b\uff1a\uff1f\uff01")
_QUOTES = frozenset("\"'\u2018\u2019\u201c\u201d\u00ab\u00bb\u300c\u300d\u300e\u300f`")


def kind_of(character: str) -> str:
    """One of KINDS. A mark that is written on a letter, such as a vowel sign, counts as a letter."""
    category = unicodedata.category(character)
    if character in "\n\r\u2028\u2029":
        return NEW_LINE
    if character == "\t" or category == "Zs":
        return SPACE
    if character in _PUNCTUATION:
        return PUNCTUATION
    if character in _QUOTES:
        return QUOTE
    if category == "Nd":
        return DIGIT
    if category in ("Lu", "Lt"):
        return CAPITAL
    return LETTER if category[0] in "LM" else OTHER


def kinds_of(characters: str) -> NDArray[np.int8]:
    """The kind of each, as its place in KINDS."""
    return np.array([KINDS.index(kind_of(character)) for character in characters], np.int8)


def places_in_words(kinds: NDArray[np.int8]) -> NDArray[np.intp]:
    """For texts (..., characters) of these kinds, the place of each letter in its word, from 1; 0 for what is none.

    A word is letters and capitals without anything between them; the first of a text counts as the first of a word.
    """
    is_letter = (kinds == KINDS.index(LETTER)) | (kinds == KINDS.index(CAPITAL))
    at = np.arange(kinds.shape[-1])
    last_other = np.maximum.accumulate(np.where(is_letter, -1, at), axis=-1)
    return np.where(is_letter, at - last_other, 0)
