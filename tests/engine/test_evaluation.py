"""The mean loss over a text is that of reading it character after character."""

import numpy as np
import pytest

from tests import oracle
from tests.small import small_trainer
from tui_rnn.engine.errors import CorpusError
from tui_rnn.engine.evaluation import mean_loss


@pytest.mark.parametrize("length", [2, 3, 101, 350, 999])
def test_a_short_text_is_read_in_one_stream(length):
    trainer = small_trainer("adam", dtype="float64")
    indices = np.random.default_rng(1).integers(0, len(trainer.corpus.vocabulary), length).astype(np.uint8)
    theta = oracle.columns(trainer.theta)
    T = min(25, length - 1)
    read = (length - 1) // T * T
    expected, *_ = oracle.forward(theta, indices[:read], indices[1 : read + 1], np.zeros(4))
    assert mean_loss(trainer.model, trainer.theta, indices) == pytest.approx(expected / read, rel=1e-12)


def test_a_long_text_is_read_in_streams_each_from_a_state_of_zeros():
    trainer = small_trainer("adam", dtype="float64")
    indices = np.random.default_rng(1).integers(0, len(trainer.corpus.vocabulary), 2 * 1001).astype(np.uint8)
    theta = oracle.columns(trainer.theta)
    parts = [indices[:1001], indices[1001:]]
    losses = [oracle.forward(theta, part[:-1], part[1:], np.zeros(4))[0] / 1000 for part in parts]
    assert mean_loss(trainer.model, trainer.theta, indices) == pytest.approx(np.mean(losses), rel=1e-12)


def test_one_character_foretells_nothing():
    trainer = small_trainer()
    with pytest.raises(CorpusError):
        mean_loss(trainer.model, trainer.theta, np.zeros(1, np.uint8))
