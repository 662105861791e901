"""A number that is not finite ends a run before it is saved over a good state, and the run says where."""

import numpy as np
import pytest

from tests.small import TEXT, MemoryStore, run_to, small_trainer, trained
from tui_rnn.engine.checkpoint import unseal
from tui_rnn.engine.control import Control, GradientCheckRequest, SampleRequest, SaveRequest
from tui_rnn.engine.errors import Diverged
from tui_rnn.engine.events import Checkpointed, Done, Warned
from tui_rnn.engine.loop import run, serve_until_stopped
from tui_rnn.engine.saving import Saver
from tui_rnn.engine.state import digest

# Learning rates that no weight survives: at the second update, or a few later.
WILD = [
    {"eta": 3e38},
    {"eta": 1e300, "optimizer": "sgd"},
    {"eta": 1e300, "optimizer": "adam", "clip": 0},
    {"eta": 1e308, "optimizer": "rmsprop", "dtype": "float64"},
    {"eta": 1e307, "optimizer": "sgd", "dtype": "float64"},
]


@pytest.mark.parametrize("settings", WILD)
@pytest.mark.parametrize("sample_every", [1000, 1])
def test_a_wild_learning_rate_ends_as_diverged_and_saves_no_state(settings, sample_every):
    trainer, store = small_trainer(**settings, sample_every=sample_every), MemoryStore()
    *_, warned, last = [e for e in run_to(trainer, 50, store=store) if not isinstance(e, Checkpointed)]
    assert isinstance(warned, Warned)
    assert isinstance(last, Done)
    assert last.reason == "diverged"
    assert 1 <= last.step < 50
    assert last.best_smooth_loss is not None
    assert np.isfinite(last.best_smooth_loss)
    assert {kind for _, kind, _ in store.saved} <= {"best"}
    for _, _, data in store.saved:
        assert unseal(data).state.step == last.best_step  # it loads, so it is finite


def test_the_warning_names_the_update_the_window_and_the_remedy():
    *_, warned, _ = run_to(small_trainer(eta=3e38), 50)
    assert "update 2" in warned.message
    assert f"characters 5 to 10 ({TEXT[5:10]!r})" in warned.message
    assert "the loss is nan" in warned.message
    assert "lower --eta (now 3e+38)" in warned.message


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_gradient_that_overflows_is_named_and_leaves_the_weights(dtype):
    """The loss is finite here; the square of the gradient is not."""
    trainer = trained(small_trainer(dtype=dtype), 3)
    trainer.theta["V"][:] = np.linspace(-1, 1, trainer.theta["V"].size).reshape(4, -1) * 2.0 ** (
        100 if dtype == "float32" else 600
    )
    before = (trainer.theta.flat.copy(), trainer.best.theta.flat.copy(), trainer.state.copy(), trainer.smooth_loss)
    with pytest.raises(Diverged, match="diverged at update 4: the gradient's square overflows on characters 15 to 20"):
        trainer.step()
    assert np.array_equal(trainer.theta.flat, before[0])
    assert np.array_equal(trainer.best.theta.flat, before[1])
    assert np.array_equal(trainer.state, before[2])
    assert (trainer.smooth_loss, trainer.step_count) == (before[3], 3)


def test_an_infinite_loss_is_found_though_its_gradient_is_finite():
    trainer = trained(small_trainer(dtype="float64"), 3)
    trainer.theta["c"][::2], trainer.theta["c"][1::2] = 1.5e308, -1.5e308  # their difference overflows
    with pytest.raises(Diverged, match="diverged at update 4: the loss is inf"):
        trainer.step()
    assert np.isfinite(trainer.gradient.flat).all()
    assert np.isfinite(trainer.smooth_loss)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("group", ["theta", "memory", "best", "best_held_out"])
def test_a_bad_number_anywhere_in_the_state_is_found_before_it_is_saved(group, bad):
    trainer, store, control = trained(small_trainer(holdout=0.2), 3), MemoryStore(), Control()
    saver = Saver(trainer, store)
    list(saver.save("best"))
    store.saved.clear()
    groups = {"theta": trainer.theta, "best": trainer.best.theta, "best_held_out": trainer.held_out.best.theta}
    flat = groups[group].flat if group != "memory" else None
    (trainer.optimizer.slots["memory"] if flat is None else flat)[7] = bad
    control.post(SaveRequest())
    events = list(run(trainer, control, 5, saver=saver))
    assert events[-1].reason == "diverged"
    assert events[-1].step == 3
    assert group in next(event.message for event in events if isinstance(event, Warned))
    assert store.saved == []


def test_a_weight_that_no_window_used_spoils_the_best_model_and_is_found():
    """A window's loss is finite where the character of the bad weight is not in it."""
    trainer, store = trained(small_trainer(), 3), MemoryStore()
    trainer.best.loss = np.inf  # the next update is the best
    unused = next(k for k in range(len(trainer.corpus.vocabulary)) if k not in trainer.corpus.indices[:20])
    trainer.theta["U"][unused] = np.inf
    events = run_to(trainer, 4, store=store)
    assert events[-1].reason == "diverged"
    assert trainer.best.step == 4
    assert store.saved == []


REQUESTS = [
    SaveRequest(),
    SampleRequest(60),
    SampleRequest(60, 0.0),
    SampleRequest(9, 0.7, 0.9),
    GradientCheckRequest(),
]


@pytest.mark.parametrize("settings", WILD)
@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request).__name__)
def test_after_it_diverged_a_run_answers_and_still_saves_no_state(settings, request_):
    trainer, store = small_trainer(**settings), MemoryStore()
    saver = Saver(trainer, store)
    list(run(trainer, Control(), 50, saver=saver))
    control = Control()
    control.post(request_)
    events = []
    for event in serve_until_stopped(trainer, control, saver):
        events.append(event)
        control.stop()
    assert events
    assert {kind for _, kind, _ in store.saved} <= {"best"}
    if isinstance(request_, SaveRequest):
        assert isinstance(events[0], Warned)


def test_a_run_that_diverged_leaves_its_weights_and_place_as_after_the_last_good_update():
    trainer = small_trainer(eta=3e38)
    for event in run(trainer, Control(), 50):
        if isinstance(event, Done):
            assert event.state_sha256 == digest(trained(small_trainer(eta=3e38), 1))
