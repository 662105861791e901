"""Which unit follows what in a text: correlations with features, chosen on one half of it and judged on the other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.instruments.features import FEATURES, features
from tui_rnn.engine.instruments.reader import hidden_values, side_by_side
from tui_rnn.engine.instruments.subject import Subject

CHARACTERS, WARM, STREAMS = 60_000, 100, 60
_MOST_UNITS = 400  # of which a regression takes less than 20 ms
_RIDGE = 1e-3  # of the mean variance of a unit, added to each variance
_PIECE = 10_000_000  # multiplications between two yields
_LEAST = 500  # characters of each half; fewer say nothing


@dataclass(frozen=True, slots=True)
class Following:
    """How well a feature is followed, judged on text that nothing was chosen by."""

    feature: str
    unit: int  # the one with the largest absolute correlation on the other half
    one: float | None  # Pearson's correlation of this unit; None where feature or unit never changes
    all: float | None  # of a ridge regression on all units, fitted on the other half


@dataclass(frozen=True, slots=True)
class Ranking:
    """What units follow, in the order of FEATURES."""

    rows: tuple[Following, ...]
    characters: int  # of both halves; 0 where the text is too short
    m: int = 1  # units of a layer
    layers: int = 1
    symbol: str | None = None  # of what the cell computes on the way to the hidden values; None: they themselves

    def feature_of(self, unit: int) -> str:
        """What this unit is the best one at, if anything."""
        rows = [row for row in self.rows if row.unit == unit and row.one is not None]
        return max(rows, key=lambda row: abs(row.one or 0.0)).feature if rows else ""


class _Moments:
    """Sums over places of hidden values and features, of which correlations are made."""

    def __init__(self, m: int) -> None:
        self.n = 0
        self.values = np.zeros(m + len(FEATURES))
        self.products = np.zeros((m + len(FEATURES), m + len(FEATURES)))

    def add(self, H: NDArray[np.floating], found: NDArray[np.float64]) -> Iterator[None]:
        """H (t, B, m) and features (features, t, B); None after each piece of work."""
        rows = np.concatenate((H.reshape(-1, H.shape[-1]), found.reshape(len(found), -1).T), axis=1, dtype=np.float64)
        most = max(1, _PIECE // rows.shape[1] ** 2)
        for begin in range(0, len(rows), most):
            piece = rows[begin : begin + most]
            self.n += len(piece)
            self.values += piece.sum(0)
            self.products += piece.T @ piece
            yield None

    def covariance(self) -> NDArray[np.float64]:
        mean = self.values / max(1, self.n)
        covariance: NDArray[np.float64] = self.products / max(1, self.n) - np.outer(mean, mean)
        return covariance


def ranking(subject: Subject, argument: str | None = None) -> Iterator[Ranking | None]:
    """The ranking on text that was not trained on, if there is such; None after each piece of work.

    It is of hidden values, all layers side by side, or of what cells compute on the way to them by its symbol.
    Streams are read side by side, from states of zeros that see WARM characters before they count. Units are chosen,
    and regressions fitted, on the even streams; all correlations are of the odd ones.
    """
    model, theta, m = subject.model, subject.theta, subject.model.hidden_size * subject.model.stack.layers
    text = subject.unseen
    x = side_by_side(text, STREAMS, WARM, min(CHARACTERS, max(4000, 12_000_000 // m)))
    found = np.empty((len(FEATURES), *x.shape))
    for column in range(x.shape[1]):
        found[:, :, column : column + 1] = features(subject.corpus.vocabulary.characters, x[:, column : column + 1])
        yield None
    halves = (_Moments(m), _Moments(m))
    for begin, hidden, inner in hidden_values(model, theta, x, model.zero_state(x.shape[1], theta.flat.dtype)):
        H = hidden if argument is None else inner[argument]
        end, skip = begin + len(H), max(0, WARM - begin)
        if skip < len(H):
            for half, moments in enumerate(halves):
                yield from moments.add(H[skip:, half::2], found[:, begin + skip : end, half::2])
        else:
            yield None
    chosen, judged = halves[0], halves[1]
    if min(chosen.n, judged.n) < _LEAST:
        yield Ranking((), 0, symbol=argument)
        return
    fit, test = chosen.covariance(), judged.covariance()
    spread = np.sqrt(np.maximum(np.diag(fit), 0))
    rows = []
    for k, name in enumerate(FEATURES, m):
        correlation = fit[:m, k] / np.maximum(spread[:m] * spread[k], 1e-12)
        unit = int(np.abs(correlation).argmax()) if np.isfinite(correlation).all() else 0
        rows.append(Following(name, unit, _correlation(test, unit, k), None))
    yield None
    if m <= _MOST_UNITS and np.isfinite(fit).all():
        units = fit[:m, :m] + _RIDGE * max(float(np.trace(fit[:m, :m])) / m, 1e-12) * np.eye(m)
        weights = np.linalg.solve(units, fit[:m, m:])  # (m, features)
        yield None
        rows = [
            Following(row.feature, row.unit, row.one, _combined(test, weights[:, k], m + k))
            for k, row in enumerate(rows)
        ]
    yield Ranking(tuple(rows), chosen.n + judged.n, subject.model.hidden_size, subject.model.stack.layers, argument)


def _correlation(covariance: NDArray[np.float64], i: int, j: int) -> float | None:
    size = covariance[i, i] * covariance[j, j]
    return float(covariance[i, j] / np.sqrt(size)) if np.isfinite(size) and size > 1e-18 else None


def _combined(covariance: NDArray[np.float64], weights: NDArray[np.floating], k: int) -> float | None:
    """The correlation of a weighted sum of all units with feature k."""
    m = len(weights)
    size = float(weights @ covariance[:m, :m] @ weights) * covariance[k, k]
    return float(weights @ covariance[:m, k] / np.sqrt(size)) if np.isfinite(size) and size > 1e-18 else None
