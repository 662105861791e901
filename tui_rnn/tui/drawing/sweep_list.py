"""The runs of a sweep on a grid: a run a row, with what is varied, its state, its losses, its course, what is left."""

from collections.abc import Mapping, Sequence

from tui_rnn.sweeps.spec import Status
from tui_rnn.tui.drawing.runs_list import course_text
from tui_rnn.tui.drawing.sweep_columns import Column, judged_column, run_columns
from tui_rnn.tui.drawing.sweep_order import BEST, COURSE, HELD_OUT, LOSS, Order
from tui_rnn.tui.drawing.sweep_row import SweepRow, SweepTable
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.wording import duration_text, figure


def paint_runs(
    grid: Grid,
    palette: Palette,
    table: SweepTable,
    rows: Sequence[SweepRow],
    order: Order,
    chosen: int,
    marks: Mapping[str, str],
    height: int,
    *,
    marker: str = "braille",
) -> int:
    """Paint headings and so many of the rows, in the order given, around the chosen one; returns the first of them.

    `marks` are colours by the names of jobs.
    """
    columns, judged, best = run_columns(grid.width, table), judged_column(table), table.best
    paint_headings(grid, palette, columns, order, marker)
    shown = max(1, height - 1)
    first = max(0, min(chosen - shown // 2, len(rows) - shown))
    for y, row in enumerate(rows[first : first + shown], 1):
        is_chosen = first + y - 1 == chosen
        paint_edge(grid, palette, y, marks.get(row.name), marker, is_chosen=is_chosen)
        for column in columns:
            _paint_cell(grid, palette, table, column, row, y, marker, is_chosen=is_chosen)
        _paint_reason(grid, palette, columns, row, y)
        if row is best:
            paint_best(grid, palette, next(each for each in columns if each.name == judged), y, figure(row.judged, 3))
    return first


def paint_headings(grid: Grid, palette: Palette, columns: Sequence[Column], order: Order, marker: str) -> None:
    """The names of the columns; that of the order with an arrow, up where the smallest stands on top."""
    for column in columns:
        is_order = column.name == order.column
        colour = palette.accent if is_order else palette.dim
        behind = put(grid, column, 0, column.heading, colour, bold=is_order)
        if is_order:
            ascii_only = marker == "ascii"
            grid.put(behind, 0, ("v" if ascii_only else "↓") if order.turned else ("^" if ascii_only else "↑"), colour)


def paint_edge(grid: Grid, palette: Palette, y: int, mark: str | None, marker: str, *, is_chosen: bool) -> None:
    """What stands before a row that is chosen or marked; the chosen one has a ground of its own."""
    ascii_only = marker == "ascii"
    if is_chosen:
        for x in range(grid.width):
            grid.tint(x, y, palette.mixed("background", "text", 0.07))
        grid.put(0, y, ">" if ascii_only else "▌", palette.primary if mark is None else mark, bold=True)
    elif mark is not None:
        grid.put(0, y, "=" if ascii_only else "━", mark)


def paint_best(grid: Grid, palette: Palette, column: Column, y: int, words: str) -> None:
    """The lowest loss of all, with the sign of the best."""
    behind = put(grid, column, y, words, palette.success, bold=True)
    grid.put(behind, y, "▴", palette.success, bold=True)


def put(grid: Grid, column: Column, y: int, text: str, colour: str, *, bold: bool = False) -> int:
    """Put text into a column, at its side; returns the x behind it."""
    if column.to_the_right:
        grid.put_left_of(column.x + column.width, y, text, colour, bold=bold)
        return column.x + column.width
    return grid.put(column.x, y, text, colour, bold=bold)


def _paint_cell(
    grid: Grid,
    palette: Palette,
    table: SweepTable,
    column: Column,
    row: SweepRow,
    y: int,
    marker: str,
    *,
    is_chosen: bool,
) -> None:
    judged, has_begun = judged_column(table), row.job.status != Status.WAITING
    plain = palette.text if has_begun else palette.dim
    match column.name:
        case "#":
            put(grid, column, y, str(row.number), palette.dim)
        case "seed":
            put(grid, column, y, str(row.seed), palette.muted if has_begun else palette.dim)
        case "state":
            glyph, words, role = row.state
            put(grid, column, y, f"{glyph} {words}", getattr(palette, role))
        case "loss":
            _put_loss(grid, palette, column, y, table.loss(row), palette.text, bold=judged == LOSS)
            if row.lags and not table.by_recent:
                grid.put(column.x + column.width, y, "*", palette.text)
        case "best":
            best = None if row.lags else row.best
            _put_loss(grid, palette, column, y, best, palette.text, bold=judged == BEST)
        case "held out":
            _put_loss(grid, palette, column, y, row.held_out, palette.secondary, bold=judged == HELD_OUT)
        case "left":
            if row.seconds_left is not None:
                put(grid, column, y, duration_text(row.seconds_left), palette.muted)
        case "course":
            if row.run is not None:
                base, share = ("primary", 0.25) if is_chosen else ("text", 0.62)
                text = course_text(row.run, column.width, marker, row.part)
                grid.put(column.x, y, text, palette.mixed(base, "background", share))
        case name:
            put(grid, column, y, row.settings[table.options.index(name)], plain, bold=is_chosen)


def _put_loss(
    grid: Grid, palette: Palette, column: Column, y: int, loss: float | None, colour: str, *, bold: bool
) -> None:
    words = figure(loss, 3)
    known = loss is not None and len(words) <= column.width
    put(grid, column, y, words if known else "–", colour if known else palette.dim, bold=bold and known)


def _paint_reason(grid: Grid, palette: Palette, columns: Sequence[Column], row: SweepRow, y: int) -> None:
    """Why it was given up, in the place of a course that says nothing, where it fits whole."""
    place = next((each for each in columns if each.name == COURSE), None)
    if row.job.status == Status.FAILED and place is not None and len(row.reason) <= place.width:
        grid.put(place.x, y, " " * place.width, palette.dim)
        grid.put(place.x, y, row.reason, palette.error)
