"""Windows: the pieces (T, B) of a text that an update reads, and the order that reads them in sequence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.text import check_length

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Window:
    """What one update reads: T characters of each of B streams, and the characters that come after them."""

    x: Indices  # (T, B), inputs
    y: Indices  # (T, B), targets: one character on
    places: Sequence[int]  # (B,), where in the text each stream's x begins
    fresh: bool  # whether the state begins at zero, since the text before it was not read just now


class Place(NamedTuple):
    """How far an order has read: all that is needed to go on from there."""

    epochs: int  # whole epochs read
    position: int  # where the last window of this epoch ended; 0 before the first


class Order(Protocol):
    """The order in which the windows of a text are read. It stands between two windows, at its `place`."""

    @property
    def place(self) -> Place:
        """Where it stands; `restore` goes back there."""

    @property
    def epoch(self) -> float:
        """Epochs read so far, with the fraction of this one."""

    def next(self) -> Window:
        """The next window; the order stands behind it."""

    def peek(self) -> Window:
        """The next window; the order stays where it is."""

    def restore(self, place: Place) -> None:
        """Stand where this, or an order of the same text and sizes, stood."""


class Sequential:
    """B streams that read the text side by side, T characters a window.

    Stream i reads the i-th of B equal parts. With e the position in a part and S its length: when e > S - T - 1 the
    epoch ends and e = 0. For B = 1 this is the report's rule to the letter. The last characters of a part that do not
    fill a window, and the remainder of len(text) / B, are not read.
    """

    def __init__(self, indices: NDArray[np.unsignedinteger], seq_length: int, batch_size: int) -> None:
        """Raises CorpusError where a part has fewer than T + 1 characters."""
        T, B = seq_length, batch_size
        self.part_length = len(indices) // B
        check_length("the corpus", len(indices), T, B)
        self.seq_length = T
        self._streams = indices[: self.part_length * B].reshape(B, self.part_length).T  # (S, B), a view
        self._windows_an_epoch = (self.part_length - 1) // T
        self._epochs, self._position = 0, 0

    @property
    def place(self) -> Place:
        """Where it stands: the epochs, and e, the same in each part."""
        return Place(self._epochs, self._position)

    @property
    def epoch(self) -> float:
        """Epochs read so far, with the fraction of this one: of its windows, since its last characters fill none."""
        return self._epochs + min(1.0, self._position / (self._windows_an_epoch * self.seq_length))

    @property
    def ends_epoch(self) -> bool:
        """Whether the next window starts a new epoch, and so a new state."""
        return self._position > self.part_length - self.seq_length - 1

    def next(self) -> Window:
        """The next window; moves e forward by T."""
        if self.ends_epoch:
            self._position = 0
            self._epochs += 1
        e = self._position
        self._position = e + self.seq_length
        return self._at(e)

    def peek(self) -> Window:
        """The next window; e stays where it is."""
        return self._at(0 if self.ends_epoch else self._position)

    def restore(self, place: Place) -> None:
        """Stand at this place, or at the end of the part where the text has become shorter."""
        self._epochs, self._position = place.epochs, min(place.position, self.part_length)

    def _at(self, e: int) -> Window:
        cut = self._streams[e : e + self.seq_length + 1].astype(np.intp, "C")
        places = range(e, self._streams.size, self.part_length)  # no array: that would cost as much as all the rest
        return Window(cut[:-1], cut[1:], places, e == 0)
