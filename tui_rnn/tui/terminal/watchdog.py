"""Ends a program whose screen does not end by itself: from a thread of its own, which needs nothing of the screen's."""

import contextlib
import select
import threading
import time
from collections.abc import Callable
from socket import socket
from typing import Protocol

from textual.app import App, ScreenStackError
from textual.widgets import Input

from tui_rnn import signals
from tui_rnn.engine.control import Control

GRACE_SECONDS = 1.0  # that a screen has to close, once the worker has saved the run and ended
UNANSWERED_SECONDS = 1.5  # after which a key that ends the program is obeyed without the screen
_LOOK_SECONDS = 0.5  # between two looks at whether the terminal is still there
_TICK_SECONDS = 0.1  # between two looks at what is awaited: a key's answer, or the end
_REST_SECONDS = 0.25  # where nothing is: each look takes the interpreter's lock from the thread that trains

_ENDING_KEYS = ("q", "ctrl+q", "ctrl+c")


class EndingKeys:
    """The keys that end the program, from when they are read off the terminal until the screen has got to them.

    Each is followed by a callback on its way: through the queue of the app, of the widget in focus and of the screen.
    What a key means is the screen's to say, so one that is answered counts for nothing here, whatever the answer was.
    """

    def __init__(self, app: App[None], clock: Callable[[], float] = time.monotonic) -> None:
        self._app, self._clock = app, clock
        self._lock = threading.Lock()
        self._pressed: list[float] = []  # times of those that are unanswered, all of which would end the program
        self._number = 0  # of the last that was pressed

    def press(self, key: str) -> None:
        """A key was read. To be called by the thread that reads them."""
        if key not in _ENDING_KEYS or (worth := self._worth(key)) == 0:
            return
        with self._lock:
            self._number += 1
            number = self._number
            self._pressed += [self._clock()] * worth
        self._app.call_later(self._in_app, number)

    @property
    def is_awaited(self) -> bool:
        """Whether a key's answer is awaited."""
        return bool(self._pressed)

    @property
    def is_overdue(self) -> bool:
        """Whether the screen has been asked to end, and has not got to it for too long."""
        with self._lock:
            return len(self._pressed) > 1 and self._clock() - self._pressed[0] > UNANSWERED_SECONDS

    def _worth(self, key: str) -> int:
        """2 for a key that ends the program as things stand; 1 where it copies first; 0 where it is typed as text."""
        try:
            screen = self._app.screen
        except ScreenStackError:  # not open yet, or closed
            return 2
        if key == "q" and isinstance(screen.focused, Input):
            return 0
        return 1 if key == "ctrl+c" and screen.selections else 2  # which is copied first

    def _in_app(self, number: int) -> None:
        target = self._app.focused or self._app.screen
        if not target.call_later(self._in_focus, number):
            self._answered(number)

    def _in_focus(self, number: int) -> None:
        if not self._app.screen.call_later(self._answered, number):
            self._answered(number)

    def _answered(self, number: int) -> None:
        with self._lock:
            if number == self._number:  # else the last one's answer is on its way
                self._pressed = []


class Worker(Protocol):
    """What does an app's work in a thread of its own, until control says stop."""

    has_begun: bool
    has_ended: bool

    def work(self) -> None:
        """Do it, once, and post Ended last of all."""

    def wait(self) -> None:
        """Return when it has ended, if it was ever started."""


class Guarded(Protocol):
    """The part of the app that the watchdog reads and calls."""

    control: Control
    worker: Worker
    ending_keys: EndingKeys

    @property
    def leads_on(self) -> bool:
        """Whether the process goes on when the app has closed."""

    def look_at_terminal(self) -> None:
        """End where the terminal is gone."""

    def end_for(self, number: int) -> None:
        """End for this signal."""


class Watchdog:
    """Hears signals, sees the terminal go, and counts unanswered keys, whatever the screen is doing.

    Python calls handlers of signals in the main thread alone, between two of its instructions; the numbers of signals
    come to this thread through `heard`, from the system's own handler. Only code that keeps the interpreter's lock
    for ever can keep it from running.
    """

    def __init__(self, app: Guarded, heard: socket, wake: Callable[[], object], force: Callable[[], None]) -> None:
        """`wake` sends something to `heard`; `force` ends the process; it does not return."""
        self._app, self._signals, self._wake, self._force = app, heard, wake, force
        self._ends = threading.Lock()  # held by the one who ends the program: the screen, or `force`
        self._stood_down = False
        self._asked_at: float | None = None
        self._ended_at: float | None = None
        self._look_at = 0.0
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        """The screen has closed. Where the end is being forced already, wait for that."""
        with self._ends:
            self._stood_down = True
        self._wake()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stood_down:
            for number in filter(signals.ends, self._heard()):
                self._app.end_for(number)
            now = time.monotonic()
            if now >= self._look_at:
                self._look_at = now + _LOOK_SECONDS
                self._app.look_at_terminal()
            if self._app.ending_keys.is_overdue and not self._app.control.stopped:
                self._app.control.stop()
            self._see_it_through(now)

    def _heard(self) -> bytes:
        """The numbers of the signals that came; waits a little for one."""
        awaits = self._app.control.stopped or self._app.ending_keys.is_awaited
        if not select.select([self._signals], [], [], _TICK_SECONDS if awaits else _REST_SECONDS)[0]:
            return b""
        with contextlib.suppress(BlockingIOError):
            return self._signals.recv(4096)
        return b""

    def _see_it_through(self, now: float) -> None:
        """Have the run saved where it is to end, and end the program where the screen does not."""
        app = self._app
        if app.control.stopped and not app.worker.has_begun:
            self._asked_at = self._asked_at or now
            if now - self._asked_at > GRACE_SECONDS:
                app.worker.work()  # which the screen has not come to begin
        if not app.worker.has_ended or app.leads_on:
            return
        self._ended_at = self._ended_at or time.monotonic()
        if time.monotonic() - self._ended_at > GRACE_SECONDS:
            with self._ends:
                if not self._stood_down:
                    self._force()
