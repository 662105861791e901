"""A job in a process of its own: to the digest of the same run made here, whatever stands in its user's settings."""

import errno
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.sweeps.reference import digest_of
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.sweeps import child
from tui_rnn.sweeps.child import Leash
from tui_rnn.sweeps.conduct import Conductor
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.local import LocalEngine
from tui_rnn.sweeps.planning import planned
from tui_rnn.sweeps.run_job import is_for_want_of_room, run_job
from tui_rnn.sweeps.spec import Status

SMALL = {"hidden_size": 4, "seq_length": 5, "sample_length": 10}


def sweep(varied, **more):
    Path("tale.txt").write_text("Once upon a time there was a network.\n" * 20)
    folder = SweepFolder(Path("there"))
    with folder.locked():
        folder.create(planned(["tale.txt"], "adagrad", {**SMALL, **more}, varied, [3]))
    return folder


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_job_comes_to_the_digest_of_the_same_run_and_is_read_the_second_time(home, monkeypatch):
    home.mkdir(parents=True)
    (home / "settings.toml").write_text('[train]\nhidden-size = 50\nrecipe = "fast"\nminutes = 0.00001\n')
    monkeypatch.setenv("TUI_RNN_MINUTES", "0.00001")
    folder = sweep({"eta": [0.05]}, steps=60)
    [spec] = folder.plan().jobs
    result = run_job(spec)
    assert result.status == Status.FINISHED
    assert result.reason == ""
    assert (result.exit_code, result.step, result.attempts) == (0, 60, 1)
    assert result.state_sha256 == digest_of(spec)
    assert result.kernel == "numpy"
    assert result.blas
    assert 0 < result.elapsed_seconds < result.seconds
    assert folder.result(spec.name) == result
    before = folder.journal(spec.name).path.read_bytes()
    assert run_job(spec) == result
    assert folder.journal(spec.name).path.read_bytes() == before


@pytest.mark.parametrize("ask", [lambda folder, spec: run_job(spec), lambda folder, spec: conducted(folder)])
def test_a_run_that_ended_while_nobody_noted_it_is_noted(monkeypatch, ask):
    """As one does whose sweep is killed while it writes its last checkpoint."""
    folder = sweep({"eta": [0.05]}, steps=5)
    [spec] = folder.plan().jobs
    folder.journal(spec.name).begin()
    digest = digest_of(spec, keep=True)
    monkeypatch.setattr(Leash, "run", None)  # no process is begun
    ask(folder, spec)
    result = folder.result(spec.name)
    assert (result.status, result.state_sha256, result.attempts) == (Status.FINISHED, digest, 1)


def conducted(folder):
    [*_, done] = Conductor(folder, LocalEngine(1)).events()
    assert done.counts == {"finished": 1}


def test_a_job_that_is_killed_or_stopped_goes_on_to_the_same_digest():
    folder = sweep({"eta": [0.05]}, steps=4_000, checkpoint_every=200)
    [spec] = folder.plan().jobs
    checkpoints = Path(spec.run) / "checkpoints"

    def when(is_so, do):
        def wait():
            while not is_so():
                time.sleep(0.01)
            do()

        thread = threading.Thread(target=wait)
        thread.start()
        return thread

    leash = Leash()
    thread = when(
        lambda: (checkpoints / "step-00000200.ckpt").exists(), lambda: os.kill(leash._process.pid, signal.SIGKILL)
    )
    died = run_job(spec, leash)
    thread.join()
    assert (died.status, died.exit_code, died.reason) == (Status.WAITING, -9, "its process was ended by SIGKILL")
    leash = Leash()
    thread = when(RunDirectory(Path(spec.run)).is_locked, leash.release)
    stopped = run_job(spec, leash)
    thread.join()
    assert stopped.status == Status.STOPPED
    assert stopped.step >= 200
    assert run_job(spec, leash).status == Status.STOPPED  # nothing is begun
    ended = run_job(spec)
    assert (ended.status, ended.attempts) == (Status.FINISHED, 3)
    assert ended.state_sha256 == digest_of(spec)
    assert ended.seconds > stopped.seconds > died.seconds


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        ("raise SystemExit(2)", Status.FAILED, "its process was refused"),
        ("print('tui-rnn: no: mend it', file=sys.stderr); raise SystemExit(2)", Status.FAILED, "no: mend it"),
        ("raise SystemExit(1)", Status.WAITING, "its process ended with exit code 1"),
        ("print('x' * 10**6 + '\\nlast', file=sys.stderr); raise SystemExit(1)", Status.WAITING, "last"),
        (
            "print('no: No space left on device', file=sys.stderr); raise SystemExit(2)",
            Status.WAITING,
            "no: No space left on device",
        ),
        ("os.kill(os.getpid(), 15)", Status.WAITING, "its process was ended by SIGTERM"),
    ],
)
def test_why_a_process_died_is_said(monkeypatch, code, status, reason):
    folder = sweep({"eta": [0.05]}, steps=5)
    [spec] = folder.plan().jobs
    monkeypatch.setattr(child, "_CODE", f"import os, sys; {code}")
    result = run_job(spec)
    assert (result.status, result.reason) == (status, reason)
    assert folder.result(spec.name) == result


def test_a_process_ends_with_its_parent(tmp_path):
    """Of which nothing is left to stop it: the system closes the pipe."""
    script = "from tui_rnn.sweeps.orphan import stop_when_left; stop_when_left(); import time; time.sleep(60)"
    leash = Leash()
    threading.Timer(0.3, leash.release).start()
    code, _ = leash.run([sys.executable, "-c", script], dict(os.environ))
    assert code == -signal.SIGTERM


def test_want_of_room_is_told_from_other_faults():
    assert is_for_want_of_room("last.ckpt cannot be written (No space left on device): make room")
    assert not is_for_want_of_room("its process was ended by SIGKILL")


def test_a_process_that_found_no_room_died_for_want_of_it(monkeypatch):
    def refuse(path, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    folder = sweep({"eta": [0.05]}, steps=5)
    [spec] = folder.plan().jobs
    monkeypatch.setattr(child, "_CODE", "print('tui-rnn: step 5 is not saved'); raise SystemExit(1)")
    assert not is_for_want_of_room(run_job(spec).reason)
    assert [path.name for path in folder.runs.iterdir()] == []  # what was tried is gone
    monkeypatch.setattr("tui_rnn.sweeps.run_job.write_new", refuse)
    result = run_job(spec)
    assert result.status == Status.WAITING
    assert is_for_want_of_room(result.reason)


def test_a_folder_that_cannot_be_written_to_is_no_fault_of_the_job(monkeypatch):
    folder = sweep({"eta": [0.05]}, steps=5)
    [spec] = folder.plan().jobs
    (folder.path / "jobs").rmdir()
    (folder.path / "jobs").write_text("")
    result = run_job(spec)
    assert result.status == Status.WAITING
    assert "cannot be used" in result.reason
