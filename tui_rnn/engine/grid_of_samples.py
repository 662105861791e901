"""A grid of samples: one network writes at several temperatures and top-p, each time by the same random numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tui_rnn.engine.checkpoint import Snapshot
from tui_rnn.engine.rng import stream
from tui_rnn.engine.sampling import draws, start, surprise
from tui_rnn.engine.vocabulary import Vocabulary
from tui_rnn.engine.writing import network, weights


@dataclass(frozen=True, slots=True)
class Written:
    """One text of the grid."""

    temp: float
    top_p: float
    text: str
    bits: float  # mean surprise of its characters under the model as it is, at temperature 1, bits per character


def grid(snapshot: Snapshot, ways: Sequence[tuple[float, float]], length: int) -> Iterator[Written]:
    """A text of `length` characters for each temperature and top-p, from a state of zeros, in their order.

    The random stream is the one of `tui-rnn sample`, begun anew for each text. Raises Diverged where the outputs are
    not finite.
    """
    model, theta, vocabulary = network(snapshot), weights(snapshot), Vocabulary(snapshot.vocabulary)
    for temp, top_p in ways:
        rng = stream(snapshot.config.seed, "sampling", snapshot.state.step)
        drawn = draws(model, theta, *start(model, theta, vocabulary), rng, temp, top_p)
        text, bits = [], 0.0
        for _, (x, o) in zip(range(length), drawn, strict=False):
            text.append(vocabulary.characters[x])
            bits += surprise(o, x)
        yield Written(temp, top_p, "".join(text), bits / length)
