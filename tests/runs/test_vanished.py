"""A run's folder that is removed, moved or replaced in training gets no checkpoint, nor does what replaced it."""

import itertools
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.cli.support import SMALL
from tests.laws.faulty_disk import tree
from tests.runs.support import NOW, OPTIONS, of, small_job
from tests.small import small_trainer, trained
from tui_rnn.engine.checkpoint import load, state_snapshot
from tui_rnn.engine.control import Control
from tui_rnn.engine.errors import RunError
from tui_rnn.engine.events import Checkpointed, Done, StepDone, Warned
from tui_rnn.runs.crash import record_crash
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import resumed_job
from tui_rnn.runs.session import Session

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows moves no folder that holds an open file")

KINDS = ["best", "best-held-out", "periodic", "requested", "final"]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = RunDirectory.create(Path("runs/tale"), "tale.txt", NOW)
    run.write_config({"steps": 3})
    yield run
    run.release()


@pytest.fixture(scope="module")
def state():
    return state_snapshot(trained(small_trainer(), 3))


def remove(path):
    shutil.rmtree(path)


def move(path):
    path.rename("elsewhere")


def remove_all_runs(path):
    shutil.rmtree(path.parent)


def put_a_file_in_its_place(path):
    path.rename("elsewhere")
    path.write_text("mine")


def put_another_run_in_its_place(path):
    path.rename("elsewhere")
    _another(path)


def remove_it_for_another_run(path):
    """On many file systems the new folder would have the number of the old one, were it not held."""
    shutil.rmtree(path)
    _another(path)


def put_a_copy_in_its_place(path):
    path.rename("elsewhere")
    shutil.copytree("elsewhere", path)


def _another(path):
    other = RunDirectory.create(path, "tale.txt", NOW)
    other.write_config({"steps": 99})
    other.open_log().close()
    other.release()


GONE = [remove, move, remove_all_runs]
REPLACED = [put_a_file_in_its_place, put_another_run_in_its_place, remove_it_for_another_run, put_a_copy_in_its_place]


@pytest.mark.parametrize("what", [*GONE, *REPLACED])
def test_nothing_is_saved_where_the_run_is_no_longer(run, state, what):
    what(run.path)
    before = tree(Path())
    for kind in KINDS:
        with pytest.raises(OSError, match="the run directory is") as told:
            run.save(state, kind)
        assert told.value.filename == "runs/tale"
        assert told.value.strerror == (
            "the run directory is another one now" if run.path.exists() else "the run directory is gone"
        )
    with pytest.raises(OSError, match="the run directory is"):
        run.save_sample("a", "Emma")
    with pytest.raises(RunError, match="cannot be written"):
        run.write_config({"steps": 4})
    with pytest.raises(RunError, match="cannot be written"):
        run.open_log()
    run.abandon()
    assert tree(Path()) == before


@pytest.mark.parametrize("what", [move, put_another_run_in_its_place])
def test_a_folder_that_is_moved_back_is_saved_to_again(run, state, what):
    what(run.path)
    with pytest.raises(OSError, match="the run directory is"):
        run.save(state, "final")
    if run.path.exists():
        remove(run.path)
    Path("elsewhere").rename(run.path)
    assert load(run.save(state, "final").path).state.step == state.state.step


def test_a_folder_that_goes_in_the_midst_of_a_save_is_not_said_to_hold_it(run, state, monkeypatch):
    class Moving(type(run._files)):
        def sync_folder(self, path):
            super().sync_folder(path)
            if Path("runs/tale").exists():
                move(Path("runs/tale"))

    run._files = Moving()
    with pytest.raises(OSError, match="the run directory is gone"):
        run.save(state, "final")


def test_a_folder_by_another_name_of_the_same_is_the_same(run, state):
    Path("link").symlink_to("runs")
    other = RunDirectory(Path("link/tale"))
    run.release()
    other.lock()
    assert other.save(state, "final").path == "link/tale/checkpoints/last.ckpt"
    other.release()


def test_a_folder_that_is_let_go_is_held_no_longer(run):
    held = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else None
    run.release()
    assert held is None or len(os.listdir("/proc/self/fd")) == held - 2  # the folder's and the lock's
    run.release()
    run.check()


def test_a_crash_writes_no_traceback_into_another_run(tmp_path):
    session = Session(small_job(tmp_path), Control(), progress_every=10)
    next(event for event in session.events() if isinstance(event, StepDone) and event.step == 7)
    (tmp_path / "run").rename(tmp_path / "elsewhere")
    _another(tmp_path / "run")
    before = tree(tmp_path)
    told = record_crash(session.job.directory, ValueError("a wheel came off"), session)
    session.close()
    session.job.directory.release()
    assert "could not be written (the run directory is another one now)" in told
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("what", "back"),
    [(remove, False), *itertools.product([move, put_another_run_in_its_place], [False, True])],
)
def test_training_goes_on_without_its_folder_and_tells_of_each_save(tmp_path, monkeypatch, what, back):
    monkeypatch.chdir(tmp_path)
    whole = list(Session(small_job(tmp_path, "whole"), Control(), progress_every=10).events())[-1]
    job = small_job(Path(), steps=40, checkpoint_every=10)
    session, events = Session(job, Control(), progress_every=10), []
    for event in session.events():
        events.append(event)
        if isinstance(event, StepDone) and event.step == 15:
            what(Path("run"))
            others = tree(Path("run"))
        if back and isinstance(event, StepDone) and event.step == 25:
            assert tree(Path("run")) == others
            shutil.rmtree("run", ignore_errors=True)
            Path("elsewhere").rename("run")
    session.close()
    job.directory.release()
    (done,) = of(events, Done)
    assert done.state_sha256 == whole.state_sha256
    assert done.saved is back
    warned = [event.message for event in of(events, Warned)]
    assert all("is not saved (the run directory is" in each for each in warned)
    assert "step 20 is" in warned[0]
    assert ("step 40 is" in warned[-1]) is not back
    saved = [event.step for event in of(events, Checkpointed)]
    assert (10 in saved, max(saved)) == (True, 40 if back else 10)
    if back:
        assert train_on(job.run).state_sha256 == done.state_sha256
        lines = (tmp_path / "run" / "events.jsonl").read_text().splitlines()
        assert json.loads(lines[-1])["event"] == "done"
    else:
        assert tree(Path("run")) == others


def train_on(run):
    session = Session(resumed_job(run, None, dict(OPTIONS)), Control(), progress_every=10)
    *_, done = session.events()
    session.close()
    session.job.directory.release()
    return done


@pytest.mark.parametrize("what", [move, remove, put_another_run_in_its_place])
def test_a_headless_run_without_its_folder_ends_with_1(command, tale, monkeypatch, what):
    save = RunDirectory.save

    def save_once(self, snapshot, kind):
        try:
            return save(self, snapshot, kind)
        finally:
            if kind == "periodic" and snapshot.state.step == 10:
                what(self.path)
                before.update(tree(self.path))

    before = {}
    monkeypatch.setattr(RunDirectory, "save", save_once)
    run = ("--steps", "30", "--checkpoint-every", "10", "--run", "run")
    answer = command(tale, *SMALL, *run, "--json")
    assert answer.code == 1
    assert "step 30 is not saved in run" in answer.err
    records = [json.loads(line) for line in answer.out.splitlines()]
    assert records[-1]["step"] == 30
    warned = [record["message"] for record in records if record["event"] == "warning"]
    assert "step 20 is not saved" in warned[0]
    assert "step 30 is not saved" in warned[-1]
    assert all("the run directory is" in message for message in warned)
    assert tree(Path("run")) == before
