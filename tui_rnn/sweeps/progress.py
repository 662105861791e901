"""How far a sweep has come, and about how long is left of it: from the rows of its jobs alone. No NumPy."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.sweeps.rows import Row
from tui_rnn.sweeps.spec import Status, setting_key


@dataclass(frozen=True, slots=True)
class SweepProgress:
    """All jobs of a sweep at one moment."""

    runs: int
    ended: int  # of them, for which nothing is left to do
    counts: Mapping[Status, int]  # how many stand so
    training: int
    part: float  # of the whole way that is behind: the mean of the runs' own parts, cancelled ones left out
    trained_seconds: float  # by all of them
    seconds_left: float | None  # about, with as many at once as train now; None where none trains, or no speed is known

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.ended == self.runs


def goal_of(row: Row) -> Goal:
    """Where the run ends: as its files say, else as it was planned."""
    if row.line is not None:
        return Goal(UNLIMITED if row.line.steps is None else row.line.steps, row.line.minutes)
    return row.spec.goal


def part_of(row: Row) -> float:
    """How much of a run's way to its goal is behind, from 0 to 1."""
    if row.status == Status.FINISHED:
        return 1.0
    return 0.0 if row.line is None else goal_of(row).part(row.line.step, row.line.elapsed_seconds)


def seconds_left(row: Row) -> float | None:
    """Of a run in training, at the speed that it had so far; None of another, or before its speed is known."""
    line = row.line
    if row.status != Status.TRAINING or line is None or not (line.elapsed_seconds > 0 and line.step > 0):
        return None
    return goal_of(row).seconds_left(line.step, line.elapsed_seconds, line.step / line.elapsed_seconds)


def progress_of(rows: Sequence[Row]) -> SweepProgress:
    """The whole. A run that has not begun is taken to last as long as others of its setting, else as others do."""
    training = [row for row in rows if row.status == Status.TRAINING]
    parts = [1.0 if row.status.is_final else part_of(row) for row in rows if row.status != Status.CANCELLED]
    return SweepProgress(
        runs=len(rows),
        ended=sum(row.status.is_final for row in rows),
        counts=Counter(row.status for row in rows),
        training=len(training),
        part=fmean(parts) if parts else 1.0,
        trained_seconds=sum(_trained(row) for row in rows),
        seconds_left=_whole_left(rows, training),
    )


def _whole_left(rows: Sequence[Row], training: Sequence[Row]) -> float | None:
    whole: dict[str, list[float]] = {}  # seconds that a run takes in all, by its setting
    for row in rows:
        if row.status == Status.FINISHED:
            whole.setdefault(setting_key(row.spec.setting), []).append(_trained(row))
        elif (left := seconds_left(row)) is not None:
            whole.setdefault(setting_key(row.spec.setting), []).append(_trained(row) + left)
    known = [seconds for each in whole.values() for seconds in each]
    if not training or not known:
        return None

    def left_of(row: Row, setting: dict[str, Any]) -> float:
        found = seconds_left(row)
        return max(0.0, fmean(whole.get(setting_key(setting), known)) - _trained(row)) if found is None else found

    each = [left_of(row, row.spec.setting) for row in rows if not row.status.is_final]
    # So many at once: no sooner than the work shared out evenly, and no sooner than the longest of them.
    return max(sum(each) / len(training), max(each))


def _trained(row: Row) -> float:
    if row.line is not None:
        return row.line.elapsed_seconds
    return 0.0 if row.result is None else row.result.elapsed_seconds
