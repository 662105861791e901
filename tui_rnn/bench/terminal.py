"""The real program on a pseudo-terminal: press its keys, and learn when an answer has been painted."""

import contextlib
import os
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tui_rnn import isolation
from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.place import SIGNS

SIZE = 120, 40  # columns and rows
_MOST_BYTES = 1 << 16
_MOST_SECONDS = 60.0  # until what must come has come
# The size too (below), since the caller may have inherited the size of another terminal.
_TERM = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


class NotMeasured(TuiRnnError):
    """What was to be measured cannot be, on this system or because the program ended."""


class Terminal:
    """A program on one end; on the other a terminal that reads all it is sent and keeps what has to be searched.

    Raises NotMeasured where the system has no pseudo-terminals.
    """

    def __init__(self, command: list[str], environment: dict[str, str], size: tuple[int, int] = SIZE) -> None:
        if sys.platform == "win32":
            raise NotMeasured("the screen cannot be measured on Windows: it has no pseudo-terminals of this kind")
        import fcntl
        import pty
        import termios

        columns, rows = size
        self._fd, program_end = pty.openpty()
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        kept = {name: value for name, value in environment.items() if name not in SIGNS}
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=program_end,
            stdout=program_end,
            stderr=program_end,
            env={**kept, **_TERM, "COLUMNS": str(columns), "LINES": str(rows)},
            start_new_session=True,
        )
        os.close(program_end)
        self._unseen = b""  # painted since the last key, or since what was last waited for

    def press(self, key: bytes) -> float:
        """Send a key; the moment it was sent. What was painted before is forgotten."""
        self._unseen = b""
        sent = time.perf_counter()
        os.write(self._fd, key)
        return sent

    def watch(self, seconds: float) -> None:
        """Read for so long."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self._read(left)

    def until(self, pattern: bytes) -> float:
        """The moment at which what matches the pattern was read. Raises NotMeasured where it does not come."""
        deadline = time.perf_counter() + _MOST_SECONDS
        while re.search(pattern, self._unseen) is None:
            left = deadline - time.perf_counter()
            if left <= 0:
                raise NotMeasured(f"the screen did not show {pattern.decode()!r} within {_MOST_SECONDS:g} s")
            self._read(left)
        return time.perf_counter()

    def close(self) -> None:
        """End the program, with force where it does not end by itself."""
        with contextlib.suppress(NotMeasured):
            self.process.terminate()
            self.process.send_signal(signal.SIGCONT)
            self.watch(5.0)
        self.process.kill()
        self.process.wait()
        os.close(self._fd)

    def _read(self, seconds: float) -> None:
        ready, _, _ = select.select([self._fd], [], [], seconds)
        if not ready:
            return
        try:
            data = os.read(self._fd, _MOST_BYTES)
        except OSError:  # Linux: the program has closed its end
            data = b""
        if not data:
            raise NotMeasured("the program ended while it was measured")
        self._unseen = (self._unseen + data)[-4 * _MOST_BYTES :]


@contextlib.contextmanager
def program(corpus: Path, *options: str, size: tuple[int, int] = SIZE) -> Iterator[tuple[Terminal, Path]]:
    """`tui-rnn CORPUS OPTIONS` on a terminal, with its run directory, which is temporary."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder, "run")
        terminal = Terminal(*isolation.command(str(corpus), "--run", str(run), *options), size)
        try:
            yield terminal, run
        finally:
            terminal.close()
