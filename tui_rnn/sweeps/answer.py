"""The answer of a sweep: which loss judges, what each setting reached over its seeds, and which setting is best.

Pure, from the plan and the rows. Losses are in nats per character.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import inf, isfinite, sqrt
from statistics import fmean
from typing import Any

from tui_rnn.engine.hopeless import is_hopeless
from tui_rnn.engine.recent import smooth_loss_lags
from tui_rnn.runs.listing import uniform_nats
from tui_rnn.sweeps.chance import RARE, chance
from tui_rnn.sweeps.effects import Effects, effects_of
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.rows import Row
from tui_rnn.sweeps.spec import Status, setting_key

MOST_SEEDS = 30  # of a setting that are advised


class Judge(StrEnum):
    """The loss by which the runs of a sweep are compared: one rule for all of them."""

    HELD_OUT = "lowest held-out loss"
    RECENT = "mean loss of the last 50 updates"
    SMOOTH = "lowest smooth loss"

    def loss(self, row: Row) -> float | None:
        """Of one run, as far as its files say; None where there is none that is a number."""
        if row.line is not None:
            known = {
                Judge.HELD_OUT: row.line.best_held_out_nats_per_char,
                Judge.RECENT: row.line.recent_nats_per_char,
                Judge.SMOOTH: row.line.nats_per_char,
            }[self]
        elif row.result is not None:
            known = {
                Judge.HELD_OUT: row.result.best_held_out_nats_per_char,
                Judge.RECENT: row.result.recent_nats_per_char,
                Judge.SMOOTH: row.result.best_nats_per_char,
            }[self]
        else:
            known = None
        return known if known is not None and isfinite(known) else None


@dataclass(frozen=True)
class Group:
    """A setting with the runs of all its seeds, in the plan's order."""

    number: int  # of the setting in the plan, from 0
    setting: dict[str, Any]
    rows: tuple[Row, ...]
    judge: Judge

    @cached_property
    def losses(self) -> dict[int, float]:
        """Of the runs that have finished and are not off course, by seed."""
        found = ((row.spec.seed, self.judge.loss(row)) for row in self.rows if has_trained(row))
        return {seed: loss for seed, loss in found if loss is not None}

    @property
    def untrained(self) -> int:
        """How many of its runs came to an end without having learnt: diverged ones, and those off course."""
        return sum(row.status == Status.DIVERGED or is_off_course(row) for row in self.rows)

    @cached_property
    def counts(self) -> dict[Status, int]:
        """How many of its runs stand so; those alone that there are."""
        found = [row.status for row in self.rows]
        return {status: found.count(status) for status in Status if status in found}

    def quantile(self, part: float) -> float | None:
        """Of its losses, those of runs that did not learn counted as infinite; None where no run has come to an end."""
        return quantile([*self.losses.values(), *[inf] * self.untrained], part)

    @property
    def quartiles(self) -> tuple[float, float] | None:
        """The lower and the upper one; None of fewer than three runs that came to an end, which have none."""
        low, high = self.quantile(0.25), self.quantile(0.75)
        enough = len(self.losses) + self.untrained > 2
        return (low, high) if enough and low is not None and high is not None else None

    @property
    def median(self) -> float | None:
        """Infinite where most of its runs did not learn."""
        return self.quantile(0.5)

    @property
    def mean(self) -> float:
        """Of the runs that have finished, of which there must be one."""
        return fmean(self.losses.values())

    @property
    def best_row(self) -> Row | None:
        """Its finished run with the lowest loss."""
        done = [row for row in self.rows if has_trained(row) and row.spec.seed in self.losses]
        return min(done, key=lambda row: self.losses[row.spec.seed], default=None)


