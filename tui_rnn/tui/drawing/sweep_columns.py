"""The columns of a sweep's tables: which there are room for, whole, and where each lies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui_rnn.setting_words import setting_name
from tui_rnn.sweeps.answer import Judge
from tui_rnn.tui.drawing.sweep_order import (
    BEST,
    COURSE,
    HELD_OUT,
    LEFT,
    LOSS,
    MEDIAN,
    NUMBER,
    QUARTILES,
    RUNS,
    SEED,
    SEEDS,
    STATE,
)
from tui_rnn.tui.drawing.sweep_row import SweepTable
from tui_rnn.wording import duration_text

MOST_GLYPHS = 12  # runs of a setting of which each has a glyph of its own; of more there are counts
_LOSS = 6  # columns of a loss
_COURSE, _STRIP = 10, 16  # columns of the courses and of the seeds' places, at the least
_LONGEST = {COURSE: 60, SEEDS: 120}  # what is left over then goes to the gaps
_MOST_GAP = 7
_JUDGED = {Judge.HELD_OUT: HELD_OUT, Judge.RECENT: LOSS, Judge.SMOOTH: BEST}
_WIDE = 100  # columns from which gaps are wider
_EDGE = 2  # columns before the first one: the mark of the chosen row


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column lies."""

    name: str  # of sweep_order, or the long name of an option
    heading: str
    x: int
    width: int
    to_the_right: bool  # its cells end at its right edge


def judged_column(table: SweepTable) -> str:
    """The column with the loss by which runs are compared."""
    return _JUDGED[table.judge]


def run_columns(width: int, table: SweepTable) -> list[Column]:
    """Of the table of runs. What there is no room for is left out whole, states and the losses compared last of all."""
    judged = judged_column(table)
    left = [duration_text(row.seconds_left) for row in table.rows if row.seconds_left is not None]
    sizes = {
        NUMBER: max(2, len(str(len(table.rows)))),
        **_option_sizes(table, [row.settings for row in table.rows]),
        SEED: max([4, *(len(str(row.seed)) for row in table.rows)]),
        STATE: max([15, *(cell_len(row.state[1]) + 2 for row in table.rows)]),
        LOSS: _LOSS,
        **({} if table.by_recent else {BEST: _LOSS}),
        **({HELD_OUT: 8} if table.has_held_out() else {}),
        **({LEFT: max(5, *map(len, left))} if left else {}),
        COURSE: _COURSE,
    }
    losses = [name for name in (BEST, LOSS, HELD_OUT) if name != judged]
    given_up = [losses[0], NUMBER, COURSE, LEFT, *losses[1:], SEED, *reversed(table.options)]
    return _placed(width, sizes, given_up, grows=COURSE, to_the_left=(STATE, COURSE, *_of_words(table)))


def group_columns(width: int, table: SweepTable) -> list[Column]:
    """Of the table of settings."""
    groups = table.answer.groups
    most = max([1, *(len(group.rows) for group in groups)])
    sizes = {
        **_option_sizes(table, [table.values(group) for group in groups]),
        RUNS: max(4, most if most <= MOST_GLYPHS else len(f"{most:,} of {most:,}")),
        MEDIAN: 8,
        QUARTILES: 13,
        SEEDS: _STRIP,
    }
    given_up = [QUARTILES, SEEDS, RUNS, *reversed(table.options)]
    return _placed(width, sizes, given_up, grows=SEEDS, to_the_left=(RUNS, SEEDS, *_of_words(table)))


def _option_sizes(table: SweepTable, rows: Sequence[Sequence[str]]) -> dict[str, int]:
    return {
        name: max([cell_len(setting_name(name)), *(cell_len(values[k]) for values in rows)])
        for k, name in enumerate(table.options)
    }


def _of_words(table: SweepTable) -> list[str]:
    """The options whose values are words, as those of an optimizer."""
    return [
        name for name in table.options if any(isinstance(row.job.spec.setting.get(name), str) for row in table.rows)
    ]


def _placed(
    width: int, sizes: dict[str, int], given_up: Iterable[str], *, grows: str, to_the_left: Sequence[str]
) -> list[Column]:
    """The columns side by side; what is left over goes to the gaps and to the one that grows."""
    sizes, gap, spare = dict(sizes), 3 if width >= _WIDE else 2, 0
    for name in ("", *given_up):
        sizes.pop(name, None)
        spare = width - _EDGE - sum(sizes.values()) - gap * (len(sizes) - 1)
        if spare >= 0:
            break
    if width >= _WIDE and len(sizes) > 1:
        room = spare - 8 if grows not in sizes else max(min(8, spare), spare - _LONGEST[grows] + sizes[grows])
        more = min(_MOST_GAP - gap, max(0, room) // (len(sizes) - 1)) if room >= len(sizes) - 1 else 0
        gap, spare = gap + more, spare - more * (len(sizes) - 1)
    if grows in sizes and spare > 0:
        sizes[grows] = min(sizes[grows] + spare, _LONGEST[grows])
    found, x = [], _EDGE
    for name, size in sizes.items():
        found.append(Column(name, setting_name(name), x, size, name not in to_the_left))
        x += size + gap
    return found
