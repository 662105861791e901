"""The folder of a sweep: its plan, its runs, and for each job a journal of the processes that were begun for it."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tui_rnn.engine import exact_json
from tui_rnn.engine.errors import RunError, shell_word, shortened
from tui_rnn.runs.lock import RunLock
from tui_rnn.storage.atomic import make_folder, write_new
from tui_rnn.storage.safe_open import open_regular
from tui_rnn.sweeps.cancelled import Cancelled
from tui_rnn.sweeps.journal import Journal
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.spec import JobResult

PLAN = "sweep.json"
_MOST_PLAN_BYTES = 256 << 20


class SweepFolder:
    """The one that trains has it locked; front ends look at it at any time.

    sweep.json is the plan, runs/NAME/ the run directory of the job NAME, jobs/NAME.jsonl its journal, cancelled/NAME is
    there where its user cancelled it, report/ is what was written of it.
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
        return os.path.isfile(self.plan_file)  # unlike Path's, False of a name that no file can have

    def plan(self) -> Plan:
        """What is to be trained, its runs in this folder wherever that lies now. Raises RunError."""
        try:
            with open_regular(self.plan_file) as file:
                record = exact_json.loads(file.read(_MOST_PLAN_BYTES).decode())
        except (OSError, ValueError, RecursionError) as error:
            raise RunError(
                f"{self.plan_file} cannot be read ({shortened(error)}): name the folder of a sweep"
            ) from None
        if not isinstance(record, dict):
            raise RunError(f"{self.plan_file} is no plan of a sweep: name the folder of a sweep")
        return self.placed(Plan.from_json(record))

    def placed(self, plan: Plan) -> Plan:
        """The plan with its runs in this folder."""
        runs = self.runs.absolute()
        return replace(plan, jobs=[replace(job, run=str(runs / job.name)) for job in plan.jobs])

    def create(self, plan: Plan) -> bool:
        """Put the plan on disk, or find it there; whether it is new. Call it while the folder is locked.

        Nothing is overwritten. Raises RunError where there is another sweep, or the disk refuses.
        """
        if self.holds_a_sweep():
            self.check(plan)
            return False
        try:
            make_folder(self.runs)
            make_folder(self.path / "jobs")
            unplaced = replace(plan, jobs=[replace(job, run="") for job in plan.jobs])
            write_new(self.plan_file, (exact_json.dumps(unplaced.to_json(), indent=1) + "\n").encode())
        except OSError as error:
            raise RunError(f"{self.path} cannot be written ({error.strerror}): give another folder with -o") from None
        return True

    def check(self, plan: Plan) -> None:
        """Raise RunError unless the plan on disk is this one."""
        if self.plan().digest != plan.digest:
            raise RunError(
                f"{self.path} holds another sweep: give another folder with -o, or go on with that one by "
                f"tui-rnn sweep {shell_word(self.path)}"
            )

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """The folder, made if need be, kept from any other process that would train it. Raises RunError."""
        lock = RunLock(self.path, "trained as a sweep")
        try:
            make_folder(self.path)
        except OSError as error:
            raise RunError(f"{self.path} cannot be made ({error.strerror}): give another folder with -o") from None
        lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def is_locked(self) -> bool:
        """Whether a process trains it."""
        return RunLock(self.path).is_taken()

    @property
    def cancelled(self) -> Cancelled:
        """The jobs that its user has cancelled, whoever trains it."""
        return Cancelled(self.path / "cancelled")

    def journal(self, name: str) -> Journal:
        """The journal of a job."""
        return Journal(self.path / "jobs" / f"{name}.jsonl")

    def result(self, name: str) -> JobResult | None:
        """What came of a job, as far as its journal says; None where no process has ended for it."""
        return self.journal(name).read().result
