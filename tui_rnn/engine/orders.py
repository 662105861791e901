"""The orders in which a text can be read: in sequence, in windows at random, in shuffled chunks."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.rng import stream
from tui_rnn.engine.text import chunks_of
from tui_rnn.engine.windows import Indices, Order, Place, Sequential, Window


def make_order(config: RunConfig, indices: NDArray[np.unsignedinteger]) -> Order:
    """The order that the configuration names, over a text that check_fits has found long enough for it."""
    T, B = config.seq_length, config.batch_size
    if config.order == "random":
        return RandomWindows(indices, T, B, config.seed)
    if config.order == "chunks":
        return ShuffledChunks(indices, T, B, config.seed, chunks_of(len(indices), T, B, config.chunks))
    return Sequential(indices, T, B)


class Drawn(ABC):
    """An order whose epochs are drawn, each from a random stream of its own, so that a resumed run draws the same."""

    def __init__(self, indices: NDArray[np.unsignedinteger], seq_length: int, batch_size: int, seed: int) -> None:
        self._indices, self.seq_length, self.batch_size, self._seed = indices, seq_length, batch_size, seed
        self._offsets: Indices = np.arange(seq_length + 1, dtype=np.intp)[:, np.newaxis]
        self._epochs, self._position = 0, 0
        self._drawn = -1  # the epoch that stands in `_starts`
        self._starts: Indices = np.empty((0, batch_size), np.intp)  # (windows of the epoch, B)
        self._fresh: NDArray[np.bool_] = np.empty(0, np.bool_)

    @abstractmethod
    def draw(self, rng: np.random.Generator) -> tuple[Indices, NDArray[np.bool_]]:
        """Where the windows of an epoch begin (n, B), and before which of them (n,) the state is zero."""

    @property
    @abstractmethod
    def windows_an_epoch(self) -> int:
        """n: how many windows `draw` gives."""

    @property
    def place(self) -> Place:
        """Where it stands: the epochs, and the characters that each stream has read in this one."""
        return Place(self._epochs, self._position)

    @property
    def epoch(self) -> float:
        """Epochs read so far, with the fraction of this one."""
        return self._epochs + self._position / (self.windows_an_epoch * self.seq_length)

    def next(self) -> Window:
        """The next window; the order stands behind it."""
        window = self.peek()
        if self._ends_epoch:
            self._epochs, self._position = self._epochs + 1, 0
        self._position += self.seq_length
        return window

    def peek(self) -> Window:
        """The next window; the order stays where it is."""
        epoch, at = (self._epochs + 1, 0) if self._ends_epoch else (self._epochs, self._position // self.seq_length)
        if epoch != self._drawn:
            self._starts, self._fresh = self.draw(stream(self._seed, "order", epoch))
            self._drawn = epoch
        cut = self._indices[self._starts[at] + self._offsets].astype(np.intp)
        return Window(cut[:-1], cut[1:], self._starts[at], bool(self._fresh[at]))

    def restore(self, place: Place) -> None:
        """Stand at this place, or at the epoch's end where the text has become shorter."""
        self._epochs, self._position = place.epochs, min(place.position, self.windows_an_epoch * self.seq_length)

    @property
    def _ends_epoch(self) -> bool:
        return self._position >= self.windows_an_epoch * self.seq_length


class RandomWindows(Drawn):
    """Windows that begin anywhere, each stream's apart from the others', always from a state of zeros.

    An epoch is as many windows as hold as many characters as the text.
    """

    @property
    def windows_an_epoch(self) -> int:
        """len(text) / (B T), rounded down."""
        return max(1, len(self._indices) // (self.batch_size * self.seq_length))

    def draw(self, rng: np.random.Generator) -> tuple[Indices, NDArray[np.bool_]]:
        """Every beginning is as likely as any other."""
        n = self.windows_an_epoch
        starts = rng.integers(0, len(self._indices) - self.seq_length, (n, self.batch_size), np.intp)
        return starts, np.ones(n, np.bool_)


class ShuffledChunks(Drawn):
    """The text in L equal chunks, shuffled anew each epoch. The state is zero where a chunk begins.

    B chunks are read side by side. Of a shuffled epoch the last L mod B chunks are not read, nor are the last
    characters of a chunk that fill no window.
    """

    def __init__(
        self, indices: NDArray[np.unsignedinteger], seq_length: int, batch_size: int, seed: int, chunks: int
    ) -> None:
        """The text holds `chunks` of T + 1 characters or more, and there are B chunks or more: see check_fits."""
        self.chunk_length = len(indices) // chunks
        self.chunks = chunks
        super().__init__(indices, seq_length, batch_size, seed)

    @property
    def windows_an_epoch(self) -> int:
        """Rounds of B chunks, times the windows of a chunk."""
        return self.chunks // self.batch_size * ((self.chunk_length - 1) // self.seq_length)

    def draw(self, rng: np.random.Generator) -> tuple[Indices, NDArray[np.bool_]]:
        """A permutation of the chunks, B at a time."""
        B = self.batch_size
        rounds = rng.permutation(self.chunks)[: self.chunks // B * B].reshape(-1, 1, B) * self.chunk_length
        within = np.arange((self.chunk_length - 1) // self.seq_length, dtype=np.intp) * self.seq_length
        starts = (rounds + within[:, np.newaxis]).reshape(-1, B)
        return starts, np.tile(within == 0, len(rounds))
