"""`resume RUN --at STEP` where no checkpoint is of that step: the nearest are named, and the command given works."""

import json
import shlex
from pathlib import Path

import pytest

from tests.cli.support import SMALL, is_one_line


@pytest.fixture
def run(command, tale):
    """Checkpoints of steps 10, 20 and 30, and the newest state of step 35."""
    assert command(tale, *SMALL, "--steps", "35", "--checkpoint-every", "10", "--run", "run").code == 0
    return "run"


def remedy(answer):
    """The command at the end of a refusal, as its words."""
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    words = shlex.split(answer.err[answer.err.index("by tui-rnn") :])
    return words[2:]


def done(answer):
    assert answer.code == 0, answer.err
    return json.loads(answer.out.splitlines()[-1])


def test_between_two_the_one_before_goes_on_to_the_step(command, run, tale):
    answer = command("resume", run, "--at", "25")
    assert "no checkpoint of step 25: the nearest are of steps 20 and 30; " in answer.err
    reached = done(command(*remedy(answer), "--json", "--run", "there"))
    fresh = done(command(tale, *SMALL, "--steps", "35", "--checkpoint-every", "10", "--until", "25", "--json"))
    assert reached["step"] == 25
    assert reached["state_sha256"] == fresh["state_sha256"]
    assert done(command("resume", "there", "--at", "25", "--run", "on", "--json"))["step"] == 35


def test_before_the_first_the_run_is_trained_again_to_there(command, run, tale):
    answer = command("resume", run, "--at", "5")
    assert "no checkpoint of step 5: the nearest is of step 10; " in answer.err
    reached = done(command(*remedy(answer), "--json", "--run", "again"))
    fresh = done(command(tale, *SMALL, "--steps", "35", "--checkpoint-every", "10", "--until", "5", "--json"))
    assert (reached["step"], reached["state_sha256"]) == (5, fresh["state_sha256"])
    assert done(command("resume", "again", "--at", "5", "--run", "on", "--json"))["step"] == 35


@pytest.mark.parametrize("step", [-5, 0])
def test_a_step_below_1_is_refused_as_such(command, run, step):
    answer = command("resume", run, "--at", step)
    assert f"--at {step} cannot be used: give the step of a checkpoint, from 1; the nearest is of step 10" in answer.err
    assert (answer.code, "--until" in answer.err) == (2, False)


def test_behind_the_last_the_run_goes_on_and_its_newest_state_is_one_too(command, run):
    answer = command("resume", run, "--at", "47")
    assert "no checkpoint of step 47, which it has not reached: the nearest is of step 35; " in answer.err
    newest = done(command("resume", run, "--at", "35", "--steps", "40", "--run", "on", "--json"))
    assert done(command(*remedy(answer), "--json"))["step"] == 47
    assert newest["step"] == 40


def test_without_any_it_goes_on(command, run):
    for path in Path("run/checkpoints").iterdir():
        path.unlink()
    answer = command("resume", run, "--at", "7")
    assert "has no checkpoint yet: leave out --at 7, or train on with tui-rnn resume run" in answer.err
