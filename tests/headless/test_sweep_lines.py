"""The lines of a sweep count as done the runs that have finished, and say what else has ended beside them."""

from types import SimpleNamespace

import pytest

from tests.sweeps import made_up
from tui_rnn.headless import sweep_lines
from tui_rnn.headless.sweep_lines import Readable
from tui_rnn.sweeps.events import JobBegun, JobEnded, Tick
from tui_rnn.sweeps.spec import JobResult, Status

PLAN = made_up.plan({"eta": [0.05, 0.1]}, seeds=(0, 1, 2))


@pytest.fixture
def told(monkeypatch):
    """Tells an event in lines, of six runs that all wait at first."""
    monkeypatch.setattr(sweep_lines, "_PROGRESS_SECONDS", -1.0)  # every tick is due
    rows = made_up.rows(PLAN, lambda setting, seed: (Status.WAITING, None))
    estimate = SimpleNamespace(left=lambda *_: 60.0, ended=lambda _: None)
    lines = Readable(PLAN, estimate, SimpleNamespace(rows=rows, training={PLAN.jobs[2].name}), 2)
    return lambda event: [line.rstrip("\n") for line in lines.lines(event)]


def ended(k, status):
    return JobEnded(PLAN.jobs[k], JobResult(PLAN.jobs[k].name, status.value, step=5))


def test_a_cancelled_run_is_not_done(told):
    (first,) = told(ended(0, Status.CANCELLED))
    assert first.startswith("0/6  ")
    (second,) = told(ended(1, Status.FINISHED))
    assert second.startswith("1/6  ")
    assert told(Tick()) == ["1/6  1 cancelled, 1 training, about 1:00 left"]
    told(JobBegun(PLAN.jobs[0], 1, goes_on=True))  # taken up again
    (third,) = told(Tick())
    assert third.startswith("1/6  1 training, about")
