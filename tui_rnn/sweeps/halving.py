"""Successive halving: all settings train to a fraction of their goal, the better half of them twice as far, and so on.

Jamieson and Talwalkar (2016), with a setting and all of its seeds for an arm. The learning rate's schedule is that of
the whole way, so that a run that goes on is, bit for bit, what it is without halving.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil, inf, isfinite, log2
from statistics import median

from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.goal import UNLIMITED
from tui_rnn.runs.log import EventLog, read_records
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.spec import JobResult, JobSpec, Status, setting_key

MOST_RUNGS = 4  # so that no setting is judged before a sixteenth of its way
_FILE = "halving.jsonl"
_JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Which settings go on from a rung, by their numbers in the plan, and why each of the others does not."""

    rung: int  # from 0
    kept: list[int]
    cut: dict[int, str]


class Halving:
    """The rungs of one sweep, and what was judged there, kept in halving.jsonl of its folder."""

    def __init__(self, folder: SweepFolder, plan: Plan) -> None:
        """Reads what was judged before."""
        self._file, self._folder = folder.path / _FILE, folder
        numbers = {setting_key(setting): number for number, setting in enumerate(plan.settings)}
        self._plan = [(numbers[setting_key(job.setting)], job) for job in plan.jobs]
        self.rungs = rungs(len(numbers)) if plan.halving else 0
        self.rung = 0  # the one that is trained to; `rungs`: the goal
        self._in_play = list(range(len(numbers)))
        self._results: dict[str, JobResult] = {}
        self._reasons: dict[int, str] = {}
        with suppress(OSError):
            for record in read_records(self._file, (_JUDGED,)):
                if record.get("rung") == self.rung:
                    self._in_play, self.rung = record["kept"], self.rung + 1
                    self._reasons |= {int(number): why for number, why in record["cut"].items()}

    def jobs(self) -> list[JobSpec]:
        """Those that are in play, in the plan's order, each as far as this rung lets it train."""
        in_play = set(self._in_play)
        return [replace(job, until=self._until(job)) for number, job in self._plan if number in in_play]

    def cut(self) -> list[tuple[JobSpec, str]]:
        """Those that were judged to be in the worse half, and why."""
        return [(job, self._reasons[number]) for number, job in self._plan if number in self._reasons]

    def take(self, result: JobResult) -> None:
        """What came of a job on the way to this rung."""
        self._results[result.name] = result

    def judge(self) -> Judgement:
        """The better half of the settings by the median loss of their seeds goes on. Raises OSError.

        It is on disk before any of it holds. A run that diverged or failed counts as infinitely bad,
        one that its user cancelled not at all.
        """
        loss = {number: self._loss(number) for number in self._in_play}
        ranked = sorted(self._in_play, key=lambda number: (loss[number], number))
        kept = ranked[: ceil(len(ranked) / 2)]
        bar = loss[kept[-1]]
        steps = {number: self._until(job) for number, job in self._plan}
        cut = {}
        for number in ranked[len(kept) :]:
            cut[number] = (
                f"cut at step {steps[number]:,}: {_words(loss[number])}, and the better half had {bar:.3f} or less"
            )
        judgement = Judgement(self.rung, sorted(kept), cut)
        log = EventLog(self._file)
        try:
            log.append({"event": _JUDGED, "rung": judgement.rung, "kept": judgement.kept, "cut": cut}, durable=True)
        finally:
            log.close()
        self._in_play, self.rung, self._results = judgement.kept, self.rung + 1, {}
        self._reasons |= cut
        return judgement

    def _until(self, job: JobSpec) -> int | None:
        if self.rung >= self.rungs:
            return None
        steps: int = job.config["steps"]
        return max(1, steps >> (self.rungs - self.rung))

    def _loss(self, number: int) -> float:
        results = [self._results.get(job.name) for of, job in self._plan if of == number]
        losses = [_loss(each) if each else inf for each in results if not (each and each.status == Status.CANCELLED)]
        return median(losses) if losses else inf


def rungs(settings: int) -> int:
    """How often so many settings are halved: until one or two are left, at the most MOST_RUNGS times."""
    return min(MOST_RUNGS, max(0, int(log2(settings))))


def check(plan: Plan) -> None:
    """Raise ConfigError where halving has nothing to choose among, or no step to compare at."""
    if len(plan.settings) < 2:
        raise ConfigError("--halving chooses among settings, and there is one alone: give --set NAME=V,V")
    if any(job.config["minutes"] is not None or job.config["steps"] >= UNLIMITED for job in plan.jobs):
        raise ConfigError("--halving compares runs at equal steps: give --steps in place of --minutes")


def _loss(result: JobResult) -> float:
    """By which a run stands at a rung: its recent loss, the mean over the last updates before that very step.

    A held-out loss is measured at scheduled samples, so the last one may be of long before, and to measure another
    would make the run that goes on another one.
    """
    if result.status in (Status.DIVERGED, Status.FAILED):
        return inf
    loss = result.recent_nats_per_char
    return loss if loss is not None and isfinite(loss) else inf


def _words(loss: float) -> str:
    return "its runs did not train" if loss == inf else f"its recent loss was {loss:.3f} nats/char"
