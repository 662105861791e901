"""SIGTERM, SIGINT and SIGHUP end a run with a checkpoint, from which it goes on as if it had never been stopped."""

import json
import signal
import subprocess

import pytest

from tests.cli.support import SECONDS, SMALL, running
from tui_rnn.engine.checkpoint import load

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system sends no such signals")

STEPS = 1500  # at a progress line each these fill the pipe many times over, so the run waits for us long before its end
OPTIONS = (*SMALL, "--steps", str(STEPS), "--sample-every", "40", "--progress-every", "1", "--json")
CASES = [("adagrad", signal.SIGTERM), ("fast", signal.SIGHUP)]
ALL = [(recipe, number) for recipe in ("adagrad", "adam", "fast") for number in (15, 2, 1)]


def signalled(recipe, number, folder):
    """Exit code and records of a run that was sent the signal in the midst of its training."""
    with running("tale.txt", *OPTIONS, "--recipe", recipe, "--run", "run", cwd=folder) as process:
        first = next(line for line in process.stdout if json.loads(line)["event"] == "progress")
        process.send_signal(number)  # the program waits for the pipe to be read, so it cannot have ended
        rest = process.stdout.readlines()
        assert process.stderr.read() == b""
        return process.wait(SECONDS), [json.loads(line) for line in (first, *rest)]


def check(recipe, number, command, folder):
    code, records = signalled(recipe, number, folder)
    assert code == 128 + number
    stopped = records[-1]
    assert (stopped["event"], stopped["reason"]) == ("done", "signal")
    assert 0 < stopped["step"] < STEPS
    assert load(folder / "run" / "checkpoints" / "last.ckpt").state.step == stopped["step"]

    resumed = [json.loads(line) for line in command("resume", "run", "--json").out.splitlines()]
    assert resumed[0]["resumed_from"] is not None
    whole = [
        json.loads(line)
        for line in command("tale.txt", *OPTIONS, "--recipe", recipe, "--run", "whole").out.splitlines()
    ]
    for key in ("step", "smooth_loss", "best_smooth_loss", "best_step", "state_sha256"):
        assert resumed[-1][key] == whole[-1][key]
    assert whole[-1]["step"] == STEPS
    # Every scheduled sample was written once and is the same text.
    samples = {r["step"]: r["text"] for r in (*records, *resumed) if r["event"] == "sample"}
    expected = {r["step"]: r["text"] for r in whole if r["event"] == "sample"}
    assert samples.items() <= expected.items()
    assert {step for step in expected if step > stopped["step"]} <= samples.keys()


@pytest.mark.parametrize(("recipe", "number"), CASES, ids=lambda part: getattr(part, "name", part))
def test_a_signal_leaves_a_checkpoint_that_resumes_exactly(command, tale, tmp_path, recipe, number):
    check(recipe, number, command, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("recipe", "number"), ALL)
def test_every_signal_leaves_a_checkpoint_that_resumes_exactly(command, tale, tmp_path, recipe, number):
    check(recipe, number, command, tmp_path)


def test_an_ignored_hangup_stays_ignored_as_under_nohup(tale, tmp_path):
    streams = {"stderr": subprocess.DEVNULL}
    with running("tale.txt", *OPTIONS, "--run", "run", cwd=tmp_path, before=("nohup",), **streams) as process:
        next(line for line in process.stdout if json.loads(line)["event"] == "progress")
        process.send_signal(signal.SIGHUP)
        last = json.loads(process.stdout.readlines()[-1])
        assert process.wait(SECONDS) == 0
    assert (last["reason"], last["step"]) == ("steps", STEPS)
