"""Looking at the run again and again: at a measured pace, the later the dearer a look, and only while it is seen."""

import asyncio
import time
from collections.abc import Callable

from textual.css.query import NoMatches
from textual.screen import Screen

# Of the processor time that the program gets, what may go into looks: reading the picture, drawing it and painting what
# changed. What else the screen's thread does (new samples are laid out, timers) was measured as another 1 %, and 3 % is
# what all of it may cost.
MOST_SHARE = 0.02
AT_REST = 0.03  # processors in use, below which nothing trains that a look could slow down
MOST_SECONDS = 1.0  # between two looks, however dear they are
# Between two looks of a screen that a dialog covers: each is painted by the dialog's screen too, whose work is no part
# of what a look is measured to cost.
COVERED_SECONDS = 1.0
OUT_OF_FOCUS_SECONDS = 5.0  # between two looks in a terminal that is not in focus, for a glance from beside it


class Pace:
    """Times one look after the other. A look's cost is the processor time of its thread, so waiting costs nothing.

    On a machine with other work the program gets a part of a processor only, and while a look has the interpreter's
    lock no update is made: so a look is paid for with the processor time of all the program, not with that of a clock.
    """

    def __init__(
        self,
        most_per_second: float,
        clock: Callable[[], float] = time.monotonic,
        work: Callable[[], float] = time.thread_time,
        all_work: Callable[[], float] = time.process_time,
    ) -> None:
        """`work` is the processor time of the thread that looks, `all_work` that of the whole program."""
        self._least_seconds = 1 / most_per_second
        self._clock, self._work, self._all_work = clock, work, all_work
        self._began_at = self._worked = 0.0
        self._all_worked: float | None = None  # when the last look began
        self._busy = 1.0  # processors that the program had since the look before, 1 at the most

    def begin(self) -> None:
        """A look begins."""
        now, all_worked = self._clock(), self._all_work()
        if self._all_worked is not None and now > self._began_at:
            busy = (all_worked - self._all_worked) / (now - self._began_at)
            self._busy = min(busy, 1.0) if busy >= AT_REST else 1.0
        self._began_at, self._worked, self._all_worked = now, self._work(), all_worked

    def end(self) -> float:
        """The look is over, all of it painted; the seconds until the next one."""
        cost = self._work() - self._worked
        period = max(self._least_seconds, min(cost / (MOST_SHARE * self._busy), MOST_SECONDS))
        return max(0.0, self._began_at + period - self._clock())


class Polling:
    """Calls `look` for a screen; the more time a look and its painting took, the later the next."""

    def __init__(self, screen: Screen[None], look: Callable[[], None], most_per_second: float) -> None:
        self._screen, self._look = screen, look
        self._pace = Pace(most_per_second)
        self._next: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """To be called when the screen is mounted: a terminal that comes into focus is looked at once."""
        self._screen.watch(self._screen.app, "app_focus", self._at_once, init=False)

    def resume(self) -> None:
        """To be called when the screen comes to the front; painting all of it is not a look."""
        self._screen.call_after_refresh(self._take)

    def _take(self) -> None:
        self._pace.begin()
        try:
            self._look()
        except NoMatches:  # the app is closing, and panels are gone before the screen is
            return
        self._screen.call_after_refresh(self._wait)

    def _wait(self) -> None:
        seconds = self._pace.end()
        if not self._screen.app.app_focus:  # a terminal that does not report its focus counts as in focus
            seconds = OUT_OF_FOCUS_SECONDS
        elif self._screen.app.screen is not self._screen:
            seconds = max(seconds, COVERED_SECONDS)
        if self._next is not None:
            self._next.cancel()
        # Not set_timer: Textual's timer drops its only tick where the thread is held up for as long as it was to wait.
        self._next = asyncio.get_running_loop().call_later(seconds, self._at_once)

    def _at_once(self) -> None:
        self._screen.call_next(self._take)
