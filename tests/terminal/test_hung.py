"""A screen that never answers again: signals, a closed terminal and keys end the program all the same, and save."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from tests.cli.support import TALE
from tests.terminal import support
from tests.terminal.support import ENDLESS, Terminal, is_restored
from tests.terminal.test_endings import check_saved

WAYS = {"asleep", "busy", "in C", "flooded", "from the start"}
PROGRAM = (sys.executable, str(Path(__file__).with_name("hung.py")))


@pytest.fixture
def hung(tmp_path, monkeypatch):
    """Start the program and hang its screen; killed at the end if it has not ended by then."""
    monkeypatch.setattr(support, "PROGRAM", PROGRAM)
    Path(tmp_path, "tale.txt").write_text(TALE, newline="")
    screens = []

    def start(way):
        screens.append(screen := Terminal(tmp_path, "tale.txt", *ENDLESS, HANG=way))
        if way != "from the start":
            screen.until("TRAINING", "/s")
            screen.press("h")
        begun = time.monotonic()
        while b"hung\x07" not in screen.raw:
            assert screen.read()
            assert time.monotonic() - begun < support.SECONDS, screen.text()
        return screen

    yield start
    for screen in screens:
        screen.close()


def ends(screen, code, folder):
    assert screen.end()[0] == code
    assert is_restored(screen)
    assert b"state sha256" in screen.raw.rpartition(b"\x1b[?1004l")[2]
    check_saved(folder)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_signal_ends_it(hung, way, number, tmp_path):
    screen = hung(way)
    screen.child.kill(number)
    ends(screen, 128 + number, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_closed_terminal_ends_it(hung, way, tmp_path):
    screen = hung(way)
    screen.hang_up()
    assert screen.exit_code() == 129
    check_saved(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["q", "\x11", "\x03"])
@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_key_ends_it(hung, way, key, tmp_path):
    screen = hung(way)
    time.sleep(0.3)  # else the terminal takes ctrl+c for itself, where the screen hangs from the start
    screen.press(key)
    ends(screen, 0, tmp_path)


@pytest.mark.slow
def test_other_keys_do_not(hung):
    screen = hung("asleep")
    screen.press("xsp?1\x1b ")
    time.sleep(4)
    assert screen.child.isalive()
    os.kill(screen.child.pid, signal.SIGKILL)
