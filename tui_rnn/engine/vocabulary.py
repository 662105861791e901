"""The vocabulary: the sorted distinct characters of a text, and the way from characters to indices and back."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.errors import UnknownCharacter

_CHUNK = 1 << 16  # characters encoded at a time, so that a large text needs no second copy of itself
_CODE_POINTS = 0x110000


class Vocabulary:
    """K characters in ascending order of code point; the index of a character is its place among them.

    Sorted and saved with the model, so that the same weights mean the same characters in every process.
    """

    def __init__(self, characters: str) -> None:
        """`characters` ascending and distinct; raises ValueError otherwise."""
        if any(a >= b for a, b in pairwise(characters)):
            raise ValueError("the characters of a vocabulary ascend and are distinct")
        self.characters = characters
        places = code_points(characters)
        # One entry a code point, up to one that stands for all above: a look-up is a single gather.
        self._index = np.full(int(places.max(initial=0)) + 2, -1, np.int32)
        self._index[places] = np.arange(len(characters), dtype=np.int32)

    @classmethod
    def from_text(cls, text: str) -> "Vocabulary":
        """The vocabulary of all the characters in `text`."""
        seen = np.zeros(_CODE_POINTS, bool)
        for start in range(0, len(text), _CHUNK):
            seen[code_points(text[start : start + _CHUNK])] = True
        return cls("".join(map(chr, np.flatnonzero(seen).tolist())))

    def __len__(self) -> int:
        return len(self.characters)

    @property
    def index_dtype(self) -> np.dtype:
        """The smallest unsigned integer type that holds every index."""
        return np.min_scalar_type(max(len(self) - 1, 0))

    def encode(self, text: str) -> NDArray[np.unsignedinteger]:
        """Indices (len(text),). Raises UnknownCharacter, naming up to five characters that have none."""
        indices = np.empty(len(text), self.index_dtype)
        for start in range(0, len(text), _CHUNK):
            found = self._index.take(code_points(text[start : start + _CHUNK]), mode="clip")
            if found.size and found.min() < 0:
                raise UnknownCharacter(self._unknown(text))
            indices[start : start + _CHUNK] = found
        return indices

    def decode(self, indices: NDArray[np.integer] | list[int]) -> str:
        """The text of these indices, each in [0, K)."""
        return "".join([self.characters[i] for i in indices])

    def _unknown(self, text: str) -> str:
        unknown = sorted(set(text) - set(self.characters))
        named = ", ".join(f"{character!a} (U+{ord(character):04X})" for character in unknown[:5])
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        return f"{named}{more}: not in this model's vocabulary of {len(self)}; leave them out"


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points (len(text),) of a text."""
    # surrogatepass: some codecs (utf-7) decode to lone surrogates, which are characters like any other here.
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
