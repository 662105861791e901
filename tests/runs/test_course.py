"""The course of a run, read from its files, is what its training told: losses, epochs, seconds and characters."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from tests.runs.support import of, small_job, train
from tests.runs.test_resume import resumed, stopped_at
from tui_rnn.engine.errors import RunError
from tui_rnn.engine.events import Progress, StepDone
from tui_rnn.engine.text import updates_per_epoch
from tui_rnn.runs.branch import branched_job
from tui_rnn.runs.course import course_beside, read_course
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.manifest import Manifest
from tui_rnn.runs.twin import twin_job


def windows_read(characters, T, B):
    """Windows until the report's rule, e > S - T - 1, begins the second epoch, counted one by one."""
    e = windows = 0
    while e <= characters // B - T - 1:
        e, windows = e + T, windows + 1
    return windows


@pytest.mark.parametrize("T", [1, 7, 8, 25])
@pytest.mark.parametrize("B", [1, 3])
def test_an_epoch_has_as_many_updates_as_windows_are_read(T, B):
    for characters in range(B * (T + 1), B * (T + 1) + 60):
        assert updates_per_epoch(characters, T, B) == windows_read(characters, T, B)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of 13 and 27 updates, all of its events, and its folder."""
    folder = tmp_path_factory.mktemp("course")
    settings = {"batch_size": 2, "holdout": 0.2, "checkpoint_every": 30}
    events = stopped_at(small_job(folder, **settings), 13)
    return events + train(resumed(folder)), folder


def test_the_course_has_the_losses_of_every_update(trained):
    events, folder = trained
    course = read_course(RunDirectory(folder / "run"))
    told = {event.step: event.smooth_loss / 8 for event in of(events, StepDone)}
    assert dict(zip(course.steps, course.smooth, strict=True)) == pytest.approx(told)
    assert course.name == "run"


def test_the_course_counts_epochs_characters_and_seconds_as_the_run_did(trained):
    events, folder = trained
    course = read_course(RunDirectory(folder / "run"))
    assert course.characters_per_step == 8 * 2
    assert course.steps_per_epoch == windows_read(2080 - 416, 8, 2)
    told = {event.step: event.elapsed_seconds for event in [*of(events, Progress), events[-1]]}
    assert dict(course.seconds) == pytest.approx({0: 0.0, **told})
    times = [seconds for _, seconds in course.seconds]
    assert times == sorted(times)


def test_the_recent_loss_is_the_mean_of_the_last_fifty_losses(trained):
    events, folder = trained
    losses = [event.loss / 8 for event in events if isinstance(event, StepDone)]
    recent = dict(read_course(RunDirectory(folder / "run")).recent)
    assert recent == pytest.approx({n: np.mean(losses[max(0, n - 50) : n]) for n in range(1, len(losses) + 1)})


def test_without_a_checkpoint_the_log_tells_and_what_a_crash_undid_is_left_out(trained, tmp_path):
    events, folder = trained
    shutil.copytree(folder / "run", tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "checkpoints")
    log = (tmp_path / "run" / "events.jsonl").read_text().splitlines(keepends=True)
    undone = [line for line in log if '"progress", "step": 20' in line]
    again = [line for line in log if '"resumed_step": 13' in line]
    (tmp_path / "run" / "events.jsonl").write_text(
        "".join([*log[:1], *(line.replace('"step": 20', '"step": 99') for line in undone), *again, "no JSON\n", *log])
    )
    course = read_course(RunDirectory(tmp_path / "run"))
    told = {event.step: event.smooth_loss / 8 for event in [*of(events, Progress), events[-1]]}
    assert dict(zip(course.steps, course.smooth, strict=True)) == pytest.approx(told)
    assert course.steps_per_epoch == windows_read(2080 - 416, 8, 2)


def test_a_folder_that_says_nothing_is_refused(tmp_path):
    with pytest.raises(RunError):
        read_course(RunDirectory(tmp_path))


def test_the_course_beside_is_that_of_the_run_it_came_of_wherever_that_lies(trained, tmp_path):
    _, folder = trained
    whole = read_course(RunDirectory(folder / "run"))
    place = shutil.copytree(folder / "run", tmp_path / "run")
    for made in (
        branched_job(str(place), 0.05, str(tmp_path / "branch"), 50, {}),
        twin_job(RunDirectory(place), {"seed": 1}, str(tmp_path / "twin"), {}),
    ):
        made.directory.release()
        assert course_beside(made.directory, made.manifest) == whole
    moved = shutil.copytree(tmp_path, tmp_path.with_name("moved"))
    shutil.rmtree(tmp_path)
    for name in ("branch", "twin"):
        directory = RunDirectory(moved / name)
        assert course_beside(directory, Manifest.read(directory)) == whole
    itself = RunDirectory(moved / "run")
    assert course_beside(itself, Manifest.read(itself)) is None  # it stands alone
    assert course_beside(itself, replace(Manifest.read(itself), twin_of="run")) is None  # of itself
    shutil.rmtree(moved / "run")
    assert course_beside(directory, Manifest.read(directory)) is None
