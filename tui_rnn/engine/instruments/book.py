"""The book as the weights read it now: which parts of the text, kinds of characters and passages are hard or easy."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.chapters import Chapter, find_chapters
from tui_rnn.engine.character_kinds import KINDS, LETTER, kinds_of, places_in_words
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Parameters
from tui_rnn.engine.vocabulary import Vocabulary

PARTS = 600  # equal parts of the text, of each of which a piece is read; fewer of a large network or a short text
READ, WARM = 240, 40  # characters of a piece whose losses count, and those read before it from a state of zeros
PASSAGE = 1200  # characters of what is quoted as hard or easy
WINDOW = 60  # characters of a passage, its hardest or easiest, at which it is quoted
SHOWN = 3  # passages of each
LAST_LETTER = 6  # letters from here to the end of their word count as one
_CANDIDATES = 16  # parts of each sort whose passages are read whole
_HASTE = 5  # a hasty reading is of a fifth of the parts and candidates
_QUOTED, _LONGEST_WORD = 300, 30  # characters
_MOST_WORK, _LEAST_PARTS = 8_000_000_000, 100  # multiplications of all pieces: about 0.5 s
# Steps between two yields, at least and at the most, and multiplications: about 2 ms.
_STEPS, _MOST_STEPS, _PIECE = 10, 100, 12_000_000


@dataclass(frozen=True, slots=True)
class Losses:
    """What characters of some sort cost."""

    sum: float  # nats
    count: float  # characters that were read

    @property
    def mean(self) -> float | None:
        """Nats per character; None where none was read."""
        return self.sum / self.count if self.count else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the text, quoted where it is hardest, or easiest."""

    place: int  # of its first character
    length: int
    loss: float  # nats per character over all of it
    quoted_at: int  # the place of the first character quoted
    quote: str  # the text from there on


@dataclass(frozen=True, slots=True)
class Reading:
    """The text as these weights read it, by a piece out of each of its parts."""

    characters: int  # of the text
    parts: tuple[Losses, ...]  # from its beginning to its end
    kinds: tuple[Losses, ...]  # by the kind of the character that comes next, in the order of KINDS
    letters_by_place: tuple[Losses, ...]  # small letters by their place in the word: 1, 2, ... and LAST_LETTER or more
    by_index: tuple[Losses, ...]  # by the character that comes next
    hardest: tuple[Passage, ...]
    easiest: tuple[Passage, ...]

    def blended(self, before: "Reading | None", kept: float = 0.5) -> "Reading":
        """The same with part of what was read before, which counts for `kept` of what it did: other pieces of each
        part, so that a part's mean is less a matter of luck.
        """
        if before is None or len(before.parts) != len(self.parts) or len(before.by_index) != len(self.by_index):
            return self

        def blend(now: tuple[Losses, ...], then: tuple[Losses, ...]) -> tuple[Losses, ...]:
            return tuple(Losses(a.sum + kept * b.sum, a.count + kept * b.count) for a, b in zip(now, then, strict=True))

        return Reading(
            self.characters,
            blend(self.parts, before.parts),
            blend(self.kinds, before.kinds),
            blend(self.letters_by_place, before.letters_by_place),
            blend(self.by_index, before.by_index),
            self.hardest,
            self.easiest,
        )


def book_reading(subject: Subject, argument: bool | None = None) -> Iterator[Reading | None]:
    """The instrument: other pieces of the text at every step. With True a hasty reading, of a fifth of the work."""
    corpus = subject.corpus
    yield from read_book(
        subject.model, subject.theta, corpus.indices, corpus.vocabulary, turn=subject.step, hasty=bool(argument)
    )


def chapters(subject: Subject, argument: None = None) -> Iterator[tuple[Chapter, ...] | None]:
    """The instrument: the chapters of the text, which do not change."""
    yield from find_chapters(subject.corpus.indices, subject.corpus.vocabulary)


