"""The goal of a run: a number of updates, minutes of training, or the first of the two to be reached. No NumPy."""

from dataclasses import dataclass, replace
from math import inf

from tui_rnn.engine.errors import RunError

UNLIMITED = 10**12  # steps: more than any run makes, so that the time alone ends it


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a run ends. Time is time trained, in seconds, pauses left out: a trainer's `elapsed_seconds`."""

    steps: int  # updates in all
    minutes: float | None = None  # of training in all; None: the time is no bound

    @property
    def seconds(self) -> float:
        """The budget of time; infinite where there is none."""
        return inf if self.minutes is None else 60 * self.minutes

    def reached(self, step: int, seconds: float) -> bool:
        """Whether no further update is to be made."""
        return step >= self.steps or seconds >= self.seconds

    def part(self, step: int, seconds: float) -> float:
        """How much of the way is behind, from 0 to 1: in updates or in time, whichever is further."""
        return min(1.0, max(step / self.steps if self.steps else 1.0, seconds / self.seconds))

    def seconds_left(self, step: int, seconds: float, updates_per_second: float | None) -> float | None:
        """The time to the goal at this rate; None without both a rate and a budget of time."""
        by_steps = max(0, self.steps - step) / updates_per_second if updates_per_second else inf
        left = min(by_steps, self.seconds - seconds)
        return None if left == inf else left

    def lies_beyond(self, other: "Goal") -> bool:
        """Whether a run to this goal can go on where one to the other has ended."""
        return self.steps > other.steps or self.seconds > other.seconds


def resumed_goal(own: Goal, kept: Goal, steps: int | None, minutes: float | None, done: int, seconds: float) -> Goal:
    """The goal of a run that goes on from `done` updates and so many seconds. Raises RunError for one behind it.

    It is the goal that is given by `steps` or `minutes`; else the one `kept` from the resume before; or the run's own,
    where it has reached the kept one and not that.
    """
    if steps is not None and steps < done:
        raise RunError(f"--steps {steps} lies behind the run, which stands at step {done}: give a larger number")
    # A budget is spent within an update, so a run stands a little beyond its own: that one may be given again.
    if minutes is not None and 60 * minutes < seconds and minutes not in (own.minutes, kept.minutes):
        trained = "1 minute" if (trained := f"{seconds / 60:.3g}") == "1" else f"{trained} minutes"
        raise RunError(
            f"--minutes {minutes:g} lies behind the run, which has {trained} behind it: give a larger number"
        )
    if steps is not None or minutes is not None:
        return Goal(UNLIMITED if steps is None else steps, minutes)
    goal = own if kept.reached(done, seconds) and not own.reached(done, seconds) else kept
    return replace(goal, steps=max(done, goal.steps))


def prolonged(own: Goal, reached: Goal, step: int, seconds: float) -> Goal:
    """The goal of a run that is to go on from the one it has `reached`, for as much again as its own goal was.

    Each bound that is reached moves on, in updates or in time; one that is not stays.
    """
    steps, minutes = reached.steps, reached.minutes
    if step >= steps:
        steps += max(1, own.steps if own.steps < UNLIMITED else steps)
    if minutes is not None and seconds >= reached.seconds:
        minutes += minutes if own.minutes is None else own.minutes
    return Goal(steps, minutes)
