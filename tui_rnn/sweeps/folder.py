"""The folder of a sweep: its plan, its runs, and for each job a journal of the processes that were begun for it."""

from pathlib import Path

from tui_rnn.engine import exact_json
from tui_rnn.engine.errors import RunError, shortened
from tui_rnn.storage.safe_open import open_regular
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.spec import JobResult

PLAN = "sweep.json"
_MOST_PLAN_BYTES = 256 << 20


class SweepFolder:
    """Reads it. Who trains has it locked; front ends look at it at any time.

    sweep.json is the plan, runs/NAME/ the run directory of the job NAME, jobs/NAME.jsonl its journal, report/ what was
    written of it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def plan_file(self) -> Path:
        """Which makes a folder the folder of a sweep."""
        return self.path / PLAN

    @property
    def runs(self) -> Path:
        """The folder of its runs, as runs.listing.Listing reads it."""
        return self.path / "runs"

    def holds_a_sweep(self) -> bool:
        """Whether there is a plan in it."""
        return self.plan_file.is_file()

    def plan(self) -> Plan:
        """What is to be trained. Raises RunError where it cannot be read."""
        try:
            with open_regular(self.plan_file) as file:
                record = exact_json.loads(file.read(_MOST_PLAN_BYTES).decode())
        except (OSError, ValueError, RecursionError) as error:
            raise RunError(
                f"{self.plan_file} cannot be read ({shortened(error)}): name the folder of a sweep"
            ) from None
        if not isinstance(record, dict):
            raise RunError(f"{self.plan_file} is no plan of a sweep: name the folder of a sweep")
        return Plan.from_json(record)

    def journal(self, name: str) -> Path:
        """The journal of a job: a JSON object a line, for each process when it was begun and when it ended."""
        return self.path / "jobs" / f"{name}.jsonl"

    def result(self, name: str) -> JobResult | None:
        """What came of a job, as far as its journal says; None where no process was begun for it."""
        raise NotImplementedError
