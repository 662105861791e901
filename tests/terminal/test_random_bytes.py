"""The real program on a pseudo-terminal at its worst: bytes at random, endless pastes, all sizes, poor terminals."""

import base64
import fcntl
import os
import random
import re
import select
import shutil
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from tests.cli.support import ROOT, SECONDS, SMALL
from tests.hostile.strings import HOSTILE, SEQUENCES, harm
from tests.terminal.support import COLUMNS, ENDLESS, is_restored
from tui_rnn.safe_text import safe_text

# Not among the bytes: ctrl+z, which stops a program on purpose, and `r`, whose report goes on after the screen.
LEFT_OUT = b"\x1ar"
# Typed before the program reads keys: without those with which the terminal itself sends a signal or stops the flow.
EARLY = b" psngc?lz123\x1b\x1b[A\x1b[200~q\xff\xfe"
PIECES = [
    *(
        b"\x1b[A",
        b"\x1b[",
        b"\x1b",
        b"\x1bO",
        b"\x1b[1;5C",
        b"\x1b[99999999999~",
        b"\x1b[?1;2c",
        b"\x1b[13;2u",
        b"\x1b[I",
    ),
    *(b"\x1b[<0;1;1M", b"\x1b[<0;999999999;999999999M", b"\x1b[<35;0;0m", b"\x1b[<64;-1;-1M", b"\x1b[M\xff\xff\xff"),
    *(
        b"\x1b[O",
        b"\x1b[?2026;2$y",
        b"\x1b[8;1;1t",
        b"\x1b[48;9;9;0;0t",
        b"\x1b[48;0;0;0;0t",
        b"\x1b[200~x\x1b[201~",
        b"\x1b[201~",
    ),
    *(b"\xff", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\x80", "é床😀".encode()),
    *(sequence.encode() for sequence in SEQUENCES),
]


def feed(screen, data, pause=0.0):
    """Write these bytes while reading what comes, and read on for a while; False where the program has ended before.

    A program whose terminal is not read waits to write, and answers no key meanwhile.
    """
    fd, begun = screen.child.child_fd, time.monotonic()
    until = begun + pause
    while data or time.monotonic() < until:
        assert time.monotonic() - begun < SECONDS, "the program takes no more"
        wait = 1 if data else max(0.0, until - time.monotonic())
        readable, writable, _ = select.select([fd], [fd] if data else [], [], wait)
        try:
            if readable:
                screen.raw += os.read(fd, 1 << 16)
            if writable:
                data = data[os.write(fd, data[:512]) :]
        except OSError:  # EIO: it has closed the terminal
            return False
    return True


def resize(screen, columns, rows):
    fcntl.ioctl(screen.child.child_fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def leave(screen, *, paste=b"\x1b[201~"):
    """End whatever is open, then quit, with keys alone; typed on until the program has gone."""
    begun, alive, keys = time.monotonic(), feed(screen, paste), [b"\x1b"] * 3
    while alive and screen.child.isalive():
        assert time.monotonic() - begun < SECONDS, "the screen answers no more"
        alive = feed(screen, keys.pop() if keys else b"\x11", 0.15)  # so that it is a key and no sequence's beginning
    code, _ = screen.end()
    assert b"Traceback" not in screen.raw
    return code


def bytes_at_random(draw, count):
    data = bytearray()
    while len(data) < count:
        kind = draw.random()
        data += draw.choice(PIECES) if kind < 0.4 else bytes(draw.choices(b" psncglzZ[]12345?mbw\t\r\x7f", k=3))
        if kind > 0.9:
            data += draw.randbytes(4)
    return bytes(data).translate(None, LEFT_OUT)


def check_bytes(terminal, folder, seed, count, sizes):
    """Where keys have ended the program, it is begun again."""
    print(f"seed {seed}")
    draw, run = random.Random(seed), 0
    while count > 0:
        screen = terminal("tale.txt", *ENDLESS[:-4], "--run", f"run-{run}", "--fps", "10")
        feed(screen, bytes(draw.choices(EARLY, k=20)))
        begun = time.monotonic()
        while not re.search(b"TRAINING|PAUSED", screen.raw) and screen.read():  # before it takes keys for signals
            assert time.monotonic() - begun < SECONDS, f"the run never says that it trains:\n{screen.text()}"
        for _ in range(sizes):
            if draw.random() < 0.5:
                resize(screen, draw.randint(1, 500), draw.randint(1, 100))
            piece = bytes_at_random(draw, draw.randint(1, 2 * count // sizes + 2))
            count -= len(piece)
            if not feed(screen, piece) or count <= 0:
                break
        resize(screen, 120, 40)
        assert leave(screen) == 0, screen.raw[-3000:]
        assert is_restored(screen)
        run += 1
    assert not list(Path(folder).glob("run-*/traceback*"))


def test_no_byte_typed_breaks_the_screen(terminal, tmp_path):
    check_bytes(terminal, tmp_path, seed=1, count=100, sizes=8)


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 110))
def test_nor_do_ten_thousand_bytes_and_hundreds_of_sizes(terminal, tmp_path, seed):
    check_bytes(terminal, tmp_path, seed, count=2000, sizes=200)


@pytest.mark.slow
def test_what_is_no_character_is_no_key_and_what_follows_it_is(terminal):
    screen = terminal("tale.txt", *ENDLESS)
    screen.until("TRAINING", "/s")
    for byte in (b"\xff", b"\xe9\x9b", b"\x1b[9999999999999u", b"\x1b[1114112u"):
        screen.press(byte + b" ")
        screen.until("PAUSED")
        screen.press(byte + b" ")
        screen.until("TRAINING")
    assert leave(screen) == 0
    assert is_restored(screen)


@pytest.mark.slow
def test_a_megabyte_pasted_is_taken_and_the_screen_answers(terminal):
    screen = terminal("tale.txt", *ENDLESS)
    screen.until("TRAINING", "/s")
    assert feed(screen, b"\x1b[200~" + HOSTILE.replace("\x1b", "").encode(errors="replace") * 1500 + b"\x1b[201~")
    assert feed(screen, b"\x10")  # the command palette, which has a field
    screen.until("Search")
    assert feed(screen, b"\x1b[200~" + b"xyz\x9b " * 200_000 + b"\x1b[201~")
    assert leave(screen) == 0
    assert is_restored(screen)


@pytest.mark.slow
@pytest.mark.parametrize("size", ["0;0;0;0", "40;120;0;0"])
def test_a_terminal_that_tells_of_no_size_may_tell_of_its_mouse_and_a_signal_ends_a_paste(terminal, size):
    screen = terminal("tale.txt", *ENDLESS)
    screen.until("TRAINING", "/s")
    screen.press(f"\x1b[48;{size}t\x1b[<35;3;3M\x1b[48;40;120;800;1200t\x1b[<35;3;3M ")
    screen.until("PAUSED")
    assert feed(screen, b"\x1b[200~" + b"q" * 100_000)
    screen.child.kill(signal.SIGTERM)
    assert screen.end()[0] == 143
    assert is_restored(screen)


@pytest.mark.slow
def test_keys_typed_all_along_the_way_out_leave_the_terminal_as_it_was(terminal):
    screen = terminal("tale.txt", *ENDLESS)
    screen.until("TRAINING", "/s")
    feed(screen, b"qs" + b"?\x1b[A\x1b[<0;3;3Msp q\x03\x11" * 500)
    assert leave(screen) == 0
    assert is_restored(screen)


def copied(screen):
    """The texts that were put on the clipboard."""
    return [base64.b64decode(found).decode() for found in re.findall(rb"\x1b\]52;c;([\w+/=]*)\x07", screen.raw)]


def until(screen, holds):
    begun = time.monotonic()
    while not holds():
        assert screen.read()
        assert time.monotonic() - begun < SECONDS, f"still not so:\n{screen.text()}"


@pytest.mark.slow
def test_what_is_copied_is_safe_and_what_is_saved_is_the_text_itself(terminal, tmp_path):
    text = "".join(character for character in HOSTILE if character != "\ud800") * 3
    Path(tmp_path, "hostile.txt").write_text(text, newline="", encoding="utf-8")
    screen = terminal("hostile.txt", *ENDLESS)
    screen.until("TRAINING", "/s", "step 1 ")
    screen.press(" ")
    screen.until("PAUSED")
    top = next(y for y, row in enumerate(screen.text().splitlines(), 1) if "2 Samples" in row)
    screen.press(f"\x1b[<0;4;{top + 2}M\x1b[<32;40;{top + 5}M\x1b[<0;40;{top + 5}m")
    screen.until("PAUSED")
    screen.press("\x03")
    until(screen, lambda: len(copied(screen)) == 1)
    screen.press("s")
    screen.until("weights at step", "1,000 characters each")  # all of it: what is copied is what has come
    screen.press("y")
    until(screen, lambda: len(copied(screen)) == 2)
    screen.press("w")
    screen.until("Saved")
    selected, whole = copied(screen)
    assert selected
    assert harm(selected) == harm(whole) == set()
    (saved,) = Path(tmp_path, "run", "samples").iterdir()
    written = saved.read_bytes().decode("utf-8", "surrogatepass")
    assert len(written) == 1000
    assert harm(written)
    assert safe_text(written) == whole
    assert leave(screen) == 0


@pytest.mark.slow
@pytest.mark.parametrize("text", ["kural", "emoji"])
def test_no_script_breaks_the_panels(terminal, tmp_path, text):
    """Letters of many parts, and emoji with joiners, selectors, skin tones and flags, beside an upright border."""
    if text == "kural":
        shutil.copy(ROOT / "corpora" / "kural.txt", tmp_path / "text.txt")
    else:
        Path(tmp_path, "text.txt").write_text(
            "👩\u200d🔬 👍🏽 ❤\ufe0f 🇩🇪🇫🇷 1\ufe0f\u20e3 e\u0301 床前\n" * 60, encoding="utf-8"
        )
    screen = terminal("text.txt", *ENDLESS)
    screen.until("TRAINING", "/s", "step 1 ")
    screen.press(" ")
    screen.until("PAUSED")
    assert upright(screen, "2 Samples", COLUMNS // 2 - 1)
    screen.press("s")
    screen.until("weights at step", "surprise")
    assert upright(screen, "weights at step", COLUMNS - 1)
    assert leave(screen) == 0


def upright(screen, title, right):
    """Whether both borders of the box of this title stand in their columns, in each of its rows."""
    rows = [screen._screen.buffer[y] for y in range(screen._screen.lines)]
    lines = ["".join(row[x].data for x in range(COLUMNS)) for row in rows]
    top = next(y for y, line in enumerate(lines) if title in line)
    left = next(x for x in range(COLUMNS) if rows[top][x].data == "╭")
    corner = max(x for x in range(right + 1) if rows[top][x].data == "╮")
    bottom = next(y for y in range(top, len(rows)) if rows[y][left].data == "╰")
    assert bottom > top + 3
    borders = {(rows[y][left].data, rows[y][corner].data) for y in range(top + 1, bottom)}
    assert borders == {("│", "│")}, "\n".join(lines)
    return True


@pytest.mark.parametrize(
    "poor",
    [
        pytest.param({"NO_COLOR": "1"}, marks=pytest.mark.slow),
        pytest.param({"term": "vt100"}, marks=pytest.mark.slow),
        pytest.param({"term": "linux"}, marks=pytest.mark.slow),
        pytest.param({"term": "nonsense"}, marks=pytest.mark.slow),
        pytest.param(
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""},
            marks=pytest.mark.slow,
        ),
        pytest.param({"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}, marks=pytest.mark.slow),
        {"NO_COLOR": "1", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    ],
    ids=lambda poor: " ".join(f"{name}={value}" for name, value in poor.items()),
)
def test_a_poor_terminal_is_shown_the_run_and_left_as_it_was(terminal, poor):
    screen = terminal("tale.txt", *ENDLESS, **poor)
    screen.until("TRAINING", "/s", "Loss", "Samples")
    screen.press("?")
    screen.until("Help", "You are in")
    screen.press("\x1b")
    screen.until_gone("You are in")
    if "NO_COLOR" in poor:
        colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)(?=[;m])", screen.raw)  # whole ones: the last may be cut
        assert colours
        assert [c for c in set(colours) if len(set(c)) > 1] == []
    if "LC_ALL" in poor:
        assert screen.raw.isascii()
        assert b"\\u" not in screen.raw
        assert "+- 1 Loss" in screen.text()
    assert leave(screen) == 0
    assert is_restored(screen)


def test_a_hostile_theme_is_refused_in_safe_words(terminal):
    screen = terminal("tale.txt", *SMALL, "--theme", HOSTILE.replace("\0", "").replace("\ud800", ""))
    code, _ = screen.end()
    assert code == 2
    assert harm(screen.raw.decode(), "\r\n") == set()
