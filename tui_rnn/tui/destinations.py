"""Where a screen can lead to within one process: training a job or a sweep, looking at a run, home."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.goal import Goal, prolonged
from tui_rnn.engine.kernels.choice import AUTO
from tui_rnn.runs.branch import branched_job
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.followed import FollowedRun
from tui_rnn.runs.job import Job, new_job, resumed_job
from tui_rnn.runs.twin import twin_job


@dataclass(frozen=True, slots=True)
class ToTrain:
    """Train the job that this makes of the front end's options; it may raise TuiRnnError."""

    make_job: Callable[[Mapping[str, Any]], Job]


@dataclass(frozen=True, slots=True)
class ToView:
    """Look at the run in this folder, read-only."""

    run: str


@dataclass(frozen=True, slots=True)
class ToSweep:
    """Go on with the sweep in this folder, with as many runs at a time as there are cores."""

    folder: str


@dataclass(frozen=True, slots=True)
class ToHome:
    """The runs and texts at hand; `why`, in one line, says what could not be done."""

    why: str = ""


Destination: TypeAlias = ToTrain | ToView | ToSweep | ToHome


def trained_on(followed: FollowedRun) -> ToTrain:
    """The training of a run that goes on: to its goal, or beyond it for as much again where that is reached."""
    run, goal, log = followed.run, followed.goal, followed.log
    if not goal.reached(log.step, log.elapsed_seconds):
        return ToTrain(lambda options: resumed_job(run, None, options))
    further = prolonged(followed.config.goal, goal, log.step, log.elapsed_seconds)
    return ToTrain(lambda options: resumed_job(run, further.steps, options, further.minutes))


def rewound(run: str, step: int, eta: float, goal: Goal) -> ToTrain:
    """The training of a branch of this run that goes on from its checkpoint of this step, with this learning rate."""
    return ToTrain(lambda options: branched_job(run, eta, None, goal.steps, options, goal.minutes, at=step))


def again(run: str, changes: Mapping[str, Any]) -> ToTrain:
    """The training of a run of this one's options but for these, from its first step."""
    return ToTrain(lambda options: twin_job(RunDirectory.find(run), changes, None, options))


def begun(corpus: str, recipe: str, minutes: float | None = None) -> ToTrain:
    """The training of a new run on this text, for so many minutes or to the recipe's own end."""
    return ToTrain(
        lambda options: new_job(RunConfig.from_recipe(recipe, corpus, kernel=AUTO, minutes=minutes), None, options)
    )