def read_book(
    model: Model,
    theta: Parameters,
    text: NDArray[np.unsignedinteger],
    vocabulary: Vocabulary,
    *,
    turn: int = 0,
    hasty: bool = False,
) -> Iterator[Reading | None]:
    """Read a piece of each part of the text, and whole the passages that seem hardest and easiest by that.

    None after each piece of work. Readings of different `turn` take different pieces of long parts. Each piece is read
    from a state of zeros, WARM characters before it; at the beginning of the text there are none before it. A `hasty`
    reading is of fewer parts and passages.
    """
    n, K = len(text), model.vocab_size
    work = (WARM + READ) * _work(model)
    parts = max(1, min(PARTS, max(_LEAST_PARTS, _MOST_WORK // work), (n - 1) // READ))
    if hasty:
        parts = -(-parts // _HASTE)
    room = max(0, n // parts - READ)
    starts = np.arange(parts) * n // parts + int(room * (turn * 0.618034 % 1))  # the golden section: never twice alike
    kinds = kinds_of(vocabulary.characters)
    yield None
    length = min(WARM + READ, n - 1)
    begins = np.clip(starts - WARM, 0, n - 1 - length)
    losses = np.empty((parts, length))
    for streams, steps, rows in _losses(model, theta, text, begins, length):
        losses[streams, steps] = rows
        yield None
    targets = text[begins[:, np.newaxis] + np.arange(1, length + 1)].astype(np.intp)  # (parts, length)
    yield None
    kinds_there = kinds[targets]
    places = places_in_words(kinds_there)
    yield None
    counted = (begins[:, np.newaxis] == 0) | (np.arange(length) >= WARM)
    by_part = _sums(np.broadcast_to(np.arange(parts)[:, np.newaxis], losses.shape), losses, counted, parts)
    yield None
    small = counted & (kinds_there == KINDS.index(LETTER))
    by_place = _sums(np.minimum(places, LAST_LETTER) - 1, losses, small, LAST_LETTER)
    by_kind = _sums(kinds_there, losses, counted, len(KINDS))
    yield None
    by_index = _sums(targets, losses, counted, K)
    yield None
    means = np.array([np.nan if each.mean is None else each.mean for each in by_part])
    candidates = -(-_CANDIDATES // _HASTE) if hasty else _CANDIDATES
    hardest = yield from _passages(model, theta, text, vocabulary, starts, means, candidates, hardest=True)
    easiest = yield from _passages(model, theta, text, vocabulary, starts, means, candidates, hardest=False)
    yield Reading(n, by_part, by_kind, by_place, by_index, hardest, easiest)


def _work(model: Model) -> int:
    """Multiplications to read a character and foretell the next, about."""
    m, stack = model.hidden_size, model.stack
    return m * m * stack.cell.gates * stack.layers + m * model.vocab_size


def _losses(
    model: Model, theta: Parameters, text: NDArray[np.unsignedinteger], begins: NDArray[np.intp], length: int
) -> Iterator[tuple[slice, slice, NDArray[np.float64]]]:
    """The losses of the `length` characters after each of these places: streams, steps, and (streams, steps) nats."""
    B = max(1, min(60, len(begins), _PIECE // (_STEPS * _work(model))))
    steps = max(_STEPS, min(_MOST_STEPS, _PIECE // (B * _work(model))))
    for first in range(0, len(begins), B):
        places = begins[first : first + B]
        state = model.zero_state(len(places), theta.flat.dtype)
        ws = model.workspace(min(steps, length), len(places), theta.flat.dtype)
        for step in range(0, length, steps):
            T = min(steps, length - step)
            if step and steps != T:
                ws = model.workspace(T, len(places), theta.flat.dtype)
            cut = text[places + step + np.arange(T + 1)[:, np.newaxis]].astype(np.intp)  # (T + 1, B)
            with np.errstate(over="ignore", invalid="ignore"):  # weights about to diverge have no finite loss
                model.loss(theta, cut[:-1], cut[1:], state, ws)
            state = ws.state.copy()
            yield slice(first, first + B), slice(step, step + T), ws.row_losses.reshape(T, -1).T.astype(np.float64)


def _sums(
    at: NDArray[np.integer], losses: NDArray[np.float64], where: NDArray[np.bool_], size: int
) -> tuple[Losses, ...]:
    """The losses `where` so, summed by `at`."""
    chosen = at[where]
    sums, counts = np.bincount(chosen, losses[where], size), np.bincount(chosen, None, size)
    return tuple(map(Losses, sums.tolist(), counts.tolist()))


def _passages(
    model: Model,
    theta: Parameters,
    text: NDArray[np.unsignedinteger],
    vocabulary: Vocabulary,
    starts: NDArray[np.intp],
    means: NDArray[np.float64],
    most: int,
    *,
    hardest: bool,
) -> Generator[None, None, tuple[Passage, ...]]:
    """Read whole so many passages, at the parts whose piece was hardest, or easiest; returns those that are."""
    n, sign = len(text), -1 if hardest else 1
    length = min(PASSAGE, n - 1)
    candidates = _far_apart(starts[np.argsort(sign * means, kind="stable")].tolist(), min(8 * PASSAGE, n // 10))
    begins = np.clip(np.array(candidates[:most]) - WARM, 0, max(0, n - 1 - length - WARM))
    losses = np.empty((len(begins), min(length + WARM, n - 1)))
    for streams, steps, rows in _losses(model, theta, text, begins, losses.shape[1]):
        losses[streams, steps] = rows
        yield None
    found = []
    for begin, all_losses in zip(begins.tolist(), losses, strict=True):
        warm = WARM if begin else 0
        counted = all_losses[warm:][:length]
        sums = np.convolve(counted, np.ones(min(WINDOW, len(counted))), "valid")
        place = begin + 1 + warm  # of the first character that was foretold
        quoted_at = beginning_of_word(text, vocabulary, place + int((sign * sums).argmin()))
        quote = vocabulary.decode(text[quoted_at : quoted_at + _QUOTED])
        found.append(Passage(place, len(counted), float(counted.mean()), quoted_at, quote))
    found = [each for each in found if isfinite(each.loss)]
    return tuple(sorted(found, key=lambda each: sign * each.loss)[:SHOWN])


def beginning_of_word(text: NDArray[np.unsignedinteger], vocabulary: Vocabulary, at: int) -> int:
    """The place where the word at this place begins; where no word is near, the place itself."""
    before = vocabulary.decode(text[max(0, at - _LONGEST_WORD) : at])
    begun = len(before) - max(before.rfind(blank) for blank in " \n\t") - 1  # characters of the word before `at`
    return at if begun == len(before) else at - begun


def _far_apart(places: Sequence[int], apart: int) -> list[int]:
    """Those of these places, the first ones first, that stand so far from all that were taken before."""
    chosen: list[int] = []
    for place in places:
        if all(abs(place - other) >= apart for other in chosen):
            chosen.append(place)
    return chosen
