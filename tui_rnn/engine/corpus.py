"""The corpus: a text as one array of small integers."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.text import SourceText, held_out_length
from tui_rnn.engine.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Corpus:
    """A text as indices into its vocabulary; the characters themselves are not kept.

    The vocabulary comes from the whole text, its held-out end too: a character that the network does not know has no
    loss, and K, the uniform guess and the samples' alphabet are the same as in a run that holds nothing out.
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
