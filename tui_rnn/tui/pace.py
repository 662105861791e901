"""How soon the screen looks at the run again: the dearer a look, the later."""

import time
from collections.abc import Callable

# Of the time that may go into looks: reading the picture, drawing it and painting what changed. What else the screen's
# thread does (new samples are laid out, timers) was measured as another 1 %, and 3 % is what all of it may cost.
MOST_SHARE = 0.02
MOST_SECONDS = 1.0  # between two looks, however dear they are
# Between two looks of a screen that a dialog covers: each is painted by the dialog's screen too, whose work is no part
# of what a look is measured to cost.
COVERED_SECONDS = 1.0
OUT_OF_FOCUS_SECONDS = 5.0  # between two looks in a terminal that is not in focus, for a glance from beside it


class Pace:
    """Times one look after the other. A look's cost is the processor time of its thread, so waiting costs nothing."""

    def __init__(
        self,
        most_per_second: float,
        clock: Callable[[], float] = time.monotonic,
        work: Callable[[], float] = time.thread_time,
    ) -> None:
        self._least_seconds = 1 / most_per_second
        self._clock, self._work = clock, work
        self._began_at = self._worked = 0.0

    def begin(self) -> None:
        """A look begins."""
        self._began_at, self._worked = self._clock(), self._work()

    def end(self) -> float:
        """The look is over, all of it painted; the seconds until the next one."""
        cost = self._work() - self._worked
        period = max(self._least_seconds, min(cost / MOST_SHARE, MOST_SECONDS))
        return max(0.0, self._began_at + period - self._clock())
