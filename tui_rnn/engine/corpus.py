"""The corpus: a text as one array of small integers, and the windows (T, B) cut from it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.text import SourceText, check_length, held_out_length
from tui_rnn.engine.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Corpus:
    """A text as indices into its vocabulary; the characters themselves are not kept.

    The vocabulary is that of the whole text, its held-out end too: a character that the network does not know has no
    loss, and K, the uniform guess and the samples' alphabet stay those of a run that holds nothing out.
    """

    path: str
    sha256: str  # of the file's bytes
    vocabulary: Vocabulary
    indices: NDArray[np.unsignedinteger]  # (characters,), one byte each up to K = 256
    held_out_length: int = 0  # characters at the end that are not trained on

    @classmethod
    def from_source(cls, source: SourceText, characters: str | None = None) -> "Corpus":
        """The text under the vocabulary of its own, or of these characters. Raises UnknownCharacter."""
        vocabulary = Vocabulary.from_text(source.characters) if characters is None else Vocabulary(characters)
        return cls(source.path, source.sha256, vocabulary, vocabulary.encode(source.characters))

    def __len__(self) -> int:
        return len(self.indices)

    def holding_out(self, holdout: float) -> "Corpus":
        """The same text with this part of it, its end, held out."""
        return replace(self, held_out_length=held_out_length(len(self), holdout))

    @property
    def train(self) -> NDArray[np.unsignedinteger]:
        """What is trained on, a view."""
        return self.indices[: len(self) - self.held_out_length]

    @property
    def held_out(self) -> NDArray[np.unsignedinteger]:
        """What is held out, a view; empty where that is nothing."""
        return self.indices[len(self) - self.held_out_length :]


class Windows:
    """B streams that read the text side by side, T characters a window.

    Stream i reads the i-th of B equal parts. With e the place in a part and S its length: when e > S - T - 1 the epoch
    ends and e = 0. For B = 1 this is the report's rule to the letter. The last characters of a part that do not fill a
    window, and the remainder of len(text) / B, are not read.
    """

    def __init__(self, indices: NDArray[np.unsignedinteger], seq_length: int, batch_size: int) -> None:
        """Raises CorpusError where a part has fewer than T + 1 characters."""
        T, B = seq_length, batch_size
        self.part_length = len(indices) // B
        check_length("the corpus", len(indices), T, B)
        self.seq_length = T
        self._streams = indices[: self.part_length * B].reshape(B, self.part_length).T  # (S, B), a view
        self.position = 0  # e, the place in each part where the next window starts
        self.epochs = 0  # whole epochs behind us

    @property
    def ends_epoch(self) -> bool:
        """Whether the next window starts a new epoch, and so a new hidden state."""
        return self.position > self.part_length - self.seq_length - 1

    @property
    def epoch(self) -> float:
        """Epochs read so far, with the fraction of this one."""
        return self.epochs + self.position / self.part_length

    def next(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Inputs x and targets y of the next window, each (T, B), y one character on; moves e forward by T."""
        if self.ends_epoch:
            self.position = 0
            self.epochs += 1
        e = self.position
        self.position = e + self.seq_length
        cut = self._streams[e : e + self.seq_length + 1].astype(np.intp, "C")
        return cut[:-1], cut[1:]

    def peek(self) -> int:
        """The first character the first stream reads next."""
        return int(self._streams[0 if self.ends_epoch else self.position, 0])
