"""The words beside the plot: now, held out, other runs and what counting reaches, and between them a scale of bits."""

import math
from collections.abc import Sequence

from rich.cells import cell_len

from tui_rnn.tui.chart.frame import Frame
from tui_rnn.tui.chart.ladder import Rung, placed
from tui_rnn.tui.chart.overlay import end_of, place_of_end
from tui_rnn.tui.chart.round_numbers import loss_text, step_text, tick_texts, ticks
from tui_rnn.tui.chart.series import Series
from tui_rnn.tui.chart.signs import Signs
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette

_BITS = math.log(2)


def draw_gutter(grid: Grid, palette: Palette, frame: Frame, ladder: Sequence[tuple[int, Rung]]) -> None:
    """Words in the order of their values, each in its row; between them the same scale in bits.

    The unit stands beside the first figure of that scale: the words around it are in nats.
    """
    x = frame.left + frame.width + 1
    unit = " bits/char" if frame.gutter >= 20 else " bits"
    taken = set()
    for row, rung in ladder:
        taken.add(row)
        grid.put(x, 1 + row, rung.words, getattr(palette, rung.role), bold=rung.bold)
    bits = ticks(frame.low / _BITS, frame.high / _BITS, max(2, frame.height // 2))
    for value, words in reversed(list(zip(bits, tick_texts(bits), strict=True))):
        row = frame.row(value * _BITS)
        if row not in taken and frame.shows(value * _BITS):
            taken.add(row)
            grid.put(x, 1 + row, words, palette.faint)
            grid.put(x + len(words), 1 + row, unit, palette.faint)
            unit = ""


def rungs_beside(frame: Frame, signs: Signs, series: Series) -> list[tuple[int, Rung]]:
    """The row of the plot, from the top, of each rung that there is room for."""
    found = _rungs(frame, signs, series)
    return placed(found, [frame.row(rung.value) for rung in found], frame.height)


def _rungs(frame: Frame, signs: Signs, series: Series) -> list[Rung]:
    """All that may be named, each by the longest of its names that the gutter has room for."""
    found: list[Rung] = []

    def add(loss: float, names: Sequence[str], sign: str, role: str, rank: int, *, bold: bool = False) -> None:
        written = (f"{loss_text(loss, 3)} {name} {sign}".rstrip() for name in names)
        words = next((each for each in written if cell_len(each) < frame.gutter), None)
        if words is not None:
            found.append(Rung(loss, words, role, rank, bold=bold))

    now = series.smooth[-1] if series.now is None else series.now
    add(now, ("now",), signs.newest_best * is_newest(series), "primary", 0, bold=True)
    if series.held_out and frame.shows(loss := series.held_out[-1][1]):
        add(loss, ("held out",), "", "secondary", 1)
    if series.overlay and (end := end_of(series.overlay, frame.axis)) is not None and frame.shows(end):
        add(end, _names_of_overlay(series, frame), "", "overlay", 2)
    # Off course there is one thing to get back to: to lose no more than by guessing.
    levels = [] if series.is_off_course else sorted(series.references, key=lambda level: level.nats)
    for level in levels:
        if frame.shows(level.nats):
            add(level.nats, level.names, "", "dim", 3)
    uniform = series.uniform
    if uniform is not None and frame.shows(uniform):
        add(uniform, ("uniform",), "", "dim", 3)
    # What lies outside has the rows at the edges, where it moves no word from the row of its value.
    rows = [frame.row(rung.value) for rung in found]
    above = [level for level in levels if level.nats >= frame.high][: min(rows)][:1]
    for level in above:
        add(level.nats, level.names, signs.up, "dim", 5)
    if uniform is not None and uniform >= frame.high and frame.height >= 8 and min(rows) > len(above):
        add(uniform, ("uniform",), signs.up, "dim", 6)
    if max(rows) < frame.height - 1:
        for level in [level for level in levels if level.nats <= frame.low][-1:]:
            add(level.nats, level.names, signs.down, "dim", 4)
        if series.is_off_course and uniform is not None and uniform <= frame.low:
            add(uniform, ("uniform",), signs.down, "dim", 4)
    return found


def _names_of_overlay(series: Series, frame: Frame) -> Sequence[str]:
    """The other run's name; where its curve ends elsewhere than at now, also the place on the axis: `other at 190k`."""
    assert series.overlay is not None
    end, now = place_of_end(series.overlay, frame.axis), float(frame.axis.value(series.steps[-1]))
    places = [_place_text(place, frame) for place in (now if end is None else end, now)]
    names = (series.overlay.name, "overlay")
    if places[0] == places[1]:
        return names
    return (*(f"{name} at {places[0]}" for name in (*names, "other")), f"at {places[0]}")


def _place_text(place: float, frame: Frame) -> str:
    """A place on the axis as its figures are written, to three digits."""
    return step_text(float(f"{10**place if frame.axis.kind == 'log' else place:.3g}"))


def is_newest(series: Series) -> bool:
    """Whether the newest smooth loss is the best one, as far as its figure tells."""
    now = series.smooth[-1] if series.now is None else series.now
    return series.best is not None and loss_text(series.best[1], 3) == loss_text(now, 3)
