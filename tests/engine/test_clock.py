"""Progress is told in figures of the time trained, pauses left out."""

from math import log

import pytest

from tests.small import Clock, MemoryStore, of, run_to, small_trainer
from tui_rnn.engine.checkpoint import resumed_trainer, unseal
from tui_rnn.engine.clock import RunClock
from tui_rnn.engine.control import Control
from tui_rnn.engine.events import (
    Done,
    Progress,
    StepDone,
)
from tui_rnn.engine.loop import run
from tui_rnn.engine.saving import Saver


def test_progress_tells_rates_of_the_time_trained_pauses_left_out():
    trainer, clock, told = small_trainer(batch_size=2, seq_length=4), Clock(), []
    control = Control(clock=RunClock(clock))
    for event in run(trainer, control, 9, progress_every=3):
        if isinstance(event, StepDone):
            clock.now += 0.25 if event.step <= 3 else 0.5
            if event.step == 5:
                with control.clock.paused():
                    clock.now += 100
        elif isinstance(event, Progress | Done):
            told.append(event)
    *progress, done = told
    assert [event.step for event in progress] == [3, 6, 9]
    assert [event.elapsed_seconds for event in progress] == [0.75, 2.25, 3.75]
    assert [event.updates_per_second for event in progress] == [4, 2, 2]
    assert [event.characters_per_second for event in progress] == [32, 16, 16]
    assert done.elapsed_seconds == control.clock.elapsed_seconds == 3.75


def test_progress_tells_losses_per_character_and_the_place_in_the_text():
    trainer = small_trainer(seq_length=5)
    events = run_to(trainer, 16, progress_every=2)
    losses = {done.step: done for done in of(StepDone, events)}
    for progress in of(Progress, events):
        done = losses[progress.step]
        assert (progress.loss, progress.smooth_loss) == (done.loss, done.smooth_loss)
        assert progress.nats_per_char == done.smooth_loss / 5
        assert progress.bits_per_char == pytest.approx(done.smooth_loss / 5 / log(2))
        windows = (progress.step - 1) % 7  # of seven an epoch
        assert progress.position == 5 * (windows + 1)
        assert progress.epoch == pytest.approx(progress.step / 7)


def test_a_clock_that_stands_still_gives_no_rate():
    (progress,) = of(Progress, run_to(small_trainer(), 2, Control(clock=RunClock(Clock())), progress_every=2))
    assert progress.updates_per_second is None
    assert progress.characters_per_second is None


def test_the_time_trained_goes_on_across_a_resume():
    trainer, clock = small_trainer(), Clock()
    control, store = Control(clock=RunClock(clock)), MemoryStore()
    for event in run(trainer, control, 4, saver=Saver(trainer, store, control.clock)):
        clock.now += isinstance(event, StepDone)
    snapshot = unseal(store.saved[-1][2])
    again = Control(clock=RunClock(clock))
    again.clock.restore(snapshot.state.elapsed_seconds)
    (progress,) = of(Progress, run_to(resumed_trainer(snapshot, trainer.corpus), 5, again, progress_every=5))
    assert progress.elapsed_seconds == 4
