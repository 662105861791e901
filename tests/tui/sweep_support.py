"""A sweep made up for the screen: no run is trained, and no file is read."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from queue import Empty, SimpleQueue
from types import SimpleNamespace
from typing import Any

from tests.sweeps import made_up
from tui_rnn.sweeps.events import SweepDone, SweepEvent, Tick
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.rows import Row
from tui_rnn.sweeps.spec import JobResult, Status
from tui_rnn.tui.drawing.sweep_row import SweepTable, table_of

K = 75
LOSSES = {  # at the end, of each seed, by eta and hidden_size; of the last setting one run has not ended yet
    (0.05, 50): [1.90, 1.94, 1.91],
    (0.05, 100): [1.80, 1.83, 1.79],
    (0.1, 50): [1.72, 1.75, 1.78],
    (0.1, 100): [1.66, 1.61, None],
}
REASON = "killed 3 times"


def a_plan(**options: Any) -> Plan:
    """Two options, three seeds, with a held-out tenth and so many steps that the smooth loss does not lag."""
    varied = {"eta": [0.05, 0.1], "hidden_size": [50, 100]}
    return made_up.plan(varied, (0, 1, 2), **{"holdout": 0.1, **options})


def a_row(row: Row, loss: float | None) -> Row:
    """As made up, with the log of its run; one without a loss trains, and has 46 % behind it."""
    if row.line is None:
        return row
    end, T = loss or 1.70, 25
    course = [(step, T * (end + 2.0 / (1 + step / 500))) for step in range(500, 10_001, 500)]
    step = 10_000
    if loss is None:
        step, course = 4_600, course[:9]
    line = replace(
        row.line,
        step=step,
        elapsed_seconds=step / 100,
        in_use=loss is None,
        nats_per_char=end - 0.01,
        recent_nats_per_char=end + 0.1,
        best_held_out_nats_per_char=loss,
        changed=1.0,
    )
    log = SimpleNamespace(
        course=course, corpus={"vocab_size": K}, last_sample=None, held_out=[], progress=[], changes=[], start=None
    )
    corpus = SimpleNamespace(sha256="0" * 64)
    followed = SimpleNamespace(config=row.spec.run_config, log=log, manifest=SimpleNamespace(corpus=corpus))
    return replace(row, line=line, followed=followed)  # type: ignore[arg-type]


def a_sweep(plan: Plan | None = None) -> list[Row]:
    """Of twelve runs nine have finished; one trains, one was given up, and one waits."""
    plan = plan or a_plan()

    def told(setting: dict[str, Any], seed: int) -> made_up.Told:
        loss = LOSSES[setting["eta"], setting["hidden_size"]][seed]
        return (Status.TRAINING if loss is None else Status.FINISHED), loss

    rows = made_up.rows(plan, told)
    losses = [loss for of_seeds in LOSSES.values() for loss in of_seeds]
    rows = [a_row(row, loss) for row, loss in zip(rows, losses, strict=True)]
    given_up = JobResult(plan.jobs[2].name, Status.FAILED, attempts=3, exit_code=-9, reason=REASON)
    rows[2] = replace(rows[2], status=Status.FAILED, result=given_up, attempts=3)
    rows[5] = Row(plan.jobs[5], Status.WAITING)
    return rows


def a_table(plan: Plan | None = None) -> SweepTable:
    """Of that sweep."""
    plan = plan or a_plan()
    return table_of(plan, a_sweep(plan))


class MadeUpReader:
    """Stands where the reader of the files does."""

    def __init__(self) -> None:
        self.plan = a_plan()
        self.rows = a_sweep(self.plan)
        self.in_use = True

    def look(self) -> list[Row]:
        """The rows as they are now."""
        return list(self.rows)


class MadeUpConductor:
    """Stands where the conductor does: tells what it is given, one event at a time, until it is stopped."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.to_tell: SimpleQueue[SweepEvent] = SimpleQueue()
        self.stopped = threading.Event()

    def stop(self) -> None:
        self.stopped.set()

    def events(self) -> Iterator[SweepEvent]:
        while not self.stopped.is_set():
            try:
                event = self.to_tell.get(timeout=0.01)
            except Empty:
                event = Tick()
            yield event
            if isinstance(event, SweepDone):
                return
        yield SweepDone({"finished": 9, "failed": 1, "stopped": 1, "waiting": 1}, is_stopped=True)
