"""The settings of a sweep on a grid: a setting a row, with its runs, their median and quartiles, each seed a dot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from statistics import median

from tui_rnn.sweeps.answer import Group
from tui_rnn.sweeps.spec import Status
from tui_rnn.tui.chart.round_numbers import tick_texts, ticks
from tui_rnn.tui.drawing.sweep_columns import MOST_GLYPHS, Column, group_columns
from tui_rnn.tui.drawing.sweep_list import paint_best, paint_edge, paint_headings, put
from tui_rnn.tui.drawing.sweep_order import SEEDS, Order
from tui_rnn.tui.drawing.sweep_row import STATES, SweepTable
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.wording import figure

_SPAN = 6.0  # times the middle setting's distance from the best loss are shown, and all seeds of the better half
_BETWEEN_TICKS = 9  # columns, about
_DOTS, _ASCII_DOTS = "●②③④⑤⑥⑦⑧⑨", "o23456789"  # of so many seeds in one column


@dataclass(frozen=True, slots=True)
class Scale:
    """Which losses the columns of the dots stand for, nats per character."""

    low: float
    high: float
    width: int

    def column(self, loss: float) -> int:
        """Of this loss; beyond the last one where it lies beyond."""
        if loss > self.high:
            return self.width
        return min(self.width - 1, max(0, int((loss - self.low) / (self.high - self.low) * self.width)))


def scale_of(groups: Sequence[Group], width: int) -> Scale | None:
    """From the best loss to the worst that is not far beyond the better settings; None where no run has finished."""
    losses = [loss for group in groups for loss in group.losses.values()]
    if not losses or width < 1:
        return None
    low = min(losses)
    ranked = sorted((median(group.losses.values()), max(group.losses.values())) for group in groups if group.losses)
    middle, better = ranked[(len(ranked) - 1) // 2][0], ranked[: (len(ranked) + 1) // 2]
    high = min(max(losses), max(low + _SPAN * (middle - low), *(worst for _, worst in better)))
    span = max(high - low, 1e-3)
    return Scale(low - 0.03 * span, low + 1.03 * span, width)


def paint_groups(
    grid: Grid,
    palette: Palette,
    table: SweepTable,
    groups: Sequence[Group],
    order: Order,
    chosen: int,
    marks: Mapping[str, str],
    height: int,
    *,
    names: Sequence[str],
    marker: str = "braille",
) -> int:
    """Paint headings, so many of the settings around the chosen one, and the dots' axis; returns the first of them.

    `names` are what `marks`, colours, know the settings by.
    """
    columns, best = group_columns(grid.width, table), table.answer.best
    strip = next((each for each in columns if each.name == SEEDS), None)
    scale = scale_of(table.answer.groups, strip.width - 1) if strip is not None else None
    paint_headings(grid, palette, columns, order, marker)
    shown = max(1, height - 2)
    first = max(0, min(chosen - shown // 2, len(groups) - shown))
    last = min(len(groups), first + shown)
    if strip is not None and scale is not None:
        _paint_axis(grid, palette, strip, scale, 1, last - first + 1, marker)
    for y, place in enumerate(range(first, last), 1):
        group = groups[place]
        paint_edge(grid, palette, y, marks.get(names[place]), marker, is_chosen=place == chosen)
        for column in columns:
            _paint_cell(grid, palette, table, column, group, y, is_chosen=place == chosen)
        if strip is not None and scale is not None:
            _paint_dots(grid, palette, strip, scale, group, y, marker, is_best=group is best)
        if group is best:
            column = next(each for each in columns if each.name == "median")
            paint_best(grid, palette, column, y, figure(group.median, 3))
    return first


def _paint_cell(
    grid: Grid, palette: Palette, table: SweepTable, column: Column, group: Group, y: int, *, is_chosen: bool
) -> None:
    match column.name:
        case "runs":
            _paint_states(grid, palette, column, group, y)
        case "median":
            words = "diverged" if group.median == inf else figure(group.median, 3)
            colour = palette.error if group.median == inf else palette.text if group.losses else palette.dim
            put(grid, column, y, words, colour, bold=bool(group.losses))
        case "quartiles":
            if group.quartiles is not None and isfinite(group.quartiles[1]):
                low, high = group.quartiles
                put(grid, column, y, f"{figure(low, 3)} – {figure(high, 3)}", palette.muted)
        case "seeds":
            pass
        case name:
            value = table.values(group)[table.options.index(name)]
            put(grid, column, y, value, palette.text, bold=is_chosen)


def _paint_states(grid: Grid, palette: Palette, column: Column, group: Group, y: int) -> None:
    """A glyph for each run, in the order of the seeds; of many how many have finished."""
    if len(group.rows) > MOST_GLYPHS:
        finished = group.counts.get(Status.FINISHED, 0)
        put(grid, column, y, f"{finished:,} of {len(group.rows):,}", palette.muted)
        return
    x = column.x
    for row in group.rows:
        glyph, _, role = STATES[row.status]
        x = grid.put(x, y, glyph, getattr(palette, role))


def _paint_dots(
    grid: Grid, palette: Palette, strip: Column, scale: Scale, group: Group, y: int, marker: str, *, is_best: bool
) -> None:
    """A dot for each seed over a line from quartile to quartile; of several in one column their number, + from ten.

    The number is in a circle, so that it is a dot with a number and no figure; in ASCII it is a digit.
    """
    ascii_only = marker == "ascii"
    low, high = group.quartiles or (inf, inf)
    if isfinite(low):
        begin, end = scale.column(low), min(scale.column(high), scale.width - 1)
        for x in range(begin, end + 1):
            grid.put(strip.x + x, y, "-" if ascii_only else "━", palette.faint)
    colour = palette.success if is_best else palette.primary
    places = [scale.column(loss) for loss in group.losses.values()]
    for place in sorted(set(places)):
        if place >= scale.width:
            grid.put(strip.x + scale.width, y, ">" if ascii_only else "▸", palette.dim)
            continue
        count = places.count(place)
        signs = _ASCII_DOTS if ascii_only else _DOTS
        dot = signs[count - 1] if count <= len(signs) else "+"
        grid.put(strip.x + place, y, dot, colour, bold=True)


def _paint_axis(grid: Grid, palette: Palette, strip: Column, scale: Scale, top: int, foot: int, marker: str) -> None:
    """Figures below the dots, and above each of them a line of points through the rows."""
    inside: list[float] = []
    most = max(2, scale.width // _BETWEEN_TICKS)
    while len(inside) < 2 and most < scale.width:
        inside = [tick for tick in ticks(scale.low, scale.high, most) if scale.low < tick < scale.high]
        most += 1
    behind = -1
    for tick, words in zip(inside, tick_texts(inside), strict=True):
        x = scale.column(tick)
        begin = x - len(words) // 2
        if begin <= behind or begin < 0 or begin + len(words) > strip.width:
            continue
        for y in range(top, foot):
            grid.put(strip.x + x, y, "." if marker == "ascii" else "·", palette.hair)
        grid.put(strip.x + begin, foot, words, palette.dim)
        behind = begin + len(words)
