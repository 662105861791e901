"""A budget of training time, told headless: it ends the run, and no unlimited number of steps is ever shown."""

import json

import pytest

from tests.cli.support import SMALL
from tests.runs.support import Ticking
from tui_rnn.engine.events import Progress
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.headless.training import ProgressLine

ENDLESS = "000,000,000"


@pytest.fixture
def ticking(monkeypatch):
    """Each look at the time trained takes a second; a timed run looks before each update and after each sample."""
    monkeypatch.setattr("tui_rnn.engine.control.RunClock", Ticking)


def test_a_run_ends_with_its_minutes(command, tale):
    answer = command(tale, "--headless", *SMALL, "--minutes", "0.001", "--run", "run")
    assert (answer.code, answer.err) == (0, "")
    assert "Finished after" in answer.out
    assert ENDLESS not in answer.out


def test_the_budget_is_told_at_the_start_and_at_the_end(command, tale, ticking):
    lines = command(tale, *SMALL, "--minutes", "0.5", "--run", "run").out.splitlines()
    (recipe,) = (line for line in lines if line.startswith("recipe"))
    assert recipe.endswith("seed 0, 30 s of training")
    assert "Finished after 30 s and 18 steps" in lines
    assert any(line.endswith("tui-rnn resume run --minutes 1") for line in lines)
    out = command("resume", "run", "--minutes", "1").out
    assert "seed 0, 1:00 of training" in out
    assert "Finished after 1:0" in out
    assert ENDLESS not in out


def test_both_bounds_are_told(command, tale, ticking):
    out = command(tale, *SMALL, "--minutes", "0.5", "--steps", "10", "--run", "run").out
    assert "seed 0, 10 steps or 30 s of training" in out
    assert "Finished after 17 s of 30 s and 10 of 10 steps" in out
    assert "tui-rnn resume run --steps 20" in out


def test_the_list_of_runs_tells_the_time(command, tale, ticking):
    command(tale, *SMALL, "--minutes", "0.5", "--run", "runs/a")
    command(tale, *SMALL, "--minutes", "0.5", "--steps", "10", "--run", "runs/b")
    command(tale, *SMALL, "--steps", "20", "--run", "runs/c")
    headings, *lines = command("runs").out.splitlines()
    step, nats = headings.index("step"), headings.index("best nats/char")
    assert sorted(" ".join(line[step:nats].split()) for line in lines) == [
        "10 of 10 in 17 s of 30 s",
        "18 in 30 s of 30 s",
        "20 of 20",
    ]
    records = [json.loads(line) for line in command("runs", "--json").out.splitlines()]
    bounds = [(each["steps"], each["minutes"]) for each in sorted(records, key=lambda record: record["run"])]
    assert bounds == [(None, 0.5), (10, 0.5), (20, None)]


def progress(step, seconds, rate):
    return Progress(step, 0.5, 0, 50.0, 50.0, 2.0, 3.0, rate, None, seconds)


@pytest.mark.parametrize(
    ("goal", "text"),
    [
        (Goal(100), "50 % of 100 steps, about 5 s left"),
        (Goal(UNLIMITED, 0.5), "40 % of 30 s of training, about 18 s left"),
        (Goal(100, 0.5), "50 % of 100 steps or 30 s of training, about 5 s left"),
        (Goal(1000, 0.5), "40 % of 1,000 steps or 30 s of training, about 18 s left"),
    ],
)
def test_the_progress_line_follows_the_nearer_bound(goal, text, capsys):
    ProgressLine(goal).show(progress(50, 12.0, 10.0))
    assert capsys.readouterr() == ("", "\r" + text)
