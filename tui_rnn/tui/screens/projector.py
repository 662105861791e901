"""The projector: loss, curve and newest sample, large enough to be read across a room. A key comes back."""

import re
import textwrap
from dataclasses import dataclass
from math import log
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Click, Key, Resize
from textual.screen import ModalScreen

from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import key
from tui_rnn.tui.chart.series import Series
from tui_rnn.tui.chart.view import View
from tui_rnn.tui.drawing.big_text import (
    LETTER_COLUMNS,
    LETTER_ROWS,
    figure_rows,
    figure_width,
    put_figure,
    put_letters,
    put_spaced,
)
from tui_rnn.tui.drawing.font import is_drawn
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.keys import BACK, QUIT
from tui_rnn.tui.palette import Palette
from tui_rnn.tui.panels.grid import GridPanel
from tui_rnn.tui.run_state import RunState
from tui_rnn.tui.screens.closes_once import ClosesOnce
from tui_rnn.tui.screens.mended import MendedScreen
from tui_rnn.wording import epoch_text, figure

_LOOKS_PER_SECOND = 2
_SMALL, _LARGE, _LARGEST = 1, 2, 3  # columns of a dot of a figure
_RIBBON = 8  # eighths of a row
_LEAST_CHART = 8  # rows
_BESIDE = 40  # columns of what stands beside the first figure
_WAITING = "The first update is being made."


@dataclass(frozen=True, slots=True)
class Figure:
    """A loss in nats or bits per character, its colour's role, and two lines of words beside it."""

    value: float | None
    role: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Projected:
    """What is shown; all losses in nats per character."""

    first: Figure | None = None  # None before the first update
    second: Figure | None = None
    uniform: float | None = None
    ngrams: tuple[float, ...] = ()  # what counting reaches, by order from 1
    epoch: float = 0.0
    series: Series | None = None
    text: str = ""  # of the newest sample

    @classmethod
    def of(cls, run: RunState) -> "Projected":
        """The run as it is now; the first figure is the header's."""
        text = run.newest_sample.text if run.newest_sample else ""
        status = run.status(0.0)  # no time of it is shown
        if status.smooth is None:
            return cls(text=text)
        first = Figure(status.smooth, "primary", "nats", "a character")
        second = Figure(status.smooth / log(2), "text", "bits", "a character")
        if status.held_out is not None:
            second = Figure(status.held_out, "secondary", "held out", "never trained on")
        if status.held_out_leads:
            first = Figure(status.held_out, "secondary", "held out", "nats a character")
            second = Figure(status.recent, "primary", "recent", "last 50 updates")
        return cls(
            first=first,
            second=second,
            uniform=status.uniform,
            ngrams=run.ngrams,
            epoch=status.epoch,
            series=run.series(),
            text=text,
        )


