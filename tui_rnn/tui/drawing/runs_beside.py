"""What stands below a list of runs: the curves of the chosen one and the marked ones, what differs, what it wrote."""

from collections.abc import Sequence

from tui_rnn.tui.drawing.compared import Compared
from tui_rnn.tui.drawing.runs_curves import paint_curves
from tui_rnn.tui.drawing.runs_table import count_text, paint_table, sentence
from tui_rnn.tui.drawing.words import paint_words
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.wording import counted, duration_text, figure

TABLE = 46  # columns of the table beside the curves
_LEAST_CURVES = 60  # columns of curves beside a table
_LEAST_WIDTH = 100  # columns from which a table stands beside the curves


def paint_beside(
    grid: Grid,
    palette: Palette,
    y: int,
    compared: Sequence[Compared],
    title: str,
    facts: str,
    *,
    whole: bool,
    marker: str = "braille",
    why: str = "",
) -> None:
    """From row y on: the first of the runs under its title and facts, beside the others.

    `whole`: all options that differ, and curves only where that leaves room. `why` it came to an early end, if it did,
    stands in place of what it wrote last.
    """
    if not compared:
        return
    if whole:
        behind = paint_table(grid, palette, 0, y, compared, whole=True)
        x = 4 + max(len(row.rstrip()) for row in grid.text()[y:behind])
        if grid.width - x >= _LEAST_CURVES:
            paint_curves(grid, palette, (x, y, grid.width - x, grid.height - y), compared, marker=marker)
    elif grid.width < _LEAST_WIDTH:
        _paint_small(grid, palette, y, compared, title, marker, why)
    else:
        width, row = grid.width - TABLE - 3, compared[0].row
        paint_curves(grid, palette, (0, y, width, grid.height - y), compared, marker=marker)
        x = width + 3
        grid.put(x, y, title, palette.text, bold=True)
        grid.put(x, y + 1, facts, palette.muted)
        behind = paint_table(grid, palette, x, y + 3, compared, whole=False)
        words, what = (row.line.note, "noted") if row.line.note else (row.last_sample, "it wrote last")
        words, what = (why, "why") if why else (words, what)
        paint_words(grid, palette, x, behind + 1, TABLE, words, title=what)


def _paint_small(
    grid: Grid, palette: Palette, y: int, compared: Sequence[Compared], title: str, marker: str, why: str
) -> None:
    """A few lines, and the curves where there is room for them."""
    row = compared[0].row
    at = grid.put(0, y, title, palette.text, bold=True)
    made = f"{counted(row.line.step, 'update')}, {duration_text(row.line.elapsed_seconds)}"
    if at + 3 + len(made) <= grid.width:
        grid.put(at + 3, y, made, palette.muted)
    y += 1
    for other, changes in zip(compared[1:], sentence(compared), strict=True):
        label, words = changes
        at = grid.put(0, y, "beside ", palette.muted)
        at = grid.put(at, y, label, other.colour, bold=True)
        grid.put(at, y, ": " + _whole(words, grid.width - at - 2), palette.muted)
        y += 1
    lines = [each.row.line for each in compared]
    lagging = any(line.lags for line in lines)
    losses = (line.recent_nats_per_char if lagging else line.nats_per_char for line in lines)
    best = " → ".join(figure(nats, 3) for nats in losses)
    read = " → ".join(count_text(each.row.characters) for each in compared)
    grid.put(0, y, f"{'recent' if lagging else 'best'} {best}   characters {read}", palette.muted)
    y += 2
    if why:
        paint_words(grid, palette, 0, y, grid.width, why, title="why")
    elif grid.height - y >= 8:
        paint_curves(grid, palette, (0, y, grid.width, grid.height - y), compared, marker=marker)
    else:
        paint_words(grid, palette, 0, y, grid.width, row.last_sample)


def _whole(words: Sequence[str], width: int) -> str:
    """As many of the words as fit whole, with commas; `…` where some were left out."""
    shown: list[str] = []
    for word in words:
        if len(", ".join([*shown, word])) > width - 2:
            return ", ".join([*shown, "…"])
        shown.append(word)
    return ", ".join(shown) or "no setting differs"
