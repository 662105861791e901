"""A sweep as it stands: a row for each job, from the files alone, so that it can be looked at while others train it."""

from contextlib import suppress
from dataclasses import dataclass

from tui_rnn.engine.kinds import Ending
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.followed import TRAINING, FollowedRun
from tui_rnn.runs.listing import Listing, RunLine
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.journal import Entries
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.spec import JobResult, JobSpec, Status

_ENDED = {Ending.STEPS: Status.FINISHED, Ending.DIVERGED: Status.DIVERGED}


@dataclass(frozen=True, slots=True)
class Row:
    """One job: what it is, how it stands, and what is known of its run."""

    spec: JobSpec
    status: Status
    result: JobResult | None = None  # of its newest process that has ended
    line: RunLine | None = None  # its run in short; None where it has not begun
    followed: FollowedRun | None = None  # its curve is followed.log.course
    attempts: int = 0


class SweepReader:
    """Looks at a sweep again and again; what was read of a run is kept, and one that has ended is not read again."""

    def __init__(self, folder: SweepFolder) -> None:
        """Raises RunError where its plan cannot be read."""
        self.folder = folder
        self.plan: Plan = folder.plan()
        self._listing = Listing(folder.runs)
        # With what it was made of: the size of the journal, and whether the job was cancelled.
        self._rows: dict[str, tuple[tuple[int, bool], Row]] = {}

    def look(self) -> list[Row]:
        """A row for each job, in the plan's order."""
        cancelled = self.folder.cancelled.names()
        return [self._look(spec, is_cancelled=spec.name in cancelled) for spec in self.plan.jobs]

    def _look(self, spec: JobSpec, *, is_cancelled: bool) -> Row:
        journal = self.folder.journal(spec.name)
        made_of = size, _ = journal.size(), is_cancelled
        if (known := self._rows.get(spec.name)) and known[0] == made_of and (not size or known[1].status.is_final):
            return known[1]
        entries, line, followed = journal.read(), None, None
        directory = RunDirectory(self.folder.runs / spec.name)
        if size and directory.config_file.is_file():
            with suppress(OSError):  # it vanishes while it is read
                line, followed = self._listing.line(directory.path)
        now = status(entries, line, is_cancelled=is_cancelled)
        row = Row(spec, now, entries.result, line, followed, entries.attempts)
        self._rows[spec.name] = made_of, row
        return row


def standing(folder: SweepFolder, plan: Plan) -> list[Row]:
    """A row for each job by its journal alone: a run whose end is not noted there counts as one that has none."""
    found, cancelled = [], folder.cancelled.names()
    for spec in plan.jobs:
        entries = folder.journal(spec.name).read()
        now = status(entries, None, is_cancelled=spec.name in cancelled)
        found.append(Row(spec, now, entries.result, attempts=entries.attempts))
    return found


def status(entries: Entries, line: RunLine | None, *, is_cancelled: bool = False) -> Status:
    """How a job stands, by its journal and its run in short. One that is cancelled stands so unless it has a result.

    A process that the journal lets begin, and never end, was killed together with the sweep.
    """
    found = _status(entries, line)
    cancels = found in (Status.WAITING, Status.STOPPED, Status.FAILED)
    return Status.CANCELLED if is_cancelled and cancels else found


def _status(entries: Entries, line: RunLine | None) -> Status:
    if line is not None and line.state == TRAINING:
        return Status.TRAINING
    ended = None if entries.result is None or entries.is_open else Status(entries.result.status)
    if ended is not None and ended.is_final:
        return ended
    if line is None:
        return ended or Status.WAITING
    if line.state in _ENDED and (line.saved or line.state == Ending.DIVERGED):
        return _ENDED[Ending(line.state)]
    if line.state == Ending.SIGNAL:
        return Status.STOPPED
    return ended or Status.WAITING
