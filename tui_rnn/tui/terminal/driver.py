"""A terminal that may go away or take nothing for a while: neither keeps the program from ending."""

import contextlib
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from textual.driver import Driver
from textual.events import Key, Resize
from textual.message import Message

from tui_rnn.tui.terminal.encoding import Within
from tui_rnn.tui.terminal.input import read_leniently

_PATIENCE = 2.0  # seconds that a terminal may take nothing, once the program is ending, before it is given up
# What Textual's driver sets, each set back: a control string that is half written, synchronised output, pasting, long
# lines, reports of size, the mouse, the keyboard protocol, the other screen, the cursor, reports of focus.
_AS_IT_WAS = (
    "\x1b\\\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
_USUAL_SIZE = 80, 24  # columns and rows, of a terminal that says nothing of them


class _Terminal:
    """The stream a driver writes to, without its errors.

    Textual's writer thread would end at the first one, and the thread that draws would wait for ever on its full queue.
    Where the system opens one, a descriptor of its own that never blocks is written to: a terminal behind a broken
    connection takes nothing for minutes, and the thread that draws would wait with it.
    """

    def __init__(
        self, stream: Any, is_ending: Callable[[], bool], is_ours: Callable[[], bool], *, plain_signs: bool = False
    ) -> None:
        self._stream, self._is_ending, self._is_ours = stream, is_ending, is_ours
        self._writing = threading.Lock()
        self._sealed = False  # nothing more is written but `last_write`
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self._within = Within(self._encoding, plain=plain_signs)
        self._own: int | None = None
        self.given_up = False
        with contextlib.suppress(OSError, AttributeError):  # not ours to open, after `su`; or no such call on Windows
            flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY
            self._own = os.open(os.ttyname(stream.fileno()), flags)

    def write(self, text: str) -> int:
        plain = text if text.isascii() else text.translate(self._within)
        with self._writing, contextlib.suppress(OSError):
            if self._sealed:
                pass
            elif self._own is None:
                self._stream.write(plain)
            else:
                self._write_out(self._own, plain.encode(self._encoding, "backslashreplace"))
        return len(text)

    def last_write(self, text: str) -> None:
        """Write this, after what is half written by another thread, and let nothing be written after it."""
        self._sealed = True
        alone = self._writing.acquire(timeout=_PATIENCE / 4)
        try:
            if self._own is None:
                if alone:
                    self._stream.write(text)
                    self._stream.flush()
                return
            data, until = text.encode("ascii"), time.monotonic() + _PATIENCE / 4
            while data and time.monotonic() < until:
                with contextlib.suppress(BlockingIOError):
                    data = data[os.write(self._own, data) :]
                select.select([], [self._own], [], 0.05)
            self.given_up = bool(data)
        except OSError:  # gone
            return
        finally:
            if alone:
                self._writing.release()

    def _write_out(self, own: int, data: bytes) -> None:
        since = time.monotonic()
        while data and not self._sealed:
            if not self._is_ours():  # by now: what was to be written before a stop that nobody could catch
                return
            try:
                data = data[os.write(own, data) :]
                since = time.monotonic()
            except BlockingIOError:
                if self._is_ending() and (self.given_up or time.monotonic() - since > _PATIENCE):
                    self.given_up = True
                    return
                select.select([], [own], [], 0.1)

    def flush(self) -> None:
        if self._own is None:
            with contextlib.suppress(OSError):
                self._stream.flush()

    def close(self) -> None:
        """Give the descriptor back, once the driver that writes here is closed for good."""
        if self._own is not None:
            os.close(self._own)
            self._own = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def enduring(
    driver_class: type[Driver],
    is_ending: Callable[[], bool],
    on_key: Callable[[str], None] = lambda key: None,
    *,
    plain_signs: bool = False,
) -> type[Driver]:
    """The driver class of this system, on a terminal that may go away; `is_ending` is asked where it takes nothing.

    `on_key` is called with each key as soon as it is read, by the thread that reads. With `plain_signs` frames, bars
    and marks are of ASCII alone.
    """

    read_leniently(driver_class)

    class EnduringDriver(driver_class):  # type: ignore[misc,valid-type]  # the class is known at run time only
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.is_away = False  # the terminal is somebody else's now: nothing is drawn, and no mode is set
            self.is_lost = False  # and nobody will ever give it back
            self._is_drawn_on = False  # modes are set, to be set back
            self.terminal: _Terminal | None = None
            if hasattr(self, "_file"):
                self._file: Any = _Terminal(self._file, is_ending, lambda: self._is_ours, plain_signs=plain_signs)
                self.terminal = self._file
            self._reported: tuple[int, int] | None = None  # by a terminal that tells of its size
            self._size = options.get("size") or self.terminal_size

        @property
        def terminal_size(self) -> tuple[int, int] | None:
            """Columns and rows as the system has them, at every change; None where it has none.

            Not the environment's COLUMNS and LINES, which are of the time when somebody exported them.
            """
            for stream in (self.terminal, sys.__stdin__):
                with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or no terminal
                    columns, rows = os.get_terminal_size(stream.fileno())  # type: ignore[union-attr]
                    if columns > 0 and rows > 0:
                        return columns, rows
            return None

        def _get_terminal_size(self) -> tuple[int, int]:
            return self.terminal_size or self._reported or _USUAL_SIZE

        @property
        def is_gone(self) -> bool:
            """Whether the terminal was closed: the system answers nothing about it any more; or is lost."""
            if self.is_lost:
                return True
            try:
                import termios
            except ImportError:  # Windows
                return False
            try:
                termios.tcgetattr(self.fileno if self.input_tty else self.terminal)  # type: ignore[arg-type]
            except termios.error:
                return True
            return False

        @property
        def is_behind(self) -> bool:
            """Whether frames are waiting to be written, since the terminal is slow to take them."""
            thread = getattr(self, "_writer_thread", None)
            return thread is not None and thread._queue.qsize() > 0

        @property
        def is_in_front(self) -> bool:
            """Whether this process may draw on the terminal, which one that was sent on with `bg` may not."""
            try:
                return os.tcgetpgrp(self.fileno) in (os.getpgrp(), 0)  # 0: in front is somebody outside our container
            except (OSError, AttributeError):  # not our terminal, or gone; or no such thing, on Windows
                return True

        @property
        def _is_ours(self) -> bool:
            return not self.is_away and self.is_in_front

        def stop_input(self) -> None:
            """Read no more: a closed terminal always has nothing to read, at once."""
            self.exit_event.set()

        def leave_at_once(self) -> None:
            """Set back all that was set, from any thread; nothing is drawn any more."""
            if self.terminal is None or not self._is_drawn_on or not self._is_ours:
                return
            self.terminal.last_write(_AS_IT_WAS)
            if (before := getattr(self, "attrs_before", None)) is not None:
                import termios

                with contextlib.suppress(termios.error):
                    termios.tcsetattr(self.fileno, termios.TCSANOW, before)

        def start_application_mode(self) -> None:
            self._is_drawn_on = True
            super().start_application_mode()
            if hasattr(signal, "SIGTTIN"):  # not on Windows
                # A key that was typed for another would stop the process when it is read; so it ends the reader alone.
                signal.signal(signal.SIGTTIN, signal.SIG_IGN)
            if hasattr(signal, "SIGWINCH"):
                # Textual's own handler hears nothing once the terminal has said that it reports its size; a report
                # that comes through a connection may be late, or never come.
                signal.signal(signal.SIGWINCH, self._size_changed)

        def _size_changed(self, *_: object) -> None:
            self.send_message(Resize.from_dimensions(self._get_terminal_size(), None))

        def process_message(self, message: Message) -> None:
            if isinstance(message, Resize) and message.size:
                self._reported = (message.size.width, message.size.height)
            super().process_message(message)
            if isinstance(message, Key):
                on_key(message.key)

        def run_input_thread(self) -> None:
            if not self.input_tty:  # nobody types; what it holds is not meant for the screen, and it may be at its end
                self.exit_event.wait()
                return
            try:
                super().run_input_thread()
            except OSError:  # the terminal is another's, and read again once it is ours; or gone, which `is_gone` tells
                pass
            except Exception as error:  # Textual would print it, save nothing and exit with 0
                self._app.call_later(self._app._handle_exception, error)

        def write(self, data: str) -> None:
            if self._is_ours:
                super().write(data)

        def suspend_application_mode(self) -> None:
            super().suspend_application_mode()
            self.is_away = True

        def resume_application_mode(self) -> None:
            self.is_away = False
            super().resume_application_mode()

        def disable_input(self) -> None:
            if self._is_ours:
                super().disable_input()
            else:  # the system stops a process that flushes the keys typed for another
                self.stop_input()

        def close(self) -> None:
            if not self.is_away:
                super().close()

        def stop_application_mode(self) -> None:
            if not self._is_ours:  # the system stops a process that sets the modes of another's terminal
                return
            if getattr(self, "_mouse_pixels", False):
                self.write("\x1b[?1016l")  # Textual sets it where the terminal tells of its size, and leaves it on
                self._mouse_pixels = False
            super().stop_application_mode()
            self._is_drawn_on = False

    return EnduringDriver
