"""Whatever the learning rate, no number that is not finite outlives one update, and no clock changes an update."""

import itertools
import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.support import ROOT
from tests.small import MemoryStore, of, run_to, small_trainer, trained
from tui_rnn.engine.checkpoint import unseal
from tui_rnn.engine.config import CHOICES, RunConfig
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.errors import Diverged
from tui_rnn.engine.events import Checkpointed, Done, Progress, StepDone, Warned
from tui_rnn.engine.recipes import RECIPES
from tui_rnn.engine.state import digest
from tui_rnn.engine.text import read_text
from tui_rnn.engine.trainer import Trainer

LONG = "so it goes.\nand so on, and on it goes: " * 4
ALICE = Corpus.from_source(read_text(ROOT / "corpora" / "alice.txt"))


def bad(trainer):
    """The arrays that hold a number which is not finite."""
    arrays = {"theta": trainer.theta.flat, "best": trainer.best.theta.flat, "state": trainer.state}
    return [name for name, array in {**arrays, **trainer.optimizer.slots}.items() if not np.isfinite(array).all()]


def updates_until_it_stops(trainer, most):
    """Updates made; at each one it is looked whether a bad number was left behind by the one before."""
    for made in range(most):
        left = bad(trainer)
        try:
            trainer.step()
        except Diverged as error:
            return made, str(error)
        assert not left, f"{left} were not finite before update {made + 1}, which was made"
    return most, ""


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_learning_rate_of_a_thousand_leaves_every_number_finite_or_stops(recipe):
    """On a real text, at the recipe's own sizes: losses are of thousands, but the softmax does not overflow."""
    trainer = Trainer(RunConfig.from_recipe(recipe, "alice.txt", eta=1e3, dtype="float32"), ALICE)
    _, why = updates_until_it_stops(trainer, 60)
    assert why or (math.isfinite(trainer.smooth_loss) and bad(trainer) == [])


@given(
    recipe=st.sampled_from(list(RECIPES)),
    optimizer=st.sampled_from(CHOICES["optimizer"]),
    dtype=st.sampled_from(["float32", "float64"]),
    exponent=st.floats(0, 307),
    clip=st.sampled_from([None, 0.0]),
    batch_size=st.integers(1, 3),
    seed=st.integers(0, 2**32),
)
def test_no_bad_number_outlives_an_update(recipe, optimizer, dtype, exponent, clip, batch_size, seed):
    options = {} if clip is None else {"clip": clip, "clip_norm": clip}
    settings = {"optimizer": optimizer, "dtype": dtype, "batch_size": batch_size, "seed": seed, **options}
    made, why = updates_until_it_stops(small_trainer(recipe, LONG, eta=10**exponent, **settings), 40)
    if why:
        assert f"diverged at update {made + 1}: " in why
        assert "|theta| = " in why
        assert "|g| = " in why
        assert "on characters " in why
        assert "lower --eta" in why


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_run_that_overflows_says_where_and_saves_no_bad_state(recipe):
    store = MemoryStore()
    trainer = small_trainer(recipe, LONG, eta=3e38, batch_size=2, checkpoint_every=1)
    events = run_to(trainer, 50, store=store)
    assert isinstance(events[-1], Done)
    assert events[-1].reason == "diverged"
    message = of(Warned, events)[-1].message
    step = events[-1].step
    assert f"diverged at update {step + 1}: " in message
    begin = 5 * step if recipe in ("adagrad", "adam") else trainer.order.peek().places[0]
    assert f"characters {begin} to {begin + 5} (the first of 2 streams reads {LONG[begin : begin + 5]!r})" in message
    for at, _, data in store.saved:
        assert at <= step
        for array in unseal(data).arrays.values():  # it loads
            assert np.isfinite(array).all()


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_loss_far_above_guessing_is_warned_of_once(recipe):
    trainer = small_trainer(recipe, LONG, eta=1e3, batch_size=1)
    events = run_to(trainer, 60, progress_every=10)
    (warned,) = of(Warned, events)
    progress = of(Progress, events)
    first = next(each for each in progress if each.smooth_loss > 2 * trainer.uniform_loss)
    assert f"at step {first.step} the smooth loss is " in warned.message
    assert "lower --eta (now 1000)" in warned.message
    assert events.index(warned) == events.index(first) + 1


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_loss_that_falls_is_not_warned_of(recipe):
    assert of(Warned, run_to(small_trainer(recipe, LONG, batch_size=1), 60, progress_every=1)) == []


def test_a_wall_clock_that_jumps_a_year_changes_no_rate(monkeypatch):
    """The wall clock moves a year forth or back at each look; what is told stays within the time that passed."""
    jumps = itertools.count()
    monkeypatch.setattr("time.time", lambda: (-1) ** (look := next(jumps)) * look * 31_536_000.0)
    store, before = MemoryStore(), time.monotonic()
    events = run_to(small_trainer(), 20, store=store, progress_every=5)
    passed = time.monotonic() - before
    told = of(Progress, events)
    assert [each.step for each in told] == [5, 10, 15, 20]
    assert all(0 <= each.elapsed_seconds <= passed and each.updates_per_second >= 5 / passed for each in told)
    assert [kind for _, kind, _ in store.saved if kind == "timed"] == []
    assert events[-1].state_sha256 == digest(trained(small_trainer(), 20))


def test_nothing_asks_a_wall_clock_how_long():
    """Nothing that trains, saves or measures reads a clock that an administrator can set."""
    found = [
        (path.name, word)
        for path in (ROOT / "tui_rnn").rglob("*.py")
        for word in ("time.time(", "utcnow(", "perf_counter() - time")
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_a_step_that_diverged_is_no_update():
    trainer = small_trainer(eta=3e38)
    events = run_to(trainer, 50, store=MemoryStore())
    steps = of(StepDone, events)
    assert trainer.step_count == len(steps) == steps[-1].step
    assert all(kind != "final" for kind in (event.kind for event in of(Checkpointed, events)))
