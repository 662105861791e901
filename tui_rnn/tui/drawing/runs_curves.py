"""The curves of runs on one grid: their losses over the logarithm of the characters that they read."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_rnn.runs.course import Course, comparable
from tui_rnn.tui.chart.ladder import Rung, placed
from tui_rnn.tui.chart.round_numbers import step_text, tick_texts, y_ticks
from tui_rnn.tui.drawing.compared import Compared
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.wording import figure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Curve = tuple[NDArray[np.floating], NDArray[np.floating]]  # log10 of the characters read, nats per character there

_LEFT, _RIGHT = 6, 16  # columns of the losses' axis, and of the words beside the plot
_LEAST_COLUMNS, _LEAST_ROWS = 8, 3
_SPAN = 30.0  # times the first characters that are shown are the last of the run that read the fewest
_SIGNS = "*+xo"  # of the curves in ASCII, the chosen run's first
_BY_RECENT = (
    "mean of the last 50 updates: below 5,000 the smooth loss lags",
    "mean of the last 50 updates",
    "last 50 updates",
)
_DRAWN = 0.75  # of a curve's columns, at least


@dataclass(frozen=True, slots=True)
class _Plot:
    """The place of the curves on the grid, and what its columns and rows stand for."""

    x: int
    y: int
    columns: int
    rows: int
    across: tuple[float, float]  # log10 of the characters read, at the left and the right end
    losses: tuple[float, float]  # nats per character, at the lower and the upper end
    in_ascii: bool

    def row_of(self, loss: float) -> int:
        """The row of a loss, the first or the last one of what lies beyond."""
        low, high = self.losses
        return int(min(max((high - loss) / (high - low) * self.rows, 0), self.rows - 1))


def paint_curves(
    grid: Grid,
    palette: Palette,
    place: tuple[int, int, int, int],
    compared: Sequence[Compared],
    *,
    marker: str = "braille",
) -> None:
    """The curves, the first one over the others, in the place (x, y, width, height).

    They are the smooth losses; where that of a run still lags, the recent ones of all.
    """
    x, y, width, height = place
    right = max([_RIGHT, *(len(f"{figure(9.0, 3)} {each.label}") + 2 for each in compared)])
    columns, rows = width - _LEFT - right, height - 3
    if columns < _LEAST_COLUMNS or rows < _LEAST_ROWS:
        return
    courses, by_recent = _courses(compared)
    if not courses:
        is_read = all(each.course is not None for each in compared)
        waiting = "No curve: too few updates were made." if is_read else "Reading the curves…"
        grid.put(x + _LEFT, y + height // 2, waiting, palette.muted)
        return
    across = _across(courses.values())
    curves = {label: _curve(course, across, 2 * columns) for label, course in courses.items()}
    known = [losses for _, losses in curves.values() if len(losses)]
    if not known:
        return
    plot = _Plot(x + _LEFT, y + 1, columns, rows, across, _losses_shown(known), marker == "ascii")
    drawn = [each for each in compared if each.label in courses]
    for each in reversed(drawn):
        _paint_band(grid, palette, plot, each)
    _paint_losses(grid, palette, plot, by_recent)
    for k, each in reversed(list(enumerate(drawn))):
        _paint_curve(grid, palette, plot, k, each.colour, curves[each.label])
    ends = {label: course.smooth[-1] for label, course in courses.items() if len(curves[label][1])}
    _paint_ends(grid, plot, ends, {each.label: each.colour for each in drawn})
    _paint_characters(grid, palette, plot)


def _courses(compared: Sequence[Compared]) -> tuple[dict[str, Course], bool]:
    """The courses by label that can be drawn, as they can be compared, and whether they are of the recent losses."""
    read = {each.label: each.course for each in compared if each.course is not None and len(each.course.steps) > 1}
    found = dict(zip(read, comparable(read.values()), strict=True))
    by_recent = any(found[label] is not course for label, course in read.items())
    return {label: course for label, course in found.items() if len(course.steps) > 1}, by_recent


def _across(courses: Iterable[Course]) -> tuple[float, float]:
    """The range of the x axis in log10 of the characters read; of a longer run its beginning is left out."""
    ends = [(each.steps[0] * each.characters_per_step, each.steps[-1] * each.characters_per_step) for each in courses]
    shortest, longest = min(last for _, last in ends), max(last for _, last in ends)
    first = max(min(max(1.0, begin) for begin, _ in ends), shortest / _SPAN)
    return math.log10(first), max(math.log10(longest), math.log10(first) + 1e-6)


def _curve(course: Course, across: tuple[float, float], points: int) -> "Curve":
    """The losses at so many places along the x axis, where the run has been."""
    import numpy as np

    places = np.linspace(*across, points)
    at = np.log10(np.maximum(np.array(course.steps, float) * course.characters_per_step, 1.0))
    places = places[(places >= at[0]) & (places <= at[-1])]
    return places, np.interp(places, at, np.array(course.smooth, float))


def _losses_shown(curves: "Sequence[NDArray[np.floating]]") -> tuple[float, float]:
    """The range of the y axis: so much of the fall at the beginning is cut off as leaves most of each curve."""
    import numpy as np

    low = min(float(each.min()) for each in curves)
    high = max(float(np.quantile(each, _DRAWN)) for each in curves)
    span = max(high - low, 1e-6, 1e-9 * abs(high))
    return low - 0.06 * span, high + 0.04 * span


def _paint_band(grid: Grid, palette: Palette, plot: _Plot, each: Compared) -> None:
    """The quartiles around a course as a ground of its colour."""
    import numpy as np

    if not each.band:
        return
    read, lower, upper = np.array(each.band, float).T
    at = np.log10(np.maximum(read, 1.0))
    colour, shape = palette.mixed("background", each.colour, 0.2), ":" if plot.in_ascii else "░"
    begin, end = plot.across
    for column in range(plot.columns):
        value = begin + (column + 0.5) / plot.columns * (end - begin)
        if not at[0] <= value <= at[-1]:
            continue
        first, last = float(np.interp(value, at, upper)), float(np.interp(value, at, lower))
        if last > plot.losses[1]:
            continue
        for down in range(plot.row_of(first), plot.row_of(last) + 1):
            if plot.in_ascii or palette.terminal:
                grid.put(plot.x + column, plot.y + down, shape, palette.faint)
            else:
                grid.tint(plot.x + column, plot.y + down, colour)


def _paint_losses(grid: Grid, palette: Palette, plot: _Plot, by_recent: bool) -> None:
    """The y axis, a dotted line from each of its figures, and which losses they are."""
    low, high = plot.losses
    ticks = [tick for tick in y_ticks(low, high, plot.rows) if low < tick < high]
    for tick, words in zip(ticks, tick_texts(ticks), strict=True):
        for column in range(2, plot.columns, 4):
            dot = "." if plot.in_ascii else "·"
            grid.put(plot.x + column, plot.y + plot.row_of(tick), dot, palette.hair)
        grid.put_left_of(plot.x - 1, plot.y + plot.row_of(tick), words, palette.muted)
    grid.put_left_of(plot.x - 1, plot.y - 1, "nats", palette.muted)
    words = next((each for each in _BY_RECENT if by_recent and len(each) <= plot.columns), "")
    grid.put(plot.x, plot.y - 1, words, palette.muted)


def _paint_curve(grid: Grid, palette: Palette, plot: _Plot, k: int, colour: str, curve: "Curve") -> None:
    """The kth curve; where there are no colours, the second lacks every fourth column, the third every third, …"""
    from tui_rnn.tui.chart import dots

    places, losses = curve
    within = losses <= plot.losses[1]
    bits = dots.polyline(
        places[within].tolist(), losses[within].tolist(), plot.across, plot.losses, plot.columns, plot.rows
    )
    bits[1:] |= bits[:-1].copy()  # two dots high: one is weak
    for down, text in enumerate(dots.characters(bits)):
        for along, character in enumerate(text):
            is_gap = palette.colourless and k > 0 and along % max(2, 5 - k) == 0
            if character != " " and not is_gap:
                sign = _SIGNS[k % len(_SIGNS)] if plot.in_ascii else character
                grid.put(plot.x + along, plot.y + down, sign, colour)


def _paint_ends(grid: Grid, plot: _Plot, ends: Mapping[str, float], colours: Mapping[str, str]) -> None:
    """Beside each curve's end its loss and its label, moved apart where they are too near."""
    rungs = [Rung(end, f"{figure(end, 3)} {label}", label, k, bold=True) for k, (label, end) in enumerate(ends.items())]
    rows = [plot.row_of(rung.value) for rung in rungs]
    for above, k in enumerate(sorted(range(len(rungs)), key=lambda k: -rungs[k].value)):
        below = len(rungs) - 1 - above
        rows[k] = max(min(rows[k], plot.rows - 1 - below), above)  # which leaves the others room
    for down, rung in placed(rungs, rows, plot.rows):
        grid.put(plot.x + plot.columns + 1, plot.y + down, rung.words, colours[rung.role], bold=True)


def _paint_characters(grid: Grid, palette: Palette, plot: _Plot) -> None:
    """The x axis: round numbers of characters read."""
    low, high = plot.across
    x, y = plot.x, plot.y + plot.rows
    grid.put(x, y, ("-" if plot.in_ascii else "─") * plot.columns, palette.faint)
    end = -1
    for power in range(math.floor(low), math.ceil(high) + 1):
        for times in (1, 2, 5) if high - low < 1.5 else (1,):
            value = times * 10.0**power
            at = round((math.log10(value) - low) / (high - low) * (plot.columns - 1))
            words = step_text(value)
            begin = at - len(words) // 2
            if 0 <= at < plot.columns and begin > end and begin >= 0 and begin + len(words) <= plot.columns:
                grid.put(x + at, y, "+" if plot.in_ascii else "┬", palette.dim)
                grid.put(x + begin, y + 1, words, palette.muted)
                end = begin + len(words)
    grid.put(x + plot.columns + 1, y + 1, "characters", palette.dim)
