"""A saved model writes: the one text that `tui-rnn sample` prints and a report quotes."""

from collections.abc import Iterator

from tui_rnn.engine.checkpoint import Snapshot
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Parameters
from tui_rnn.engine.rng import stream
from tui_rnn.engine.sampling import generate, start
from tui_rnn.engine.vocabulary import Vocabulary


def network(snapshot: Snapshot) -> Model:
    """The snapshot's model, without its weights."""
    return Model.from_config(snapshot.config, len(snapshot.vocabulary))


def weights(snapshot: Snapshot) -> Parameters:
    """The weights of the snapshot's model, in a vector of their own."""
    theta = Parameters(network(snapshot).shapes, snapshot.config.dtype)
    for name, view in theta.items():
        view[...] = snapshot.arrays[f"theta.{name}"]
    return theta


def characters(
    snapshot: Snapshot, *, prime: str = "", temperature: float = 1.0, top_p: float = 1.0, seed: int | None = None
) -> Iterator[str]:
    """Endless characters that the snapshot's model writes after `prime`, which is not among them.

    The random stream is named by the seed (None: the run's own) and the snapshot's step. Raises UnknownCharacter at
    once where the prime holds a character that the model does not know; Diverged where the outputs are not finite.
    """
    vocabulary = Vocabulary(snapshot.vocabulary)
    model, theta = network(snapshot), weights(snapshot)
    rng = stream(snapshot.config.seed if seed is None else seed, "sampling", snapshot.state.step)
    indices = generate(model, theta, *start(model, theta, vocabulary, prime), rng, temperature, top_p)
    return (vocabulary.characters[index] for index in indices)
