"""A run that diverges ends with exit code 3, says so, and keeps its last good state."""

import json
from pathlib import Path

import pytest

from tests.cli.support import SMALL
from tui_rnn.engine.checkpoint import load

WILD = ("--optimizer", "sgd", "--eta", "1e300", "--clip", "none")


def test_divergence_is_told_with_its_remedy_and_has_its_exit_code(command, tale):
    answer = command(tale, *SMALL, *WILD, "--steps", "100", "--run", "run")
    assert answer.code == 3
    assert "diverged at update 2" in answer.out
    assert "lower --eta (now 1e+300)" in answer.out
    assert "Diverged" in "\n".join(answer.out.splitlines()[-8:])


def test_the_last_good_checkpoint_is_kept(command, tale):
    """Trained well for 20 updates, then resumed with weights that no window survives."""
    command(tale, *SMALL, "--steps", "20", "--run", "run")
    last, best = Path("run/checkpoints/last.ckpt"), Path("run/checkpoints/best.ckpt")
    before = last.read_bytes()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tui_rnn.engine.model.Model.loss_and_gradient", lambda *_: float("nan"))
        answer = command("resume", "run", "--steps", "40", "--kernel", "numpy", "--json")
    records = [json.loads(line) for line in answer.out.splitlines()]
    assert answer.code == 3
    assert (records[-1]["event"], records[-1]["reason"], records[-1]["step"]) == ("done", "diverged", 20)
    assert any(record["event"] == "warning" and "update 21" in record["message"] for record in records)
    assert last.read_bytes() == before
    assert load(best).state.step <= 20
    assert command("resume", "run").code == 0  # and goes on from there


def test_a_diverged_run_is_listed_as_such(command, tale):
    command(tale, *SMALL, *WILD, "--steps", "100")
    (line,) = [json.loads(line) for line in command("runs", "--json").out.splitlines()]
    assert line["state"] == "diverged"
