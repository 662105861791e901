"""The run's own losses on the chart: the raw ones as a band, the smooth ones as a ribbon on it."""

import math

import numpy as np

from tui_rnn.tui.chart import dots
from tui_rnn.tui.chart.frame import Frame
from tui_rnn.tui.chart.series import Series
from tui_rnn.tui.chart.signs import Signs
from tui_rnn.tui.chart.y_range import Band, smooth_at
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette

EIGHTHS = " ▁▂▃▄▅▆▇█"


def draw_band(grid: Grid, palette: Palette, frame: Frame, raw: Band, signs: Signs) -> None:
    """Whole cells by their background, edges to an eighth of a row by a block in the band's colour or the plot's.

    Where there is no background to paint, in ascii and in a terminal's own colours, by signs.
    """
    height, ground = frame.height, palette.background
    for x, low, high in zip(raw.columns.tolist(), raw.low.tolist(), raw.high.tolist(), strict=True):
        top = max(0.0, frame.y(high) * height * 8)
        foot = min(height * 8.0, frame.y(low) * height * 8)
        for y in range(int(top // 8), min(height, math.ceil(foot / 8))):
            upper, lower = y * 8, y * 8 + 8
            at = (frame.left + x, 1 + y)
            if signs.shade:
                if top <= upper + 4 and foot >= lower - 4:
                    grid.put(*at, signs.shade, palette.faint)
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


def draw_ribbon(grid: Grid, palette: Palette, frame: Frame, series: Series, marker: str) -> None:
    """The smooth curve: dots as plotext sets them, eight a row, folded into a solid ribbon."""
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
    ys, y_limits = frame.on_plot(losses[drawn])
    x_limits = (frame.axis.low, frame.axis.high)
    bits = dots.live_polyline(values[inside][drawn], ys, x_limits, y_limits, frame.width, 2 * frame.height)
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
        if marker == "hd" or palette.terminal:  # halves of a row, which every font has; one colour alone
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