class Projection(GridPanel, can_focus=False):
    """Paints what is projected over all of its place."""

    title = "Projector"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, marker: str) -> None:
        super().__init__(id="projection")
        self.shown = Projected()
        self._marker = marker

    def paint(self, grid: Grid, palette: Palette) -> None:
        """Figures, the curve, the sample; what has no room is left out whole, the sample first."""
        shown, plain = self.shown, self._marker == "ascii"
        if shown.first is None:
            grid.put(max(0, (grid.width - len(_WAITING)) // 2), grid.height // 2, _WAITING, palette.muted)
            return
        top = put_figures(grid, palette, shown.first, shown.second, shown, plain=plain)
        lines = sample_lines(shown.text, grid.width - 4, plain=plain)
        room = grid.height - top - _LEAST_CHART - 1
        lines = lines[: max(0, min(room // LETTER_ROWS, 3 + max(0, grid.height - 40) // 8))]
        foot = grid.height - LETTER_ROWS * len(lines)
        self._put_chart(grid, palette, top, foot - bool(lines))
        for number, line in enumerate(lines):
            put = put_letters if is_drawn(shown.text) and not plain else put_spaced
            put(grid, 3, foot + LETTER_ROWS * number, line, palette.text)
        for y in range(foot, grid.height):
            grid.put(0, y, "|" if plain else "▌", palette.accent)

    def _put_chart(self, grid: Grid, palette: Palette, top: int, foot: int) -> None:
        from tui_rnn.tui.chart.draw import draw  # it needs NumPy

        series, height = self.shown.series, foot - top
        if series is None or not series.steps or height < _LEAST_CHART or grid.width < 40:
            return
        chart = Grid(grid.width - 2, height, palette.text)
        draw(chart, palette, series, View(marker=self._marker, thick=_RIBBON))
        for y, row in enumerate(chart.rows):
            grid.rows[top + y][1:-1] = row


def put_figures(
    grid: Grid, palette: Palette, first: Figure, second: Figure | None, shown: Projected, *, plain: bool = False
) -> int:
    """Put the loss large, and what it is compared with where there is room. Returns the row below them."""
    value = figure(first.value, 3)
    large = _LARGEST if grid.width >= 160 and grid.height >= 50 else _LARGE
    if figure_width(value, large) + 3 + len(first.note) > grid.width or grid.height < 20:
        grid.put(1, 0, f"{value} nats a character", getattr(palette, first.role), bold=True)
        return 2
    rows = figure_rows(large)
    x = put_figure(grid, 2, 1, value, getattr(palette, first.role), large, plain=plain) + 1
    grid.put(x, rows - 1, first.name, palette.text, bold=True)
    grid.put(x, rows, first.note, palette.muted)
    beside = max(x + max(len(first.note), 10) + 4, grid.width - _BESIDE)
    if beside + _BESIDE > grid.width or second is None:
        return rows + 2
    at = put_figure(grid, beside, 1, figure(second.value, 2), getattr(palette, second.role), _SMALL, plain=plain)
    small = figure_rows(_SMALL)
    grid.put(at + 1, small - 1, second.name, getattr(palette, second.role))
    grid.put(at + 1, small, second.note, palette.dim)
    compared = [(f"{len(shown.ngrams)}-gram", figure(shown.ngrams[-1], 2))] if shown.ngrams else []
    compared += [("guessing", figure(shown.uniform, 2))] if shown.uniform is not None else []
    for y, facts in ((rows - 1, compared), (rows, [("epoch", epoch_text(shown.epoch))])):
        at = beside
        for name, words in facts:
            at = grid.put(grid.put(at, y, f"{name} ", palette.dim), y, words, palette.muted) + 3
    return rows + 2


def sample_lines(text: str, width: int, *, plain: bool = False) -> list[str]:
    """The sample in lines of large letters, from its first whole word on; of other alphabets in plain, spaced text."""
    words = " ".join(text.split())
    words = words.partition(" ")[2] or words
    if is_drawn(words) and not plain:
        return textwrap.wrap(words, max(1, width // LETTER_COLUMNS), break_on_hyphens=False)
    lines, line, used = [], "", 0
    for piece in re.findall(r"\S+\s?|\s", safe_text(words, one_line=True)):
        cells = cell_len(piece) + len(piece)  # a blank behind each
        if used + cells > width and line:
            lines.append(line)
            line, used = "", 0
        for character in piece:
            if used + cell_len(character) + 1 > width:
                lines.append(line)
                line, used = "", 0
            line, used = line + character, used + cell_len(character) + bool(cell_len(character))
    return [*lines, line] if line else lines


class ProjectorScreen(ClosesOnce, MendedScreen, ModalScreen[None]):
    """Covers all but the line of the progress, which lives on above it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("f", "projector", "projector", "back from the projector"),
        BACK,
        QUIT,
    ]
    AUTO_FOCUS = ""
    covers: ClassVar[bool] = True

    def __init__(self, run: RunState, marker: str) -> None:
        super().__init__()
        self._run = run
        self._projection = Projection(marker)

    def compose(self) -> ComposeResult:
        yield self._projection

    def on_mount(self) -> None:
        self._look()
        self.set_interval(1 / _LOOKS_PER_SECOND, self._look)

    def _look(self) -> None:
        shown = Projected.of(self._run)
        if shown != self._projection.shown:
            self._projection.shown = shown
            self._projection.repaint()

    def on_resize(self, event: Resize) -> None:
        self._projection.repaint()

    def on_key(self, event: Key) -> None:
        """Any other key comes back too, and does nothing else."""
        event.stop()
        self.dismiss(None)

    def on_click(self, event: Click) -> None:
        self.dismiss(None)

    def action_projector(self) -> None:
        self.dismiss(None)

    def action_back(self) -> None:
        self.dismiss(None)
