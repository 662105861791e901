"""The list of runs: a line each, newest first, whatever state each was left in."""

import json
import os

import pytest

from tests.runs.support import a_run, small_job, train
from tui_rnn.runs.listing import list_runs
from tui_rnn.runs.log import as_line


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
    assert (line.step, line.steps, line.state, line.recipe) == (40, 40, "steps", "report")
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


@pytest.mark.parametrize("record", [{"event": "progress"}, {"event": "done", "step": "many"}])
def test_an_event_of_another_shape_shows_the_run_as_damaged(tmp_path, record):
    directory = a_run(tmp_path)
    with open(directory.events_file, "a") as file:
        file.write(as_line(record))
    assert [line.state for line in list_runs(tmp_path)] == ["damaged"]


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
