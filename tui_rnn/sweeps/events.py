"""What happens while a sweep is trained: frozen values, which each front end shows in its own way."""

from dataclasses import dataclass
from typing import Any, ClassVar

from tui_rnn.sweeps.spec import JobResult, JobSpec


@dataclass(frozen=True, slots=True)
class SweepEvent:
    """Something happened; `event` is its name in --json."""

    event: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class JobBegun(SweepEvent):
    """A job was handed to the engine."""

    event: ClassVar[str] = "job_begun"
    spec: JobSpec
    attempt: int  # processes for it, this one counted
    goes_on: bool  # its run had begun before


@dataclass(frozen=True, slots=True)
class JobEnded(SweepEvent):
    """A job came to an end that is final, or was stopped."""

    event: ClassVar[str] = "job_ended"
    spec: JobSpec
    result: JobResult


@dataclass(frozen=True, slots=True)
class JobRetried(SweepEvent):
    """The process of a job died; the job is tried again."""

    event: ClassVar[str] = "job_retried"
    spec: JobSpec
    result: JobResult
    deaths: int
    most: int  # after so many it is given up


@dataclass(frozen=True, slots=True)
class SweepWaits(SweepEvent):
    """No job can be trained for now: the disk is full, or no worker is there. It is tried again by and by."""

    event: ClassVar[str] = "sweep_waits"
    reason: str


@dataclass(frozen=True, slots=True)
class JobAtRung(SweepEvent):
    """A job has come as far as halving lets it for now, and waits for the others."""

    event: ClassVar[str] = "job_at_rung"
    spec: JobSpec
    result: JobResult


@dataclass(frozen=True, slots=True)
class SweepJudged(SweepEvent):
    """All settings have come to a rung of halving: the better half goes on."""

    event: ClassVar[str] = "sweep_judged"
    rung: int  # from 1
    rungs: int
    kept: int  # settings
    cut: int


@dataclass(frozen=True, slots=True)
class Tick(SweepEvent):
    """Nothing happened; time for a front end to look around."""


@dataclass(frozen=True, slots=True)
class SweepDone(SweepEvent):
    """All that is to be done now is done."""

    event: ClassVar[str] = "sweep_done"
    counts: dict[str, int]  # of jobs, by status
    is_stopped: bool  # by its user


def as_record(event: SweepEvent) -> dict[str, Any]:
    """The event as its JSON object: of a job its name, setting and seed in place of all that it is."""
    record: dict[str, Any] = {"event": event.event}
    for name in event.__dataclass_fields__:
        value = getattr(event, name)
        if isinstance(value, JobSpec):
            record |= {"name": value.name, "setting": value.setting, "seed": value.seed, "run": value.run}
        elif isinstance(value, JobResult):
            record["result"] = value.to_json()
        else:
            record[name] = value
    return record
