"""The list of runs on a grid: a run a row, with its state, its best losses and its course."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len

from tui_rnn.runs.followed import TRAINING
from tui_rnn.tui.drawing.run_row import RunRow
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.unlike import recipe_words
from tui_rnn.wording import age_text, figure

_BLOCKS = "▁▂▃▄▅▆▇"  # up to seven eighths of a row, so that those of two rows never touch
_ASCII = "_.:-=+#"
_LOWEST = 0.2  # of ln K: where a course lies on the foot of its row
_LONGEST_NAME = 40
_BEST = 6  # columns of a best loss
_LEAST_COURSE = 10  # columns, where the recipe has something beside it
LAGGING = "* mean of the last 50 updates: the smooth loss lags"
_GIVEN_UP = (
    "age",
    "step",
    "held out",
    "course",
    "recipe",
    "best",
    "state",
)  # in this order, where there is no room for all


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column lies."""

    name: str
    x: int
    width: int
    side: Literal["left", "right"] = "left"


def columns(width: int, rows: Sequence[RunRow]) -> list[Column]:
    """The columns that there is room for, whole; what is left over goes to the gaps, the recipe and the course."""
    wide = width >= 100
    names = max([3, *(cell_len(row.name) for row in rows)])
    widths = {
        "run": min(names, _LONGEST_NAME if wide else max(12, width - 52)),
        "recipe": max([6, *(len(row.line.recipe) for row in rows)]),
        "state": 12,
        "step": max([5, *(len(f"{row.line.step:,}") for row in rows)]),
        "best": _BEST + any(row.line.lags for row in rows),
        "held out": 8,
        "course": 16,
        "age": 6,
    }
    gap = 3 if wide else 2
    for name in ("", *_GIVEN_UP):
        widths.pop(name, None)
        spare = width - 2 - sum(widths.values()) - gap * (len(widths) - 1)
        if spare >= 0:
            break
    if len(widths) == 1:
        widths["run"] = max(1, min(names, width - 2))
    if "course" in widths and spare >= 0:
        recipe, most = widths["recipe"], spare + widths["course"] - _LEAST_COURSE
        widths["recipe"] = max([recipe, *(len(_recipe(row, recipe + most)) for row in rows)])
        spare -= widths["recipe"] - recipe
        widths["course"] += min(0, spare)
        spare = max(0, spare)
    more = min(3, max(0, spare - 8) // max(1, len(widths) - 1)) if wide else 0  # of each gap
    spare -= more * (len(widths) - 1)
    if "course" in widths and spare > 0:
        widths["course"] += spare
    found, x = [], 2
    for name, size in widths.items():
        right = name in ("step", "best", "held out", "age")
        found.append(Column(name, x, size, "right" if right else "left"))
        x += size + gap + more
    return found


def paint_list(
    grid: Grid,
    palette: Palette,
    rows: Sequence[RunRow],
    chosen: int,
    marks: Mapping[str, str],
    height: int,
    *,
    marker: str = "braille",
    now: float = 0.0,
) -> int:
    """Paint headings and so many rows at the most, those around the chosen one; returns the first that is painted.

    `marks` are colours by the path of a run: each is compared with the chosen one.
    """
    found = columns(grid.width, rows)
    for column in found:
        _put(grid, column, 0, column.name, palette.dim)
    shown = max(1, height - 1)
    first = max(0, min(chosen - shown // 2, len(rows) - shown))
    for y, row in enumerate(rows[first : first + shown], 1):
        is_chosen = first + y - 1 == chosen
        _paint_row(grid, palette, found, row, y, marks.get(row.line.run), marker, now, is_chosen=is_chosen)
    return first


def _paint_row(
    grid: Grid,
    palette: Palette,
    found: Sequence[Column],
    row: RunRow,
    y: int,
    mark: str | None,
    marker: str,
    now: float,
    *,
    is_chosen: bool,
) -> None:
    ascii_only = marker == "ascii"
    if is_chosen:
        for x in range(grid.width):
            grid.tint(x, y, palette.mixed("background", "text", 0.07))
        grid.put(0, y, ">" if ascii_only else "▌", palette.primary, bold=True)
    elif mark is not None:
        grid.put(0, y, "=" if ascii_only else "━", mark)
    line, (glyph, word, role) = row.line, row.state
    for column in found:
        match column.name:
            case "run":
                text = _cut(row.name, column.width)
                grid.put(column.x, y, text, palette.text if is_chosen else palette.muted, bold=is_chosen)
            case "recipe":
                _put(grid, column, y, _recipe(row, column.width), palette.text)
            case "state":
                _put(grid, column, y, f"{glyph} {word}", getattr(palette, role))
            case "step":
                _put(grid, column, y, f"{line.step:,}", palette.muted)
            case "best":
                nats = line.comparable_nats
                known = nats is not None and not line.off_course
                best = figure(nats if known else None, 3)
                starred = best + ("*" if known and line.lags else " " * (column.width > _BEST))
                fits = len(starred) <= column.width
                _put(grid, column, y, starred if fits else "–", palette.text, bold=known)
            case "held out":
                held_out = line.best_held_out_nats_per_char
                words = figure(held_out, 3)
                known = held_out is not None and len(words) <= column.width
                _put(grid, column, y, words if known else "–", palette.secondary if known else palette.dim)
            case "course":
                base, share = ("primary", 0.25) if is_chosen else ("text", 0.62)
                colour = palette.mixed(base, "background", share)
                grid.put(column.x, y, course_text(row, column.width, marker), colour)
            case "age":
                age = "now" if line.state == TRAINING else age_text(now - line.changed)
                _put(grid, column, y, age, palette.dim)


def _recipe(row: RunRow, room: int) -> str:
    return recipe_words(row.line.recipe, row.config, room)


def course_text(row: RunRow, width: int, marker: str = "braille", part: float = 1.0) -> str:
    """The smooth loss over the updates as a row of blocks, from a fifth of ln K at the foot to ln K.

    They take this part of the width, one at the least.
    """
    width = max(1, round(part * width))
    points = [(step, loss) for step, loss in row.course if math.isfinite(loss)]
    if len(points) < 2:
        return ""
    high = row.uniform if row.uniform else max(loss for _, loss in points)
    low, blocks = _LOWEST * high, _ASCII if marker == "ascii" else _BLOCKS
    last, at, text = points[-1][0], 0, []
    for column in range(width):
        step = (column + 0.5) / width * last
        while at + 1 < len(points) and points[at + 1][0] <= step:
            at += 1
        (begin, before), (end, behind) = points[at], points[min(at + 1, len(points) - 1)]
        part = min(1.0, max(0.0, (step - begin) / (end - begin))) if end > begin else 0.0
        loss = before + part * (behind - before)
        level = (loss - low) / (high - low) if high > low else 0.0
        text.append(blocks[min(len(blocks) - 1, max(0, math.ceil(level * len(blocks)) - 1))])
    return "".join(text)


def _put(grid: Grid, column: Column, y: int, text: str, colour: str, *, bold: bool = False) -> None:
    if column.side == "right":
        grid.put_left_of(column.x + column.width, y, text, colour, bold=bold)
    else:
        grid.put(column.x, y, text, colour, bold=bold)


def _cut(name: str, width: int) -> str:
    """The name, or its beginning and an ellipsis."""
    if cell_len(name) <= width:
        return name
    kept = ""
    for character in name:
        if cell_len(kept + character) > width - 1:
            break
        kept += character
    return kept + "…"
