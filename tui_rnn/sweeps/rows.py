"""A sweep as it stands: a row for each job, from the files alone, so that it can be looked at while others train it."""

from dataclasses import dataclass

from tui_rnn.runs.followed import FollowedRun
from tui_rnn.runs.listing import RunLine
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.spec import JobResult, JobSpec, Status


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
    """Looks at a sweep again and again; what was read of a run is kept."""

    def __init__(self, folder: SweepFolder) -> None:
        """Raises RunError where its plan cannot be read."""
        self.folder = folder
        self.plan: Plan = folder.plan()

    def look(self) -> list[Row]:
        """A row for each job, in the plan's order."""
        raise NotImplementedError
