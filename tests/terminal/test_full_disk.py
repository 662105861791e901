"""A full disk under the screen: training goes on, the status line says since when and why, and all is saved."""

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("other systems set no limits of another process", allow_module_level=True)

import resource

from tests.terminal.support import ENDLESS, Terminal, is_restored, last_event
from tui_rnn.engine.checkpoint import load


@pytest.fixture(autouse=True)
def no_bytecode(monkeypatch):
    """What Python would compile where no file may grow would be cut short, and read by every later test."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")


class TooLarge:
    """No file of the program may grow beyond some bytes: without root, the nearest to a full disk."""

    words = "File too large"

    def __init__(self, screen: Terminal, folder: Path) -> None:
        self._pid, self._before = screen.child.pid, resource.prlimit(screen.child.pid, resource.RLIMIT_FSIZE)

    def fill(self):
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (100, self._before[1]))

    def free(self):
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, self._before)


class Full:
    """A disk of a megabyte, and a file that takes what is left of it."""

    words = "No space left on device"

    def __init__(self, screen: Terminal, folder: Path) -> None:
        self._filler = folder / "filler"

    def fill(self):
        with contextlib.suppress(OSError), open(self._filler, "wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass

    def free(self):
        self._filler.unlink()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a megabyte at tmp_path; where mounting is not allowed, the test is skipped."""
    kept = (tmp_path / "tale.txt").read_bytes()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    (tmp_path / "tale.txt").write_bytes(kept)
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def check(screen, disk, folder):
    screen.until("TRAINING", "/s")
    screen.press("c")
    screen.until("Checkpoint", "is saved")
    disk.fill()
    screen.press("c")
    screen.until("unsaved", f"steps: {disk.words}", "TRAINING")
    before = load(folder / "run" / "checkpoints" / "last.ckpt").state.step  # the old one is whole
    assert [path.name for path in (folder / "run" / "checkpoints").iterdir() if ".tmp" in path.name] == []
    disk.free()
    screen.until_gone(f"steps: {disk.words}")
    screen.until("✓ ", "TRAINING")
    assert load(folder / "run" / "checkpoints" / "last.ckpt").state.step > before


def until_unsaved(screen, folder):
    """Read until the screen shows an update that is not on disk."""
    saved = load(folder / "run" / "checkpoints" / "last.ckpt").state.step
    while int(re.search(r"([\d,]+) of", screen.text())[1].replace(",", "")) <= saved:
        assert screen.read()


@pytest.mark.slow  # the same of the process is in tests/headless, of the words in tests/tui
def test_a_file_that_may_not_grow_is_told_and_recovers(terminal, tmp_path):
    screen = terminal("tale.txt", *ENDLESS)
    disk = TooLarge(screen, tmp_path)
    check(screen, disk, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Full, TooLarge])
def test_a_quit_waits_for_room_rather_than_lose_anything(terminal, tmp_path, request, kind):
    if kind is Full:
        request.getfixturevalue("small_disk")
    screen = terminal("tale.txt", *ENDLESS)
    disk = kind(screen, tmp_path)
    check(screen, disk, tmp_path)
    disk.fill()
    until_unsaved(screen, tmp_path)
    screen.press("q")
    screen.until("updates are not saved")
    screen.press("q")
    screen.until("SAVING", "unsaved", f"steps: {disk.words}")
    disk.free()
    code, after = screen.end()
    assert code == 0
    assert is_restored(screen)
    assert "Stopped after" in after
    done = last_event(tmp_path)
    assert (done["event"], done["saved"]) == ("done", True)
    assert load(tmp_path / "run" / "checkpoints" / "last.ckpt").state.step == done["step"]


@pytest.mark.slow
def test_a_full_disk_is_told_and_can_be_left(terminal, tmp_path, small_disk):
    screen = terminal("tale.txt", *ENDLESS)
    disk = Full(screen, tmp_path)
    check(screen, disk, tmp_path)
    disk.fill()
    until_unsaved(screen, tmp_path)
    screen.press("q")
    screen.until("updates are not saved")
    screen.press("q")
    screen.until("SAVING", "unsaved", f"steps: {disk.words}")
    screen.press("q")
    screen.until("The disk refused: No space left on device")
    screen.press("\x1b[B\r")  # the user would rather lose them
    code, _ = screen.end()
    assert code == 0
    assert is_restored(screen)
    assert load(tmp_path / "run" / "checkpoints" / "last.ckpt").state.step > 0


def test_a_signal_does_not_wait_for_room(terminal, tmp_path):
    screen = terminal("tale.txt", *ENDLESS)
    screen.until("TRAINING", "/s")
    disk = TooLarge(screen, tmp_path)
    screen.press("c")
    screen.until("Checkpoint", "is saved")
    before = load(tmp_path / "run" / "checkpoints" / "last.ckpt").state.step
    disk.fill()
    screen.child.kill(15)
    code, after = screen.end()
    assert code == 1  # what was made since is lost, and said to be
    assert is_restored(screen)
    assert "not saved" in after
    assert load(tmp_path / "run" / "checkpoints" / "last.ckpt").state.step == before
