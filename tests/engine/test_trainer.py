"""The loop tells everything that happens, in order, and keeps a copy of the best weights."""

import threading

import numpy as np
import pytest

from tests.small import FullDisk, MemoryStore, of, run_to, small_trainer, trained
from tui_rnn.engine.checkpoint import resumed_trainer, unseal
from tui_rnn.engine.control import Control, SampleRequest, SaveRequest
from tui_rnn.engine.events import (
    Checkpointed,
    Done,
    Paused,
    Progress,
    Sample,
    SamplePiece,
    StepDone,
    Warned,
)
from tui_rnn.engine.loop import run
from tui_rnn.engine.saving import Saver
from tui_rnn.engine.state import digest


def outline(events):
    """What happened, in a word each, and at which update."""
    words = {Sample: "sample", StepDone: "step", Progress: "progress", Done: "done"}
    lines = []
    for event in events:
        if isinstance(event, Checkpointed):
            lines.append(f"{event.kind} {event.step}")
        elif type(event) in words:
            lines.append(f"{words[type(event)]} {event.step}")
    return lines


def test_events_come_in_the_order_of_what_happens():
    trainer = small_trainer(sample_every=5, checkpoint_every=6, eta=1e-12)  # the best stays where the text is easiest
    store = MemoryStore()
    told = [line for line in outline(run_to(trainer, 12, store=store, progress_every=4)) if "best" not in line]
    expected = []
    for step in range(1, 13):
        expected += [f"sample {step}"] * (step == 1 or step % 5 == 0)
        expected += [f"step {step}"]
        expected += [f"progress {step}"] * (step % 4 == 0)
        expected += [f"periodic {step}"] * (step % 6 == 0)
    assert told == [*expected, "sample 12", "final 12", "done 12"]


@pytest.mark.parametrize("every", [1, 3, 10])
def test_samples_are_written_before_the_first_update_before_every_nth_and_at_an_end_that_has_none_beside_it(every):
    told = outline(run_to(small_trainer(sample_every=every), 20))
    due = sorted({1, *range(every, 21, every)})
    assert [line for line in told if "sample" in line] == [f"sample {step}" for step in sorted({*due, 20})]
    assert all(told[told.index(f"sample {step}") + 1] == f"step {step}" for step in due)


def test_done_tells_how_it_ended():
    trainer = small_trainer(eta=0.5)
    events = run_to(trainer, 50)
    losses = {done.step: done.smooth_loss for done in of(StepDone, events)}
    done = events[-1]
    lowest = min(losses.values())
    assert (done.step, done.reason, done.smooth_loss) == (50, "steps", losses[50])
    assert (done.best_smooth_loss, losses[done.best_step]) == (lowest, lowest)
    assert done.state_sha256 == digest(trainer)
    assert of(Done, events) == [done]


def test_a_run_of_no_updates_is_done():
    (done,) = run_to(small_trainer(), 0)
    assert (done.step, done.reason, done.smooth_loss, done.best_smooth_loss, done.best_step) == (
        0,
        "steps",
        None,
        None,
        0,
    )


def test_a_stop_at_the_last_update_is_a_run_that_reached_its_end():
    control = Control()
    for event in run(small_trainer(), control, 4):
        if isinstance(event, StepDone) and event.step == 4:
            control.stop()
    assert event.reason == "steps"


def test_the_best_is_a_copy_of_the_weights_that_had_the_lowest_smooth_loss():
    trainer = small_trainer(eta=0.5)
    lowest, weights = float("inf"), None
    improved = 0
    for _ in range(80):
        before = trainer.theta.flat.copy()
        smooth_loss = trainer.step().smooth_loss
        if smooth_loss < lowest:
            lowest, weights = smooth_loss, before
            improved += 1
        assert not np.shares_memory(trainer.best.theta.flat, trainer.theta.flat)
        assert trainer.best.loss == lowest
        assert np.array_equal(trainer.best.theta.flat, weights)
    assert 1 < improved < 80


def test_with_every_state_the_best_model_of_that_moment_is_on_disk():
    trainer, store = small_trainer(eta=0.5, checkpoint_every=7), MemoryStore()
    control = Control()
    control.post(SaveRequest())
    best = None
    for event in run(trainer, control, 60, saver=Saver(trainer, store)):
        if isinstance(event, Checkpointed):
            if event.kind == "best":
                best = unseal(store.saved[-1][2])
                continue
            assert trainer.best.step == (best.state.step if best else None)
            for name, array in trainer.best.theta.items():
                assert best is None or np.array_equal(best.arrays[f"theta.{name}"], array)
    kinds = [kind for _, kind, _ in store.saved]
    assert kinds.count("periodic") == 8
    assert kinds[-1] == "final"


def test_a_checkpoint_holds_the_state_at_its_step():
    trainer, store = small_trainer(checkpoint_every=3), MemoryStore()
    run_to(trainer, 10, store=store)
    states = [(step, kind, data) for step, kind, data in store.saved if kind != "best"]
    assert [(step, kind) for step, kind, _ in states] == [
        (3, "periodic"),
        (6, "periodic"),
        (9, "periodic"),
        (10, "final"),
    ]
    for step, _, data in states:
        there = resumed_trainer(unseal(data), trainer.corpus)
        assert digest(there) == digest(trained(small_trainer(checkpoint_every=3), step))


def test_a_full_disk_is_told_and_training_goes_on():
    trainer, control = small_trainer(checkpoint_every=2), Control()
    control.post(SaveRequest())
    events = run_to(trainer, 6, control, store=FullDisk())
    warned = [event.message for event in of(Warned, events)]
    assert len(warned) == 2  # asked for, and the last one; in between for the same reason
    assert all("No space left on device" in message for message in warned)
    assert of(Checkpointed, events) == []
    assert (events[-1].step, events[-1].reason) == (6, "steps")
    assert digest(trainer) == digest(trained(small_trainer(), 6))


def test_the_best_model_a_full_disk_refused_is_saved_when_there_is_room():
    trainer, store = small_trainer(), MemoryStore()
    run_to(trainer, 5, store=FullDisk())
    run_to(trainer, 5, store=store)  # no further update, and so no better model
    assert [kind for _, kind, _ in store.saved] == ["best", "final"]


def test_a_second_pause_is_told_though_nothing_was_done_since_the_first():
    control, told = Control(paused=True), []
    waits_for_ever = threading.Timer(10, control.stop)
    waits_for_ever.start()
    for event in run(small_trainer(), control, 4):
        if isinstance(event, Paused):
            told.append(event.step)
            control.resume()
            if len(told) < 3:
                control.pause()
    waits_for_ever.cancel()
    assert told == [0, 0, 0]


def test_a_pause_while_a_request_is_served_is_told():
    control, told = Control(), []
    control.post(SampleRequest(100))
    waits_for_ever = threading.Timer(10, control.stop)
    waits_for_ever.start()
    for event in run(small_trainer(), control, 4):
        if isinstance(event, SamplePiece) and not told:
            control.pause()
        if isinstance(event, Paused):
            told.append(event.step)
            control.resume()
    waits_for_ever.cancel()
    assert told == [0]
