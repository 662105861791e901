"""The loss chart on a grid: the smooth curve as a ribbon, the raw losses as a band, marks, axes, words beside it.

nats ◆───────◆───────◆────┬──◆──── bits          rail: samples ◆, epochs ┬
2.2  ·  ▗▇▇▆▃ ·  ·  ·  ·  ┊  ·     4.317 uniform ↑
2.0        ▔▔▇▇▆▅▅▄▃▃     ┊        2.387 2-gram ↑
1.8  ·  ·  ·  ·  ▔▔▔▇▇▆▅▅▅▅▄▄      1.846 now ▴
┬───────●───────●───────●──── steps         axis: checkpoints ●, ticks ┬
0       10k     20k     30k
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui_rnn.tui.chart import dots
from tui_rnn.tui.chart.axes import Band, XAxis, band, limits, loss_text, smooth_at, tick_texts, ticks, x_axis, y_ticks
from tui_rnn.tui.chart.ladder import Rung, placed
from tui_rnn.tui.chart.series import Series
from tui_rnn.tui.chart.view import View
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette

EIGHTHS = " ▁▂▃▄▅▆▇█"
_BITS = math.log(2)
_LARGEST = 1e100  # a loss above it would overflow on the way to its place
_SMALLEST = 1e-100  # a loss below it has no place on a logarithmic scale


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters of marks and lines."""

    sample: str = "◆"
    saved: str = "●"
    held_out: str = "▲"
    best: str = "▴"
    cursor: str = "●"
    line: str = "─"
    tick: str = "┬"
    epoch: str = "┊"
    level: str = "╌"
    upright: str = "│"
    foot: str = "┴"
    lattice: str = "·"
    up: str = "↑"
    down: str = "↓"


SIGNS = Signs()
ASCII_SIGNS = Signs("*", "o", "^", "b", "O", "-", "+", "|", "-", "|", "+", ".", "^", "v")


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the parts of the chart lie on the grid, and its scales."""

    left: int  # columns of the losses' axis
    gutter: int  # columns of words beside the plot
    width: int  # of the plot
    height: int
    thick: int  # eighths of a row that the curve is high
    axis: XAxis
    low: float
    high: float
    log: bool

    def y(self, loss: float) -> float:
        """How far below the plot's upper edge a loss lies, as part of its height."""
        if self.log:
            loss, low, high = (math.log(max(value, _SMALLEST)) for value in (loss, self.low, self.high))
            return (high - loss) / (high - low)
        return (self.high - loss) / (self.high - self.low)

    def row(self, loss: float) -> int:
        """The row of the plot that a loss lies in, the outermost for one outside."""
        return int(min(max(self.y(loss) * self.height, 0), self.height - 1))

    def shows(self, loss: float) -> bool:
        """Whether a loss lies within the plot."""
        return self.low < loss < self.high


def frame_for(series: Series, view: View, width: int, height: int) -> tuple[Frame, Band]:
    """The frame of a chart of this size, and the band of its raw losses. The series has a point at least."""
    wide, compact = width >= 126, width < 96
    left, gutter = (8 if wide else 6), (20 if wide else 15 if compact else 16)
    plot_width, plot_height = max(1, width - left - gutter), max(1, height - 3)
    axis = x_axis(series, view.scale, plot_width, view.first, view.last)
    raw = band(_averaged(series, view.averaged), axis)
    low, high = limits(series, axis, raw, whole=view.whole)
    if view.log and low <= 0 < high:  # a padding below zero has no logarithm
        low = 0.97 * min(loss for loss in (*series.smooth, *raw.low.tolist(), high) if loss > 0)
    log = view.log and low > _SMALLEST and math.log(high / low) > 1e-9
    return Frame(left, gutter, plot_width, plot_height, 6 if wide else 4 if compact else 5, axis, low, high, log), raw


