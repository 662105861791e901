"""The list of runs: a line each, newest first, whatever state each was left in."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.cli.support import environment
from tests.runs.support import a_run, small_job, train
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.listing import list_runs
from tui_rnn.runs.log import as_line, read_records


def test_no_folder_and_an_empty_one_have_no_runs(tmp_path):
    assert list_runs(tmp_path) == []
    assert list_runs(tmp_path / "nowhere") == []


def test_what_is_no_run_is_left_out(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    a_run(tmp_path)
    assert [line.run for line in list_runs(tmp_path)] == [str(tmp_path / "run")]


def test_a_line_tells_step_goal_best_and_how_it_ended(tmp_path):
    job = small_job(tmp_path)
    done = train(job)[-1]
    (line,) = list_runs(tmp_path)
    assert (line.step, line.steps, line.state, line.recipe) == (40, 40, "steps", "adagrad")
    assert (line.best_smooth_loss, line.best_step) == (done.best_smooth_loss, done.best_step)
    assert json.loads(json.dumps(line.as_record()))["run"] == str(tmp_path / "run")


def test_the_newest_event_puts_a_run_first(tmp_path):
    for age, name in enumerate(("c", "a", "b")):
        directory = a_run(tmp_path, run=name, steps=3)
        for path in (directory.config_file, directory.events_file):
            os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))
    assert [line.run for line in list_runs(tmp_path)] == [str(tmp_path / name) for name in ("c", "a", "b")]


def test_a_run_that_is_locked_is_in_training(tmp_path):
    job = small_job(tmp_path)
    (line,) = list_runs(tmp_path)
    assert (line.state, line.step, line.best_smooth_loss) == ("training", 0, None)
    job.directory.release()
    assert list_runs(tmp_path)[0].state == "interrupted"


def test_of_a_run_without_a_log_the_newest_checkpoint_tells(tmp_path):
    directory = a_run(tmp_path, holdout=0.3)
    with_log = list_runs(tmp_path)[0]
    directory.events_file.unlink()
    without = list_runs(tmp_path)[0]
    told = ("step", "steps", "best_smooth_loss", "best_step", "nats_per_char", "best_held_out_nats_per_char")
    for name in told:
        assert getattr(without, name) == getattr(with_log, name)
    assert (without.state, without.elapsed_seconds > 0) == ("interrupted", True)
    for path in directory.checkpoints.iterdir():
        path.unlink()
    assert (list_runs(tmp_path)[0].step, list_runs(tmp_path)[0].best_step) == (0, None)


def told_again(directory, *records):
    """These events stand at the end of the run's log."""
    with open(directory.events_file, "a") as file:
        file.writelines(as_line(record) for record in records)


def test_a_run_that_has_ended_and_whose_screen_is_open_is_in_use_and_not_in_training(command, tmp_path):
    (tmp_path / "runs").mkdir()
    directory = a_run(tmp_path / "runs")
    directory.lock()
    (line,) = list_runs(tmp_path / "runs")
    assert (line.state, line.in_use) == ("steps", True)
    assert "done, in use" in command("runs").out
    told_again(directory, {"event": "start", "resumed_step": 40})
    (line,) = list_runs(tmp_path / "runs")
    assert (line.state, line.in_use) == ("training", True)
    directory.release()
    (line,) = list_runs(tmp_path / "runs")
    assert (line.state, line.in_use) == ("interrupted", False)


@pytest.mark.parametrize(
    ("reason", "saved", "words"),
    [
        ("steps", True, "done "),
        ("stopped", True, "stopped "),
        ("stopped", False, "stopped, not saved "),
        ("signal", True, "stopped by a signal "),
        ("diverged", False, "diverged "),
    ],
)
def test_a_line_says_how_a_run_ended(command, tmp_path, reason, saved, words):
    (tmp_path / "runs").mkdir()
    directory = a_run(tmp_path / "runs")
    *_, last = read_records(directory.events_file)
    told_again(directory, {**last, "reason": reason, "saved": saved})
    assert f"adagrad  {words}" in command("runs").out
    assert json.loads(command("runs", "--json").out)["state"] == reason


def test_a_best_model_of_an_earlier_update_does_not_put_a_run_back(tmp_path):
    directory = a_run(tmp_path)
    told_again(directory, {"event": "checkpoint", "step": 3, "kind": "best", "path": "best.ckpt"})
    assert list_runs(tmp_path)[0].step == 40


def test_what_a_crash_undid_is_not_told_of(tmp_path):
    directory = a_run(tmp_path)
    told_again(directory, {"event": "start", "resumed_step": 20})
    (line,) = list_runs(tmp_path)
    assert line.step == 20
    assert line.best_step is None or line.best_step <= 20


