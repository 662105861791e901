"""How long a sweep takes: what is asked for in minutes takes those, and what has ended corrects what was guessed."""

import time
from pathlib import Path

import pytest

from tui_rnn.engine.trainer import Trainer
from tui_rnn.sweeps import estimate as module
from tui_rnn.sweeps.estimate import START_SECONDS, Estimate
from tui_rnn.sweeps.planning import planned
from tui_rnn.sweeps.spec import JobResult, Status

EACH = 60 + START_SECONDS


@pytest.fixture(autouse=True)
def tale(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tale.txt").write_text("Once upon a time. " * 40)


@pytest.fixture
def plan(monkeypatch):
    monkeypatch.setattr(Trainer, "step", lambda *_: pytest.fail("nothing is tried where the time is known"))
    return planned(["tale.txt"], "adagrad", {"minutes": 1.0}, {"eta": [0.1, 0.2, 0.3]}, [0])


def test_minutes_take_minutes_side_by_side(plan):
    estimate, names = Estimate(plan), [job.name for job in plan.jobs]
    assert estimate.left(names, 1) == pytest.approx(3 * EACH)
    assert estimate.left(names, 2) == pytest.approx(1.5 * EACH)
    assert estimate.left(names, 0) == pytest.approx(3 * EACH)  # where no worker has come yet
    assert estimate.left(names, 64) == pytest.approx(EACH)  # no run is cut over two places
    assert estimate.left(names, 2, dict.fromkeys(names[1:], EACH - 1)) == pytest.approx(EACH)
    assert estimate.left([], 2) == 0 == estimate.left(names[:1], 1, {names[0]: 1e6})
    assert estimate.left(names[:2], 1, {names[0]: 50.0, names[1]: 1e6}) == pytest.approx(EACH - 50)


def test_what_has_ended_corrects_the_rest(plan):
    estimate, names = Estimate(plan), [job.name for job in plan.jobs]
    estimate.ended(JobResult(names[0], Status.FINISHED, seconds=2 * EACH))
    assert estimate.left(names[1:], 1) == pytest.approx(4 * EACH)
    for _ in range(3):  # told again, it counts once
        estimate.ended(JobResult(names[1], Status.FINISHED, seconds=4 * EACH))
    assert estimate.left(names[2:], 1) == pytest.approx(3 * EACH)
    estimate.ended(JobResult(names[2], Status.FINISHED, seconds=40 * EACH))
    assert estimate.left(names[:1], 1) == pytest.approx(4 * EACH)  # one that took very long changes little
    of_two = Estimate(plan, names[:1])  # which ended before this process began
    of_two.ended(JobResult(names[0], Status.FINISHED, seconds=9 * EACH))
    assert of_two.left(names[1:], 1) == pytest.approx(2 * EACH)


@pytest.mark.parametrize("most_tried", [20, 2])
def test_steps_are_tried_by_size(monkeypatch, most_tried):
    def step(trainer, _):
        nonlocal now
        now += 1e-4 * trainer.config.hidden_size
        tried.add(trainer.config.hidden_size)

    now, tried = 0.0, set()
    monkeypatch.setattr(Trainer, "step", step)
    monkeypatch.setattr(time, "perf_counter", lambda: now)
    monkeypatch.setattr(module, "_MOST_TRIED", most_tried)
    sizes = [2, 40, 50]
    plan = planned(
        ["tale.txt"], "adagrad", {"steps": 1000, "kernel": "numpy"}, {"hidden_size": sizes, "eta": [0.1, 0.2]}, [0]
    )
    estimate = Estimate(plan)
    found = [estimate.left([job.name], 1) - START_SECONDS for job in plan.jobs]
    assert found[::2] == pytest.approx(found[1::2])  # another learning rate takes no other time
    if most_tried == 20:
        assert tried == set(sizes)
        assert found[::2] == pytest.approx([1000 * 1e-4 * m for m in sizes])
    else:  # of those not tried by the one that is nearest in cost, which grows as m (m + 60)
        assert tried == {2, 50}
        assert found[2] == pytest.approx(1000 * 1e-4 * 50 * (40 * 100) / (50 * 110))
