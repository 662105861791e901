"""Of processes that begin at the same moment each has a run of its own, or one has it and the others are told."""

import functools
import os
import sys

import pytest
from filelock import FileLock

from tests.runs.support import NOW, OPTIONS, small_job, train
from tests.small import small_trainer, trained
from tui_rnn.engine.checkpoint import load, state_snapshot
from tui_rnn.engine.errors import RunError
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import resumed_job
from tui_rnn.storage.files import Files

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

MANY, ROUNDS = 5, 3
MORE = pytest.param(20, marks=pytest.mark.slow)
OTHER, REFUSED, WON = b"0", b"1", b"2"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@functools.cache
def state():
    return state_snapshot(trained(small_trainer(), 3))


def _begin(name, start, told, end):
    """In a process of its own: wait for all, begin, save, tell how it went, hold the run until all have told."""
    os.read(start, 1)  # until nobody holds the other end
    try:
        run = RunDirectory.create(name, "tale.txt", NOW)
        run.write_config({"steps": 3})
        run.save(state(), "requested")
        code = WON
    except RunError as error:
        told_of = ("is being trained by another process", "already holds a run")
        code = REFUSED if any(words in str(error) for words in told_of) else OTHER
    except BaseException as error:
        print(repr(error), file=sys.stderr, flush=True)
        code = OTHER
    os.write(told, code)
    os.read(end, 1)


def at_once(name):
    """How it went for each of MANY processes, told in order."""
    state()
    (start, starting), (hear, told), (end, ending) = os.pipe(), os.pipe(), os.pipe()
    children = []
    for _ in range(MANY):
        children.append(os.fork())
        if children[-1] == 0:
            try:
                os.close(starting)
                os.close(ending)
                _begin(name, start, told, end)
            finally:
                os._exit(0)
    os.close(starting)
    os.close(told)
    codes = b"".join(os.read(hear, 1) for _ in children)
    os.close(ending)
    for child in children:
        os.waitpid(child, 0)
    for descriptor in (start, hear, end):
        os.close(descriptor)
    return bytes(sorted(codes))


@pytest.mark.parametrize("rounds", [ROUNDS, MORE])
def test_runs_without_a_name_that_begin_at_once_all_begin(folder, rounds):
    for number in range(rounds):
        assert at_once(None) == WON * MANY, number
        runs = sorted((folder / "runs").iterdir())
        assert len(runs) == MANY * (number + 1)
        assert all(load(run / "checkpoints" / "last.ckpt").state.step == 3 for run in runs)


@pytest.mark.parametrize("rounds", [ROUNDS, MORE])
def test_of_runs_of_one_name_that_begin_at_once_one_begins(folder, rounds):
    for number in range(rounds):
        run = folder / "here" / f"run-{number}"
        assert at_once(run) == REFUSED * (MANY - 1) + WON, number
        assert load(run / "checkpoints" / "last.ckpt").state.step == 3


def test_who_is_refused_takes_nothing_away_from_who_begins(folder, monkeypatch):
    """At the worst moment: between the making of a folder and its locking another process begins there."""
    lock, others = RunDirectory.lock, []

    def lock_late(self):
        if not others:
            others.append(None)
            others[0] = RunDirectory.create(folder / "run", "tale.txt", NOW)
        lock(self)

    monkeypatch.setattr(RunDirectory, "lock", lock_late)
    with pytest.raises(RunError, match="is being trained by another process"):
        RunDirectory.create(folder / "run", "tale.txt", NOW)
    (other,) = others
    other.write_config({"steps": 3})
    assert load(other.save(state(), "requested").path).state.step == 3
    other.release()


def test_who_is_ended_while_it_waits_takes_nothing_away_from_who_begins(folder, monkeypatch):
    acquire, others = FileLock.acquire, []

    def wait(self, *arguments, **settings):
        if not others:
            others.append(None)
            others[0] = RunDirectory.create(folder / "run", "tale.txt", NOW)
            raise SystemExit(143)
        return acquire(self, *arguments, **settings)

    monkeypatch.setattr(FileLock, "acquire", wait)
    with pytest.raises(SystemExit):
        RunDirectory.create(folder / "run", "tale.txt", NOW)
    with pytest.raises(RunError, match="is being trained by another process"):
        RunDirectory(folder / "run").lock()
    others[0].release()


def test_a_run_that_is_abandoned_takes_nothing_away_from_who_begins_there_meanwhile(folder):
    """Once the lock's name is free another process may lock the folder, before this one has taken it away."""
    others = []

    class Late(Files):
        def unlink(self, path):
            super().unlink(path)
            if path.name == ".lock":
                others.append(RunDirectory.create(folder / "run", "tale.txt", NOW))

    first = RunDirectory.create(folder / "run", "tale.txt", NOW, Late())
    first.abandon()
    (other,) = others
    other.write_config({"steps": 3})
    assert load(other.save(state(), "requested").path).state.step == 3
    other.release()


def test_a_folder_that_appears_where_a_run_without_a_name_would_go_is_not_taken(folder):
    class Late(Files):
        def make_folder(self, path):
            if path.name.endswith("101500"):
                path.mkdir()  # of a process that was quicker
            super().make_folder(path)

    run = RunDirectory.create(None, "tale.txt", NOW, Late())
    assert run.path.name == "tale-20261123-101500-2"
    run.release()


def test_a_look_at_a_run_does_not_keep_it_from_being_resumed(folder):
    """`tui-rnn runs` takes the lock for a moment to see whether it is taken."""
    train(small_job(folder, steps=5))
    (seen, told), (go, going) = os.pipe(), os.pipe()
    looker = os.fork()
    if looker == 0:
        import time

        try:
            look = RunDirectory(folder / "run")
            look._lock.acquire()
            os.write(told, b".")
            os.read(go, 1)
            time.sleep(0.05)
            look._lock.release()
        finally:
            os._exit(0)
    assert os.read(seen, 1) == b"."
    os.write(going, b".")
    resumed_job(str(folder / "run"), 6, dict(OPTIONS)).directory.release()
    os.waitpid(looker, 0)
    for descriptor in (seen, told, go, going):
        os.close(descriptor)
