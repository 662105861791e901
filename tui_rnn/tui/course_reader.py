"""Reads the courses of those runs that are compared, each again when the run has changed."""

from collections.abc import Callable, Mapping
from pathlib import Path

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
