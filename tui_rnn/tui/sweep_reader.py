"""Reads a sweep's files in a thread, again and again, and the courses of those runs that are compared."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from textual.message import Message

from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.runs.course import Course
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.rows import Row, SweepReader
from tui_rnn.tui.course_reader import ReadingThread
from tui_rnn.tui.drawing.sweep_row import SweepTable, table_of

LOOK_SECONDS = 1.0  # between two looks at the files


class Reader(Protocol):
    """What looks at the files of a sweep: sweeps.rows.SweepReader."""

    plan: Plan

    @property
    def in_use(self) -> bool:
        """Whether a process trains the sweep."""

    def look(self) -> Sequence[Row]:
        """A row for each job, in the plan's order."""


class SweepRead(Message):
    """The sweep as it is now, and the courses that were asked for, by the runs' paths."""

    def __init__(self, table: SweepTable, courses: Mapping[str, Course], *, in_use: bool = False) -> None:
        """`in_use`: a process trains it."""
        self.table = table
        self.courses = courses
        self.in_use = in_use
        super().__init__()


class SweepUnread(Message):
    """The sweep cannot be read, for this reason."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__()


class SweepTableReader(ReadingThread):
    """`work` runs in a thread of its own until `stop`; what has changed is posted as SweepRead."""

    def __init__(self, open_reader: Callable[[], Reader], post: Callable[[Message], object]) -> None:
        """`open_reader` is called by the thread: a plan of many jobs takes a moment to be read."""
        super().__init__(post)
        self._open = open_reader

    def work(self) -> None:
        """Look, and look again, until it is stopped."""
        try:
            reader = self._open()
            table: SweepTable | None = None
            in_use = False
            while not self._stopped:
                self._wake.clear()
                before = table, in_use
                table, in_use = table_of(reader.plan, reader.look(), table), reader.in_use
                if table is not before[0] or in_use != before[1]:  # first: a checkpoint takes longer
                    self._post(SweepRead(table, self._courses.courses, in_use=in_use))
                changed = {row.job.line.run: row.job.line.changed for row in table.rows if row.job.line is not None}
                if self._courses.read(changed, lambda: self._stopped):
                    self._post(SweepRead(table, self._courses.courses, in_use=in_use))
                self._wake.wait(LOOK_SECONDS)
        except (TuiRnnError, OSError) as error:
            self._post(SweepUnread(str(error)))


class FolderReader(SweepReader):
    """The files of the sweep in a folder."""

    @property
    def in_use(self) -> bool:
        return self.folder.is_locked()
