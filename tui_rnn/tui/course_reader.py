"""Reading in a thread, again and again: files that are looked at, and the courses of those runs that are compared."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from textual.message import Message

from tui_rnn.engine.errors import RunError
from tui_rnn.runs.course import Course, read_course
from tui_rnn.runs.directory import RunDirectory


class CourseReader:
    """Belongs to a thread that reads; `wanted` may be set by another."""

    def __init__(self) -> None:
        self.wanted: tuple[str, ...] = ()  # paths of runs
        self._read: dict[str, tuple[float, Course]] = {}  # with the time of the run's last event

    @property
    def courses(self) -> dict[str, Course]:
        """Those that were read, by the runs' paths."""
        return {run: course for run, (_, course) in self._read.items()}

    def read(self, changed: Mapping[str, float], stopped: Callable[[], bool]) -> bool:
        """Read those that are wanted and have changed; whether there were any.

        `changed` has the time of the last event by the path of the run.
        """
        found = False
        for run in self.wanted:
            before = self._read.get(run)
            if stopped() or run not in changed or (before is not None and before[0] == changed[run]):
                continue
            try:
                course = read_course(RunDirectory(Path(run)))
            except (RunError, OSError):
                course = Course("", (), ())
            self._read[run] = changed[run], course
            found = True
        return found


class ReadingThread:
    """Its subclass's `work` runs in a thread of its own until `stop`, waits by `_wake`, and posts what it has read."""

    def __init__(self, post: Callable[[Message], object]) -> None:
        self._post = post
        self._courses = CourseReader()
        self._wake = threading.Event()
        self._stopped = False

    def want(self, runs: Sequence[str]) -> None:
        """Have the courses of these runs read, at once."""
        if self._courses.wanted != tuple(runs):
            self._courses.wanted = tuple(runs)
            self._wake.set()

    def look_again(self) -> None:
        """Look now: something was changed."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread."""
        self._stopped = True
        self._wake.set()