def draw(grid: Grid, palette: Palette, series: Series, view: View) -> Frame | None:
    """Draw the series over the whole grid; the frame it was drawn in, None where no axis can hold any of it."""
    series = _drawable(series)
    if not series.steps:
        words = "No loss that an axis can hold."
        grid.put((grid.width - len(words)) // 2, grid.height // 2, words, palette.muted)
        return None
    frame, raw = frame_for(series, view, grid.width, grid.height)
    signs = ASCII_SIGNS if view.marker == "ascii" else SIGNS
    marks = y_ticks(frame.low, frame.high, frame.height)
    marks = [loss for loss in marks if frame.shows(loss)]
    _lattice(grid, palette, frame, signs, marks)
    _epochs(grid, palette, frame, signs, series)
    _band(grid, palette, frame, raw, view.marker)
    _levels(grid, palette, frame, signs, series)
    _overlay(grid, palette, frame, series, view.marker)
    _ribbon(grid, palette, frame, series, view.marker)
    _held_out(grid, palette, frame, signs, series)
    _axes(grid, palette, frame, signs, series, marks)
    _rail(grid, palette, frame, signs, series)
    _gutter(grid, palette, frame, signs, series)
    _best(grid, palette, frame, signs, series)
    _cursor(grid, palette, frame, signs, series, view)
    return frame


def _drawable(series: Series) -> Series:
    """The series without losses that no axis can hold."""
    points = zip(series.steps, series.smooth, series.raw, strict=True)
    kept = [point for point in points if _fits(point[1]) and _fits(point[2])]
    steps, smooth, raw = zip(*kept, strict=True) if kept else ((), (), ())
    other = series.overlay
    return replace(
        series,
        steps=steps,
        smooth=smooth,
        raw=raw,
        held_out=tuple(each for each in series.held_out if _fits(each[1])),
        uniform=series.uniform if series.uniform is not None and _fits(series.uniform) else None,
        best=series.best if series.best and _fits(series.best[1]) else None,
        overlay=other if other and all(map(_fits, other.smooth)) else None,
    )


def _fits(loss: float) -> bool:
    return -_LARGEST < loss < _LARGEST  # false for a NaN


def _averaged(series: Series, points: int) -> Series:
    """The series with each raw loss the mean of so many points, itself the last."""
    if points <= 1:
        return series
    # Window by window: a running sum would not come back from a loss of 1e30, which takes the digits of the others.
    windows = np.lib.stride_tricks.sliding_window_view(np.concatenate([np.zeros(points - 1), series.raw]), points)
    counts = np.minimum(np.arange(1, len(series.raw) + 1), points)
    return replace(series, raw=tuple((windows.sum(axis=1) / counts).tolist()))


def _lattice(grid: Grid, palette: Palette, frame: Frame, signs: Signs, marks: list[float]) -> None:
    for loss in marks:
        for x in range(2, frame.width, 4):
            grid.put(frame.left + x, 1 + frame.row(loss), signs.lattice, palette.hair)


def _epoch_columns(frame: Frame, series: Series) -> list[tuple[int, int]]:
    """(number of the epoch that begins, its column), at the most some eight of them."""
    per_epoch = series.steps_per_epoch
    if not per_epoch or frame.axis.last < 1.02 * per_epoch:
        return []
    first, last = math.ceil(max(frame.axis.first, 1) / per_epoch), int(frame.axis.last / per_epoch)
    every = max(1, math.ceil((last - first + 1) / 8))
    shown = range(-(-first // every) * every, last + 1, every)
    found = [(epoch + 1, frame.axis.column(epoch * per_epoch)) for epoch in shown]
    return [(epoch, column) for epoch, column in found if column is not None]


def _epochs(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series) -> None:
    for _, x in _epoch_columns(frame, series):
        for y in range(frame.height):
            grid.put(frame.left + x, 1 + y, signs.epoch, palette.hair)


def _band(grid: Grid, palette: Palette, frame: Frame, raw: Band, marker: str) -> None:
    """Whole cells by their background, edges to an eighth of a row by a block in the band's colour or the plot's."""
    height, ground = frame.height, palette.background
    for x, low, high in zip(raw.columns.tolist(), raw.low.tolist(), raw.high.tolist(), strict=True):
        top = max(0.0, frame.y(high) * height * 8)
        foot = min(height * 8.0, frame.y(low) * height * 8)
        for y in range(int(top // 8), min(height, math.ceil(foot / 8))):
            upper, lower = y * 8, y * 8 + 8
            at = (frame.left + x, 1 + y)
            if marker == "ascii":
                if top <= upper + 4 and foot >= lower - 4:
                    grid.put(*at, ":", palette.faint)
            elif top <= upper and foot >= lower:
                grid.tint(*at, palette.band)
            elif foot >= lower:
                if (n := round(lower - top)) > 0:
                    grid.put(*at, EIGHTHS[n], palette.band)
            elif top <= upper:
                if (n := round(lower - foot)) < 8:
                    grid.put(*at, EIGHTHS[n], ground, palette.band)
            elif (n := round(foot - top)) > 0:
                grid.put(*at, EIGHTHS[n], palette.band)


def _levels(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series) -> None:
    for reference in series.references:
        if frame.shows(reference.nats):
            for x in range(max(0, frame.width - 4), frame.width):
                grid.put(frame.left + x, 1 + frame.row(reference.nats), signs.level, palette.dim)


def _on_plot(frame: Frame, losses: NDArray[np.float64]) -> tuple[NDArray[np.float64], tuple[float, float]]:
    """Losses and the plot's limits as the curve's dots are to be set: their logarithms on a logarithmic scale."""
    if not frame.log:
        return losses, (frame.low, frame.high)
    return np.log(np.maximum(losses, _SMALLEST)), (math.log(frame.low), math.log(frame.high))


def _overlay(grid: Grid, palette: Palette, frame: Frame, series: Series, marker: str) -> None:
    """Another run: dots one high, every fourth column left out."""
    other = series.overlay
    if other is None or not other.steps:
        return
    values = np.linspace(frame.axis.low, frame.axis.high, 2 * frame.width)
    steps = frame.axis.steps(values)
    inside = (steps >= other.steps[0]) & (steps <= other.steps[-1])
    losses = np.interp(steps[inside], other.steps, other.smooth)
    drawn = (losses <= frame.high) & (losses >= frame.low)  # plotext would set every dot on the way to one outside
    ys, y_limits = _on_plot(frame, losses[drawn])
    x_limits = (frame.axis.low, frame.axis.high)
    bits = dots.polyline(values[inside][drawn].tolist(), ys.tolist(), x_limits, y_limits, frame.width, frame.height)
    for y, row in enumerate(dots.characters(bits)):
        for x, character in enumerate(row):
            if character != " " and x % 4 != 3:
                grid.put(frame.left + x, 1 + y, "." if marker == "ascii" else character, palette.overlay)


def _ribbon(grid: Grid, palette: Palette, frame: Frame, series: Series, marker: str) -> None:
    """The smooth curve: plotext's dots at eight a row, folded into a solid ribbon."""
    values = np.linspace(frame.axis.low, frame.axis.high, 2 * frame.width)
    steps = frame.axis.steps(values)
    inside = (steps >= max(series.steps[0], frame.axis.first)) & (steps <= series.steps[-1])
    if not inside.any():  # one point alone
        inside[np.argmin(np.abs(steps - series.steps[-1]))] = True
    losses = np.maximum(smooth_at(series, steps[inside]), frame.low)
    drawn = losses <= frame.high
    entered = int(np.argmax(drawn)) if drawn.any() else 0
    if entered:  # it comes into the plot from above
        losses[entered - 1], drawn[entered - 1] = frame.high, True
    ys, y_limits = _on_plot(frame, losses[drawn])
    x_limits = (frame.axis.low, frame.axis.high)
    bits = dots.polyline(values[inside][drawn].tolist(), ys.tolist(), x_limits, y_limits, frame.width, 2 * frame.height)
    columns = bits[:, ::2] | bits[:, 1::2]
    first = columns.argmax(axis=0)
    last = columns.shape[0] - 1 - columns[::-1].argmax(axis=0)
    for x in np.flatnonzero(columns.any(axis=0)).tolist():
        _bar(grid, palette, frame, x, *_widened(int(first[x]), int(last[x]), frame), marker)


def _widened(first: int, last: int, frame: Frame) -> tuple[int, int]:
    """From and up to which eighth of a row the ribbon reaches that goes through these dots.

    No character has two edges within one cell: a piece that would need one moves to the nearer edge.
    """
    top = max(0, first - (frame.thick - 1) // 2)
    foot = min(frame.height * 8, last + 1 + frame.thick // 2)
    if top % 8 and foot % 8 and top // 8 == foot // 8:
        up, down = top % 8, 8 - foot % 8
        move = -up if up <= down else down
        top, foot = top + move, foot + move
    return top, foot


def _bar(grid: Grid, palette: Palette, frame: Frame, x: int, top: int, foot: int, marker: str) -> None:
    for y in range(top // 8, min(frame.height, -(-foot // 8))):
        begin, end = max(top - y * 8, 0), min(foot - y * 8, 8)
        at = (frame.left + x, 1 + y)
        if marker in ("ascii", "dot"):
            if end - begin >= 4 or (foot - top) < 8:
                grid.put(*at, "#" if marker == "ascii" else "•", palette.primary, bold=True)
            continue
        if marker == "hd":  # halves of a row, which every font has
            begin, end = 4 * round(begin / 4), 4 * round(end / 4)
        under = grid.background_at(*at) or palette.background
        if begin == 0 and end == 8:
            grid.put(*at, "█", palette.primary)
        elif end == 8 and begin < 8:
            grid.put(*at, EIGHTHS[8 - begin], palette.primary, under)
        elif begin == 0 and end == 4:
            grid.put(*at, "▀", palette.primary, under)
        elif begin == 0 and end:
            grid.put(*at, EIGHTHS[8 - end], under, palette.primary)


def _held_out(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series) -> None:
    for step, loss in series.held_out:
        column = frame.axis.column(step)
        if column is not None and frame.shows(loss):
            grid.put(frame.left + column, 1 + frame.row(loss), signs.held_out, palette.secondary, bold=True)


def _axes(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series, marks: list[float]) -> None:
    left, foot = frame.left, 1 + frame.height
    for loss, words in zip(marks, tick_texts(marks), strict=True):
        grid.put_left_of(left - 1, 1 + frame.row(loss), words, palette.muted)
    grid.put(left, foot, signs.line * frame.width, palette.faint)
    end = -2
    for column, words in frame.axis.ticks():
        grid.put(left + column, foot, signs.tick, palette.dim)
        at = max(0, column - len(words) // 2)
        if at > end + 1 and at + len(words) <= frame.width:
            grid.put(left + at, foot + 1, words, palette.muted)
            end = at + len(words)
    grid.put(left + frame.width + 1, foot + 1, frame.axis.name, palette.muted)
    for column in _mark_columns(frame, series.saved):
        grid.put(left + column, foot, signs.saved, palette.success)


def _is_free(grid: Grid, palette: Palette, x: int, y: int, words: str) -> bool:
    """Whether words there would hide neither the curve nor other words."""
    cells = grid.rows[y][x : x + len(words)]
    blank = (" ", SIGNS.lattice, SIGNS.epoch, *EIGHTHS, ":", ASCII_SIGNS.lattice, ASCII_SIGNS.epoch)
    return len(cells) == len(words) and all(
        cell[0] in blank and palette.primary not in (cell[1], cell[2]) for cell in cells
    )


def _mark_columns(frame: Frame, steps: Sequence[float]) -> list[int]:
    """The columns that have a mark, each once."""
    if not steps:
        return []
    columns = np.unique(frame.axis.columns(steps))
    return [column for column in columns.tolist() if 0 <= column < frame.width]


def _rail(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series) -> None:
    left = frame.left
    grid.put_left_of(left - 1, 0, "nats", palette.muted)
    grid.put(left, 0, signs.line * frame.width, palette.faint)
    for epoch, column in _epoch_columns(frame, series):
        grid.put(left + column, 0, signs.tick, palette.dim)
        words = f"epoch {epoch}"
        if column + 1 + len(words) < frame.width and _is_free(grid, palette, left + column + 1, frame.height, words):
            grid.put(left + column + 1, frame.height, words, palette.dim)
    for column in _mark_columns(frame, [max(step, frame.axis.first) if step <= 1 else step for step in series.samples]):
        grid.put(left + column, 0, signs.sample, palette.accent)  # that before update 1 begins every scale


def _gutter(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series) -> None:
    """Words in the order of their values; between them the same scale in bits."""
    x = frame.left + frame.width + 1
    grid.put(x, 0, "bits/char" if frame.gutter >= 20 else "bits", palette.muted)
    rungs = _rungs(frame, signs, series)
    taken = set()
    for row, rung in placed(rungs, [frame.row(rung.value) for rung in rungs], frame.height):
        taken.add(row)
        words = rung.words if len(rung.words) < frame.gutter else rung.words[: frame.gutter - 2] + "…"
        grid.put(x, 1 + row, words, getattr(palette, rung.role), bold=rung.bold)
    bits = ticks(frame.low / _BITS, frame.high / _BITS, max(2, frame.height // 2))
    for value, words in zip(bits, tick_texts(bits), strict=True):
        row = frame.row(value * _BITS)
        if row not in taken and frame.shows(value * _BITS):
            taken.add(row)
            grid.put(x, 1 + row, words, palette.faint)


def _rungs(frame: Frame, signs: Signs, series: Series) -> list[Rung]:
    now = series.smooth[-1]
    newest = _is_newest(frame, series)
    found = [Rung(now, f"{_nats(now)} now" + f" {signs.best}" * newest, "primary", 0, bold=True)]
    if series.held_out and frame.shows(loss := series.held_out[-1][1]):
        found.append(Rung(loss, f"{_nats(loss)} held out", "secondary", 1))
    if series.overlay and series.overlay.smooth and frame.shows(loss := series.overlay.smooth[-1]):
        found.append(Rung(loss, f"{_nats(loss)} {series.overlay.name}", "overlay", 2))
    levels = sorted(series.references, key=lambda level: level.nats)
    shown = [level for level in levels if frame.shows(level.nats)]
    found += [Rung(level.nats, f"{_nats(level.nats)} {level.name}", "dim", 3) for level in shown]
    above = [level for level in levels if level.nats >= frame.high][:1]
    below = [level for level in levels if level.nats <= frame.low][-1:]
    found += [Rung(level.nats, f"{_nats(level.nats)} {level.name} {signs.up}", "dim", 5) for level in above]
    found += [Rung(level.nats, f"{_nats(level.nats)} {level.name} {signs.down}", "dim", 4) for level in below]
    if series.uniform is not None:
        if frame.shows(series.uniform):
            found.append(Rung(series.uniform, f"{_nats(series.uniform)} uniform", "dim", 3))
        elif series.uniform >= frame.high and frame.height >= 8:
            found.append(Rung(series.uniform, f"{_nats(series.uniform)} uniform {signs.up}", "dim", 6))
    return found


def _is_newest(frame: Frame, series: Series) -> bool:
    """Whether the best smooth loss lies in the last columns of the curve."""
    if series.best is None:
        return False
    best, now = frame.axis.columns([series.best[0], series.steps[-1]]).tolist()
    return bool(best >= now - 2)


def _nats(loss: float) -> str:
    return loss_text(loss, 3)


def _best(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series) -> None:
    """A mark under the curve, where the label of the newest value does not have it."""
    if series.best is None or _is_newest(frame, series) or not frame.shows(series.best[1]):
        return
    column = frame.axis.column(series.best[0])
    row = frame.row(series.best[1]) + 1
    if column is None or row >= frame.height:
        return
    x, y = frame.left + column, 1 + row
    if not _is_free(grid, palette, x, y, signs.best):
        return
    grid.put(x, y, signs.best, palette.success, bold=True)
    at = x + 2 if column + 7 < frame.width else x - 5
    if _is_free(grid, palette, at, y, "best"):
        grid.put(at, y, "best", palette.success)


def _cursor(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series, view: View) -> None:
    """An upright line at a point of the history, and a mark on the curve."""
    if view.cursor is None or (column := frame.axis.column(view.cursor)) is None:
        return
    x = frame.left + column
    for y in range(frame.height):
        if grid.rows[1 + y][x][0] in (" ", signs.lattice, signs.epoch):
            grid.put(x, 1 + y, signs.upright, palette.accent)
    grid.put(x, 1 + frame.height, signs.foot, palette.accent, bold=True)
    loss = float(smooth_at(series, [view.cursor])[0])
    if frame.shows(loss):
        grid.put(x, 1 + frame.row(loss), signs.cursor, palette.accent, bold=True)
