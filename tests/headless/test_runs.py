"""`tui-rnn runs` lists the runs under runs/, newest first, each with its state."""

import contextlib
import json
import os
from pathlib import Path

import pytest

from tests.cli.support import SECONDS, SMALL, is_one_line, running
from tests.laws.faulty_disk import tree
from tests.runs.support import small_job
from tui_rnn.engine.errors import RunError
from tui_rnn.headless import training
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.session import Session


@pytest.fixture
def three_runs(command, tale):
    """runs/a, runs/b and runs/c, of 10, 20 and 30 updates, changed in the order b, c, a."""
    for name, steps in (("a", 10), ("b", 20), ("c", 30)):
        assert command(tale, *SMALL, "--steps", steps, "--run", f"runs/{name}").code == 0
    for age, name in enumerate(("a", "c", "b")):
        for path in Path("runs", name).rglob("*"):
            os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))


def test_the_newest_run_stands_first(command, three_runs):
    answer = command("runs")
    assert (answer.code, answer.err) == (0, "")
    assert [Path(line.split()[0]).name for line in answer.out.splitlines()] == ["a", "c", "b"]
    for line, steps in zip(answer.out.splitlines(), (10, 30, 20), strict=True):
        assert f"{steps} of {steps}" in " ".join(line.split())
        assert "nats/char" in line


def test_json_holds_an_object_a_run(command, three_runs):
    found = [json.loads(line) for line in command("runs", "--json").out.splitlines()]
    assert [(Path(line["run"]).name, line["step"], line["state"]) for line in found] == [
        ("a", 10, "steps"),
        ("c", 30, "steps"),
        ("b", 20, "steps"),
    ]
    assert all(line["corpus"] == "tale.txt" for line in found)


def test_without_runs_it_says_how_to_begin_one(command):
    answer = command("runs")
    assert (answer.code, answer.out) == (0, "")
    assert "tui-rnn" in answer.err
    assert command("runs", "--json").out == ""


def test_a_damaged_run_does_not_hide_the_others(command, three_runs):
    Path("runs/c/config.json").write_bytes(b"\xff{")
    out = command("runs").out
    assert len(out.splitlines()) == 3
    (damaged,) = (line for line in out.splitlines() if "damaged" in line)
    assert damaged.startswith(str(Path("runs/c")))


@pytest.mark.skipif(os.name == "nt", reason="this system allows no such names")
def test_a_name_that_would_steer_the_terminal_is_shown_as_pictures(command, tale):
    command(tale, *SMALL, "--steps", "5", "--run", "runs/\x1b[2Jx")
    out = command("runs").out
    assert "␛[2Jx" in out
    assert out[:-1].isprintable()
    assert json.loads(command("runs", "--json").out)["run"] == "runs/\x1b[2Jx"


@pytest.mark.skipif(os.name == "nt", reason="Windows pipes close in another way")
def test_a_run_in_training_is_said_to_be_and_cannot_be_resumed_beside(command, tale, tmp_path):
    endless = ("--steps", "10000000", "--progress-every", "1", "--run", "runs/now")
    with running(tale, "--json", *SMALL, *endless, cwd=tmp_path) as process:
        process.stdout.readline()
        assert json.loads(command("runs", "--json").out)["state"] == "training"
        refused = command("resume", "now")
        assert refused.code == 2
        assert "another process" in refused.err
        process.stdout.close()  # it ends, as behind `| head -1`
        assert process.wait(SECONDS) == 0
    assert json.loads(command("runs", "--json").out)["state"] == "stopped"


def test_a_second_process_on_a_run_is_refused_and_changes_nothing(command, tale):
    """Not even what looks like litter: it is what the first one is writing."""
    train = (tale, *SMALL, "--steps", "20", "--run", "run")
    assert command(*train).code == 0
    first = RunDirectory(Path("run"))
    first.lock()
    (first.checkpoints / ".last.ckpt.1.tmp").write_bytes(b"half of a checkpoint")
    before = tree(Path())
    for second in (["resume", "run"], ["resume", "run", "--steps", "40"], ["resume", "run", "--json"], train):
        answer = command(*second)
        assert (answer.code, answer.out) == (2, "")
        assert is_one_line(answer.err)
        assert "another process" in answer.err or "already holds a run" in answer.err
        assert tree(Path()) == before
    command("runs")
    assert tree(Path()) == before
    first.release()
    assert command("resume", "run", "--steps", "40").code == 0
    assert not [*Path().rglob("*.tmp")]


def test_looking_at_the_runs_removes_nothing(command, tale):
    assert command(tale, *SMALL, "--steps", "20").code == 0
    (run,) = Path("runs").iterdir()
    (run / "checkpoints" / ".last.ckpt.1.tmp").write_bytes(b"left by a killed process")
    before = tree(Path())
    command("runs")
    assert tree(Path()) == before


@pytest.mark.parametrize("error", [None, ValueError("a wheel came off"), RunError("no"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("where", ["events", "__init__"])
def test_whatever_ends_it_a_run_is_let_go(tmp_path, monkeypatch, capsys, where, error):
    def fail(*_, **__):
        raise error

    job = small_job(tmp_path, steps=2)
    if error is not None:
        monkeypatch.setattr(Session, where, fail)
    told = isinstance(error, RunError | KeyboardInterrupt)
    with pytest.raises(type(error)) if told else contextlib.nullcontext():
        assert training.train(job, as_json=True) == (0 if error is None else 1)
    assert not job.directory._lock.is_locked
