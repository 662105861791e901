"""A job of a sweep, and what came of it: plain JSON both ways, so that either can go to another machine and back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Self

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import RunError
from tui_rnn.engine.goal import Goal


class Status(StrEnum):
    """How a job of a sweep stands."""

    WAITING = "waiting"  # no process has begun it, or one that was killed and will be tried again
    TRAINING = "training"
    FINISHED = "finished"  # at its goal
    DIVERGED = "diverged"  # a result too: this setting does not train
    STOPPED = "stopped"  # by the user; it goes on when the sweep does
    CUT = "cut"  # by halving: others of the same step were better
    FAILED = "failed"  # given up, with a reason
    CANCELLED = "cancelled"  # by the user, this job alone; it goes on once it is taken up again

    @property
    def is_final(self) -> bool:
        """Whether the sweep has nothing more to do for the job."""
        return self not in (Status.WAITING, Status.TRAINING, Status.STOPPED)


class Record:
    """A frozen dataclass as a JSON object: unknown keys are passed over, so that an older version reads a newer one."""

    def to_json(self) -> dict[str, Any]:
        """The fields by name."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """The value in a JSON object. Raises RunError where a field that has no default is missing."""
        known = {each.name for each in fields(cls)}  # type: ignore[arg-type]
        try:
            return cls(**{name: value for name, value in record.items() if name in known})
        except TypeError as error:
            raise RunError(f"a record of the sweep cannot be used ({error}): take the sweep's folder away") from None


@dataclass(frozen=True, slots=True)
class JobSpec(Record):
    """One run of a sweep: all that `run_job` needs, on any machine that sees the folders."""

    name: str  # of its folder, as `003-eta=0.1-seed=1`: unlike every other's of the sweep
    run: str  # the run directory, absolute; "" in a plan that lies in no folder yet
    corpus: list[str]  # the text's files in order, absolute
    corpus_sha256: str
    config: dict[str, Any]  # RunConfig.to_json(), the kernel resolved
    setting: dict[str, Any]  # what is varied, by the long names of the options: {"eta": 0.1}; the seed is not in it
    version: str  # of tui-rnn, that made the spec
    until: int | None = None  # the step that halving lets it train to for now; None: to its goal
    bounds: dict[str, int] = field(default_factory=dict)  # max_corpus and max_memory in MB, where they are given

    @property
    def run_config(self) -> RunConfig:
        """The configuration, checked. Raises ConfigError."""
        return RunConfig.from_json(self.config)

    @property
    def goal(self) -> Goal:
        """Where the run is to end, whatever version wrote its configuration."""
        minutes = self.config.get("minutes")
        return Goal(int(self.config.get("steps", 1)), None if minutes is None else float(minutes))

    @property
    def seed(self) -> int:
        """Of the configuration."""
        return int(self.config["seed"])


@dataclass(frozen=True, slots=True)
class JobResult(Record):
    """What came of a job, read from its run directory; losses in nats per character, None where there is none."""

    name: str
    status: str
    attempts: int = 0  # processes that were begun for it
    exit_code: int | None = None  # of the last one; negative: the signal that ended it
    reason: str = ""  # why it failed, was stopped or was cut, in one line
    step: int = 0
    state_sha256: str | None = None
    nats_per_char: float | None = None  # of the smooth loss at its end
    best_nats_per_char: float | None = None  # of the best smooth loss
    recent_nats_per_char: float | None = None
    held_out_nats_per_char: float | None = None  # at its end
    best_held_out_nats_per_char: float | None = None
    elapsed_seconds: float = 0.0  # trained
    seconds: float = 0.0  # by the clock, all attempts, the start of the processes in it
    host: str = ""
    processor: str = ""
    blas: str = ""
    kernel: str = ""
    version: str = ""
    ended_at: float = field(default=0.0)  # seconds since the epoch


def setting_key(setting: Mapping[str, Any]) -> str:
    """A setting as a text that equal settings share."""
    return repr(sorted(setting.items()))
