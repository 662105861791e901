"""Reads the runs of a folder in a thread, again and again, and the courses of those that are compared."""

from collections.abc import Callable, Sequence
from pathlib import Path

from textual.message import Message

from tui_rnn.runs.course import Course
from tui_rnn.runs.listing import Listing
from tui_rnn.runs.new_folder import RUNS
from tui_rnn.tui.course_reader import ReadingThread
from tui_rnn.tui.drawing.run_row import RunRow, row_of

LOOK_SECONDS = 2.0  # between two looks at the folder


class RunsRead(Message):
    """The runs as they are now, and the courses that were asked for, by the runs' paths."""

    def __init__(self, rows: Sequence[RunRow], courses: dict[str, Course]) -> None:
        self.rows = rows
        self.courses = courses
        super().__init__()


class RunsReader(ReadingThread):
    """`work` runs in a thread of its own until `stop`; each look is posted as RunsRead."""

    def __init__(self, post: Callable[[Message], object], folder: Path = RUNS) -> None:
        super().__init__(post)
        self._listing = Listing(folder)

    def work(self) -> None:
        """Look, and look again, until it is stopped."""
        while not self._stopped:
            self._wake.clear()
            rows = [row_of(*each) for each in self._listing.look()]
            self._post(RunsRead(rows, self._courses.courses))  # the list first: a checkpoint takes longer
            if self._courses.read({row.line.run: row.line.changed for row in rows}, lambda: self._stopped):
                self._post(RunsRead(rows, self._courses.courses))
            self._wake.wait(LOOK_SECONDS)
