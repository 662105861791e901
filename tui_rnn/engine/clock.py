"""The clock of a run: how long it has trained, pauses left out, and how fast. The one holder of a run's time."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

# A loop of tiny operations holds the interpreter's lock; sleeping this long between slices hands it to the screen.
BREATH = 0.0001


class RunClock:
    """A clock that never jumps and stands still while the process is stopped; on it, the time a run has trained.

    That time stands still before training begins, while it is paused, and when it has ended.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`monotonic` returns seconds that never go back."""
        self._monotonic = monotonic
        self._lock = threading.RLock()  # reentrant: a signal handler may interrupt a thread that holds it
        self._left_out = 0.0  # seconds the process was stopped
        self._begin = 0.0  # the reading of this clock at which the time trained is 0
        self._stands_at: float | None = 0.0  # the reading at which the time trained stands still; None while it runs

    def now(self) -> float:
        """Seconds, of which only differences mean something."""
        with self._lock:
            while True:
                left_out = self._left_out
                now = self._monotonic()
                if left_out == self._left_out:  # else a handler stopped the process between the two lines
                    return now - left_out

    @contextlib.contextmanager
    def process_stopped(self) -> Iterator[None]:
        """Inside, the clock stands still, and a thread that would read it waits: for a process about to be stopped."""
        with self._lock:
            since = self._monotonic()
            try:
                yield
            finally:
                self._left_out += self._monotonic() - since

    @property
    def elapsed_seconds(self) -> float:
        """Seconds trained so far in all, those before a resume included."""
        stands_at = self._stands_at
        return (self.now() if stands_at is None else stands_at) - self._begin

    def restore(self, elapsed_seconds: float) -> None:
        """So many seconds were trained before this process."""
        self._begin, self._stands_at = -elapsed_seconds, 0.0

    def start(self) -> None:
        """Training begins, or goes on."""
        if self._stands_at is not None:
            self._begin, self._stands_at = self.now() - self.elapsed_seconds, None

    def stop(self) -> None:
        """Training has ended, or waits."""
        if self._stands_at is None:
            self._stands_at = self.now()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Inside, no time is trained."""
        runs = self._stands_at is None
        self.stop()
        try:
            yield
        finally:
            if runs:
                self.start()


class Rate:
    """Updates a second of a run's clock, measured anew whenever at least so many seconds were trained."""

    def __init__(self, clock: RunClock, step: int | None = None, *, seconds: float = 0.0) -> None:
        """From `step` and now on; without a step from the first look on."""
        self._clock, self._seconds = clock, seconds
        self._mark = None if step is None else (step, clock.elapsed_seconds)
        self._rate: float | None = None

    def at(self, step: int) -> float | None:
        """Updates a second, after `step` updates; None before any time has passed."""
        now = self._clock.elapsed_seconds
        before, since = self._mark = self._mark or (step, now)
        passed = now - since
        if passed > 0 and passed >= self._seconds:
            self._mark, self._rate = (step, now), (step - before) / passed
        elif self._rate is None and passed > 0.1:  # a first figure, before the first measurement is over
            return (step - before) / passed
        return self._rate
