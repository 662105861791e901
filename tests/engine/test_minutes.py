"""A budget of training time ends the run and its schedule; without one no clock has a say."""

import dataclasses
from itertools import pairwise

import pytest

from tests.small import Clock, MemoryStore, of, small_config, small_corpus, small_trainer, trained
from tui_rnn.engine import trainer as trainer_module
from tui_rnn.engine.checkpoint import resumed_trainer, state_snapshot, unseal
from tui_rnn.engine.clock import RunClock
from tui_rnn.engine.control import Control
from tui_rnn.engine.events import Done, Progress, StepDone
from tui_rnn.engine.loop import run
from tui_rnn.engine.optimizers import eta_at
from tui_rnn.engine.saving import Saver
from tui_rnn.engine.state import digest


def timed(recipe="fast", **settings):
    """A trainer with a budget of 30 s unless told otherwise."""
    return small_trainer(recipe, **{"minutes": 0.5, "warmup": 0, "batch_size": 2, **settings})


def train(trainer, seconds=1.0, *, clock=None, control=None, goal=None, **options):
    """All events of a run in which each update takes so many seconds."""
    clock = clock or Clock()
    control = control or Control(clock=RunClock(clock))
    goal, events = goal or trainer.config.goal, []
    for event in run(trainer, control, goal.steps, max_minutes=goal.minutes, **options):
        events.append(event)
        clock.now += seconds * isinstance(event, StepDone)
    return events


def resumed(snapshot, clock):
    """The trainer and the control that another process has of this snapshot."""
    control = Control(clock=RunClock(clock))
    control.clock.restore(snapshot.state.elapsed_seconds)
    return resumed_trainer(snapshot, small_corpus()), control


@pytest.fixture
def etas(monkeypatch):
    """The learning rate of every update."""
    used = []
    monkeypatch.setattr(
        trainer_module, "eta_at", lambda *given, **told: used.append(eta_at(*given, **told)) or used[-1]
    )
    return used


def test_a_run_ends_with_its_budget():
    trainer = timed()
    done = train(trainer, 2.0)[-1]
    assert (done.step, done.reason, done.elapsed_seconds) == (15, "steps", 30)


@pytest.mark.parametrize(("steps", "ended"), [(5, 5), (15, 15), (100, 15)])
def test_whichever_of_steps_and_minutes_comes_first_ends_the_run(steps, ended):
    done = train(timed(steps=steps), 2.0)[-1]
    assert (done.step, done.reason) == (ended, "steps")


def test_a_pause_takes_nothing_of_the_budget():
    trainer, clock = timed(), Clock()
    control = Control(clock=RunClock(clock))
    for event in run(trainer, control, 10**12, max_minutes=0.5):
        if isinstance(event, StepDone):
            clock.now += 2
            if event.step == 7:
                with control.clock.paused():
                    clock.now += 100
    assert (event.step, event.elapsed_seconds) == (15, 30)


def test_the_schedule_follows_the_clock_and_ends_with_the_budget(etas):
    trainer = timed()
    train(trainer, 3.0)
    config = trainer.config
    assert etas == [eta_at(step, config, 3.0 * (step - 1)) for step in range(1, 11)]
    assert etas[0] == pytest.approx(config.eta)
    assert etas[5] == pytest.approx(0.505 * config.eta)
    assert all(later < earlier for earlier, later in pairwise(etas))


def test_an_update_that_takes_the_whole_budget_is_the_last():
    assert train(timed(), 1000.0)[-1].step == 1


def test_a_prolonged_run_goes_on_at_the_schedules_floor(etas):
    trainer, clock = timed(), Clock()
    control = Control(clock=RunClock(clock))
    train(trainer, 3.0, clock=clock, control=control)
    longer = dataclasses.replace(trainer.config.goal, minutes=1.0)
    done = train(trainer, 3.0, clock=clock, control=control, goal=longer)[-1]
    assert (done.step, done.elapsed_seconds) == (20, 60)
    assert etas[10:] == pytest.approx([0.01 * trainer.config.eta] * 10)


def test_a_run_prolonged_in_steps_goes_on_at_the_schedules_floor(etas):
    trainer, clock = timed(), Clock()
    control = Control(clock=RunClock(clock))
    train(trainer, 3.0, clock=clock, control=control)
    done = train(trainer, 3.0, clock=clock, control=control, goal=small_config(steps=12).goal)[-1]
    assert (done.step, done.reason) == (12, "steps")
    assert etas[10:] == pytest.approx([0.01 * trainer.config.eta] * 2)


def test_the_schedule_follows_the_clock_where_steps_alone_end_the_run(etas):
    trainer = timed()
    done = train(trainer, 3.0, goal=small_config(steps=8).goal)[-1]
    assert (done.step, done.reason) == (8, "steps")
    assert etas == [eta_at(step, trainer.config, 3.0 * (step - 1)) for step in range(1, 9)]


def test_a_resumed_run_has_the_rest_of_the_budget(etas):
    whole = train(timed(), 2.0)[-1]
    alone, etas[:] = list(etas), []
    trainer, store, clock = timed(), MemoryStore(), Clock()
    control = Control(clock=RunClock(clock))
    for event in run(trainer, control, 10**12, max_minutes=0.5, saver=Saver(trainer, store, control.clock)):
        if isinstance(event, StepDone):
            clock.now += 2
            if event.step == 6:
                control.stop()
    assert (event.step, event.reason) == (6, "stopped")
    later = Clock(5.0)  # as after the machine was started again
    trainer, control = resumed(unseal(store.saved[-1][2]), later)
    events = train(trainer, 2.0, clock=later, control=control)
    assert len(of(StepDone, events)) == 9
    assert etas == pytest.approx(alone)
    assert events[-1].elapsed_seconds == pytest.approx(30)
    assert events[-1].step == whole.step


def test_a_run_resumed_at_the_end_of_its_budget_ends_at_once():
    trainer, clock = timed(sample_every=1), Clock()
    control = Control(clock=RunClock(clock))
    train(trainer, 2.0, clock=clock, control=control)
    before = digest(trainer)
    trainer, control = resumed(state_snapshot(trainer, control.clock.elapsed_seconds), clock)
    events = train(trainer, clock=clock, control=control)
    assert [type(event) for event in events] == [Done]
    assert (events[0].reason, events[0].state_sha256) == ("steps", before)


def test_a_stop_before_the_end_of_the_budget_is_told_as_such():
    trainer, control = timed(), Control(clock=RunClock(Clock()))
    for event in run(trainer, control, 10**12, max_minutes=0.5):
        if isinstance(event, StepDone) and event.step == 4:
            control.stop("signal")
    assert (event.step, event.reason) == (4, "signal")


@pytest.mark.parametrize("recipe", ["adagrad", "adam", "fast"])
def test_without_a_budget_no_update_depends_on_the_clock(recipe):
    trainer, clock = small_trainer(recipe, steps=20, batch_size=2), Clock()
    events = train(trainer, 1e9, clock=clock)
    assert events[-1].state_sha256 == digest(trained(small_trainer(recipe, steps=20, batch_size=2), 20))
    assert of(Progress, events) == []
    assert clock.reads == 2  # when it began and when it ended


def test_a_budget_changes_no_update_where_eta_is_constant():
    settings = {"schedule": "constant", "warmup": 3}
    trainer = timed(**settings)
    train(trainer, 2.0)
    assert digest(trainer) == digest(trained(small_trainer("fast", batch_size=2, **settings), 15))