# Root may write everywhere: then another user looks, after all is imported.
LOOK = """
import os, pathlib, tui_rnn.runs.listing
if os.geteuid() == 0:
    os.setuid(65534)
for line in tui_rnn.runs.listing.list_runs(pathlib.Path(".")):
    print(line.run, line.state)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no such users")
def test_of_a_run_that_may_not_be_locked_the_log_tells_how_it_ended(tmp_path):
    for run in ("ended", "begun", "hidden"):
        a_run(tmp_path, run=run, steps=3)
        (tmp_path / run / ".lock").chmod(0o400)
    log = tmp_path / "begun/events.jsonl"
    log.write_text("".join(line for line in log.read_text().splitlines(keepends=True) if '"done"' not in line))
    tmp_path.chmod(0o755)
    (tmp_path / "hidden").chmod(0)
    try:
        looked = subprocess.run(
            [sys.executable, "-c", LOOK], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
        )
    finally:
        (tmp_path / "hidden").chmod(0o700)
    assert (looked.returncode, looked.stderr) == (0, "")
    assert sorted(looked.stdout.splitlines()) == ["begun interrupted", "ended steps"]


def test_a_crashed_run_is_interrupted_at_its_last_event(tmp_path):
    directory = a_run(tmp_path)
    lines = directory.events_file.read_bytes().splitlines(keepends=True)
    events = [json.loads(line)["event"] for line in lines]
    last = len(events) - 1 - events[::-1].index("progress")
    directory.events_file.write_bytes(b"".join(lines[: last + 1]) + lines[-1][:20])
    (line,) = list_runs(tmp_path)
    assert line.state == "interrupted"
    assert line.step == json.loads(lines[last])["step"]
    assert line.best_smooth_loss is not None


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"corpus": 1}'])
def test_a_damaged_configuration_shows_the_run_as_damaged(tmp_path, data):
    a_run(tmp_path).config_file.write_bytes(data)
    (line,) = list_runs(tmp_path)
    assert (line.run, line.state) == (str(tmp_path / "run"), "damaged")


DAMAGED = [
    b'{"event": "progress"}',
    b'{"event": "done", "step": "many"}',
    b'{"event": "checkpoint", "step": 1e999, "kind": "final", "path": "x"}',
]
NUMBERS = [b"1e308", b"1e999", b"-1e999", b"NaN", b"1" + b"0" * 400, b'"many"', b"null", b"[]"]


@pytest.mark.parametrize("line", DAMAGED, ids=["progress", "done", "checkpoint"])
def test_an_event_of_another_shape_is_passed_over(tmp_path, line):
    directory = a_run(tmp_path)
    (before,) = list_runs(tmp_path)
    with open(directory.events_file, "ab") as file:
        file.write(line + b"\n")
    (after,) = list_runs(tmp_path)
    assert replace(after, changed=before.changed) == before


@pytest.mark.parametrize("name", ["smooth_loss", "best_smooth_loss", "best_step", "elapsed_seconds", "step"])
def test_a_number_that_is_none_ends_the_list_for_nobody(command, tmp_path, name):
    """The runs are told of, as a line and as JSON, each beside the other."""
    folder = tmp_path / "runs"
    folder.mkdir()
    for run in ("a", "b"):
        a_run(folder, run=run, minutes=9.0, steps=12)
    log = tmp_path / "runs/a/events.jsonl"
    sound = log.read_bytes()
    for number in NUMBERS:
        log.write_bytes(re.sub(rb'("%b": )[^,}]+' % name.encode(), rb"\g<1>" + number, sound))
        assert log.read_bytes() != sound
        for arguments in (["runs"], ["runs", "--json"]):
            answer = command(*arguments)
            assert (answer.code, answer.err) == (0, ""), number
            assert len(answer.out.splitlines()) == 2 + ("--json" not in arguments), number
        for line in answer.out.splitlines():
            assert json.loads(line)["state"] in ("steps", "interrupted"), number


@pytest.mark.parametrize(
    "setting", [{"seq_length": 0}, {"seq_length": 10**400}, {"recipe": []}], ids=["0", "huge", "list"]
)
def test_a_setting_that_cannot_be_used_shows_the_run_as_damaged(command, tmp_path, setting):
    (tmp_path / "runs").mkdir()
    directory = a_run(tmp_path / "runs")
    directory.write_config({**directory.read_config(), **setting})
    assert "damaged" in command("runs").out
    assert json.loads(command("runs", "--json").out)["state"] == "damaged"


def test_a_run_that_vanishes_while_it_is_read_is_left_out(tmp_path, monkeypatch):
    for run in ("a", "b"):
        a_run(tmp_path, run=run, steps=3)

    def read(directory):
        if directory.path.name == "a":
            shutil.rmtree(directory.path)
        return read_config(directory)

    read_config = RunDirectory.read_config
    monkeypatch.setattr(RunDirectory, "read_config", read)
    assert [line.run for line in list_runs(tmp_path)] == [str(tmp_path / "b")]


def test_a_run_of_which_only_the_configuration_was_written_is_listed(tmp_path):
    job = small_job(tmp_path)
    job.directory.release()
    (line,) = list_runs(tmp_path)
    assert (line.state, line.step) == ("interrupted", 0)


def test_looking_changes_no_run(tmp_path):
    directory = a_run(tmp_path)
    before = {path: path.read_bytes() for path in directory.path.rglob("*") if path.is_file()}
    list_runs(tmp_path)
    after = {path: path.read_bytes() for path in directory.path.rglob("*") if path.is_file()}
    assert after == before
