"""Where a screen can lead to within one process: training a job, looking at a run, home."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tui_rnn.runs.job import Job


@dataclass(frozen=True, slots=True)
class ToTrain:
    """Train the job that this makes, which may raise TuiRnnError."""

    make_job: Callable[[], Job]


@dataclass(frozen=True, slots=True)
class ToView:
    """Look at the run in this folder, read-only."""

    run: str


@dataclass(frozen=True, slots=True)
class ToHome:
    """The runs and texts at hand; `why`, in one line, says what could not be done."""

    why: str = ""


Destination: TypeAlias = ToTrain | ToView | ToHome
