"""All that the report of a sweep is made from, and what follows from it: labels, curves, what differs between runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tui_rnn.engine.config import RunConfig
from tui_rnn.sweeps.answer import Answer, Group, Judge, has_trained
from tui_rnn.sweeps.bands import Band, Course, Floats, band_of, course_of, drawn_loss
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.rows import Row
from tui_rnn.sweeps.studies import STUDIES, Study

MOST_COURSES = 400  # runs whose curves are read, those of the best settings first

_STEADY = 1.25  # times as fast

# Of a configuration: what a sweep gives each run anew, and what makes no difference to its losses.
_NO_SETTING = ("corpus", "seed", "sample_every", "sample_length", "checkpoint_every")


@dataclass(frozen=True)
class SweepRecord:
    """A sweep as its files tell it."""

    name: str  # its folder as the user gave it
    plan: Plan
    rows: tuple[Row, ...]
    answer: Answer

    @property
    def study(self) -> Study | None:
        """The study that it is; None of a sweep without a name, or one that a newer version knows."""
        return STUDIES.get(self.plan.study or "")

    @cached_property
    def first_config(self) -> RunConfig:
        """The configuration of its first run."""
        return RunConfig.from_json(self.plan.jobs[0].config)

    @cached_property
    def coupled(self) -> tuple[str, ...]:
        """The options beside those varied in which the runs differ."""
        first = self.plan.jobs[0].config
        return tuple(
            name
            for name in first
            if name not in self.plan.varied
            and name not in _NO_SETTING
            and any(job.config.get(name) != first[name] for job in self.plan.jobs)
        )

    def value(self, group: Group, name: str) -> Any:
        """A setting's value of an option, varied or coupled to one that is; None where the setting has no run."""
        if name in group.setting:
            return group.setting[name]
        return group.rows[0].spec.config.get(name) if group.rows else None

    @cached_property
    def windows(self) -> dict[str, int]:
        """T B, the characters of one update, by the name of each job."""
        return {job.name: int(job.config["seq_length"]) * int(job.config["batch_size"]) for job in self.plan.jobs}

    @property
    def by_characters(self) -> bool:
        """Whether curves are drawn over the characters read: where updates differ in how many they read."""
        return len(set(self.windows.values())) > 1

    @cached_property
    def drawn(self) -> Judge:
        """The loss whose curves are drawn."""
        return drawn_loss(self.answer.groups)

    @cached_property
    def courses(self) -> dict[str, Course]:
        """The course of that loss in each run, by the name of its job; of very many runs those of the best settings."""
        rows = [row for group in self.answer.ranked for row in group.rows if row.followed is not None]
        found = ((row, course_of(row.followed, self.drawn)) for row in rows[:MOST_COURSES] if row.followed is not None)
        return {row.spec.name: course for row, course in found if course is not None}

    def curves(self, group: Group, *, by_seconds: bool = False) -> list[tuple[Floats, Floats]]:
        """(place, loss) of each run of a setting: updates or characters read, or seconds of training."""
        found = []
        for row in group.rows:
            course = self.courses.get(row.spec.name)
            if course is not None:
                times = self.windows[row.spec.name] if self.by_characters else 1
                found.append((course.seconds if by_seconds else course.steps * times, course.loss))
        return found

    def band(self, group: Group, *, by_seconds: bool = False) -> Band | None:
        """The median and quartiles over a setting's runs."""
        return band_of(self.curves(group, by_seconds=by_seconds))

    @cached_property
    def seconds(self) -> dict[str, float]:
        """The seconds that each run trained, by the name of its job; those alone that have begun."""
        return {row.spec.name: seconds_of(row) for row in self.rows if seconds_of(row) > 0}

    @cached_property
    def unsteadiness(self) -> float:
        """How many times as fast the quickest run of a setting was as its slowest, at the most; 1 of single runs."""
        times = [1.0]
        for group in self.answer.groups:
            rates = [step_of(row) / seconds_of(row) for row in group.rows if has_trained(row) and seconds_of(row) > 0]
            if len(rates) > 1 and min(rates) > 0:
                times.append(max(rates) / min(rates))
        return max(times)

    @property
    def times_are_steady(self) -> bool:
        """Whether runs of one setting took about the same time, so that their clocks tell of the settings."""
        return self.unsteadiness <= _STEADY


def seconds_of(row: Row) -> float:
    """The seconds that a run trained."""
    if row.line is not None:
        return row.line.elapsed_seconds
    return row.result.elapsed_seconds if row.result is not None else 0.0


def step_of(row: Row) -> int:
    """The updates that a run has made."""
    if row.line is not None:
        return row.line.step
    return row.result.step if row.result is not None else 0


def loss_of(row: Row, judge: Judge) -> float | None:
    """The judging loss of a run as it stands, whether it has finished or not; else its recent or best smooth one."""
    for each in dict.fromkeys((judge, Judge.RECENT, Judge.SMOOTH)):
        if (loss := each.loss(row)) is not None:
            return loss
    return None


def digest_of(row: Row) -> str | None:
    """The digest that a run ended with."""
    done = row.followed.log.done if row.followed is not None else None
    if done is not None:
        return done.state_sha256
    return row.result.state_sha256 if row.result is not None else None


def distinct(rows: Sequence[Row], name: str) -> list[str]:
    """The different values of a field of the results, in order of their first run; empty ones left out."""
    found = (str(getattr(row.result, name)) for row in rows if row.result is not None)
    return [value for value in dict.fromkeys(found) if value]
