"""A run that has reached its goal goes on in the same process: recorded, and to the digest of a run with that goal."""

import json

import pytest

from tests.runs.support import OPTIONS, Ticking, of, small_job, train
from tui_rnn.engine.control import Control
from tui_rnn.engine.events import Done, Finding, Started, Warned
from tui_rnn.engine.goal import UNLIMITED, Goal, prolonged
from tui_rnn.runs.job import resumed_job
from tui_rnn.runs.manifest import Manifest
from tui_rnn.runs.session import Session


def in_two_goes(job, *goals, clock=None):
    """All events of the job, trained to its goal and then, as a screen that stays does, to each of these."""
    control = Control(clock=clock)
    with job, Session(job, control, progress_every=OPTIONS["progress_every"]) as session:
        found = list(session.events())
        for goal in goals:
            control.go_further(goal)
            found += session.serve_until_stopped()
            assert control.take_goal() == goal
            found += session.events_further(goal)
        return found


@pytest.mark.parametrize("recipe", ["adagrad", "adam"])
def test_the_digest_is_that_of_a_run_with_this_goal_from_the_start(tmp_path, recipe):
    whole = train(small_job(tmp_path, run="whole", recipe=recipe, steps=70))
    parts = in_two_goes(small_job(tmp_path, run="parts", recipe=recipe, steps=25), Goal(50), Goal(70))
    assert [(each.step, each.reason) for each in of(parts, Done)] == [(25, "steps"), (50, "steps"), (70, "steps")]
    assert of(parts, Done)[-1].state_sha256 == of(whole, Done)[-1].state_sha256


def test_with_a_schedule_over_the_first_goal_it_is_another_but_that_of_a_resume(tmp_path):
    fast = {"recipe": "fast", "batch_size": 2, "warmup": 5}
    whole = train(small_job(tmp_path, run="whole", **fast, steps=50))
    parts = in_two_goes(small_job(tmp_path, run="parts", **fast, steps=25), Goal(50))
    train(small_job(tmp_path, run="resumed", **fast, steps=25))
    resumed = train(resumed_job(str(tmp_path / "resumed"), 50, dict(OPTIONS)))
    assert of(parts, Done)[-1].state_sha256 != of(whole, Done)[-1].state_sha256
    assert of(parts, Done)[-1].state_sha256 == of(resumed, Done)[-1].state_sha256


def test_the_goal_is_recorded_in_the_run_and_its_log(tmp_path):
    job = small_job(tmp_path, steps=25)
    in_two_goes(job, Goal(50))
    assert Manifest.read(job.directory).goal == Goal(50)
    assert Manifest.read(job.directory).config.steps == 25
    starts = [json.loads(line) for line in job.directory.events_file.read_text().splitlines() if '"start"' in line[:20]]
    assert [(each["resumed_step"], each["config"]["steps"]) for each in starts] == [(0, 25), (25, 50)]
    assert starts[1]["resumed_from"].endswith("last.ckpt")
    with resumed_job(job.run, None, dict(OPTIONS)) as again:
        assert (again.goal, again.snapshot.state.step) == (Goal(50), 50)


def test_where_the_goal_cannot_be_recorded_nothing_is_trained(tmp_path):
    job, control = small_job(tmp_path, steps=25), Control()
    with job, Session(job, control) as session:
        list(session.events())
        job.directory.config_file.write_text("{")
        control.go_further(Goal(50))
        list(session.serve_until_stopped())
        assert control.take_goal() == Goal(50)
        events = list(session.events_further(Goal(50)))
        assert [type(event) for event in events] == [Warned]
        assert (session.trainer.step_count, job.goal) == (25, Goal(25))


def test_going_further_ends_the_pause_of_a_run_that_is_over():
    control = Control()
    control.pause()
    control.go_further(Goal(9))
    assert control.goes_further
    assert (control.take_goal(), control.paused, control.take_goal()) == (Goal(9), False, None)


def test_a_stop_wins_over_a_wish_to_go_further():
    control = Control()
    control.go_further(Goal(9))
    control.stop()
    assert not control.goes_further


def test_minutes_go_on_too(tmp_path):
    job = small_job(tmp_path, steps=None, minutes=1.0)
    events = in_two_goes(job, Goal(UNLIMITED, 2.0), clock=Ticking())
    first, second = of(events, Done)
    assert 60 <= first.elapsed_seconds < 120 <= second.elapsed_seconds
    assert [type(each) for each in of(events, Started)] == [Started, Started]


@pytest.mark.parametrize(
    ("own", "reached", "step", "seconds", "further"),
    [
        (Goal(100), Goal(100), 100, 5.0, Goal(200)),
        (Goal(100), Goal(200), 200, 5.0, Goal(300)),
        (Goal(0), Goal(0), 0, 0.0, Goal(1)),
        (Goal(UNLIMITED, 0.5), Goal(UNLIMITED, 0.5), 900, 30.0, Goal(UNLIMITED, 1.0)),
        (Goal(100, 0.5), Goal(100, 0.5), 60, 30.1, Goal(100, 1.0)),  # the time came first
        (Goal(100, 0.5), Goal(100, 0.5), 100, 9.0, Goal(200, 0.5)),
        (Goal(100), Goal(UNLIMITED, 2.0), 400, 120.0, Goal(UNLIMITED, 4.0)),  # a resume gave minutes alone
        (Goal(UNLIMITED, 0.5), Goal(70), 70, 9.0, Goal(140)),
    ],
)
def test_as_much_again_is_what_the_run_was_to_make_at_first(own, reached, step, seconds, further):
    assert prolonged(own, reached, step, seconds) == further


def test_what_is_found_in_the_network_is_told_once_a_run(tmp_path):
    saturating = {"seq_length": 12, "hidden_size": 8, "eta": 1.0, "sample_every": 100}
    found = of(in_two_goes(small_job(tmp_path, steps=250, **saturating), Goal(500)), Finding)
    found += of(train(resumed_job(str(tmp_path / "run"), 750, dict(OPTIONS))), Finding)
    names = [each.name for each in found]
    assert "saturated" in names
    assert len(names) == len(set(names))
    copy = train(small_job(tmp_path, run="another", steps=250, **saturating))
    assert "saturated" in [each.name for each in of(copy, Finding)]
