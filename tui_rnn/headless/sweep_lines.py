"""A sweep in readable lines: what is to be trained, what happens to each run, and how far the whole has come."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tui_rnn.safe_text import safe_text
from tui_rnn.sweeps.conduct import Conductor
from tui_rnn.sweeps.estimate import Estimate
from tui_rnn.sweeps.events import (
    JobAtRung,
    JobBegun,
    JobEnded,
    JobRetried,
    SweepDone,
    SweepEvent,
    SweepJudged,
    SweepWaits,
    Tick,
)
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.spec import JobResult, Status
from tui_rnn.sweeps.words import done_words, setting_words, standing
from tui_rnn.wording import counted, duration_text, figure

_PROGRESS_SECONDS = 10.0  # between two lines that say how far the whole has come
MOST_LISTED = 200  # jobs or settings of a plan that are printed


class Standing:
    """How far the sweep has come."""

    def __init__(self, plan: Plan, estimate: Estimate, conductor: Conductor, places: int) -> None:
        self.count, self._estimate, self._places, self._conductor = len(plan.jobs), estimate, places, conductor
        self._left = {row.spec.name for row in conductor.rows if not row.status.is_final or row.status == Status.FAILED}
        self._statuses = {row.spec.name: row.status for row in conductor.rows}
        self._begun_at: dict[str, float] = {}  # by name
        self._said_at = time.monotonic()

    @property
    def training(self) -> list[str]:
        """The names of the jobs that are trained."""
        return sorted(self._conductor.training)

    @property
    def ended(self) -> int:
        """Jobs that have come to an end that is final."""
        return self.count - len(self._left)

    @property
    def finished(self) -> int:
        """Jobs that stand at their goal."""
        return sum(status == Status.FINISHED for status in self._statuses.values())

    @property
    def others(self) -> str:
        """What else has ended, as `1 diverged, 1 cancelled`; or ""."""
        return done_words(Counter(self._statuses.values()))[1]

    @property
    def seconds_left(self) -> float:
        """Until all have, about."""
        now = time.monotonic()
        trained = {name: now - self._begun_at.get(name, now) for name in self.training}
        return self._estimate.left(self._left, self._places, trained)

    def take(self, event: SweepEvent) -> None:
        """Count it."""
        match event:
            case JobBegun():
                self._begun_at[event.spec.name] = time.monotonic()
                self._statuses[event.spec.name] = Status.TRAINING
                self._left.add(event.spec.name)  # again, where it was cancelled
            case JobEnded():
                self._statuses[event.spec.name] = status = Status(event.result.status)
                if status.is_final:
                    self._left.discard(event.spec.name)
                if status == Status.FINISHED:
                    self._estimate.ended(event.result)

    def is_due(self, event: SweepEvent) -> bool:
        """Whether it is time to say it again."""
        if not isinstance(event, Tick) or not self._left or time.monotonic() < self._said_at + _PROGRESS_SECONDS:
            return False
        self._said_at = time.monotonic()
        return True

    def as_record(self) -> dict[str, Any]:
        """For --json."""
        return {
            "runs": self.count,
            "ended": self.ended,
            "training": self.training,
            "seconds_left": round(self.seconds_left, 1),
        }


class Readable:
    """Events as lines for a person or a log file."""

    def __init__(self, plan: Plan, estimate: Estimate, conductor: Conductor, places: int) -> None:
        self._standing = Standing(plan, estimate, conductor, places)
        self._digits = len(f"{len(plan.jobs):,}")
        self._names = max((len(job.name) for job in plan.jobs), default=0)

    def lines(self, event: SweepEvent) -> Iterator[str]:
        """What is to be printed of it."""
        self._standing.take(event)
        for line in self._of(event):
            yield line + "\n"

    def _of(self, event: SweepEvent) -> Iterator[str]:
        match event:
            case JobBegun():
                yield self._about(event.spec.name, "goes on" if event.goes_on else "begins")
            case JobEnded():
                yield self._about(event.spec.name, result_text(event.result))
            case JobRetried():
                reason = plain(event.result.reason)
                yield self._about(event.spec.name, f"{reason}: attempt {event.deaths + 1} of {event.most} follows")
            case SweepWaits():
                yield f"waiting: {plain(event.reason)}"
            case JobAtRung():
                yield self._about(event.spec.name, f"waits at step {event.result.step:,}{_losses(event.result)}")
            case SweepJudged():
                yield (
                    f"rung {event.rung} of {event.rungs}: {counted(event.kept, 'setting')} "
                    f"{'goes' if event.kept == 1 else 'go'} on, {event.cut:,} cut"
                )
            case SweepDone():
                yield ""
                counts = {Status(status): count for status, count in event.counts.items()}
                stopped = "stopped; the same command goes on: " if event.is_stopped else ""
                yield f"{stopped}{standing(counts)}"
            case Tick() if self._standing.is_due(event):
                left = duration_text(self._standing.seconds_left)
                others = f"{self._standing.others}, " if self._standing.others else ""
                yield f"{self._count()}  {others}{len(self._standing.training):,} training, about {left} left"

    def _about(self, name: str, what: str) -> str:
        return f"{self._count()}  {plain(name):<{self._names}}  {what}"

    def _count(self) -> str:
        return f"{self._standing.finished:>{self._digits},}/{self._standing.count:,}"


def result_text(result: JobResult) -> str:
    """What came of a job: `finished at step 1,000 in 3 s: best 1.823 nats/char, held out 1.901`."""
    status = Status(result.status)
    if status == Status.CUT:
        return plain(result.reason)
    if status == Status.FAILED:
        return f"{status.value}: {plain(result.reason)}"
    if status == Status.CANCELLED and not result.step:
        return f"{status.value} before its first step"
    if status == Status.DIVERGED:
        return f"diverged at step {result.step:,}"
    trained = duration_text(result.elapsed_seconds)
    return f"{status.value} at step {result.step:,} in {trained}{_losses(result)}"


def _losses(result: JobResult) -> str:
    """`: best 1.823, held out 1.901 nats/char`; "" of a run that has none."""
    losses = [
        f"{words} {figure(loss, 3)}"
        for words, loss in (
            ("best", result.best_nats_per_char),
            ("recent", result.recent_nats_per_char),
            ("held out", result.best_held_out_nats_per_char),
        )
        if loss is not None
    ]
    return f": {', '.join(losses)} nats/char" if losses else ""


def head(plan: Plan, estimate: Estimate, folder: SweepFolder, places: int) -> Iterator[str]:
    """What is to be trained, where, and how long it takes."""
    settings = plan.settings
    yield f"sweep    {plain(str(folder.path))}"
    yield f"corpus   {', '.join(plain(path) for path in plan.corpus)}"
    for setting in settings[:MOST_LISTED] if plan.varied else []:
        yield f"         {plain(setting_words(setting))}"
    yield f"runs     {_made_of(plan)}, {places:,} at a time"
    yield f"time     about {duration_text(estimate.left([job.name for job in plan.jobs], places))} in all"


def _made_of(plan: Plan) -> str:
    count = counted(len(plan.jobs), "run")
    if not plan.varied:
        return f"{count}, a seed each"
    return f"{count}: {counted(len(plan.settings), 'setting')} with {counted(len(plan.seeds), 'seed')} each"


def plain(text: str) -> str:
    """The text in one line that is safe to show."""
    return safe_text(text, one_line=True)
