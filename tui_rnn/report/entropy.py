"""What the text itself says about a loss: its bigram entropy, and how a passage of it reads."""

import numpy as np

from tui_rnn.engine.vocabulary import code_points

_QUOTED = 120  # characters of a passage


def bigram_entropy(text: str) -> float:
    """H(x_{t+1} | x_t) in nats per character, by the frequencies of this very text.

    - sum over pairs (a, b) of n(a, b) / N log(n(a, b) / n(a, ·)): the loss of the best guess from one character alone.
    A model that sees no more than the character before cannot do better on the whole text. 0 for a text without pairs.
    """
    _, indices = np.unique(code_points(text), return_inverse=True)
    if len(indices) < 2:
        return 0.0
    K = int(indices.max()) + 1
    pairs, counts = np.unique(indices[:-1] * K + indices[1:], return_counts=True)
    firsts = np.bincount(indices[:-1], minlength=K)
    return float(-(counts * np.log(counts / firsts[pairs // K])).sum() / counts.sum())


def passage(text: str, place: float) -> str:
    """The words that stand at this part of the text, from 0 to 1, on one line."""
    begin = int(place * len(text))
    words = " ".join(text[begin : begin + 3 * _QUOTED].split())
    words = words[words.find(" ") + 1 :]
    return words if len(words) <= _QUOTED else (words[: _QUOTED + 1].rpartition(" ")[0] or words[:_QUOTED]) + " …"
