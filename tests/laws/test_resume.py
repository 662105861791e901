"""A run that was stopped and resumed, or looked at, ends in the same state, to the bit, as one left alone."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small import MemoryStore, run_to, small_corpus, small_trainer, trained
from tui_rnn.engine.checkpoint import best_snapshot, resumed_trainer, seal, state_snapshot, unseal
from tui_rnn.engine.config import CHOICES
from tui_rnn.engine.control import Control, GradientCheckRequest, SampleRequest, SaveRequest
from tui_rnn.engine.events import Done, HeldOut, Sample, SamplePiece, StepDone
from tui_rnn.engine.loop import run
from tui_rnn.engine.saving import Saver
from tui_rnn.engine.state import digest

UPDATES = 20  # with 7 windows an epoch: into the third

configurations = st.fixed_dictionaries(
    {
        "recipe": st.sampled_from(["adagrad", "adam", "fast"]),
        "optimizer": st.sampled_from(CHOICES["optimizer"]),
        "dtype": st.sampled_from(["float32", "float64"]),
        "batch_size": st.integers(1, 3),
        "seq_length": st.integers(1, 6),
        "seed": st.integers(0, 2**63 - 1),
        "steps": st.just(UPDATES),
        "holdout": st.sampled_from([0.0, 0.2]),
    }
)


def resumed(trainer, corpus=None):
    """The trainer as another process would have it, from the bytes of a checkpoint alone."""
    return resumed_trainer(unseal(seal(state_snapshot(trainer))), corpus or small_corpus())


def with_state(snapshot, **changed):
    """The snapshot with these values of its state in place of its own."""
    return dataclasses.replace(snapshot, state=dataclasses.replace(snapshot.state, **changed))


@given(configurations, st.integers(0, UPDATES))
def test_a_resumed_run_ends_as_one_that_was_never_stopped(configuration, k):
    whole = trained(small_trainer(**configuration), UPDATES)
    parted = trained(resumed(trained(small_trainer(**configuration), k)), UPDATES - k)
    assert digest(parted) == digest(whole)
    assert parted.step_count == UPDATES
    assert np.array_equal(parted.best.theta.flat, whole.best.theta.flat)
    assert (parted.best.step, parted.best.loss) == (whole.best.step, whole.best.loss)
    for name, array in whole.history.arrays().items():
        assert np.array_equal(parted.history.arrays()[name], array), name


@given(configurations, st.integers(0, UPDATES))
def test_a_resumed_state_is_the_saved_one(configuration, k):
    trainer = trained(small_trainer(**configuration), k)
    assert digest(resumed(trainer)) == digest(trainer)
    assert seal(state_snapshot(resumed(trainer))) == seal(state_snapshot(trainer))


def test_the_digest_tells_any_two_updates_apart():
    trainer = small_trainer()
    digests = {digest(trainer)} | {digest(trained(trainer, 1)) for _ in range(UPDATES)}
    assert len(digests) == UPDATES + 1


# What the next update depends on: each recipe's arrays, then the counters.
ARRAYS = [
    *[("adagrad", f"{group}.{name}") for group in ("theta", "memory") for name in "UWbVc"],
    *[("adam", f"{group}.{name}") for group in ("theta", "M", "S") for name in "UWbVc"],
    ("adagrad", "state"),
    ("adam", "state"),
]
COUNTERS = ["step", "position", "epochs", "smooth_loss"]
AT = 10  # updates at which something is forgotten: in the middle of the second epoch


@pytest.mark.parametrize(("recipe", "name"), ARRAYS)
def test_no_array_of_the_state_can_be_forgotten(recipe, name):
    whole = trained(small_trainer(recipe), AT)
    snapshot = unseal(seal(state_snapshot(whole)))
    assert snapshot.arrays[name].any()
    fresh = unseal(seal(state_snapshot(small_trainer(recipe)))).arrays[name]
    forgetful = resumed_trainer(dataclasses.replace(snapshot, arrays={**snapshot.arrays, name: fresh}), small_corpus())
    assert_parts_from(forgetful, whole)


@pytest.mark.parametrize("name", COUNTERS)
@pytest.mark.parametrize("recipe", ["adagrad", "adam"])
def test_no_counter_of_the_state_can_be_forgotten(recipe, name):
    whole = trained(small_trainer(recipe), AT)
    snapshot = unseal(seal(state_snapshot(whole)))
    fresh = getattr(state_snapshot(small_trainer(recipe)).state, name)
    assert getattr(snapshot.state, name) != fresh
    forgetful = resumed_trainer(with_state(snapshot, **{name: fresh}), small_corpus())
    assert_parts_from(forgetful, whole)


def test_the_seed_that_every_stream_is_made_from_is_in_the_digest():
    whole = trained(small_trainer(), AT)
    snapshot = state_snapshot(whole)
    other = dataclasses.replace(snapshot, config=dataclasses.replace(snapshot.config, seed=1))
    assert digest(resumed_trainer(other, small_corpus())) != digest(whole)


# What is kept of the held-out text's judgement, which no update depends on: the digest does not tell of it.
JUDGED = {"holdout": 0.17, "sample_every": 3, "eta": 0.1, "seed": 1}


def stopped(k, settings):
    """A trainer stopped after k updates, and the held-out losses it told."""
    trainer, control, told = small_trainer(**settings), Control(), []
    for event in run(trainer, control, UPDATES):
        told += [event] if isinstance(event, HeldOut) else []
        if isinstance(event, StepDone) and event.step == k < UPDATES:
            control.stop()
    return trainer, told


def best_held_out_model(trainer):
    """The model that would be saved, time left out."""
    return seal(best_snapshot(trainer, "best-held-out"))


@pytest.mark.parametrize("k", range(1, UPDATES))
def test_a_resumed_run_keeps_the_best_model_by_held_out_loss(k):
    whole, all_told = stopped(UPDATES, JUDGED)
    trainer, before = stopped(k, JUDGED)
    parted = resumed(trainer)
    after = [event for event in run_to(parted, UPDATES) if isinstance(event, HeldOut)]
    assert before + after == all_told
    assert best_held_out_model(parted) == best_held_out_model(whole)
    assert digest(parted) == digest(whole)


@pytest.mark.parametrize(
    "forgotten",
    [*[f"best_held_out.{name}" for name in "UWbVc"], "best_held_out_loss"],
)
def test_nothing_of_the_best_model_by_held_out_loss_can_be_forgotten(forgotten):
    whole, all_told = stopped(UPDATES, JUDGED)
    trainer, before = stopped(AT, JUDGED)
    best = trainer.held_out.best.step
    assert best == whole.held_out.best.step
    assert 1 < best < AT  # it is not found again
    snapshot, fresh = (unseal(seal(state_snapshot(t))) for t in (trainer, small_trainer(**JUDGED)))
    if forgotten in snapshot.arrays:
        arrays = {**snapshot.arrays, forgotten: fresh.arrays[forgotten]}
        forgetful = resumed_trainer(dataclasses.replace(snapshot, arrays=arrays), small_corpus())
    else:
        names = ("best_held_out_loss", "best_held_out_step")
        changed = {name: getattr(fresh.state, name) for name in names}
        forgetful = resumed_trainer(with_state(snapshot, **changed), small_corpus())
    told = [event for event in run_to(forgetful, UPDATES) if isinstance(event, HeldOut)]
    if forgotten == "best_held_out_loss":
        assert before + told != all_told
    assert best_held_out_model(forgetful) != best_held_out_model(whole)


def test_a_held_out_loss_measured_and_then_a_stop_is_told_but_not_measured_again():
    trainer, control = small_trainer(**JUDGED), Control()
    for event in run(trainer, control, UPDATES):
        if isinstance(event, HeldOut) and event.step == 6:
            control.stop()
            break
    parted = resumed(trainer)
    *_, done = run_to(resumed(trainer), 5)
    assert done.held_out_nats_per_char == event.nats_per_char
    told = [event.step for event in run_to(parted, UPDATES) if isinstance(event, HeldOut)]
    assert told == [9, 12, 15, 18, 20]


def assert_parts_from(forgetful, whole):
    assert digest(forgetful) != digest(whole)
    assert digest(trained(forgetful, UPDATES)) != digest(trained(whole, UPDATES))


def test_a_resumed_run_takes_the_samples_that_were_left():
    def samples(events):
        return [event for event in events if isinstance(event, Sample) and event.kind == "scheduled"]

    whole = samples(run_to(small_trainer(sample_every=6), UPDATES))
    assert [sample.step for sample in whole] == [1, 6, 12, 18]
    for k in range(UPDATES + 1):
        trainer = small_trainer(sample_every=6)
        before = samples(run_to(trainer, k))
        assert before + samples(run_to(resumed(trainer), UPDATES)) == whole


def test_a_sample_taken_and_then_a_stop_is_not_taken_again():
    trainer, control = small_trainer(sample_every=6), Control()
    for event in run(trainer, control, UPDATES):
        if isinstance(event, Sample) and event.step == 6:
            control.stop()
            break
    assert [e.step for e in run_to(resumed(trainer), UPDATES) if isinstance(e, Sample)] == [12, 18, UPDATES]


def test_a_sample_cut_short_by_a_stop_is_taken_on_resuming():
    trainer, control = small_trainer(sample_every=6, sample_length=100), Control()
    for event in run(trainer, control, UPDATES):
        if isinstance(event, SamplePiece) and trainer.step_count == 5:
            control.stop()
    assert trainer.step_count == 5
    assert [e.step for e in run_to(resumed(trainer), UPDATES) if isinstance(e, Sample)] == [6, 12, 18, UPDATES]


REQUESTS = st.sampled_from(
    [
        lambda: SampleRequest(30),
        lambda: SampleRequest(7, temperature=0.5, top_p=0.9, prime="so "),
        lambda: SampleRequest(30, model="best"),
        lambda: SaveRequest(),
        lambda: GradientCheckRequest(most_elements=4),
        lambda: GradientCheckRequest(method="complex", most_elements=4),
    ]
)


@settings(max_examples=25)
@given(
    configuration=configurations,
    looks=st.lists(st.tuples(st.integers(0, UPDATES - 1), REQUESTS), max_size=6),
    sample_every=st.integers(1, 25),
    by_single_steps=st.booleans(),
)
def test_looking_and_pausing_change_nothing(configuration, looks, sample_every, by_single_steps):
    """Samples, checks and checkpoints asked for at any update, paused or not, leave the digest as it would be."""
    alone = trained(small_trainer(**configuration), UPDATES)
    trainer, store = small_trainer(**configuration, sample_every=sample_every), MemoryStore()
    control = Control(paused=by_single_steps)
    _post(control, looks, 0)
    control.one_step()
    for event in run(trainer, control, UPDATES, saver=Saver(trainer, store)):
        if isinstance(event, StepDone):
            _post(control, looks, event.step)
            control.one_step()
    assert isinstance(event, Done)
    assert event.state_sha256 == digest(trainer) == digest(alone)
    assert np.array_equal(trainer.best.theta.flat, alone.best.theta.flat)
    asked = sum(isinstance(make(), SaveRequest) for _, make in looks)
    assert [kind for _, kind, _ in store.saved if not kind.startswith("best")] == ["requested"] * asked + ["final"]


def _post(control, looks, step):
    for at, make in looks:
        if at == step:
            control.post(make())


def test_every_run_of_a_seed_is_the_same_and_another_seed_is_another():
    digests = [digest(trained(small_trainer(seed=seed), UPDATES)) for seed in (3, 3, 4)]
    assert digests[0] == digests[1] != digests[2]
