"""The loss along the text: each character's loss at its own place, this epoch beside the last, by the oracle's sums."""

import numpy as np
import pytest

from tests.oracle import columns, forward
from tests.small import TEXT, small_trainer, trained
from tui_rnn.engine import loss_along
from tui_rnn.engine.loss_along import LossAlong
from tui_rnn.engine.state import digest
from tui_rnn.engine.windows import Place, Sequential, Window


def by_the_oracle(trainer, updates):
    """Train; for each epoch the losses of the characters that were foretold, by where each stands in the text."""
    epochs = {}
    for _ in range(updates):
        window, theta = trainer.order.peek(), columns(trainer.theta)
        foretold = []
        for stream, begin in enumerate(window.places):
            h0 = np.zeros(trainer.config.hidden_size) if window.fresh else trainer.state[stream].copy()
            _, _, p = forward(theta, window.x[:, stream], window.y[:, stream], h0)
            foretold += [(begin + t + 1, -np.log(p_t[window.y[t, stream], 0])) for t, p_t in enumerate(p)]
        trainer.step()
        epochs.setdefault(trainer.order.place.epochs, []).extend(foretold)
    return epochs


ORDERS = [
    {},
    {"batch_size": 3},
    {"seq_length": 1},
    {"holdout": 0.25},
    {"order": "random", "batch_size": 2},
    {"order": "chunks", "chunks": 4, "seq_length": 3},
]


@pytest.mark.parametrize("places", [600, 7])
@pytest.mark.parametrize("settings", ORDERS)
def test_each_loss_is_counted_at_the_place_of_its_character(monkeypatch, settings, places):
    monkeypatch.setattr(loss_along, "PLACES", places)
    trainer = small_trainer(eta=0.3, dtype="float64", **settings)
    epochs = by_the_oracle(trainer, 45 if settings == {"seq_length": 1} else 20)
    now = max(epochs)
    assert (trainer.loss_along.epoch, len(epochs) > 1) == (now + 1, True)
    last, this = epochs[now - 1], epochs[now]
    for expected, told in ((last, trainer.loss_along.last_epoch), (this, trainer.loss_along.this_epoch)):
        sums, counts = np.zeros(len(told.sums)), np.zeros(len(told.sums))
        for at, loss in expected:
            place = at * len(sums) // len(trainer.corpus.train)
            sums[place] += loss
            counts[place] += 1
        assert told.counts.tolist() == counts.tolist()
        assert told.sums == pytest.approx(sums, rel=1e-9)
        assert told.means == pytest.approx(np.where(counts, sums / np.maximum(counts, 1), np.nan), nan_ok=True)


def test_what_is_summed_late_is_what_would_be_summed_at_once(monkeypatch):
    together = trained(small_trainer(), 30).loss_along
    monkeypatch.setattr(loss_along, "_WINDOWS", 1)
    alone = trained(small_trainer(), 30).loss_along
    assert together.this_epoch.sums == pytest.approx(alone.this_epoch.sums)
    assert together.last_epoch.counts.tolist() == alone.last_epoch.counts.tolist()
    assert together.windows == alone.windows == 30


def test_before_anything_is_read_nothing_is_there():
    along = small_trainer().loss_along
    assert np.isnan(along.this_epoch.means).all()
    assert along.windows == 0
    trained_in_first = trained(small_trainer(), 3).loss_along
    assert not trained_in_first.last_epoch.counts.any()


def test_looking_between_any_two_updates_changes_neither_the_sums_nor_the_run():
    looked, alone = small_trainer(), trained(small_trainer(), 20)
    for _ in range(20):
        trained(looked, 1)
        assert looked.loss_along.this_epoch.counts.sum() > 0
    assert looked.loss_along.this_epoch.sums == pytest.approx(alone.loss_along.this_epoch.sums)
    assert digest(looked) == digest(alone)


def test_a_text_as_large_as_a_place_can_count_is_counted_in_its_last_place():
    characters = 250_000_000
    along = LossAlong(characters, 4, 1, "float64", Sequential(np.zeros(9, np.uint8), 4, 1))
    x = np.zeros((4, 1), np.intp)
    along.add(Window(x, x, (characters - 5,), False), Place(0, 0), np.ones(4))
    assert along.this_epoch.counts[-1] == 4
    assert len(TEXT) < loss_along.PLACES == along.places
