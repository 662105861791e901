"""The chosen setting of a sweep beside the marked ones: median curves in bands of quartiles, and their figures."""

from collections.abc import Sequence
from math import inf

from rich.cells import cell_len

from tui_rnn.sweeps.answer import Group
from tui_rnn.sweeps.spec import Status
from tui_rnn.tui.drawing.compared import Compared
from tui_rnn.tui.drawing.runs_beside import TABLE
from tui_rnn.tui.drawing.runs_curves import paint_curves
from tui_rnn.tui.drawing.sweep_row import STATES, SweepTable
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.wording import figure

_LEAST_WIDTH = 100  # columns from which they stand there


def paint_settings(
    grid: Grid,
    palette: Palette,
    table: SweepTable,
    y: int,
    groups: Sequence[Group],
    compared: Sequence[Compared],
    *,
    marker: str = "braille",
) -> None:
    """From row y on; the first of the settings is the chosen one. Groups whose runs have not begun have no curve."""
    title = table.setting_label(groups[0], TABLE)
    facts = standing(groups[0])
    if grid.width < _LEAST_WIDTH:
        at = grid.put(0, y, title, palette.text, bold=True)
        if at + 3 + len(facts) <= grid.width:
            grid.put(at + 3, y, facts, palette.muted)
        if grid.height - y - 2 >= 6:
            place = (0, y + 2, grid.width, grid.height - y - 2)
            paint_curves(grid, palette, place, compared, marker=marker)
        return
    width = grid.width - TABLE - 3
    paint_curves(grid, palette, (0, y, width, grid.height - y), compared, marker=marker)
    x = width + 3
    grid.put(x, y, title, palette.text, bold=True)
    if cell_len(facts) <= TABLE:
        grid.put(x, y + 1, facts, palette.muted)
    _paint_figures(grid, palette, x, y + 3, groups, compared)


def standing(group: Group) -> str:
    """`2 finished, 1 diverged`: how many of its runs stand so."""
    return ", ".join(f"{group.counts[status]:,} {STATES[status][1]}" for status in Status if status in group.counts)


def figures_of(group: Group) -> list[tuple[str, str]]:
    """What a setting has reached, each figure under its name."""
    losses = list(group.losses.values())
    low, high = group.quartiles or (None, None)
    return [
        ("median", _loss(group.median)),
        *([("lower quartile", _loss(low)), ("upper quartile", _loss(high))] if group.quartiles else []),
        ("best seed", _loss(min(losses, default=None))),
        ("worst seed", _loss(max(losses, default=None))),
        *((f"seed {seed}", _loss(loss)) for seed, loss in sorted(group.losses.items())),
    ]


def _loss(loss: float | None) -> str:
    return "diverged" if loss == inf else figure(loss, 3)


def _paint_figures(
    grid: Grid, palette: Palette, x: int, y: int, groups: Sequence[Group], compared: Sequence[Compared]
) -> None:
    """A column a setting, those alone for which there is room."""
    columns = [dict(figures_of(group)) for group in groups]
    names = list(dict.fromkeys(name for each in columns for name in each))
    end = x + max(map(len, names))
    grid.put(x, y, "reached", palette.dim)
    for each, column in zip(compared, columns, strict=False):
        width = max([cell_len(each.label), *map(len, column.values())])
        end += 2 + width
        if end > grid.width:
            break
        grid.put_left_of(end, y, each.label, each.colour, bold=True)
        for down, name in enumerate(names, 1):
            value = column.get(name, "–")
            colour = palette.text if name == "median" else palette.muted
            grid.put_left_of(end, y + down, value, colour, bold=name == "median")
    for down, name in enumerate(names, 1):
        grid.put(x, y + down, name, palette.muted)
