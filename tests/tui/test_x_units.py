"""What x counts, in a run that was resumed too: each unit held to what the run itself says of its updates."""

import numpy as np
import pytest

from tests.runs.support import of, small_job
from tests.runs.test_resume import resumed, stopped_at
from tests.tui.support import live, started
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control
from tui_rnn.engine.events import Progress
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.windows import Sequential
from tui_rnn.runs.session import Session
from tui_rnn.tui.chart.scales import x_axis
from tui_rnn.tui.marks import most_telling
from tui_rnn.tui.run_state import RunState

SETTINGS = {"batch_size": 2, "holdout": 0.2, "checkpoint_every": 20, "steps": 100}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run stopped after 47 updates and taken up again, as its screen holds it; and what the first process said."""
    folder = tmp_path_factory.mktemp("resumed")
    events = stopped_at(small_job(folder, **SETTINGS), 47)
    (folder / "run" / "checkpoints" / "last.ckpt").unlink()  # as if it had crashed: goes on from update 40
    job = resumed(folder)
    with job, Session(job, Control()) as session:
        state = RunState(job.config, job.goal, job.run)
        state.take(started(corpus={"characters": len(session.trainer.corpus)}), 0.0, paused=False)
        state.take_picture(live(40, elapsed_seconds=job.snapshot.state.elapsed_seconds))
        for event in most_telling(session.past()):
            state.take(event, None, paused=False)
        state.take_picture(live(60, elapsed_seconds=1000.0))
        yield state, {event.step: event.elapsed_seconds for event in of(events, Progress)}, session.trainer.corpus


def value(state, kind, step):
    axis = x_axis(state.series(), kind, 94)
    assert axis.kind == kind
    return float(axis.value(step))


def test_seconds_are_those_that_both_processes_trained(run):
    state, told, _ = run
    assert set(told) == {10, 20, 30, 40}
    for step in (10, 20, 30):  # of 40 the checkpoint tells too, some microseconds later
        assert value(state, "seconds", step) == pytest.approx(told[step])
    assert told[30] < value(state, "seconds", 40) < 1000
    assert value(state, "seconds", 0) == 0
    assert value(state, "seconds", 60) == 1000
    times = [value(state, "seconds", step) for step in range(61)]
    assert times == sorted(times)


def test_epochs_are_those_of_the_windows_that_are_read(run):
    state, _, corpus = run
    order = Sequential(corpus.train, 8, 2)
    begins = [step for step in range(1, 500) if order.next().fresh]  # the updates that begin an epoch
    assert len(begins) >= 4
    for read, step in enumerate(begins):
        assert value(state, "epochs", step - 1) == pytest.approx(read)


@pytest.mark.parametrize(("characters", "windows"), [(9, 1), (16, 1), (17, 2), (24, 2), (25, 3), (1000, 124)])
def test_the_epoch_of_the_chart_is_that_of_the_header(characters, windows):
    """Also of a text that holds one window of T = 8 or two."""
    config = RunConfig.from_recipe("adagrad", "short.txt", seq_length=8)
    state, order = RunState(config, Goal(100), "run"), Sequential(np.zeros(characters, np.uint8), 8, 1)
    state.take(started(corpus={"characters": characters}), 0.0, paused=False)
    for step in range(1, 2 * windows + 2):
        order.next()
        state.take_picture(live(step, epoch=order.epoch, steps=(step,), smooth=(50.0,), raw=(50.0,)))
        assert state.status(0.0).epoch == pytest.approx(step / windows)
        assert value(state, "epochs", step) == pytest.approx(step / windows)


def test_characters_are_those_of_all_streams(run):
    state, _, _ = run
    assert value(state, "characters", 100) == 100 * 8 * 2


def test_steps_are_steps_and_their_logarithm_has_the_base_10(run):
    state, _, _ = run
    assert value(state, "steps", 60) == 60
    assert value(state, "log", 100) == pytest.approx(2)


def test_a_text_of_unknown_length_has_no_epochs(run):
    state = RunState(run[0].config, run[0].goal, "runs/x")
    state.take(started(corpus={}), 0.0, paused=False)
    state.take_picture(live(60))
    assert state.series().steps_per_epoch is None
    assert x_axis(state.series(), "epochs", 94).kind == "steps"


def test_a_run_that_read_another_text_before_has_no_epochs_along_x(run):
    state, _, corpus = run
    other = RunState(state.config, state.goal, "runs/x")
    other.take(started(corpus={"characters": len(corpus), "begun_at": 20}), 0.0, paused=False)
    other.take_picture(live(60))
    assert other.series().steps_per_epoch is None