@dataclass(frozen=True)
class Answer:
    """What a sweep says so far."""

    judge: Judge
    groups: tuple[Group, ...]  # in the plan's order
    effects: Effects | None  # None: see `why_no_effects`
    why_no_effects: str = ""  # a clause, which goes on after "because"

    @cached_property
    def ranked(self) -> tuple[Group, ...]:
        """The best setting first; last those of which most runs diverged, and then those without a loss."""
        return tuple(sorted(self.groups, key=_rank))

    @property
    def best(self) -> Group | None:
        """The setting with the lowest median; None where no run has finished."""
        first = self.ranked[0] if self.groups else None
        return first if first is not None and first.losses and first.median != inf else None

    @cached_property
    def spread(self) -> tuple[float, int] | None:
        """The seeds' standard deviation within a setting, and its degrees of freedom.

        Of all settings that train; of their better half alone, where the seeds of the others lie farther apart than
        chance has it (F test). None where none has two seeds.
        """
        half = max(2, -(-len(self.able) // 2))
        (better, few), (others, more) = map(_within, (self.able[:half], self.able[half:]))
        if few and more and chance(_ratio(others / more, better / few), more, few) < RARE:
            return (better / few) ** 0.5, few
        freedom = few + more
        return (((better + others) / freedom) ** 0.5, freedom) if freedom else None

    @property
    def able(self) -> list[Group]:
        """The settings that train, the best first."""
        return [group for group in self.ranked if group.losses and group.median != inf]

    @cached_property
    def equals(self) -> tuple[Group, ...]:
        """The settings that may differ from the best one by the seeds alone; all others, where no spread is known."""
        best = self.best
        return (
            tuple(group for group in self.able if group is not best and not self.told_apart(best, group))
            if best
            else ()
        )

    def told_apart(self, a: Group, b: Group) -> bool:
        """Whether the means of two settings differ by more than the seeds' doing.

        At a chance of 0.05, shared out over all settings that can be compared with one (Bonferroni).
        """
        return self.by_chance(a, b) < RARE / max(1, len(self.able) - 1)

    def by_chance(self, a: Group, b: Group) -> float:
        """How often the seeds alone set the means of two settings so far apart; 1 where their spread is not known.

        The difference d is held against the seeds' spread s: F = d² / (s² (1/n + 1/n')), of 1 degree of freedom and of
        those of s.
        """
        if self.spread is None:
            return 1.0
        s, freedom = self.spread
        variance = s * s * (1 / len(a.losses) + 1 / len(b.losses))
        return chance(_ratio((a.mean - b.mean) ** 2, variance), 1, freedom)

    def least_difference(self, a: Group, b: Group) -> float:
        """The smallest difference of the means of two settings that is more than the seeds' doing; nats per character.

        Of as many seeds as they have; infinite where the seeds' spread is not known.
        """
        if self.spread is None:
            return inf
        s, freedom = self.spread
        limit, low, high = RARE / max(1, len(self.able) - 1), 0.0, 1.0
        while chance(high, 1, freedom) >= limit:
            low, high = high, 2 * high
        for _ in range(60):  # halves of an interval of F
            middle = (low + high) / 2
            low, high = (middle, high) if chance(middle, 1, freedom) >= limit else (low, middle)
        return s * sqrt(high * (1 / len(a.losses) + 1 / len(b.losses)))

    def seeds_needed(self, a: Group, b: Group) -> int | None:
        """With how many seeds of every setting the means of two would be told apart, if they and the spread stay so.

        None where it takes more than MOST_SEEDS, or where the spread is not known.
        """
        if self.spread is None:
            return None
        limit, (s, freedom) = RARE / max(1, len(self.able) - 1), self.spread
        square, most = (a.mean - b.mean) ** 2, max(len(group.losses) for group in self.able)
        for n in range(min(len(a.losses), len(b.losses)) + 1, MOST_SEEDS + 1):
            freedom_then = max(freedom, freedom * (n - 1) // (most - 1))  # of as many settings as now
            if chance(_ratio(square, 2 * s * s / n), 1, freedom_then) < limit:
                return n
        return None

    def with_status(self, *statuses: Status) -> list[Row]:
        """The runs that stand so, in the plan's order."""
        return [row for group in self.groups for row in group.rows if row.status in statuses]


def answer(plan: Plan, rows: Sequence[Row]) -> Answer:
    """What these rows, of all jobs of the plan, say. Cut runs take no part in what is compared."""
    judge = judge_of(plan, rows)
    by_setting: dict[str, list[Row]] = {}
    for row in rows:
        by_setting.setdefault(setting_key(row.spec.setting), []).append(row)
    groups = tuple(
        Group(number, setting, tuple(by_setting.get(setting_key(setting), ())), judge)
        for number, setting in enumerate(plan.settings)
    )
    cells = {setting_key(group.setting): group.losses for group in groups}
    effects = effects_of(plan.varied, lambda setting: cells[setting_key(setting)], plan.seeds)
    return Answer(judge, groups, *((None, effects) if isinstance(effects, str) else (effects, "")))


def judge_of(plan: Plan, rows: Sequence[Row]) -> Judge:
    """Which loss all runs are compared by.

    The held-out loss, where all hold out the same part of the text. Else the loss of what they trained on: the smooth
    one, unless it still lags behind the network in any run that has finished or is to finish (engine/recent.py).
    """
    parts = {job.config.get("holdout") for job in plan.jobs}
    if len(parts) == 1 and parts != {0.0} and parts != {None}:
        return Judge.HELD_OUT
    ends = [row.line.step if row.line is not None else row.result.step if row.result is not None else None
            for row in rows if row.status == Status.FINISHED]  # fmt: skip
    ends += [int(job.config["steps"]) for job in plan.jobs if job.config.get("minutes") is None]
    return Judge.RECENT if any(step is not None and smooth_loss_lags(step) for step in ends) else Judge.SMOOTH


def quantile(values: Sequence[float], part: float) -> float | None:
    """With linear interpolation between the two values beside it; infinite where one of those is. None of none."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = part * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 1)
    rest = place - below
    if rest < 1e-9:
        return ordered[below]
    return ordered[below] + rest * (ordered[below + 1] - ordered[below]) if isfinite(ordered[below + 1]) else inf


def is_off_course(row: Row) -> bool:
    """Whether a run has finished with a loss far above that of guessing every character alike."""
    if row.status != Status.FINISHED or row.line is None:
        return False
    uniform = None if row.followed is None else uniform_nats(row.followed)
    recent = row.line.recent_nats_per_char
    return row.line.off_course or (uniform is not None and recent is not None and is_hopeless(recent, uniform))


def has_trained(row: Row) -> bool:
    """Whether a run has finished, and with a loss that can be compared."""
    return row.status == Status.FINISHED and not is_off_course(row)


def _within(groups: Sequence[Group]) -> tuple[float, int]:
    """The squared distances of losses from their setting's mean, summed, and the degrees of freedom of that sum."""
    several = [list(group.losses.values()) for group in groups if len(group.losses) > 1]
    squares = sum((loss - fmean(losses)) ** 2 for losses in several for loss in losses)
    return squares, sum(len(losses) - 1 for losses in several)


def _ratio(a: float, b: float) -> float:
    """a / b, both at least 0; infinite where b alone is 0."""
    return a / b if b else inf if a else 0.0


def _rank(group: Group) -> tuple[int, float, float, int]:
    median = group.median
    if median is None:
        return 2, 0.0, 0.0, group.number
    return int(median == inf), median, group.mean if group.losses else inf, group.number
