"""The goal of a run: a number of updates, minutes of training, or the first of the two to be reached. No NumPy."""

from dataclasses import dataclass
from math import inf

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
