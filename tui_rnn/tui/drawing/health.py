"""Panel 4 Health on a grid: findings, the units' values as a bitmap, the gradient's way back, update over weight."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import TYPE_CHECKING

from tui_rnn.tui.drawing.glyphs import Glyphs
from tui_rnn.tui.drawing.shades import Shades, diverging, heat
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette

if TYPE_CHECKING:  # instruments are of NumPy, for which the first frame does not wait
    from tui_rnn.engine.findings import Said
    from tui_rnn.engine.instruments.beat import Beat
    from tui_rnn.engine.instruments.health import Health

LARGE = (100, 26)  # the least size of the large form
_LABELS = 6  # columns at the left, of characters and seconds
_MOST_ROWS = 11  # of the bitmap, two characters each
_DECADES = 8  # of the waterfall's heat: from the whole of the gradient to 1e-8 of it
_RATIOS = (-5.5, -0.5)  # powers of ten along the axis of update over weight
_HEALTHY = (1e-4, 1e-2)
_WIDEST_UNIT = 4
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured at one moment, on the panel's clock."""

    at: float  # seconds
    health: "Health"
    radius: float | None  # the spectral radius, as last known


def draw(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    said: "Sequence[Said]",
    measured: Sequence[Measured],
    beat: "Beat | None",
    *,
    values: bool = True,
) -> None:
    """All that fits. `values`: the bitmap shows hidden values, not where they are saturated."""
    large = grid.width >= LARGE[0] and grid.height >= LARGE[1]
    y = 0
    for each in said[: 3 if large else 2]:
        y += _finding(grid, palette, glyphs, y, each)
    newest = measured[-1].health
    if not large:
        _small(grid, palette, glyphs, y + 1, measured, newest, beat, values=values)
        return
    y += 1
    m = newest.hidden.shape[1]
    x = grid.put(0, y, "Hidden units", palette.text, bold=True)
    how = "downwards the text they read, two characters a row"
    grid.put(x + 2, y, f"{m:,} of them across; {how}" if m > 1 else f"one; {how}", palette.muted)
    rows = min(_MOST_ROWS, len(newest.characters) // 2 or 1, (grid.height - y) // 2 - 3)
    _bitmap(grid, palette, glyphs, _LABELS, y + 1, grid.width - _LABELS - 10, rows, newest, beat, values=values)
    for k in range(rows):
        pair = newest.characters[2 * k : 2 * k + 2]
        grid.put_left_of(_LABELS - 2, y + 1 + k, "".join(glyphs.of(c, glyphs.dot) for c in pair), palette.muted)
    _legend(grid, palette, glyphs, grid.width - 8, y + 2, beat, values=values)
    y += rows + 2
    _below(grid, palette, glyphs, y, measured)


def _finding(grid: Grid, palette: Palette, glyphs: Glyphs, y: int, said: "Said") -> int:
    """One finding, with what to do where there is room for it; the rows it takes."""
    sign = "✓" if said.is_good and palette.colourless else "●"  # where hues are one grey, shapes tell them apart
    if glyphs.top == "#":
        sign = "+" if said.is_good else "!"
    grid.put(0, y, sign, palette.success if said.is_good else palette.warning)
    room, full = grid.width - 2, f"{said.what}: {said.remedy}."
    if len(said.what) > room:
        cut = said.what.rfind(" ", 0, room + 1)
        grid.put(2, y, said.what[:cut], palette.text, bold=not said.is_good)
        grid.put(2, y + 1, said.what[cut + 1 :], palette.text, bold=not said.is_good)
        return 2
    x = grid.put(2, y, said.what, palette.text, bold=not said.is_good)
    if len(full) <= room:
        grid.put(x, y, full[len(said.what) :], palette.muted)
    return 1


def _small(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    y: int,
    measured: Sequence[Measured],
    newest: "Health",
    beat: "Beat | None",
    *,
    values: bool,
) -> None:
    lines = _lines(measured)[:1] + _lines(measured)[2:]
    gap = 2 if grid.height - y >= 4 + 2 * len(lines) else 1
    rows = min(7, grid.height - y - 1 - gap * len(lines), max(1, len(newest.characters) // 2))
    while rows < 2 and lines:
        lines.pop()
        rows = min(7, grid.height - y - 1 - gap * len(lines))
    if rows > 0:
        _bitmap(grid, palette, glyphs, 0, y, grid.width, rows, newest, beat, values=values)
        y += rows + 1
    for name, figure, course in lines:
        _line(grid, palette, glyphs, 0, y, grid.width, name, figure, course, 22)
        y += gap


def _lines(measured: Sequence[Measured]) -> list[tuple[str, str, list[float]]]:
    """The figures with a course: name, the value now, the values so far."""
    newest = measured[-1]
    found = [
        ("gradient norm", f"{newest.health.gradient_norm:.3g}", [each.health.gradient_norm for each in measured]),
        ("clipped", _share(newest.health.clipped), [each.health.clipped for each in measured]),
        ("saturated", f"{100 * newest.health.saturated:.0f} %", [each.health.saturated for each in measured]),
    ]
    if newest.radius is not None:
        course = [each.radius for each in measured if each.radius is not None]
        found.append(("spectral radius", f"{newest.radius:.2f}", course))
    return found


def _share(value: float) -> str:
    return f"{100 * value:.2f} %" if 0 < value < 0.1 else f"{100 * value:.0f} %"


def _line(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    x: int,
    y: int,
    width: int,
    name: str,
    figure: str,
    course: Sequence[float],
    figure_end: int,
) -> None:
    grid.put(x, y, name, palette.muted)
    grid.put_left_of(x + figure_end, y, figure, palette.text, bold=True)
    role = "warning" if name == "saturated" and course[-1] > 0.75 else "primary"
    sparkline(
        grid, glyphs, x + figure_end + 2, y, width - figure_end - 2, course, palette.mixed(role, "background", 0.2)
    )


def sparkline(grid: Grid, glyphs: Glyphs, x: int, y: int, width: int, course: Sequence[float], colour: str) -> None:
    """Values over time in one row, the newest at the right end; a gap above, so that rows do not grow together."""
    course = [value for value in course if isfinite(value)]
    if not course or width < 1:
        return
    count = min(width, len(course))
    parts = [course[len(course) * k // count : max(1, len(course) * (k + 1) // count)] for k in range(count)]
    means = [sum(part) / len(part) for part in parts]
    low, high = min(means), max(means)
    most = max(1, len(glyphs.upright) - 1)
    for k, mean in enumerate(means):
        share = (mean - low) / (high - low) if high > low else 0.5
        grid.put(x + k, y, glyphs.upright[min(most, 1 + round(share * (most - 1))) - 1], colour)


def _bitmap(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    x: int,
    y: int,
    width: int,
    rows: int,
    health: "Health",
    beat: "Beat | None",
    *,
    values: bool,
) -> None:
    """Units across, kindred ones together; two characters a row. Of more units than columns some share one."""
    hidden, m = health.hidden, health.hidden.shape[1]
    order = list(beat.order) if beat is not None and len(beat.order) == m else list(range(m))
    shades = diverging(palette, 0.85) if values else heat(palette)
    hidden = hidden[:, order] if values else abs(hidden[:, order])
    wide = max(1, min(_WIDEST_UNIT, width // m))
    columns = min(m, width)
    ends = [m * k // columns for k in range(columns + 1)]
    means = [hidden[: 2 * rows, a:b].mean(1).tolist() for a, b in itertools.pairwise(ends)]
    for column, mean in enumerate(means):
        for row in range(rows):
            top, bottom = (_at(mean, 2 * row, shades), _at(mean, 2 * row + 1, shades))
            if top is not None:
                grid.put(x + column * wide, y + row, glyphs.top * wide, top, bottom)


def _at(values: Sequence[float], place: int, shades: Shades) -> str | None:
    return shades.of(values[place]) if place < len(values) else None


def _legend(grid: Grid, palette: Palette, glyphs: Glyphs, x: int, y: int, beat: "Beat | None", *, values: bool) -> None:
    shades = diverging(palette, 0.85) if values else heat(palette)
    steps = ((1.0, "+1"), (0.5, ""), (0.0, " 0"), (-0.5, ""), (-1.0, "−1")) if values else ((1.0, "|h| 1"), (0.0, "0"))
    for k, (value, name) in enumerate(steps):
        grid.put(x, y + k, "  ", background=shades.of(value))
        grid.put(x + 3, y + k, name, palette.dim)
    if beat is not None:
        grid.put(x, y + 7, "stuck", palette.muted)
        grid.put(x, y + 8, f"{beat.stuck:,}" if beat.stuck else "none", palette.text)


def _below(grid: Grid, palette: Palette, glyphs: Glyphs, y: int, measured: Sequence[Measured]) -> None:
    """The waterfall at the left; at the right update over weight, and the figures' courses."""
    shown = measured[-1].health.shares
    room = grid.width * 45 // 100
    T = min(len(shown), room)
    wide = 2 if room >= 2 * T else 1
    _waterfall(grid, palette, glyphs, y, T, wide, measured)
    x = max(_LABELS + 52, _LABELS + T * wide) + 12
    width = grid.width - x
    if width < 30:
        return
    at = grid.put(x, y, "Update / weight", palette.text, bold=True)
    grid.put(at + 2, y, "of one update", palette.muted)
    y += 1
    for name, _ in measured[-1].health.ratios:
        if y >= grid.height - 1:
            return
        _ratio(grid, palette, glyphs, x, y, width, name, [dict(each.health.ratios).get(name, 0.0) for each in measured])
        y += 1
    if not measured[-1].health.ratios:
        grid.put(x, y, "not of a saved model", palette.muted)
        y += 1
    for power in range(-5, 0):
        grid.put(_place(10.0**power, x + 2, width - 9) - 1, y, _power(power), palette.dim)
    y += 2
    lines = _lines(measured)
    gap = 2 if grid.height - y >= 2 * len(lines) - 1 else 1
    for name, figure, course in lines:
        if y < grid.height:
            _line(grid, palette, glyphs, x, y, width, name, figure, course, 23)
        y += gap


def _waterfall(
    grid: Grid, palette: Palette, glyphs: Glyphs, y: int, T: int, wide: int, measured: Sequence[Measured]
) -> None:
    at = grid.put(0, y, "Gradient through time", palette.text, bold=True)
    grid.put(at + 2, y, "the share that arrives", palette.muted)
    shades, x, rows = heat(palette), _LABELS, grid.height - y - 2
    seconds = _by_second(measured, 2 * rows)
    for row in range(rows):
        for back in range(T):
            top, bottom = (
                shades.of(1 + log10(max(share, 1e-12)) / _DECADES) if share is not None else palette.background
                for share in (
                    seconds[k][back] if k < len(seconds) and seconds[k] is not None else None  # type: ignore[index]
                    for k in (2 * row, 2 * row + 1)
                )
            )
            grid.put(x + back * wide, y + 1 + row, glyphs.top * wide, top, bottom)
        if row % 4 == 0:
            grid.put_left_of(x - 1, y + 1 + row, f"{2 * row} s" if row else "now", palette.dim)
    foot = y + 1 + rows
    for back in range(0, T, 5 if T > 5 else 1):
        grid.put(x + back * wide, foot, str(back), palette.dim)
    grid.put(x + T * wide + 1, foot, "steps back", palette.dim)
    for k in range(min(_DECADES + 1, rows)):
        grid.put(x + T * wide + 2, y + 1 + k, "  ", background=shades.of(1 - k / _DECADES))
        if k % 2 == 0:
            grid.put(x + T * wide + 5, y + 1 + k, "all" if k == 0 else _power(-k), palette.dim)


def _by_second(measured: Sequence[Measured], most: int) -> list[tuple[float, ...] | None]:
    """The shares of each second, the newest first; a second in which nothing was measured has those before it."""
    latest: dict[int, tuple[float, ...]] = {}
    newest = measured[-1].at
    for each in measured:
        latest[floor(newest - each.at)] = each.health.shares  # the last measured of a second stands for it
    seconds = range(max(latest) + 1)
    return [next((latest[later] for later in seconds[second:] if later in latest), None) for second in seconds[:most]]


def _power(exponent: int) -> str:
    return "10" + str(exponent).translate(_RAISED)


def _place(ratio: float, x: int, width: int) -> int:
    low, high = _RATIOS
    return x + min(max(round((log10(max(ratio, 1e-12)) - low) / (high - low) * (width - 1)), 0), width - 1)


def _ratio(
    grid: Grid, palette: Palette, glyphs: Glyphs, x: int, y: int, width: int, name: str, course: Sequence[float]
) -> None:
    """One parameter: 10 % to 90 % of late as a thick line, now as a point, on a logarithmic axis."""
    late = sorted(course[-60:])
    now = sorted(course[-8:])[len(course[-8:]) // 2]
    good = _HEALTHY[0] <= now <= _HEALTHY[1]
    role = "success" if good else "warning"
    begin, length = x + 2, width - 9
    for column in range(begin, begin + length):
        grid.put(column, y, glyphs.rule, palette.faint)
    tint = palette.mixed("background", "success", 0.16)
    for column in range(_place(_HEALTHY[0], begin, length), _place(_HEALTHY[1], begin, length) + 1):
        grid.tint(column, y, tint)
    low, high = late[len(late) // 10], late[-1 - len(late) // 10]
    for column in range(_place(low, begin, length), _place(high, begin, length) + 1):
        grid.put(column, y, glyphs.thick, palette.mixed(role, "background", 0.45))
    grid.put(_place(now, begin, length), y, "●" if glyphs.thick != "=" else "o", getattr(palette, role), bold=True)
    grid.put(x, y, name, palette.text)
    grid.put_left_of(x + width, y, f"{now:.0e}".replace("e-0", "e−").replace("e+00", ""), getattr(palette, role))
