"""The order of a sweep's table: by any of its columns, either way round; rows without a value there come last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from tui_rnn.sweeps.answer import Group
from tui_rnn.sweeps.spec import Status
from tui_rnn.tui.drawing.sweep_row import SweepRow, SweepTable

NUMBER, SEED, STATE, LOSS, BEST, HELD_OUT, COURSE, LEFT = (
    "#",
    "seed",
    "state",
    "loss",
    "best",
    "held out",
    "course",
    "left",
)
RUNS, MEDIAN, QUARTILES, SEEDS = "runs", "median", "quartiles", "seeds"  # of the settings' own table
_STATES = (
    Status.TRAINING,
    Status.STOPPED,
    Status.CANCELLED,
    Status.WAITING,
    Status.FINISHED,
    Status.CUT,
    Status.DIVERGED,
    Status.FAILED,
)


@dataclass(frozen=True, slots=True)
class Order:
    """By which column the rows stand, the smallest on top unless it is turned round."""

    column: str = NUMBER  # or the long name of an option that is varied
    turned: bool = False


def ordered(table: SweepTable, order: Order) -> list[SweepRow]:
    """The rows of the table in this order; equal ones as in the plan."""
    return _sorted(table.rows, lambda row: _of_row(table, row, order.column), turned=order.turned)


def ordered_groups(table: SweepTable, order: Order) -> list[Group]:
    """The settings in this order: by number the best one first, as the answer ranks them."""
    if order.column == NUMBER:
        return list(reversed(table.answer.ranked)) if order.turned else list(table.answer.ranked)
    return _sorted(table.answer.groups, lambda group: _of_group(group, order.column), turned=order.turned)


def _of_row(table: SweepTable, row: SweepRow, column: str) -> Any:
    if column in table.options:
        return _value(row.job.spec.setting.get(column))
    match column:
        case "seed":
            return row.seed
        case "state":
            return _STATES.index(row.job.status), -row.part
        case "loss":
            return table.loss(row)
        case "best":
            return row.best
        case "held out":
            return row.held_out
        case "left":
            return row.seconds_left
    return row.number


def _of_group(group: Group, column: str) -> Any:
    match column:
        case "runs":
            return -group.counts.get(Status.FINISHED, 0)
        case "median":
            return group.median
        case "quartiles":
            low, high = group.quartiles or (inf, inf)
            return None if high == inf else high - low
        case "seeds":
            return min(group.losses.values(), default=None)
    return _value(group.setting.get(column))


def _value(value: Any) -> tuple[int, Any]:
    """The value of an option, so that any two of them can be compared: numbers, then words, then none."""
    if value is None:
        return 2, 0
    return (1, value) if isinstance(value, str) else (0, value)


def _sorted(rows: Sequence[Any], by: Callable[[Any], Any], *, turned: bool) -> list[Any]:
    known = [(value, row) for row in rows if (value := by(row)) is not None]
    unknown = [row for row in rows if by(row) is None]
    return [row for _, row in sorted(known, key=lambda each: each[0], reverse=turned)] + unknown
