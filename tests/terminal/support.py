"""A pseudo-terminal with the real program on one end and a terminal emulator on the other."""

import os
import re
import select
import signal
import termios
import time
from pathlib import Path

import pexpect
import pyte
import pytest
from wcwidth import wcwidth

from tests.cli.support import PROGRAM, ROOT, SECONDS, SMALL, TALE, environment
from tui_rnn.runs.log import read_records

COLUMNS, ROWS = 120, 40
ENDLESS = (*SMALL, "--steps", "100000000", "--checkpoint-every", "100000000", "--run", "run", "--fps", "10")


class Emulator(pyte.Screen):
    """pyte, which would drop what stands behind a vowel sign of no width if it were not given each by itself."""

    def draw(self, data):
        for piece in [data] if data.isascii() or all(map(wcwidth, data)) else data:
            super().draw(piece)


class Terminal:
    """The program on one end of a pseudo-terminal and a terminal emulator, that shows what it paints, on the other."""

    def __init__(self, folder, *arguments, term="xterm-256color", path="", answers=False, before=(), **more):
        self._answers = answers
        command = [*before, *PROGRAM, *arguments]
        self.child = pexpect.spawn(
            *command[:1],
            command[1:],
            cwd=str(folder),
            env=environment(
                TERM=term,
                COLORTERM="truecolor",
                PYTHONPATH=os.pathsep.join(filter(None, (str(ROOT), str(path)))),
                **more,
            ),
            dimensions=(ROWS, COLUMNS),
            timeout=SECONDS,
        )
        self.before = termios.tcgetattr(self.child.child_fd)
        self.raw = b""
        self._screen = Emulator(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)

    def read(self):
        """Take what the program has written; False once it has closed the terminal."""
        try:
            data = self.child.read_nonblocking(1 << 16, timeout=SECONDS)
        except pexpect.EOF:
            return False
        self.raw += data
        if self._answers:  # as a terminal does that knows of both
            for mode in re.findall(rb"\x1b\[\?(2026|2048)\$p", data):
                self.child.send(b"\x1b[?%s;2$y" % mode)
        # pyte takes the private CSI > … and CSI = … sequences for text
        self._stream.feed(data.replace(b"\x1b[>", b"\x1b[?").replace(b"\x1b[=", b"\x1b[?"))
        return True

    def until_quiet(self):
        """Read until nothing comes for a tenth of a second: what was being painted is whole."""
        while select.select([self.child.child_fd], [], [], 0.1)[0]:
            assert self.read()

    def text(self):
        return "\n".join(self._screen.display)

    def until(self, *words):
        """Read until all these words stand on the screen."""
        deadline = time.monotonic() + SECONDS
        while not all(word in self.text() for word in words):
            assert self.read(), f"closed before {words}:\n{self.raw[-2000:]!r}"
            assert time.monotonic() < deadline, f"no {words} on the screen:\n{self.text()}"

    def until_gone(self, word):
        deadline = time.monotonic() + SECONDS
        while word in self.text():
            assert self.read(), f"closed with {word}"
            assert time.monotonic() < deadline, f"{word} stays on the screen:\n{self.text()}"

    def end(self):
        """Read to the end; the exit code and what was written after the screen was left."""
        deadline = time.monotonic() + SECONDS
        while self.read():
            assert time.monotonic() < deadline, f"the program goes on:\n{self.text()}"
        self.after = termios.tcgetattr(self.child.child_fd)
        return self.exit_code(), self.raw.rpartition(b"\x1b[?1049l")[2].decode(errors="replace")

    def hang_up(self):
        """Close the window: the system sends SIGHUP, and nothing written arrives anywhere."""
        self.child.ptyproc.fileobj.close()
        self.child.closed = self.child.ptyproc.closed = True

    def exit_code(self):
        """The code of a program that is about to end; negative where a signal killed it."""
        deadline = time.monotonic() + SECONDS
        while self.child.isalive():
            assert time.monotonic() < deadline, "the program does not end"
            time.sleep(0.01)
        return self.child.exitstatus if self.child.signalstatus is None else -self.child.signalstatus

    def close(self):
        """End it, if it has not ended yet."""
        if self.child.isalive():
            self.child.kill(signal.SIGKILL)
        self.child.close(force=True)

    def press(self, keys):
        self.child.send(keys)


@pytest.fixture
def terminal(tmp_path):
    """Start the program on a small text; what is still running at the end is killed."""
    Path(tmp_path, "tale.txt").write_text(TALE, newline="")
    opened = []

    def start(*arguments, **options):
        opened.append(Terminal(tmp_path, *arguments, **options))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def last_event(folder):
    *_, last = read_records(Path(folder, "run", "events.jsonl"))
    return last


def is_restored(terminal):
    """Whether the terminal is as it was: the last word on each of its modes, and the driver's flags."""
    raw = terminal.raw
    assert b"\x1b[?1049h" in raw
    last = {}  # of each private mode that was ever named: alternate screen, mouse, focus, pasting, resizes, sync, …
    for modes, letter in re.findall(rb"\x1b\[\?([\d;]+)([hl])", raw):
        last.update(dict.fromkeys(map(int, modes.split(b";")), letter == b"h"))
    as_born = {25: True, 7: True}  # the cursor is shown, long lines are wrapped; all others are off
    assert {mode for mode, on in last.items() if on != as_born.get(mode, False)} == set(), "modes left changed"
    kitty = len(re.findall(rb"\x1b\[>\d*u", raw)) - len(re.findall(rb"\x1b\[<\d*u", raw))
    assert kitty == 0, "the keyboard protocol is left on"
    assert raw.rfind(b"\x1b=") <= raw.rfind(b"\x1b>"), "the keypad is left in application mode"
    assert terminal.after == terminal.before, "the driver's flags have changed"
    return True
