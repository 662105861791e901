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
_SECONDS = 10.0  # that a program may take to save and to end, before it is killed
_LARGEST = 1000  # columns or rows
# Of the terminal that this command was given in, which is another one.
_OF_ANOTHER = (*SIGNS, "COLUMNS", "LINES", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TMUX", "STY", "NO_COLOR")


class ServedProgram:
    """Has the methods by which textual-serve hands on what comes from the page."""

    def __init__(
        self, arguments: Sequence[str], show: Callable[[bytes], Awaitable[None]], size: tuple[int, int]
    ) -> None:
        """Start `tui-rnn` with these arguments; `show` is given what it writes. `size`: columns and rows."""
        command, environment = isolation.command(*arguments)
        kept = {name: value for name, value in environment.items() if name not in _OF_ANOTHER}
        self._show = show
        self._end, its_end = pty.openpty()
        try:
            self._resize(*size)
            os.set_blocking(self._end, False)
            self._process = subprocess.Popen(
                command,
                stdin=its_end,
                stdout=its_end,
                stderr=its_end,
                env={**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
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

    async def send_bytes(self, data: bytes) -> bool:
        """What was typed or pasted; whether the program can still be given it."""
        while data:
            try:
                data = data[os.write(self._end, data) :]
            except BlockingIOError:
                await asyncio.sleep(0.01)
            except OSError:
                return False
        return True

    async def set_terminal_size(self, width: int, height: int) -> None:
        """The page has another size."""
        with contextlib.suppress(OSError):
            self._resize(width, height)

    async def blur(self) -> None:
        """The page lost the focus: the program asked its terminal for no such news."""

    async def focus(self) -> None:
        """The page has the focus again."""

    async def stop(self) -> None:
        """Hang up, and wait until the program has saved and ended."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGHUP)
        for _ in range(round(_SECONDS / 0.05)):
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError):  # what it still writes, so that it waits for nobody
                os.read(self._end, _MOST_BYTES)
            await asyncio.sleep(0.05)
        else:
            self._process.kill()
            self._process.wait()
        if self._end >= 0:
            os.close(self._end)
            self._end = -1

    def _resize(self, columns: int, rows: int) -> None:
        columns, rows = (min(_LARGEST, max(1, int(number))) for number in (columns, rows))
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
