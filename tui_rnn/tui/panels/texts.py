"""The texts at hand, and by which recipe and for how long a run on the chosen one trains."""

import re
from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content
from textual.events import Click

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.recipes import RECIPES
from tui_rnn.runs.texts import TextAtHand
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import key, next_previous
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.grid import GridPanel
from tui_rnn.wording import counted, figure

_PARTS = re.compile(r", (?![^\[]*\])")  # of a summary, but not within [-5, 5]
_LENGTHS = (None, 1.0, 5.0, 30.0)  # minutes
_ABOVE = 2  # rows of the recipe and the headings


class TextsPanel(GridPanel):
    """Shows the texts it was given; ← → choose the recipe, h how long."""

    title = "Begin"
    about = "A text to train on, the recipe to train it by, and for how long."
    BINDINGS: ClassVar[list[BindingType]] = [
        *next_previous("text"),
        key("down", "next(1)", "choose", "next, previous text"),
        key("up", "next(-1)", "choose", "next, previous text"),
        key("enter", "screen.open", "begin", "begin a run on this text", shown=True),
        key("left", "recipe(-1)", "recipe", "the recipe to begin with", display="← →", shown=True),
        key("right", "recipe(1)", "recipe", "the recipe to begin with", display="← →"),
        key("h", "length", "how long", "how long to train: the recipe's updates, or 1, 5 or 30 minutes", shown=True),
    ]

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self.texts: Sequence[TextAtHand] = ()
        self.recipe = next(iter(RECIPES))
        self.minutes: float | None = None  # None: the recipe's own updates
        self._path = ""
        self._first = 0

    def show(self, texts: Sequence[TextAtHand]) -> None:
        """Show these texts."""
        self.texts = texts
        self.heading = (Content(f"{counted(len(texts), 'text')} at hand"),)
        self.repaint()

    @property
    def chosen(self) -> TextAtHand | None:
        """The chosen text, if there is any."""
        return self.texts[self._at()] if self.texts else None

    @property
    def rows_wanted(self) -> int:
        """Rows that show all of it."""
        return _ABOVE + max(1, len(self.texts))

    def action_next(self, by: int) -> None:
        if self.texts:
            self._path = self.texts[min(max(self._at() + by, 0), len(self.texts) - 1)].path
            self.repaint()

    def action_recipe(self, by: int) -> None:
        names = list(RECIPES)
        self.recipe = names[(names.index(self.recipe) + by) % len(names)]
        self.repaint()

    def action_length(self) -> None:
        """The next length."""
        self.minutes = _LENGTHS[(_LENGTHS.index(self.minutes) + 1) % len(_LENGTHS)]
        self.repaint()

    def on_click(self, event: Click) -> None:
        """Choose the text under the mouse."""
        offset = event.get_content_offset(self)
        if offset is not None and _ABOVE <= offset.y < _ABOVE + len(self.texts) - self._first:
            self.action_next(self._first + offset.y - _ABOVE - self._at())

    def _at(self) -> int:
        return next((k for k, text in enumerate(self.texts) if text.path == self._path), 0)

    def paint(self, grid: Grid, palette: Palette) -> None:
        self._paint_recipe(grid, palette)
        if not self.texts:
            grid.put(2, _ABOVE, "No text here: tui-rnn book.txt trains on any text file.", palette.muted)
            return
        names = [safe_text(text.path, one_line=True) for text in self.texts]
        width = min(max(map(cell_len, names)), max(12, grid.width - 30))
        ends = [("size", width + 14), ("runs", width + 22), ("best", width + 31)]
        ends = [(name, end) for name, end in ends if end <= grid.width]
        grid.put(2, 1, "text", palette.dim)
        for name, end in ends:
            grid.put_left_of(end, 1, name, palette.dim)
        shown = max(1, grid.height - _ABOVE)
        self._first = max(0, min(self._at() - shown // 2, len(self.texts) - shown))
        for y, (text, name) in enumerate(
            list(zip(self.texts, names, strict=True))[self._first : self._first + shown], _ABOVE
        ):
            is_chosen = self._first + y - _ABOVE == self._at()
            if is_chosen:
                for x in range(grid.width):
                    grid.tint(x, y, palette.mixed("background", "text", 0.07))
                grid.put(0, y, ">" if self.options.marker == "ascii" else "▌", palette.primary, bold=True)
            grid.put(2, y, _end(name, width), palette.text if is_chosen else palette.muted, bold=is_chosen)
            values = {"size": size_text(text.size), "runs": str(text.runs) if text.runs else "–",
                      "best": figure(text.best_nats_per_char, 3)}  # fmt: skip
            for column, end in ends:
                grid.put_left_of(end, y, values[column], palette.muted)

    def _paint_recipe(self, grid: Grid, palette: Palette) -> None:
        left, right = ("<", ">") if self.options.marker == "ascii" else ("‹", "›")
        x = grid.put(2, 0, "recipe  ", palette.dim)
        x = grid.put(x, 0, f"{left} ", palette.accent)
        x = grid.put(x, 0, self.recipe, palette.text, bold=True)
        x = grid.put(x, 0, f" {right}   ", palette.accent)
        steps = RunConfig.from_recipe(self.recipe, "any text").steps
        length = f"{steps:,} steps" if self.minutes is None else f"{self.minutes:g} min"
        if x + cell_len(length) + 4 <= grid.width:
            x = grid.put(x, 0, "for ", palette.dim)
            x = grid.put(x, 0, f"{length}   ", palette.text)
        parts = _PARTS.split(RECIPES[self.recipe].summary)
        while parts and cell_len(", ".join(parts)) > grid.width - x:
            parts.pop()
        grid.put(x, 0, ", ".join(parts), palette.muted)


def size_text(size: int) -> str:
    """`0.9 MB`, `59 kB`, `12 B`."""
    if size >= 100_000:
        return f"{size / 1e6:,.1f} MB"
    return f"{size / 1e3:.0f} kB" if size >= 1000 else f"{size} B"


def _end(name: str, width: int) -> str:
    """The name, or an ellipsis and its end, which tells paths apart."""
    if cell_len(name) <= width:
        return name
    kept = name
    while kept and cell_len(kept) > width - 1:
        kept = kept[1:]
    return "…" + kept
