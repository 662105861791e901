"""The trainer trains as the report's equations do: losses, smooth losses and weights follow a literal oracle."""

import numpy as np
import pytest

from tests import oracle
from tests.small import TEXT, norm_wise, small_trainer

UPDATES = 60
T = 5
# In one epoch of 39 characters, windows start at 0, 5, ... 30: seven, so that 60 updates are over eight epochs.
PARTS = [TEXT, TEXT[::-1], TEXT[17:] + TEXT[:17]]  # as long as each other, and all different
RECIPES = {
    "adagrad": {"optimizer": "adagrad", "clip": 5.0},
    "adam": {"optimizer": "adam", "mean": True},
}


def pair(recipe, batch=1, text=TEXT, **settings):
    """A trainer and an oracle with the same weights on the same text."""
    trainer = small_trainer(recipe, text, seq_length=T, batch_size=batch, dtype="float64", **settings)
    options = {"eta": trainer.config.eta, "batch": batch, **RECIPES[recipe]}
    if "clip" in settings:
        options["clip"] = settings["clip"]
    return trainer, oracle.Training(oracle.columns(trainer.theta), trainer.corpus.indices, T, **options)


def assert_same_weights(parameters, expected):
    for name, value in oracle.columns(parameters).items():
        assert norm_wise(value, expected[name]) < 1e-9, name


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("recipe", RECIPES)
def test_training_follows_the_oracle_over_epochs(recipe, batch):
    trainer, literal = pair(recipe, batch, "".join(PARTS[:batch]))
    for update in range(1, UPDATES + 1):
        done = trainer.step()
        loss, smooth_loss = literal.step()
        assert done.step == update
        assert done.loss == pytest.approx(loss, rel=1e-9)
        assert done.smooth_loss == pytest.approx(smooth_loss, rel=1e-9)
        assert_same_weights(trainer.theta, literal.theta)
    assert literal.epochs >= 8
    assert trainer.order.place.epochs + trainer.order.peek().fresh == literal.epochs


@pytest.mark.parametrize("batch", [1, 2])
def test_training_follows_the_oracle_where_the_clip_bites(batch):
    trainer, literal = pair("adagrad", batch, clip=0.05)
    for _ in range(UPDATES):
        assert trainer.step().loss == pytest.approx(literal.step()[0], rel=1e-9)
    assert literal.clipped > 100
    assert_same_weights(trainer.theta, literal.theta)


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_best_model_is_the_one_the_lowest_smooth_loss_was_measured_with(recipe):
    trainer, literal = pair(recipe)
    for _ in range(UPDATES):
        trainer.step()
        literal.step()
    assert trainer.best.loss == pytest.approx(literal.best_loss, rel=1e-9)
    assert_same_weights(trainer.best.theta, literal.best_theta)


@pytest.mark.parametrize("length", [T + 1, T + 2, 2 * T, 2 * T + 1, 2 * T + 2])
def test_training_follows_the_oracle_on_the_shortest_texts(length):
    trainer, literal = pair("adagrad", text=TEXT[:length])
    for _ in range(12):
        assert trainer.step().loss == pytest.approx(literal.step()[0], rel=1e-9)
    assert literal.epochs == 12 if length <= 2 * T else literal.epochs == 6


def test_smooth_loss_starts_at_the_first_loss():
    trainer = small_trainer()
    first = trainer.step()
    assert first.smooth_loss == first.loss
    assert first.loss == pytest.approx(trainer.uniform_loss, rel=0.01)  # the report's 109.8 is its 25 ln 80


@pytest.mark.parametrize("recipe", RECIPES)
def test_float32_follows_float64_up_to_rounding(recipe):
    in32 = small_trainer(recipe, dtype="float32")
    in64 = small_trainer(recipe, dtype="float64")
    assert np.array_equal(in32.theta.flat, in64.theta.flat.astype(np.float32))
    for _ in range(10):
        assert in32.step().loss == pytest.approx(in64.step().loss, rel=1e-4)
