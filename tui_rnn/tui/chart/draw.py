"""The loss chart on a grid: the smooth curve as a ribbon, the raw losses as a band, marks, axes, words beside it.

nats ◆───────◆───────◆────┬──◆────               rail: samples ◆, changes ▼, epochs ┬
2.2  ·  ▗▇▇▆▃ ·  ·  ·  ·  ┊  ·     4.317 uniform ↑
2.0        ▔▔▇▇▆▅▅▄▃▃     ┊        2.75 bits
1.8  ·  ·  ·  ·  ▔▔▔▇▇▆▅▅▅▅▄▄      1.846 now ▴
┬───────●───────●───────●──── steps         axis: checkpoints ●, ticks ┬
0       10k     20k     30k
"""

from collections.abc import Sequence

from tui_rnn.tui.chart.curve import EIGHTHS, draw_band, draw_ribbon
from tui_rnn.tui.chart.frame import Frame, drawable, epoch_columns, frame_for
from tui_rnn.tui.chart.gutter import draw_gutter, is_newest, rungs_beside
from tui_rnn.tui.chart.overlay import OverlayDots
from tui_rnn.tui.chart.round_numbers import tick_texts, y_ticks
from tui_rnn.tui.chart.series import Series
from tui_rnn.tui.chart.signs import ASCII_SIGNS, SIGNS, TERMINAL_SIGNS, Signs, signs_for
from tui_rnn.tui.chart.view import View
from tui_rnn.tui.chart.y_range import smooth_at
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette


def draw(
    grid: Grid, palette: Palette, series: Series, view: View, overlay_dots: OverlayDots | None = None
) -> Frame | None:
    """Draw the series over the whole grid; the frame it was drawn in, None where no axis can hold any of it.

    `overlay_dots` are those of the drawing before.
    """
    series = drawable(series)
    if not series.steps:
        words = "No loss that an axis can hold."
        grid.put((grid.width - len(words)) // 2, grid.height // 2, words, palette.muted)
        return None
    frame, raw = frame_for(series, view, grid.width, grid.height)
    signs = signs_for(view.marker, palette)
    marks = y_ticks(frame.low, frame.high, frame.height)
    marks = [loss for loss in marks if frame.shows(loss)]
    _lattice(grid, palette, frame, signs, marks)
    _epochs(grid, palette, frame, signs, series)
    draw_band(grid, palette, frame, raw, signs)
    ladder = rungs_beside(frame, signs, series)
    _levels(grid, palette, frame, signs, series, [rung.value for _, rung in ladder])
    _overlay(grid, palette, frame, signs, series, overlay_dots or OverlayDots())
    draw_ribbon(grid, palette, frame, series, view.marker)
    _held_out(grid, palette, frame, signs, series)
    _axes(grid, palette, frame, signs, series, marks)
    _rail(grid, palette, frame, signs, series)
    draw_gutter(grid, palette, frame, ladder)
    _best(grid, palette, frame, signs, series)
    _cursor(grid, palette, frame, signs, series, view)
    return frame


def _lattice(grid: Grid, palette: Palette, frame: Frame, signs: Signs, marks: list[float]) -> None:
    for loss in marks:
        for x in range(2, frame.width, 4):
            grid.put(frame.left + x, 1 + frame.row(loss), signs.lattice, palette.hair)


def _epochs(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series) -> None:
    for _, x in epoch_columns(frame, series):
        for y in range(frame.height):
            grid.put(frame.left + x, 1 + y, signs.epoch, palette.hair)


def _levels(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series, named: Sequence[float]) -> None:
    """A dashed line at the plot's edge for each level that is named beside it."""
    for reference in series.references:
        if frame.shows(reference.nats) and reference.nats in named:
            for x in range(max(0, frame.width - 4), frame.width):
                grid.put(frame.left + x, 1 + frame.row(reference.nats), signs.level, palette.dim)


def _overlay(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series, dots: OverlayDots) -> None:
    """Another run, above the band and below the curve."""
    if series.overlay is None:
        return
    rows = dots.rows(series.overlay, frame.axis, frame.height, frame.low, frame.high, log=frame.log)
    for y, row in enumerate(rows):
        for x, character in enumerate(row):
            if character != " ":
                grid.put(frame.left + x, 1 + y, signs.overlay if signs is ASCII_SIGNS else character, palette.overlay)


def _held_out(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series) -> None:
    for step, loss in series.held_out:
        column = frame.axis.column(step)
        if column is not None and frame.shows(loss):
            grid.put(frame.left + column, 1 + frame.row(loss), signs.held_out, palette.secondary, bold=True)


def _axes(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series, marks: list[float]) -> None:
    left, foot = frame.left, 1 + frame.height
    for loss, words in zip(marks, tick_texts(marks), strict=True):
        if len(words) < left:  # else it would be cut
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
    shades = (TERMINAL_SIGNS.shade, ASCII_SIGNS.shade)
    blank = (" ", SIGNS.lattice, SIGNS.epoch, *EIGHTHS, *shades, ASCII_SIGNS.lattice, ASCII_SIGNS.epoch)
    return len(cells) == len(words) and all(
        cell[0] in blank and palette.primary not in (cell[1], cell[2]) for cell in cells
    )


def _mark_columns(frame: Frame, steps: Sequence[float]) -> list[int]:
    """The columns that have a mark, each once."""
    if not steps:
        return []
    columns = set(frame.axis.columns(steps).tolist())  # np.unique would import masked arrays, during the first drawing
    return sorted(column for column in columns if 0 <= column < frame.width)


def _rail(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series) -> None:
    left = frame.left
    grid.put_left_of(left - 1, 0, "nats", palette.muted)
    grid.put(left, 0, signs.line * frame.width, palette.faint)
    for epoch, column in epoch_columns(frame, series):
        grid.put(left + column, 0, signs.tick, palette.dim)
        words = f"epoch {epoch}"
        if column + 1 + len(words) < frame.width and _is_free(grid, palette, left + column + 1, frame.height, words):
            grid.put(left + column + 1, frame.height, words, palette.dim)
    for column in _mark_columns(frame, [max(step, frame.axis.first) if step <= 1 else step for step in series.samples]):
        grid.put(left + column, 0, signs.sample, palette.accent)  # that before update 1 begins every scale
    for column in _mark_columns(frame, [max(step, frame.axis.first) for step in series.adjusted]):
        grid.put(left + column, 0, signs.adjusted, palette.text, bold=True)


def _best(grid: Grid, palette: Palette, frame: Frame, signs: Signs, series: Series) -> None:
    """A mark under the curve, where the label of the newest value does not have it."""
    if series.best is None or is_newest(series) or not frame.shows(series.best[1]):
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
