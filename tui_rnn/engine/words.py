"""The words of a book, and which of those that a network wrote are among them. No NumPy.

A word is a run of letters and their marks, with single apostrophes inside, whatever its case. A text in a script that
puts no spaces between words (Chinese, Japanese, Thai, …), or with hardly any space at all, has no words that could be
told from its characters: of it nothing is said.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

MOST_CHARACTERS = 32_000_000  # of a book whose words are counted: longer ones would take seconds of training's time
_LONGEST_WORD = 1000  # characters; a longer one is cut
_LEAST_SPACE = 0.04  # of the characters, in a text whose words stand apart
_MOST_UNSPACED = 0.1  # of the letters, in scripts that put no spaces
_APOSTROPHES = "'\u2019"
_UNSPACED = (
    *(range(0x0E00, 0x1100), range(0x1780, 0x1800), range(0x1950, 0x19E0), range(0x1A20, 0x1AB0)),  # Thai … Tai Tham
    *(range(0x2E80, 0xA4D0), range(0xA980, 0xAA80), range(0xF900, 0xFB00), range(0xFF66, 0xFFA0)),  # Han, kana, Yi, …
    range(0x1B000, 0x1B170),
    range(0x20000, 0x40000),
)


@dataclass(frozen=True, slots=True)
class Written:
    """A stretch of a text that was written, and what it is."""

    text: str
    is_word: bool  # it holds letters, and is whole: it neither begins nor ends where the text was cut
    is_real: bool = False  # a word that the book has


class Words:
    """The words of one book."""

    def __init__(self, known: Iterable[str], pattern: re.Pattern[str]) -> None:
        """`pattern` finds the words of a text; `known` are the book's, casefolded."""
        self._known, self._pattern = frozenset(known), pattern

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, word: str) -> bool:
        return word.casefold() in self._known

    def parts(self, text: str, begin: int = 0) -> Iterator[Written]:
        """The text from `begin` on, in stretches that are words and stretches that are not.

        A word at the very end of the text may go on, and one at `begin` may have begun before it where `begin` is 0:
        it is cut, and no word. One that reaches over `begin` is judged whole.
        """
        place = begin
        for found in self._pattern.finditer(text):
            if found.end() <= begin:
                continue
            if found.start() > place:
                yield Written(text[place : found.start()], False)
            is_word = found.end() < len(text) and (found.start() > 0 or begin > 0)
            yield Written(text[max(begin, found.start()) : found.end()], is_word, is_word and found.group() in self)
            place = found.end()
        if place < len(text):
            yield Written(text[place:], False)

    def share(self, text: str, begin: int = 0) -> float | None:
        """The part of the words from `begin` on that the book has; None where there is no whole word."""
        real = [part.is_real for part in self.parts(text, begin) if part.is_word]
        return sum(real) / len(real) if real else None


def has_words(counts: Mapping[str, int]) -> bool:
    """Whether a text has words that can be found, by how often each character stands in it."""
    letters = sum(count for character, count in counts.items() if character.isalpha())
    spaces = sum(count for character, count in counts.items() if character.isspace())
    unspaced = sum(count for character, count in counts.items() if any(ord(character) in each for each in _UNSPACED))
    return letters > 0 and spaces >= _LEAST_SPACE * sum(counts.values()) and unspaced <= _MOST_UNSPACED * letters


def pattern_of(characters: str) -> re.Pattern[str] | None:
    """What finds the words of a text of these characters; None where there is no letter among them.

    Marks are among them, which vowels are in many scripts and which Python's own class of letters leaves out.
    """
    letters = "".join(re.escape(each) for each in sorted(set(characters)) if unicodedata.category(each)[0] in "LM")
    return re.compile(f"[{letters}]+(?:[{_APOSTROPHES}][{letters}]+)*") if letters else None


def words_of(pieces: Iterable[str], characters: str) -> Iterator[Words | None]:
    """Count the words of a book, given in pieces: None after each, and at the end the words, if the book has any.

    `characters` are its alphabet.
    """
    pattern, known, counts, rest = pattern_of(characters), set[str](), Counter[str](), ""
    if pattern is None:
        return
    for piece in pieces:
        counts.update(piece)
        text = rest + piece
        # The last word may go on in the next piece.
        cut = max(text.rfind(" "), text.rfind("\n"), len(text) - _LONGEST_WORD) + 1
        rest = text[cut:]
        known.update(pattern.findall(text[:cut]))
        yield None
    if has_words(counts):
        yield Words((word.casefold() for word in known.union(pattern.findall(rest))), pattern)
