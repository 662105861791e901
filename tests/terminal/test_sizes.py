"""The size of a real terminal: the terminal's own word, and a screen that outlives any stream of sizes."""

import random
import signal
import sys
import time
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from tests.cli.support import SECONDS
from tests.terminal.support import COLUMNS, ENDLESS, ROWS, is_restored
from tests.terminal.test_random_bytes import feed, resize

KEYS = [b"?", b"s", b"\x10", b"\x1b", b"\x1b", b"m", b"1", b"2", b"3", b"4", b"l", b" ", b"[", b"]", b"z", b"\t"]


@pytest.mark.parametrize("answers", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["silent", "reports"])
def test_the_screen_has_the_size_of_the_terminal_whatever_was_exported(terminal, answers):
    screen = terminal("tale.txt", *ENDLESS, answers=answers, COLUMNS="300", LINES="7")
    screen.until("TRAINING", "/s", "q quit")
    fits(screen, COLUMNS, ROWS)
    resize(screen, 80, 24)
    screen._screen.resize(24, 80)
    fits(screen, 80, 24)


def fits(screen, columns, rows):
    """Read until the frame of a panel ends in the last column, and the keys stand in the last row."""
    deadline = time.monotonic() + SECONDS
    while True:
        lines = screen.text().splitlines()
        if lines[rows - 1].strip() and any(line[columns - 1] == "╮" for line in lines):
            return
        assert time.monotonic() < deadline, screen.text()
        assert screen.read()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 9))
def test_keys_and_sizes_at_random_leave_a_screen_that_answers_and_ends(terminal, tmp_path, seed):
    """As when the window's edge is dragged: many small steps, a few milliseconds apart, and leaps between them."""
    draw, (columns, rows) = random.Random(seed), (COLUMNS, ROWS)
    Path(tmp_path, "small.txt").write_text("the cat sat on the mat, and the dog sat on the log.\n" * 400)
    options = ("--hidden-size", "12", "--holdout", "0.1", "--sample-every", "300", "--steps", "100000000")
    screen = terminal("small.txt", *options, "--run", "run", answers=seed % 2 == 0)
    screen.until("TRAINING", "/s")
    for _ in range(120):
        kind = draw.random()
        if kind < 0.4:
            for _ in range(draw.randint(5, 40)):
                columns = min(max(columns + draw.randint(-4, 4), 1), 260)
                rows = min(max(rows + draw.randint(-2, 2), 1), 90)
                resize(screen, columns, rows)
                keys = draw.choice(KEYS) if draw.random() < 0.2 else b""
                assert feed(screen, keys, draw.uniform(0.004, 0.03)), screen.raw[-2000:]
        elif kind < 0.7:
            columns, rows = draw.randint(1, 260), draw.randint(1, 90)
            resize(screen, columns, rows)
            assert feed(screen, b"", draw.uniform(0.004, 0.2)), screen.raw[-2000:]
        else:
            assert feed(screen, draw.choice(KEYS), draw.uniform(0.01, 0.1)), screen.raw[-2000:]
    resize(screen, COLUMNS, ROWS)
    for _ in range(4):
        assert feed(screen, b"\x1b", 0.3)
    screen._screen.reset()
    for _ in range(3):  # on a busy machine the last escape and this key are read at once, as one key with alt
        screen.press(b"?")
        deadline = time.monotonic() + 10
        while "esc back" not in screen.text() and time.monotonic() < deadline:
            assert screen.read()
        if "esc back" in screen.text():
            break
    assert "esc back" in screen.text()
    screen.child.kill(signal.SIGTERM)
    assert screen.end()[0] == 143
    assert is_restored(screen)
