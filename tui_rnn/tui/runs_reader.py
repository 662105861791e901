"""Reads the runs of a folder in a thread, again and again, and the courses of those that are compared."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from textual.message import Message

from tui_rnn.engine.errors import RunError
from tui_rnn.runs.course import Course, read_course
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.followed import FollowedRun
from tui_rnn.runs.listing import Listing
from tui_rnn.runs.new_folder import RUNS
from tui_rnn.tui.drawing.run_row import RunRow, row_of

LOOK_SECONDS = 2.0  # between two looks at the folder


class RunsRead(Message):
    """The runs as they are now, and the courses that were asked for, by the runs' paths."""

    def __init__(self, rows: Sequence[RunRow], courses: dict[str, Course]) -> None:
        self.rows = rows
        self.courses = courses
        super().__init__()


class RunsReader:
    """`work` runs in a thread of its own until `stop`; each look is posted as RunsRead."""

    def __init__(self, post: Callable[[Message], object], folder: Path = RUNS) -> None:
        self._listing = Listing(folder)
        self._post = post
        self._wake = threading.Event()
        self._stopped = False
        self._wanted: tuple[str, ...] = ()
        self._courses: dict[str, tuple[float, Course]] = {}  # with the time of the run's last event

    def want(self, runs: Sequence[str]) -> None:
        """Have the courses of these runs read, at once."""
        if self._wanted != tuple(runs):
            self._wanted = tuple(runs)
            self._wake.set()

    def look_again(self) -> None:
        """Look now: something was changed."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread."""
        self._stopped = True
        self._wake.set()

    def work(self) -> None:
        """Look, and look again, until it is stopped."""
        while not self._stopped:
            self._wake.clear()
            rows = [row_of(*each) for each in self._listing.look()]
            known = {run: course for run, (_, course) in self._courses.items()}
            self._post(RunsRead(rows, known))  # the list first: a checkpoint takes longer
            if self._read_courses(rows):
                self._post(RunsRead(rows, {run: course for run, (_, course) in self._courses.items()}))
            self._wake.wait(LOOK_SECONDS)

    def _read_courses(self, rows: Sequence[RunRow]) -> bool:
        """Read those that are wanted and have changed; whether there were any."""
        changed = {row.line.run: row.line.changed for row in rows}
        found = False
        for run in self._wanted:
            before = self._courses.get(run)
            if self._stopped or run not in changed or (before is not None and before[0] == changed[run]):
                continue
            try:
                self._courses[run] = changed[run], read_course(RunDirectory(Path(run)))
            except (RunError, OSError):
                self._courses[run] = changed[run], Course("", (), ())
            found = True
        return found


def followed_run(run: str) -> FollowedRun:
    """The run in this folder, to be viewed. Raises RunError."""
    return FollowedRun(RunDirectory(Path(run)))
