"""A run directory is made once, written by one process at a time, and finds its newest sound checkpoint."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from tests.cli.support import SECONDS, environment
from tests.runs.support import NOW, a_run, damage
from tui_rnn.engine.checkpoint import load
from tui_rnn.engine.errors import CheckpointError, RunError
from tui_rnn.runs import directory
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.storage.files import Files
from tui_rnn.storage.folder_guard import FolderGuard


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_run_is_named_after_its_corpus_and_the_time():
    run = RunDirectory.create(None, "books/The Goblet.txt", NOW)
    assert run.path == Path("runs/The-Goblet-20261123-101500")
    assert run.checkpoints.is_dir()
    run.release()


@pytest.mark.parametrize("corpus", ["...", "-", "/", "\u202e.txt", "  .txt", "\x1b[2J.txt"])
def test_every_corpus_gives_a_name_that_is_one_plain_folder(corpus):
    run = RunDirectory.create(None, corpus, NOW)
    assert run.path.parent == Path("runs")
    assert run.path.name.isprintable()
    assert not run.path.name.startswith(("-", "."))
    run.release()


def test_two_runs_of_one_second_have_two_names():
    runs = [RunDirectory.create(None, "tale.txt", NOW) for _ in range(3)]
    assert [run.path.name for run in runs] == [
        "tale-20261123-101500",
        "tale-20261123-101500-2",
        "tale-20261123-101500-3",
    ]
    for run in runs:
        run.release()


@pytest.mark.parametrize("name", ["config.json", "events.jsonl", "checkpoints/last.ckpt", "checkpoints/best.ckpt"])
def test_a_folder_that_holds_a_run_is_refused_and_left_as_it_was(name):
    path = Path("run", name)
    path.parent.mkdir(parents=True)
    path.write_text("of another run")
    with pytest.raises(RunError, match=r"--run run already holds a run: .*resume run"):
        RunDirectory.create(Path("run"), "tale.txt", NOW)
    assert [p.read_text() for p in Path("run").rglob("*") if p.is_file()] == ["of another run"]


def test_a_folder_that_holds_something_else_is_taken():
    Path("run").mkdir()
    Path("run/notes.txt").write_text("mine")
    RunDirectory.create(Path("run"), "tale.txt", NOW).release()
    assert Path("run/notes.txt").read_text() == "mine"


def test_a_run_is_found_by_its_path_and_by_its_name_under_runs():
    made = RunDirectory.create(None, "tale.txt", NOW)
    made.write_config({})
    made.release()
    for name in (str(made.path), made.path.name):
        assert RunDirectory.find(name).path == made.path
    with pytest.raises(RunError, match="nowhere holds no run"):
        RunDirectory.find("nowhere")


def test_a_lock_keeps_a_second_opener_out_and_is_free_after_release():
    first = RunDirectory.create(Path("run"), "tale.txt", NOW)
    second = RunDirectory(Path("run"))
    with pytest.raises(RunError, match="run is being trained by another process"):
        second.lock()
    first.release()
    second.lock()
    second.release()


def test_a_run_that_another_process_began_and_ended_meanwhile_is_not_begun_again():
    class Late(Files):
        def make_folder(self, path):
            super().make_folder(path)
            if path.name == "run":
                (path / "config.json").write_text("of another run")

    with pytest.raises(RunError, match="--run run already holds a run") as told:
        RunDirectory.create(Path("run"), "tale.txt", NOW, Late())
    assert Path("run/config.json").read_text() == "of another run"
    assert os.name == "nt" or Path("run/.lock").exists()  # Windows removes it when it is released
    assert told.tb is not None  # it keeps the one that was refused from being collected
    assert not RunDirectory(Path("run")).is_locked()


MOMENTS = [(FolderGuard, "__init__"), (FileLock, "acquire"), (directory, "remove_leftovers"), (Files, "make_folder")]


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left on device"), SystemExit(143)], ids=repr)
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(("owner", "name"), MOMENTS, ids=[name for _, name in MOMENTS])
def test_of_a_run_that_could_not_be_begun_nothing_is_left(monkeypatch, owner, name, late, fault):
    """Be it the disk or a signal, before or after the call has had its effect."""
    if late and (owner is Files or (owner is FileLock and isinstance(fault, OSError))):
        pytest.skip("what was made without a word may be another's")
    done = getattr(owner, name)

    def fail(*arguments, **settings):
        if owner is Files and arguments[1].name != "checkpoints":
            return done(*arguments, **settings)
        if late:
            done(*arguments, **settings)
        raise fault

    monkeypatch.setattr(owner, name, fail)
    with pytest.raises(RunError if isinstance(fault, OSError) else SystemExit):
        RunDirectory.create(Path("n/a/b"), "tale.txt", NOW)
    assert list(Path().rglob("*")) == []


def test_a_folder_that_is_not_there_is_not_locked_nor_made():
    with pytest.raises(RunError, match=r"nowhere cannot be locked \(No such file"):
        RunDirectory(Path("nowhere")).lock()
    assert not Path("nowhere").exists()


def test_a_lock_removes_what_a_killed_process_left_and_no_more(folder):
    run = a_run(folder, steps=20, checkpoint_every=10)
    names = {path.name for path in run.path.rglob("*")}
    for litter in (".config.json.7.tmp", "checkpoints/.last.ckpt.7.tmp", "checkpoints/.step-00000030.ckpt.7.tmp"):
        (run.path / litter).write_bytes(b"half")
    (run.path / ".notes.txt.7.tmp").write_bytes(b"mine")
    run.lock()
    assert {path.name for path in run.path.rglob("*")} == {*names, ".notes.txt.7.tmp"}
    run.release()


def test_a_lock_taken_in_one_thread_is_free_after_release_in_another():
    """The screen's run is locked before the worker begins and released by it."""
    first = RunDirectory.create(Path("run"), "tale.txt", NOW)
    worker = threading.Thread(target=first.release)
    worker.start()
    worker.join(SECONDS)
    second = RunDirectory(Path("run"))
    second.lock()
    second.release()


