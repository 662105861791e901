"""Panel 4 Health on a grid: what stands where at each size; findings above, then pictures, and figures beside them."""

import textwrap
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from tui_rnn.tui.drawing.glyphs import Glyphs
from tui_rnn.tui.drawing.health_figures import Measured, course_lines, lines, ratios, ratios_height
from tui_rnn.tui.drawing.health_pictures import LABELS, SCALE, bitmap, legend, way_back
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette

if TYPE_CHECKING:  # instruments are of NumPy, for which the first frame does not wait
    from tui_rnn.engine.findings import Said
    from tui_rnn.engine.instruments.beat import Beat

_LEAST_WIDTH, _LEAST_REST = 58, 16  # of the form with all pictures, the findings left out
_LEAST_BITMAP, _FEW_ROWS, _MOST_ROWS = 3, 11, 22  # rows of the bitmap, two characters each
_TALL = 45  # rows of a panel that has room for a long text
_LEAST_WAY, _FIGURES = 8, 34  # steps back, and columns of the figures
_LEGEND = 10  # columns
_NO_NORMS: Mapping[str, float] = MappingProxyType({})


def draw(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    said: "Sequence[Said]",
    measured: Sequence[Measured],
    beat: "Beat | None",
    *,
    values: bool = True,
    norms: Mapping[str, float] = _NO_NORMS,
) -> None:
    """All that fits. `values`: the bitmap shows hidden values, not where they are saturated; `norms` of parameters."""
    roomy = grid.width >= 50 and grid.height >= 14
    shown = said[: 3 if grid.height >= 18 else 2]
    y = 0
    for each in shown:
        y += _finding(grid, palette, glyphs, y, each, roomy=roomy)
    y += 1
    if grid.width < _LEAST_WIDTH or grid.height - y < _LEAST_REST:
        _small(grid, palette, glyphs, y, measured, beat, values=values)
        return
    least_below = min(ratios_height(measured) + len(lines(measured)) + 1, grid.height - y - _LEAST_BITMAP - 2)
    most = _MOST_ROWS if grid.height >= _TALL else _FEW_ROWS
    rows = max(_LEAST_BITMAP, min(most, (grid.height - y) // 2 - 3, grid.height - y - 2 - least_below))
    y = _units(grid, palette, glyphs, y, rows, measured, beat, values=values)
    follows = next((each.remedy for each in said if each.name == "update" and each not in shown), "")
    _below(grid, palette, glyphs, y, measured, norms, follows)


def _finding(grid: Grid, palette: Palette, glyphs: Glyphs, y: int, said: "Said", *, roomy: bool) -> int:
    """One finding, with what to do where there is room for it; the rows it takes."""
    sign = "✓" if said.is_good and palette.colourless else "●"  # where hues are one grey, shapes tell them apart
    if glyphs.top == "#":
        sign = "+" if said.is_good else "!"
    grid.put(0, y, sign, palette.success if said.is_good else palette.warning)
    room, full = max(1, grid.width - 2), f"{said.what}: {said.remedy}."
    text = full if len(full) <= room or roomy else said.what
    wrapped, at = textwrap.wrap(text, room), 0
    for row, line in enumerate(wrapped):
        strong = max(0, min(len(line), len(said.what) - at))  # how much of the line is the finding itself
        x = grid.put(2, y + row, line[:strong], palette.text, bold=not said.is_good)
        grid.put(x, y + row, line[strong:], palette.muted)
        at += len(line) + 1
    return len(wrapped)


def _small(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    y: int,
    measured: Sequence[Measured],
    beat: "Beat | None",
    *,
    values: bool,
) -> None:
    newest = measured[-1].health
    courses = lines(measured)[:1] + lines(measured)[2:]
    gap = 2 if grid.height - y >= 4 + 2 * len(courses) else 1
    rows = min(7, grid.height - y - 1 - gap * len(courses), max(1, len(newest.characters) // 2))
    while rows < 2 and courses:
        courses.pop()
        rows = min(7, grid.height - y - 1 - gap * len(courses))
    if rows > 0:
        bitmap(grid, palette, glyphs, 0, y, grid.width, rows, newest, beat, values=values)
        y += rows + 1
    course_lines(grid, palette, glyphs, 0, y, grid.width, courses, gap)


def _units(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    y: int,
    rows: int,
    measured: Sequence[Measured],
    beat: "Beat | None",
    *,
    values: bool,
) -> int:
    """The bitmap with its title, its text and its scale; the row of what stands below it."""
    newest = measured[-1].health
    units = newest.hidden.shape[1]
    rows = min(rows, len(newest.characters) // 2 or 1)
    x = grid.put(0, y, "Hidden units", palette.text, bold=True) + 2
    across = f"{units:,} of them across" if units > 1 else "one"
    if newest.layers > 1:
        across += f", of {newest.layers} layers"
    down = "downwards the text they read"
    for how in (f"{across}; {down} next, two characters a row", f"{across}; {down}", across):
        if x + len(how) <= grid.width:
            grid.put(x, y, how, palette.muted)
            break
    end = bitmap(grid, palette, glyphs, LABELS, y + 1, grid.width - LABELS - _LEGEND, rows, newest, beat, values=values)
    for k in range(rows):
        pair = newest.characters[2 * k : 2 * k + 2]
        grid.put_left_of(LABELS - 2, y + 1 + k, "".join(glyphs.of(c, glyphs.dot) for c in pair), palette.muted)
    legend(grid, palette, end + 2, y + 1, rows, beat, values=values)
    return y + rows + 2


def _below(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    y: int,
    measured: Sequence[Measured],
    norms: Mapping[str, float],
    follows: str,
) -> None:
    """The gradient's way back at the left, as wide as it can be; update over weight and the courses beside it."""
    T = len(measured[-1].health.shares)
    room = min(max(grid.width * 60 // 100, LABELS + T + SCALE), grid.width - _FIGURES)
    steps = min(T, room - LABELS - SCALE)
    x = 0
    if steps >= min(T, _LEAST_WAY):
        wide = max(1, min(4, (room - LABELS - SCALE) // steps))
        while wide > 1 and LABELS + wide * steps + SCALE + _FIGURES > grid.width:
            wide -= 1
        way_back(grid, palette, glyphs, y, steps, wide, measured)
        x = LABELS + wide * steps + SCALE
    width = grid.width - x
    height, courses = grid.height - y, lines(measured)
    above = ratios_height(measured)
    if height >= above:
        y = ratios(grid, palette, glyphs, x, y, width, measured, norms)
        if follows and len(follows) + 1 <= width and grid.height - y > len(courses) + 1:
            grid.put(x, y, f"{follows}.", palette.muted)
            y += 1
        y += 1
    left = grid.height - y
    gap = 2 if left >= 2 * len(courses) - 1 else 1
    course_lines(grid, palette, glyphs, x, y, width, courses[: max(0, left)], gap)
