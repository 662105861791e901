"""One visitor's program: tui-rnn on a pseudo-terminal of its own, whose other end is a terminal in a browser.

The program sees an ordinary terminal, so all is as on one. When the page is closed the terminal hangs up, and a run in
training ends with a checkpoint, as it does wherever a terminal is closed.
"""

import asyncio
import contextlib
import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
from collections.abc import Awaitable, Callable, Sequence

from tui_rnn import isolation
from tui_rnn.place import SIGNS

_MOST_BYTES = 1 << 16
_SECONDS_TO_END = 10.0  # that a program may take to save, before it is killed
_PAUSE = 0.02  # seconds between two looks at a program that has to end, or that reads nothing
_LARGEST = 1000  # columns or rows
# Of the terminal that this command was given in, which is another one.
_OF_ANOTHER = (*SIGNS, "COLUMNS", "LINES", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TMUX", "STY")


class ServedProgram:
    """Runs from the start; `run` hands on what it writes, `type` what it is to read, and `stop` ends it."""

    def __init__(self, arguments: Sequence[str], show: Callable[[bytes], Awaitable[None]]) -> None:
        """Start `tui-rnn` with these arguments; `show` is given what it writes. Its terminal has 80 x 24 cells."""
        command, environment = isolation.command(*arguments)
        kept = {name: value for name, value in environment.items() if name not in _OF_ANOTHER}
        self._show = show
        self._end, its_end = pty.openpty()
        try:
            self.resize(80, 24)
            os.set_blocking(self._end, False)
            self._process = subprocess.Popen(
                command,
                stdin=its_end,
                stdout=its_end,
                stderr=its_end,
                env={**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUTF8": "1"},
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that closing it is heard
                start_new_session=True,
            )
        except BaseException:
            os.close(self._end)
            raise
        finally:
            os.close(its_end)

    async def run(self) -> None:
        """Show what the program writes, until it has ended."""
        loop, readable = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._end, readable.set)
        try:
            while True:
                await readable.wait()
                readable.clear()
                try:
                    data = os.read(self._end, _MOST_BYTES)
                except BlockingIOError:
                    continue
                except OSError:  # its end is closed: it has ended
                    return
                if not data:
                    return
                await self._show(data)
                readable.set()
        finally:
            loop.remove_reader(self._end)

    async def type(self, data: bytes) -> None:
        """Give the program what was typed or pasted; what it does not read while it ends is lost."""
        while data and self._process.poll() is None:
            try:
                data = data[os.write(self._end, data) :]
            except BlockingIOError:
                await asyncio.sleep(_PAUSE)
            except OSError:
                return

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal this size, within bounds."""
        columns, rows = (min(_LARGEST, max(1, number)) for number in (columns, rows))
        with contextlib.suppress(OSError):  # the program is gone, and its terminal
            fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    async def stop(self) -> None:
        """Hang up, and wait until the program has saved and ended."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGHUP)
            self._process.send_signal(signal.SIGCONT)  # a stopped one hears no signal
        for _ in range(round(_SECONDS_TO_END / _PAUSE)):
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError):  # what it still writes, so that it waits for nobody
                os.read(self._end, _MOST_BYTES)
            await asyncio.sleep(_PAUSE)
        else:
            self._process.kill()
            self._process.wait()
        os.close(self._end)
