"""A disk that is really full: training goes on, the last good checkpoint stays, and once there is room one is saved."""

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import SECONDS, is_one_line, running
from tui_rnn.engine.checkpoint import load

resource = pytest.importorskip("resource", reason="this system limits no process")

LARGE = ("--hidden-size", "100", "--seq-length", "10", "--sample-length", "30")  # checkpoints of 190,000 bytes
LIMIT = 120_000
LIMITED = f"""
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({LIMIT}, {LIMIT}))
os.execv(sys.argv[1], sys.argv[1:])
"""
ENDLESS = ("--steps", "10000000", "--progress-every", "20", "--checkpoint-every", "20", "--run", "run", "--json")
MOST_LINES = 20_000  # to wait for an event that should come soon


@pytest.fixture(autouse=True)
def no_bytecode(monkeypatch):
    """What Python would compile where no file may grow would be cut short, and read by every later test."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")


def awaited(process, wanted):
    """The next event that is wanted."""
    for line in itertools.islice(process.stdout, MOST_LINES):
        record = json.loads(line)
        if wanted(record):
            return record
    process.kill()
    raise AssertionError(f"the event does not come; stderr: {process.stderr.read()!r}")


def saved_after(step):
    return lambda record: record["event"] == "checkpoint" and record["kind"] == "periodic" and record["step"] > step


def refused(reason):
    return lambda record: (
        record["event"] == "warning" and "is not saved" in record["message"] and reason in record["message"]
    )


def fills_and_empties(process, run, fill, empty, reason):
    """A checkpoint, a disk that takes none, and one that does again; then the end that `| head` brings."""
    first = awaited(process, saved_after(0))
    fill()
    warned = awaited(process, refused(reason))
    found = {path.name: load(path) for path in (run / "checkpoints").glob("*.ckpt")}  # raises where one is not whole
    assert {"best.ckpt", "last.ckpt", f"step-{first['step']:08}.ckpt"} <= found.keys()
    assert found["last.ckpt"].state.step >= first["step"]
    empty()
    again = awaited(process, saved_after(int(warned["message"].split()[1])))
    process.stdout.close()
    assert process.wait(SECONDS) == 0, process.stderr.read()
    assert load(run / "checkpoints" / "last.ckpt").state.step >= again["step"]
    assert not [*(run / "checkpoints").glob(".*")]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="this system limits no other process")
def test_a_process_whose_files_may_not_grow_saves_again_once_they_may(tale, tmp_path):
    with running(tale, *LARGE, *ENDLESS, cwd=tmp_path) as process:

        def limit(most):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

        fills_and_empties(
            process, tmp_path / "run", lambda: limit(LIMIT), lambda: limit(resource.RLIM_INFINITY), "File too large"
        )
        assert load(tmp_path / "run" / "checkpoints" / "last.ckpt").arrays["theta.W"].shape == (100, 100)
        assert os.path.getsize(tmp_path / "run" / "checkpoints" / "last.ckpt") > LIMIT


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run(
            [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("no disk can be mounted here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.slow
def test_a_full_disk_is_saved_to_again_once_there_is_room(small_disk, tale):
    ballast = small_disk / "ballast"

    def fill():
        with contextlib.suppress(OSError), open(ballast, "wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 12))

    small = ("--hidden-size", "8", "--seq-length", "10", "--sample-length", "30")
    seldom = ("--checkpoint-every", "5000", "--progress-every", "1000")  # so that the run alone does not fill it
    with running(str(Path(tale).resolve()), *small, *ENDLESS, *seldom, cwd=small_disk) as process:
        fills_and_empties(process, small_disk / "run", fill, ballast.unlink, "No space left")


def test_a_disk_that_takes_neither_stdout_nor_the_last_checkpoint_is_said_to_take_neither(tale, tmp_path):
    limited = (sys.executable, "-c", LIMITED)
    endless = (*LARGE, *ENDLESS, "--progress-every", "1", "--checkpoint-every", "10000000")
    with (
        open(tmp_path / "lines", "wb") as lines,
        running(tale, *endless, cwd=tmp_path, before=limited, stdout=lines) as process,
    ):
        _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert is_one_line(err.decode())
    assert b"is not saved in run, and stdout takes no more (File too large)" in err
    assert b"is saved" not in err
    assert not (tmp_path / "run" / "checkpoints" / "last.ckpt").exists()


def test_a_state_that_never_found_room_ends_with_1_and_is_made_again_by_a_resume(command, tale, tmp_path):
    run = (tale, *LARGE, "--steps", "30", "--checkpoint-every", "10", "--json")
    limited = (sys.executable, "-c", LIMITED)
    with running(*run, "--run", "run", cwd=tmp_path, before=limited) as process:
        out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert b"step 30 is not saved in run" in err
    records = [json.loads(line) for line in out.splitlines()]
    assert any(map(refused("File too large"), records))
    assert [path.name for path in (tmp_path / "run" / "checkpoints").iterdir()] == ["best.ckpt"]  # a model is small
    again = [json.loads(line) for line in command("resume", "run", "--json").out.splitlines()][-1]
    whole = [json.loads(line) for line in command(*run, "--run", "whole").out.splitlines()][-1]
    assert again["step"] == 30
    assert again["state_sha256"] == whole["state_sha256"] == records[-1]["state_sha256"]
