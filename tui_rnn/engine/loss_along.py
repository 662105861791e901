"""The loss along the text: what each place of it cost when it was last read, this epoch beside the one before."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tui_rnn.engine.parameters import Array
from tui_rnn.engine.windows import Order, Place, Window

PLACES = 600  # equal parts of the text; of a text with fewer characters, one each
# Windows are summed many at a time, which costs an update 0.2 % of its time with the smallest recipe, and less with all
# others; at the most so many windows and rows are kept for that.
_WINDOWS, _ROWS = 256, 16_384


@dataclass(frozen=True, slots=True)
class EpochLosses:
    """The losses of one epoch by place."""

    sums: NDArray[np.float64]  # (places,), nats
    counts: NDArray[np.float64]  # (places,), the characters that the sums are of; 0 where nothing was read

    @classmethod
    def empty(cls, places: int) -> "EpochLosses":
        """Before anything is read."""
        return cls(np.zeros(places), np.zeros(places))

    @property
    def means(self) -> NDArray[np.float64]:
        """Nats per character (places,); NaN where nothing was read."""
        return np.where(self.counts > 0, self.sums / np.maximum(self.counts, 1), np.nan)


class LossAlong:
    """Sums the losses of every update's rows by the place of the character that each of them foretold.

    It is no part of a run's state: what was read before this process began is not in it.
    """

    def __init__(self, characters: int, seq_length: int, batch_size: int, dtype: DTypeLike, order: Order) -> None:
        """`characters` of the text that is trained on; windows of (T, B) that `order` gives, losses of that dtype."""
        self._order = order
        self._epoch = 0  # whole epochs before the one whose losses are this_epoch's
        self.characters, self.places = characters, min(PLACES, characters)
        self._windows = 0  # that are summed
        T, B = seq_length, batch_size
        self._T = T
        self._last = self._this = EpochLosses.empty(self.places)
        self._begins: list[Sequence[int]] = []  # the places of each window that is not summed yet
        self._from: list[Place] = []  # where the order stood before each of them
        self._losses: Array = np.empty((max(1, min(_WINDOWS, _ROWS // (T * B))), T * B), dtype)

    def add(self, window: Window, place: Place, row_losses: Array) -> None:
        """Count the losses (T B,) of an update's window; the order stood at `place` before it, and stands behind it."""
        at = len(self._begins)
        self._losses[at] = row_losses
        self._begins.append(window.places)
        self._from.append(place)
        if at + 1 == len(self._losses):
            self._sum()

    @property
    def windows(self) -> int:
        """So many were counted, in both epochs and before them."""
        return self._windows + len(self._begins)

    @property
    def this_epoch(self) -> EpochLosses:
        """The epoch that is being read, up to the latest window. Not to be changed."""
        self._sum()
        return self._this

    @property
    def last_epoch(self) -> EpochLosses:
        """The epoch before; empty in the first."""
        self._sum()
        return self._last

    @property
    def epoch(self) -> int:
        """The number of the epoch that is being read, from 1."""
        self._sum()
        return self._epoch + 1

    def _sum(self) -> None:
        if not self._begins:
            return
        # The epoch of a window is where the order stood after it.
        epochs = [*(place.epochs for place in self._from[1:]), self._order.place.epochs]
        first = 0
        while first < len(epochs):
            behind = bisect_right(epochs, epochs[first])
            if epochs[first] != self._epoch:
                self._turn(epochs[first])
            self._sum_windows(slice(first, behind))
            first = behind
        self._windows += len(epochs)
        self._begins.clear()
        self._from.clear()

    def _turn(self, epoch: int) -> None:
        """What is summed from here on is of this epoch."""
        if self._this.counts.any():
            follows = epoch == self._epoch + 1
            self._last = self._this if follows else EpochLosses.empty(self.places)
            self._this = EpochLosses.empty(self.places)
        self._epoch = epoch

    def _sum_windows(self, which: slice) -> None:
        begins = np.fromiter(chain.from_iterable(self._begins[which]), np.int64)
        begins = begins.reshape(which.stop - which.start, -1)  # (windows, B)
        losses = self._losses[which].reshape(len(begins), self._T, -1)  # (windows, T, B)
        first, last = self._place_of(begins + 1), self._place_of(begins + self._T)
        inside = first == last  # nearly all windows lie in one place, and are summed over T at once
        self._add(first[inside], losses.sum(1, np.float64)[inside], self._T)
        if not inside.all():
            rows = begins[~inside][:, np.newaxis] + np.arange(1, self._T + 1)
            self._add(self._place_of(rows).ravel(), losses.transpose(0, 2, 1)[~inside].ravel(), 1)

    def _place_of(self, at: NDArray[np.int64]) -> NDArray[np.intp]:
        return (at * self.places / self.characters).astype(np.intp)  # a division of integers takes three times as long

    def _add(self, places: NDArray[np.intp], losses: Array, characters: int) -> None:
        """Each loss, of so many characters, to its place."""
        this = self._this
        self._this = EpochLosses(
            this.sums + np.bincount(places, losses, self.places),
            this.counts + np.bincount(places, None, self.places) * characters,
        )