def test_a_lock_is_free_once_its_holder_has_died():
    holds = (
        "import os, sys; from pathlib import Path; from tui_rnn.runs.directory import RunDirectory;"
        "run = RunDirectory(Path(sys.argv[1])); run.lock(); print('held', flush=True); sys.stdin.read()"
    )
    Path("run").mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", holds, "run"], env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        run = RunDirectory(Path("run"))
        with pytest.raises(RunError, match="another process"):
            run.lock()
        holder.kill()
        holder.wait(SECONDS)
        run.lock()
        run.release()


def test_a_configuration_comes_back_as_it_was_written():
    run = RunDirectory(Path("run"))
    run.path.mkdir()
    config = {"eta": 0.1, "corpus": "é\x1b", "clip": None}
    run.write_config(config)
    assert run.read_config() == config


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"null"])
def test_a_damaged_configuration_is_refused(data):
    Path("run").mkdir()
    Path("run/config.json").write_bytes(data)
    with pytest.raises(RunError, match=r"config\.json is damaged"):
        RunDirectory(Path("run")).read_config()


def test_a_run_without_a_checkpoint_has_no_latest_one():
    run = RunDirectory.create(Path("run"), "tale.txt", NOW)
    run.release()
    assert run.latest() == (None, None, [])
    with pytest.raises(CheckpointError, match=r"no checkpoint yet: .*resume run"):
        run.model(last=False)


def test_the_latest_checkpoint_is_the_one_with_the_most_steps(folder):
    run = a_run(folder, steps=45, checkpoint_every=10)
    snapshot, path, warnings = run.latest()
    assert (snapshot.state.step, Path(path).name, warnings) == (45, "last.ckpt", [])


def test_an_older_last_checkpoint_does_not_hide_a_newer_one(folder):
    """As one that was put back from a copy, or that a run of an earlier version left in a crash."""
    run = a_run(folder, steps=30, checkpoint_every=10)
    (run.checkpoints / "last.ckpt").write_bytes((run.checkpoints / "step-00000020.ckpt").read_bytes())
    snapshot, path, _ = run.latest()
    assert (snapshot.state.step, Path(path).name) == (30, "step-00000030.ckpt")


def test_a_damaged_checkpoint_falls_back_to_the_one_before_it_aloud(folder):
    run = a_run(folder, steps=35, checkpoint_every=10)
    expected = {"last.ckpt": 30, "step-00000030.ckpt": 20, "step-00000020.ckpt": 10}
    damaged = []
    for name, step in expected.items():
        damage(run.checkpoints / name)
        damaged.append(name)
        snapshot, path, warnings = run.latest()
        assert (snapshot.state.step, Path(path).name) == (step, f"step-{step:08}.ckpt")
        assert len(warnings) == len(damaged)
        for warned, name_ in zip(warnings, damaged, strict=True):
            assert name_ in warned
            assert "damaged" in warned
    damage(run.checkpoints / "step-00000010.ckpt")
    with pytest.raises(CheckpointError, match="step-00000010"):
        run.latest()


def test_a_model_alone_is_not_taken_for_a_state(folder):
    run = a_run(folder, steps=30, checkpoint_every=10)
    (run.checkpoints / "last.ckpt").write_bytes((run.checkpoints / "best.ckpt").read_bytes())
    snapshot, _, warnings = run.latest()
    assert (snapshot.state.step, snapshot.contents) == (30, "state")
    assert any("last.ckpt holds a model alone" in warning for warning in warnings)


def test_the_best_checkpoint_holds_a_model_alone(folder):
    run = a_run(folder, steps=30)
    best = load(run.checkpoints / "best.ckpt")
    assert best.contents == "model"
    assert {name.partition(".")[0] for name in best.arrays} == {"theta"}
    state = load(run.checkpoints / "last.ckpt")
    assert state.contents == "state"
    assert {"theta", "best", "state"} <= {name.partition(".")[0] for name in state.arrays}


def test_a_model_is_the_best_or_else_the_latest(folder):
    run = a_run(folder, steps=30)
    assert run.model(last=False)[0].contents == "model"
    assert run.model(last=True)[0].contents == "state"
    (run.checkpoints / "best.ckpt").unlink()
    assert run.model(last=False)[0].contents == "state"


def test_no_temporary_file_is_left(folder):
    run = a_run(folder, steps=30, checkpoint_every=10)
    assert sorted(p.name for p in run.checkpoints.iterdir()) == [
        "best.ckpt",
        "last.ckpt",
        "step-00000010.ckpt",
        "step-00000020.ckpt",
        "step-00000030.ckpt",
    ]
