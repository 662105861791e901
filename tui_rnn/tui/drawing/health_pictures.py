"""The pictures of panel 4: the units' values as a bitmap, and the share of the gradient that comes so far back."""

import itertools
from collections.abc import Sequence
from math import floor, log10
from typing import TYPE_CHECKING

from tui_rnn.tui.drawing.glyphs import Glyphs
from tui_rnn.tui.drawing.health_figures import Measured, power_of_ten
from tui_rnn.tui.drawing.shades import Shades, diverging, heat
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette

if TYPE_CHECKING:  # instruments are of NumPy, for which the first frame does not wait
    from tui_rnn.engine.instruments.beat import Beat
    from tui_rnn.engine.instruments.health import Health

LABELS, SCALE = 6, 12  # columns beside a picture: of characters and seconds at its left, of its colours at its right
_DECADES = 8  # of the gradient's heat: from the whole of it to 1e-8
_WIDEST_UNIT = 4
_LEAST_SECONDS = 3  # of a picture over time; before, there is one of the newest measurement alone


def bitmap(
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
) -> int:
    """Units across, kindred ones together; two characters a row. Of more units than columns some share one.

    Returns the x behind it.
    """
    hidden, m = health.hidden, int(health.hidden.shape[1])
    order = list(beat.order) if beat is not None and len(beat.order) == m else list(range(m))
    shades = diverging(palette, 0.85) if values else heat(palette)
    hidden = hidden[:, order] if values else abs(hidden[:, order])
    wide, columns = max(1, min(_WIDEST_UNIT, width // m)), min(m, width)
    ends = [m * k // columns for k in range(columns + 1)]
    means = [hidden[: 2 * rows, a:b].mean(1).tolist() for a, b in itertools.pairwise(ends)]
    for column, mean in enumerate(means):
        for row in range(rows):
            top, bottom = (_at(mean, place, shades) for place in (2 * row, 2 * row + 1))
            if top is not None:
                _halves(grid, palette, glyphs, x + column * wide, y + row, wide, top, bottom)
    return x + columns * wide


def _at(values: Sequence[float], place: int, shades: Shades) -> str | None:
    return shades.of(values[place]) if place < len(values) else None


def _halves(
    grid: Grid, palette: Palette, glyphs: Glyphs, x: int, y: int, wide: int, top: str, bottom: str | None
) -> None:
    """Cells of two colours, one above the other; the terminal's own background, which has no name, is left as it is."""
    if palette.terminal and top == palette.background:
        if bottom is not None and bottom != palette.background:
            grid.put(x, y, ("▄" if glyphs.top == "▀" else glyphs.top) * wide, bottom)
        return
    grid.put(x, y, glyphs.top * wide, top, bottom)


def legend(grid: Grid, palette: Palette, x: int, y: int, rows: int, beat: "Beat | None", *, values: bool) -> None:
    """The bitmap's colours, and how many units are stuck, where there are rows for it."""
    shades = diverging(palette, 0.85) if values else heat(palette)
    steps = [(1.0, "+1"), (0.5, ""), (0.0, " 0"), (-0.5, ""), (-1.0, "−1")] if values else [(1.0, "|h| 1"), (0.0, "0")]
    if rows < len(steps):
        steps = [each for each in steps if each[1]]
    for k, (value, name) in enumerate(steps if rows >= len(steps) else []):
        grid.put(x, y + k, "  ", background=shades.of(value))
        grid.put(x + 3, y + k, name, palette.dim)
    if beat is not None and rows >= len(steps) + 3:
        grid.put(x, y + len(steps) + 1, "stuck", palette.muted)
        grid.put(x, y + len(steps) + 2, f"{beat.stuck:,}" if beat.stuck else "none", palette.text)


def way_back(
    grid: Grid, palette: Palette, glyphs: Glyphs, y: int, steps: int, wide: int, measured: Sequence[Measured]
) -> None:
    """The share of the gradient that arrives so many steps back: over the last seconds, or, of few, as it is now."""
    at, end = grid.put(0, y, "Gradient through time", palette.text, bold=True) + 2, LABELS + steps * wide + SCALE
    for how in ("the share that arrives", "its share"):
        if at + len(how) < end:
            grid.put(at, y, how, palette.muted)
            break
    rows = grid.height - y - 2
    seconds = _by_second(measured, 2 * rows)
    if len(seconds) < _LEAST_SECONDS:
        _profile(grid, palette, glyphs, y + 1, rows, steps, wide, measured[-1].health.shares)
    else:
        _waterfall(grid, palette, glyphs, y + 1, rows, steps, wide, seconds)
    apart = 5 if steps > 5 else 1
    while apart * wide < 3:
        apart += 5 if apart >= 5 else 1
    for back in range(0, steps, apart):
        if back * wide + len(str(back)) <= steps * wide + 1:
            grid.put(LABELS + back * wide, y + 1 + rows, str(back), palette.dim)
    grid.put(LABELS + steps * wide + 2, y + 1 + rows, "back", palette.dim)


def _waterfall(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    y: int,
    rows: int,
    steps: int,
    wide: int,
    seconds: Sequence[Sequence[float] | None],
) -> None:
    """A half row a second, the newest on top, and the scale of its heat."""
    shades = heat(palette)
    for row in range(rows):
        for back in range(steps):
            top, bottom = (
                shades.of(_height(shares[back])) if shares is not None else palette.background
                for shares in (seconds[k] if k < len(seconds) else None for k in (2 * row, 2 * row + 1))
            )
            _halves(grid, palette, glyphs, LABELS + back * wide, y + row, wide, top, bottom)
        if row % 4 == 0:
            grid.put_left_of(LABELS - 1, y + row, f"{2 * row} s" if row else "now", palette.dim)
    x = LABELS + steps * wide + 1
    apart = 1 if rows > _DECADES else 2
    for k, decade in enumerate(range(0, _DECADES + 1, apart)):
        if k < rows:
            grid.put(x, y + k, "  ", background=shades.of(1 - decade / _DECADES))
            if decade % 2 == 0:
                grid.put(x + 3, y + k, "all" if decade == 0 else power_of_ten(-decade), palette.dim)


def _profile(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    y: int,
    rows: int,
    steps: int,
    wide: int,
    shares: Sequence[float],
) -> None:
    """A bar for each step back, as high as the logarithm of its share."""
    shades = heat(palette)
    for back in range(steps):
        height = _height(shares[back])
        if height > 0:
            colour = shades.of(max(height, 0.2))
            for column in range(wide):
                glyphs.column(grid, LABELS + back * wide + column, y, rows, height, colour)
    apart = next(each for each in (2, 4, 8) if rows * each // _DECADES >= 1 or each == _DECADES)
    for decade in range(0, _DECADES, apart):
        row = rows * decade // _DECADES
        grid.put_left_of(LABELS - 1, y + row, "all" if decade == 0 else power_of_ten(-decade), palette.dim)


def _height(share: float) -> float:
    """Of a share from 1 to 1e-8, from 1 to 0."""
    return 1 + log10(max(share, 1e-12)) / _DECADES


def _by_second(measured: Sequence[Measured], most: int) -> list[tuple[float, ...] | None]:
    """The shares of each second, the newest first; a second in which nothing was measured has those before it."""
    latest: dict[int, tuple[float, ...]] = {}
    newest = measured[-1].at
    for each in measured:
        latest[floor(newest - each.at)] = each.health.shares  # the last measured of a second stands for it
    seconds = range(max(latest) + 1)
    return [next((latest[later] for later in seconds[second:] if later in latest), None) for second in seconds[:most]]
