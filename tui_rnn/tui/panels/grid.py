"""A panel that is painted as a grid of cells, of which only rows that differ are drawn again."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from textual.app import RenderResult
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region
from textual.strip import Strip

from tui_rnn.tui.grid import NO_NAMES, Grid
from tui_rnn.tui.palette import Palette, palette_of
from tui_rnn.tui.panels.base import Panel


class GridPanel(Panel):
    """A panel that paints a grid of its own size."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._grid: Grid | None = None
        self._background = ""
        self._terminal: Mapping[str, str] = NO_NAMES

    def paint(self, grid: Grid, palette: Palette) -> None:
        """Put onto an empty grid what is to be seen."""
        raise NotImplementedError

    def paint_waiting(self, grid: Grid, palette: Palette, words: str = "") -> None:
        """What stands there before there is anything to show, or other words for it, in as many lines as it needs."""
        lines = textwrap.wrap(self.unseen or words or self.waiting, max(1, grid.width))
        for y, line in enumerate(lines if len(lines) <= grid.height else []):
            grid.put(0, y, line, palette.muted)

    def show_waiting(self) -> None:
        if self.is_attached:
            self.repaint()

    def repaint(self) -> None:
        """Paint anew, and have the rows that differ drawn."""
        width, height = self.content_size
        palette = palette_of(self.app)
        before, grid = self._grid, Grid(width, height, palette.text)
        if width and height:
            self.paint(grid, palette)
        changed_ground = (self._background, self._terminal) != (palette.background, palette.terminal)
        self._grid, self._background, self._terminal = grid, palette.background, palette.terminal
        if before is None or changed_ground or (before.width, before.height) != (width, height):
            self.refresh()
            return
        regions = [
            Region(0, y, width, 1)
            for y, (old, new) in enumerate(zip(before.rows, grid.rows, strict=True))
            if old != new
        ]
        if regions:
            self.refresh(*regions)

    def text_to_copy(self) -> str:
        """What is painted, row by row, without its colours."""
        return "" if self._grid is None else "\n".join(row.rstrip() for row in self._grid.text())

    def on_resize(self) -> None:
        self.repaint()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self.is_attached and self._grid is not None:
            self.repaint()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's, without the search for a terminal's own colours, a fourth of a grid's painting.

        It has these only under a theme of theirs, and there Textual leaves them as they are.
        """
        return [each for each in super().get_line_filters() if not isinstance(each, ANSIToTruecolor)]

    def render(self) -> RenderResult:
        return ""

    def render_line(self, y: int) -> Strip:
        if self._grid is None or y >= self._grid.height:
            return Strip.blank(self.content_size.width, self.rich_style)
        return self._grid.strip(y, self._background, self._terminal)
