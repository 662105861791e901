"""Ctrl+Z and back: the process stops as any terminal program does, and goes on where it was."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from tui_rnn import signals
from tui_rnn.engine.control import Control

_AT_ONCE = 0.01  # seconds: sooner no shell hears that the process is stopped, and continues it
_MOST_TRIES = 5  # to be stopped, where the system returns at once
_PAUSE_SECONDS = 0.2  # between two of them


class JobControl:
    """Answers SIGTSTP and SIGCONT, in place of Textual's driver, for a screen on a real terminal.

    Textual's handlers draw from within whatever the main thread is at, and start a second reader of keys where the
    process is continued without having been stopped, as when a terminal is closed.
    """

    def __init__(self, control: Control, driver: Any, draw_all: Callable[[], object]) -> None:
        """`driver` is an EnduringDriver; `draw_all` has the whole screen laid out and drawn again."""
        self._control, self._driver, self._draw_all = control, driver, draw_all

    def begin(self) -> None:
        """Listen from now on, in the loop: between two pieces of its work."""
        for number, answer in ((signal.SIGTSTP, self._stop), (signal.SIGCONT, self._continued)):
            signal.signal(number, partial(self._hand_over, asyncio.get_running_loop(), answer))

    @staticmethod
    def _hand_over(loop: asyncio.AbstractEventLoop, answer: Callable[[], None], *_: object) -> None:
        """Pass a signal from its handler to the loop. The loop's own way of listening would disable the watchdog's."""
        loop.call_soon_threadsafe(answer)

    def _stop(self) -> None:
        """Leave the screen, stop, and come back to it once the process is continued."""
        if not self._control.stopped and not self._driver.is_lost:
            if self._driver.is_in_front:
                self._driver.suspend_application_mode()
            self._wait(signals.stop_process)
            self._return()

    def _continued(self) -> None:
        """Draw all again after a stop that nobody could catch; a shell has used the terminal meanwhile.

        Closed terminals and service managers send SIGCONT too, after the signal that ends the run.
        """
        if not self._control.stopped and not self._driver.is_gone:
            self._wait()
            self._return()

    def _wait(self, first: Callable[[], None] = lambda: None) -> None:
        """Be stopped while others have the terminal, until the process may draw, or has to end."""
        signal.signal(signal.SIGCONT, signal.SIG_DFL)
        with self._control.standing_still():
            first()
            tries = 0
            while not self._driver.is_in_front and not self._control.stopped and tries < _MOST_TRIES:
                since = time.monotonic()
                signals.stop_process()
                if time.monotonic() - since < _AT_ONCE:
                    tries += 1
                    time.sleep(_PAUSE_SECONDS)
                else:
                    tries = 0
            # The shell that could continue it was killed: the system stops no process of an orphaned group.
            self._driver.is_lost = tries == _MOST_TRIES
        self.begin()

    def _return(self) -> None:
        if not self._driver.is_in_front:  # it has to end, or runs on its own, and the terminal is another's
            return
        if not self._driver.is_away:  # it could not leave the screen before it was stopped
            self._driver.suspend_application_mode()
        self._driver.resume_application_mode()
        self._draw_all()


def stop_group() -> None:
    """Stop this process and those that a shell began with it, as the terminal does at Ctrl+Z."""
    os.kill(0, signal.SIGTSTP)
