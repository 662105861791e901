"""The chapters of a text: lines that begin with VOLUME, CHAPTER, BOOK or PART and a number."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.vocabulary import Vocabulary, code_points

_UNITS = ["ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"]
_TEENS = [
    "TEN",
    "ELEVEN",
    "TWELVE",
    *(f"{stem}TEEN" for stem in ("THIR", "FOUR", "FIF", "SIX", "SEVEN", "EIGH", "NINE")),
]
_TENS = ["TWENTY", "THIRTY", "FORTY", "FIFTY", "SIXTY", "SEVENTY", "EIGHTY", "NINETY"]
_WORDS = {word: number for number, word in enumerate([*_UNITS, *_TEENS], 1)} | {
    f"{tens}{between}{unit}".strip(): 10 * count + ones
    for count, tens in enumerate(_TENS, 2)
    for ones, unit in enumerate(["", *_UNITS])
    for between in ("-", " ")
    if unit or between == " "
}
# A heading in small letters is followed by nothing more, or by a sign, else it may be a line that says "part I took".
_HEADING = re.compile(
    r"^[ \t]*(?:(VOLUME|CHAPTER|BOOK|PART)|(Volume|Chapter|Book|Part))[ \t]+"
    r"(?:([IVXLC]+|\d{1,3})|((?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")))(?![\w'])"
    r"[ \t]*([.:\u2014\u2013-]|$)?",
    re.MULTILINE | re.IGNORECASE,
)
_PIECE = 1 << 17  # characters searched at a time, in about 2 ms
_LONGEST_LINE = 200  # characters of a piece that are searched again with the next, for a heading that was cut
_SHORTEST, _FEWEST_CONTENTS = 300, 3  # characters between two headings nearer than which so many are no chapters


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading in the text."""

    place: int  # of its first character
    kind: str  # VOLUME, BOOK, PART or CHAPTER
    number: str  # as it is written, a word as digits


def find_chapters(text: NDArray[np.integer], vocabulary: Vocabulary) -> Iterator[tuple[Chapter, ...] | None]:
    """The chapters of the text of these indices, in order; None after each piece of it that was searched."""
    points = code_points(vocabulary.characters)
    found: dict[int, Chapter] = {}
    for begin in range(0, len(text), _PIECE):
        first = max(0, begin - _LONGEST_LINE)
        piece = points[text[first : begin + _PIECE]].tobytes().decode("utf-32-le", "surrogatepass")
        for heading in _HEADING.finditer(piece):
            if first and not heading.start():  # a piece need not begin with a line
                continue
            if chapter := _chapter(heading, first):
                found[chapter.place] = chapter
        yield None
    chapters = [found[place] for place in sorted(found)]
    contents = _contents(chapters)
    yield tuple(each for each in chapters if each.place not in contents)


def _contents(chapters: Sequence[Chapter]) -> set[int]:
    """The places of the headings of a table of contents: three or more of one kind, each right after the other."""
    places: set[int] = set()
    for kind in {each.kind for each in chapters}:
        run: list[int] = []
        for place in [each.place for each in chapters if each.kind == kind]:
            run = [*run, place] if run and place - run[-1] < _SHORTEST else [place]
            if len(run) >= _FEWEST_CONTENTS:
                places.update(run)
    return places


def _chapter(heading: re.Match[str], first: int) -> Chapter | None:
    upper, lower, number, word, ends = heading.groups()
    kind, written = upper or lower, number or word
    if not (kind.isupper() or (kind.istitle() and ends is not None)):
        return None
    if number and not (number.isdigit() or number.isupper()):
        return None
    indent = len(heading.group()) - len(heading.group().lstrip())
    return Chapter(
        first + heading.start() + indent, kind.upper(), number or str(_WORDS[" ".join(written.upper().split())])
    )


def numbers_at(chapters: Sequence[Chapter], place: int) -> tuple[Chapter, ...]:
    """The headings that this place of the text stands under, the widest first: of each kind the last one before it.

    A kind that has begun anew since (a volume) ends those within it (its chapters).
    """
    rank = {kind: at for at, kind in enumerate(dict.fromkeys(_by_width(chapters)))}
    under: dict[str, Chapter] = {}
    for chapter in chapters[: bisect_right([each.place for each in chapters], place)]:
        under = {kind: each for kind, each in under.items() if rank[kind] < rank[chapter.kind]}
        under[chapter.kind] = chapter
    return tuple(under.values())


def _by_width(chapters: Sequence[Chapter]) -> list[str]:
    kinds = [each.kind for each in chapters]
    return sorted(dict.fromkeys(kinds), key=kinds.count)
