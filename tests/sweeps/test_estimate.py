"""How long a sweep takes: what is asked for in minutes takes those, and what has ended corrects what was guessed."""

from pathlib import Path

import pytest

from tui_rnn.sweeps.estimate import START_SECONDS, Estimate
from tui_rnn.sweeps.planning import planned
from tui_rnn.sweeps.spec import JobResult, Status

EACH = 60 + START_SECONDS


@pytest.fixture
def plan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tale.txt").write_text("Once upon a time. " * 40)
    return planned(["tale.txt"], "adagrad", {"minutes": 1.0}, {"eta": [0.1, 0.2, 0.3]}, [0])


def test_minutes_take_minutes_side_by_side(plan):
    estimate, names = Estimate(plan), [job.name for job in plan.jobs]
    assert estimate.left(names, 1) == pytest.approx(3 * EACH)
    assert estimate.left(names, 2) == pytest.approx(1.5 * EACH)
    assert estimate.left(names, 64) == pytest.approx(EACH)  # no run is cut over two places
    assert estimate.left([], 2) == 0
    assert estimate.left(names[:2], 1, {names[0]: 50.0, names[1]: 1e6}) == pytest.approx(EACH - 50)


def test_what_has_ended_corrects_the_rest(plan):
    estimate, names = Estimate(plan), [job.name for job in plan.jobs]
    estimate.ended(JobResult(names[0], Status.FINISHED, seconds=2 * EACH))
    assert estimate.left(names[1:], 1) == pytest.approx(4 * EACH)
    of_two = Estimate(plan, names[:1])  # which ended before this process began
    of_two.ended(JobResult(names[0], Status.FINISHED, seconds=9 * EACH))
    assert of_two.left(names[1:], 1) == pytest.approx(2 * EACH)


def test_steps_are_tried_by_size(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tale.txt").write_text("Once upon a time. " * 40)
    plan = planned(["tale.txt"], "adagrad", {"steps": 1000}, {"hidden_size": [2, 400], "eta": [0.1, 0.2]}, [0])
    estimate = Estimate(plan)
    small, same, large, _ = (estimate.left([job.name], 1) for job in plan.jobs)
    assert START_SECONDS < small == same < large
