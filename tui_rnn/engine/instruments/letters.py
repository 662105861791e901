"""The map of the characters: which ones the network reads, or writes, alike, by the rows of U or the columns of V."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import hypot

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.engine.parameters import Array, Parameters

LEAST_SEEN, OFTEN_SEEN = 300, 8000  # times in a text as long as a novel; of a shorter one in proportion
_NOVEL = 882_242  # characters
_FEWEST = 3  # times, however short the text: what was seen once or twice has hardly been learnt
MOST_LETTERS = 120  # the most frequent; more have no room on any map
_NEAREST, _PAIRS = 8, 20
_COUNTED, _PIECE = 1 << 23, 1 << 19  # characters of the text, and of a piece of work of 1 ms


@dataclass(frozen=True, slots=True)
class Letter:
    """A character at its place on the map."""

    index: int
    seen: int  # times in the text
    x: float
    y: float
    nearest: tuple[tuple[int, float], ...]  # characters by index, and the cosine between the two; the nearest first


@dataclass(frozen=True, slots=True)
class Letters:
    """The characters along the two directions in which they differ most; the most frequent first."""

    view: str  # "U": as they are read; "V": as they are written
    letters: tuple[Letter, ...]
    pairs: tuple[tuple[int, int, float], ...]  # two characters and their cosine, the closest first
    least_seen: int  # times; characters that were seen less often are left out
    often_seen: int
    left_out: int  # characters that were not seen so often, or for which there is no room
    spread: float  # the share of all variance that lies in the two directions

    def turned_to(self, before: "Letters | None") -> "Letters":
        """The same map turned, or mirrored, so that the characters of a map before it lie as near their old places as
        they can: directions have no sign, and of two that are equally wide either may come first.

        Orthogonal Procrustes in the plane: of all rotations the one by atan2(sum of cross products, sum of dot
        products) has the least squared distances, likewise after a reflection (Schoenemann 1966).
        """
        if before is None:
            return self
        old = {letter.index: (letter.x, letter.y) for letter in before.letters}
        both = [(letter.x, letter.y, *old[letter.index]) for letter in self.letters if letter.index in old]
        best = (-1.0, 1.0, 0.0, 1.0)
        for mirror in (1.0, -1.0):
            dot = sum(x * p + mirror * y * q for x, y, p, q in both)
            cross = sum(x * q - mirror * y * p for x, y, p, q in both)
            size = hypot(dot, cross)
            if size > best[0]:
                best = (size, dot / size if size else 1.0, cross / size if size else 0.0, mirror)
        _, cos, sin, mirror = best
        return replace(
            self,
            letters=tuple(
                replace(
                    letter,
                    x=cos * letter.x - sin * mirror * letter.y,
                    y=sin * letter.x + cos * mirror * letter.y,
                )
                for letter in self.letters
            ),
        )


def map_of_letters(subject: Subject, argument: str | None = None) -> Iterator[Letters | None]:
    """The instrument: the map by U, or by V where the argument says so."""
    K, indices = subject.model.vocab_size, subject.corpus.indices[:_COUNTED]
    counts = np.zeros(K, np.intp)
    for begin in range(0, len(indices), _PIECE):
        counts += np.bincount(indices[begin : begin + _PIECE], minlength=K)
        yield None
    yield from letters(subject.theta, counts, argument or "U")


def letters(
    theta: Mapping[str, Array] | Parameters, counts: NDArray[np.integer], view: str = "U"
) -> Iterator[Letters | None]:
    """The map of the characters that were seen often enough to be learnt; None after each piece of work.

    The rows are those of U, or the columns of V, of these characters, less their mean; their places are the first two
    principal components, by the eigenvectors of the rows' products with one another; cosines are between whole rows.
    `counts` (K,) says how often each character stands in the text.
    """
    share = min(1.0, int(counts.sum()) / _NOVEL)
    least_seen, often_seen = max(_FEWEST, round(LEAST_SEEN * share)), max(_FEWEST, round(OFTEN_SEEN * share))
    order = np.argsort(-counts, kind="stable")
    seen = order[counts[order] >= least_seen]
    chosen = (seen if len(seen) else order)[:MOST_LETTERS]
    rows = (theta["U"][chosen] if view == "U" else theta["V"].T[chosen]).astype(np.float64)
    rows = rows - rows.mean(0)
    yield None
    products = rows @ rows.T
    yield None
    variances, directions = np.linalg.eigh(products)  # ascending
    yield None
    variances = np.maximum(variances, 0)
    widest = directions[:, ::-1][:, :2] * np.sqrt(variances[::-1][:2])
    places = np.zeros((len(chosen), 2))
    places[:, : widest.shape[1]] = widest * np.where((widest**3).sum(0) < 0, -1, 1)  # one of both signs, by a rule
    lengths = np.sqrt(np.maximum(np.diag(products), 0))
    cosines = products / np.maximum(np.outer(lengths, lengths), 1e-300)
    np.fill_diagonal(cosines, -2)  # no character is its own neighbour
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, : min(_NEAREST, len(chosen) - 1)]
    first, second = np.triu_indices(len(chosen), 1)
    closest = np.argsort(-cosines[first, second], kind="stable")[:_PAIRS]
    yield None
    total = float(variances.sum())
    yield Letters(
        view=view,
        letters=tuple(
            Letter(
                int(chosen[i]),
                int(counts[chosen[i]]),
                float(places[i, 0]),
                float(places[i, 1]),
                tuple((int(chosen[j]), float(cosines[i, j])) for j in nearest[i]),
            )
            for i in range(len(chosen))
        ),
        pairs=tuple(
            (int(chosen[first[k]]), int(chosen[second[k]]), float(cosines[first[k], second[k]])) for k in closest
        ),
        least_seen=least_seen,
        often_seen=often_seen,
        left_out=len(counts) - len(chosen),
        spread=float(variances[::-1][:2].sum()) / total if total else 0.0,
    )
