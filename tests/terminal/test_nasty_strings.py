"""Nasty strings shown on a real terminal by the program's own ways: none steers it, hides, or is of another width."""

import re
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from itertools import groupby

import pyte
from rich.cells import cell_len
from wcwidth import wcwidth

from tests.hostile.strings import harm
from tests.terminal.support import Emulator
from tests.terminal.teller import COLUMNS, ROWS
from tests.terminal.telling import told
from tui_rnn.safe_text import MOST_MARKS

# All that Textual's driver writes to steer the terminal: colours, places, modes, the mouse pointer's shape.
DRIVERS = re.compile(
    r"\x1b\[[\d;]*m|\x1b\[\d+;\d+H|\x1b\[\?\d+(?:;\d+)?[hl]|\x1b\[\?\d+\$p|\x1b\[[<>]\d*u|\x1b\]22;\w+\x07"
)


def check_all_were_told(shown, count):
    assert shown.endswith(f"told {count}\r\n")
    numbers = [set(map(int, re.findall(pattern, shown))) for pattern in (r"«([0-9]+):", r":([0-9]+)»")]
    assert [len(found & set(range(count))) for found in numbers] == [count, count]


def check_lines(how, seed, count, seen_by_pyte):
    print(f"seed {seed}")
    shown = told(how, seed, count)
    check_all_were_told(shown, count)
    assert harm(shown.replace("\r\n", "\n")) == set()
    lines = shown.split("\r\n")
    for line in lines:
        widths = [wcwidth(character) for character in line]
        assert sum(widths) == cell_len(line), ascii(line)
        assert all(width or len(list(run)) <= MOST_MARKS for width, run in groupby(widths)), ascii(line)
    screen = Emulator(4000, 2)
    stream = pyte.Stream(screen)
    for line in lines[:: max(1, len(lines) // seen_by_pyte)]:
        screen.reset()
        stream.feed("\n" + line)
        assert (screen.cursor.x, screen.cursor.y) == (cell_len(line), 1), ascii(line)


def check_screen(seed, count):
    print(f"seed {seed}")
    shown = told("screen", seed, count, rows=ROWS, columns=COLUMNS)
    check_all_were_told(shown, count)
    drivers = set(DRIVERS.findall(shown))
    assert not {sequence for sequence in drivers if "7331" in sequence}
    text = DRIVERS.sub("", shown)
    assert harm(text.replace("\r\n", "\n").replace("\r", "", 1)) == set()


@pytest.mark.parametrize("how", ["lines", "samples"])
def test_no_string_told_in_lines_steers_the_terminal_or_is_of_another_width(how):
    check_lines(how, seed=7331, count=2000, seen_by_pyte=150)


def test_no_string_on_the_screen_steers_the_terminal():
    check_screen(seed=7331, count=400)


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.parametrize("how", ["lines", "samples"])
@pytest.mark.parametrize("seed", range(5))
def test_nor_does_any_of_a_hundred_thousand_told_in_lines(how, seed):
    check_lines(how, seed, count=100_000, seen_by_pyte=3000)


@pytest.mark.slow
@pytest.mark.soak
def test_nor_does_any_of_a_hundred_thousand_on_the_screen():
    check_screen(seed=1, count=100_000)
