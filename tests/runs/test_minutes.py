"""A run with a budget of training time is resumed with what is left of it, or further where told."""

import json

import pytest

from tests.runs.support import OPTIONS, Ticking, of, small_job, train
from tests.runs.test_resume import stopped_at
from tui_rnn.engine.errors import ConfigError, RunError
from tui_rnn.engine.events import StepDone
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.runs.job import resumed_job
from tui_rnn.runs.listing import list_runs


@pytest.fixture(autouse=True)
def ticking(monkeypatch):
    """Every look at the time trained takes a second, and a timed run looks before each update."""
    monkeypatch.setattr("tui_rnn.engine.control.RunClock", Ticking)


def timed_job(folder, minutes=0.5, **settings):
    return small_job(folder, **{"minutes": minutes, "steps": None, **settings})


def resumed(folder, minutes=None, steps=None):
    return resumed_job(str(folder / "run"), steps, dict(OPTIONS), minutes)


def goal_of(job):
    """The goal of a job that is not trained."""
    job.directory.release()
    return job.goal


def test_a_budget_is_kept_in_the_configuration_and_told_at_the_start(tmp_path):
    job = timed_job(tmp_path)
    assert (job.goal, job.directory.read_config()["minutes"]) == (Goal(UNLIMITED, 0.5), 0.5)
    started = train(job)[0]
    assert started.config["minutes"] == 0.5


def test_a_resumed_run_has_what_is_left_of_its_budget(tmp_path):
    first = stopped_at(timed_job(tmp_path), 10)[-1]
    assert (first.reason, first.step) == ("stopped", 10)
    events = train(resumed(tmp_path))
    assert events[0].resumed_step == 10
    assert (events[-1].reason, events[-1].elapsed_seconds // 2) == ("steps", 15)
    assert 0 < len(of(events, StepDone)) < 20


def test_a_run_at_the_end_of_its_budget_ends_at_once(tmp_path):
    done = train(timed_job(tmp_path))[-1]
    for given in ({}, {"minutes": 0.5}):
        events = train(resumed(tmp_path, **given))
        assert of(events, StepDone) == []
        assert (events[-1].reason, events[-1].state_sha256) == ("steps", done.state_sha256)


def test_a_run_goes_on_to_more_minutes_and_keeps_that_goal(tmp_path):
    train(timed_job(tmp_path))
    job = resumed(tmp_path, minutes=2)
    assert job.options["minutes"] == 2
    step = job.snapshot.state.step
    assert stopped_at(job, step + 5)[-1].step == step + 5
    assert job.directory.read_config()["minutes"] == 0.5
    job = resumed(tmp_path)
    assert job.goal == Goal(UNLIMITED, 2)
    assert train(job)[-1].elapsed_seconds // 4 == 30


def test_fewer_minutes_than_the_runs_own_are_for_this_time_alone(tmp_path):
    stopped_at(timed_job(tmp_path), 2)
    job = resumed(tmp_path, minutes=0.25)
    assert stopped_at(job, job.snapshot.state.step + 1)[-1].reason == "stopped"
    assert goal_of(resumed(tmp_path)) == Goal(UNLIMITED, 0.5)
    assert train(resumed(tmp_path, minutes=0.25))[-1].elapsed_seconds < 25
    assert goal_of(resumed(tmp_path)) == Goal(UNLIMITED, 0.5)


def test_minutes_behind_the_run_are_refused_and_the_run_stays_free(tmp_path):
    train(timed_job(tmp_path))
    with pytest.raises(RunError, match=r"--minutes 0.25 lies behind the run, which has 0.5\d* minutes behind it: give"):
        resumed(tmp_path, minutes=0.25)
    resumed(tmp_path).directory.release()


@pytest.mark.parametrize("minutes", [0, -1.0, float("nan"), float("inf"), 1e7])
def test_minutes_of_no_use_are_refused(tmp_path, minutes):
    train(timed_job(tmp_path))
    with pytest.raises(ConfigError, match=r"--minutes .* cannot be used"):
        resumed(tmp_path, minutes=minutes)


def test_what_is_given_is_the_whole_goal(tmp_path):
    train(timed_job(tmp_path))
    step = resumed(tmp_path)
    step.directory.release()
    done = step.snapshot.state.step
    assert goal_of(resumed(tmp_path, steps=done + 3)) == Goal(done + 3)
    assert goal_of(resumed(tmp_path, steps=done + 3, minutes=9)) == Goal(done + 3, 9)


def test_a_run_of_steps_goes_on_for_minutes_and_then_to_its_own_goal(tmp_path):
    stopped_at(small_job(tmp_path, steps=40), 10)
    done = train(resumed(tmp_path, minutes=0.25))[-1]
    assert (done.reason, 10 < done.step < 40) == ("steps", True)
    assert goal_of(resumed(tmp_path)) == Goal(40)
    assert train(resumed(tmp_path))[-1].step == 40


def test_a_run_of_steps_goes_on_for_minutes_beyond_its_steps(tmp_path):
    train(small_job(tmp_path, steps=10))
    done = train(resumed(tmp_path, minutes=0.5))[-1]
    assert (done.reason, done.step > 10, done.elapsed_seconds >= 30) == ("steps", True, True)
    assert goal_of(resumed(tmp_path)) == Goal(UNLIMITED, 0.5)


def test_a_run_of_before_there_were_minutes_is_resumed(tmp_path):
    job = small_job(tmp_path, steps=40)
    stopped_at(job, 10)
    stored = job.directory.read_config()
    del stored["minutes"]
    job.directory.write_config({**stored, "goal": 45})
    assert goal_of(resumed(tmp_path)) == Goal(45)


@pytest.mark.parametrize("goal", [{"goal": "45"}, {"goal": 45, "goal_minutes": -1}, {"goal": 45, "goal_minutes": "9"}])
def test_a_goal_that_is_none_is_refused(tmp_path, goal):
    job = small_job(tmp_path, steps=40)
    job.directory.write_config({**job.directory.read_config(), **goal})
    job.directory.release()
    with pytest.raises(RunError, match=r"config\.json cannot be used: .*(goal|--minutes)"):
        resumed(tmp_path)
    assert [line.state for line in list_runs(tmp_path)] == ["damaged"]


@pytest.mark.parametrize("minutes", [float("nan"), -0.5, 0, "0.5"])
def test_a_forged_budget_is_refused(tmp_path, minutes):
    job = timed_job(tmp_path)
    job.directory.config_file.write_text(json.dumps({**job.directory.read_config(), "minutes": minutes}))
    job.directory.release()
    with pytest.raises(RunError, match=r"config\.json cannot be used: --minutes"):
        resumed(tmp_path)


def test_the_list_tells_budget_and_time(tmp_path):
    done = train(timed_job(tmp_path))[-1]
    (line,) = list_runs(tmp_path)
    assert (line.state, line.step, line.minutes) == ("steps", done.step, 0.5)
    assert line.elapsed_seconds == done.elapsed_seconds
