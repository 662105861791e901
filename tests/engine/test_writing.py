"""A saved model writes one text for its seed and step, whoever asks."""

from dataclasses import replace
from itertools import islice

import pytest

from tests.small import small_trainer, trained
from tui_rnn.engine.checkpoint import state_snapshot
from tui_rnn.engine.errors import UnknownCharacter
from tui_rnn.engine.parameters import Parameters
from tui_rnn.engine.rng import stream
from tui_rnn.engine.sampling import generate, start
from tui_rnn.engine.vocabulary import Vocabulary
from tui_rnn.engine.writing import characters


def text(snapshot, **how):
    return "".join(islice(characters(snapshot, **how), 60))


@pytest.fixture(scope="module")
def snapshot():
    return state_snapshot(trained(small_trainer(seed=5), 30))


def test_the_text_is_drawn_from_the_stream_of_the_seed_and_the_step(snapshot):
    trainer = trained(small_trainer(seed=5), 30)
    vocabulary = Vocabulary(snapshot.vocabulary)
    theta = Parameters(trainer.model.shapes, "float32", trainer.theta.flat.copy())
    for how, seed in (({}, 5), ({"seed": 7}, 7), ({"prime": "so", "temperature": 0.5, "top_p": 0.9}, 5)):
        prime, *sampling = how.get("prime", ""), how.get("temperature", 1.0), how.get("top_p", 1.0)
        indices = generate(
            trainer.model,
            theta,
            *start(trainer.model, theta, vocabulary, prime),
            stream(seed, "sampling", 30),
            *sampling,
        )
        assert text(snapshot, **how) == vocabulary.decode([next(indices) for _ in range(60)])


def test_another_seed_or_step_writes_another_text(snapshot):
    written = text(snapshot)
    assert text(snapshot) == written
    assert text(snapshot, seed=6) != written
    assert text(replace(snapshot, state=replace(snapshot.state, step=31))) != written


def test_an_unknown_character_is_refused_before_anything_is_written(snapshot):
    with pytest.raises(UnknownCharacter):
        characters(snapshot, prime="Ω")
