"""The loss chart: plotext's text on Textual's Line API, so that only rows that changed are painted again."""

from typing import ClassVar

from rich.segment import Segment
from textual.app import RenderResult
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui_rnn.tui.chart import ROLES, Curves, Row, draw, sparkline

_LEAST_WIDTH, _LEAST_HEIGHT = 24, 5  # below this a sparkline says more than axes do


class LossChart(Widget, can_focus=True):
    """Smooth loss bold, raw loss dim, the uniform guess as a line; marks at samples, checkpoints, held-out losses."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"loss-chart--{role}" for role in ROLES}

    curves: reactive[Curves] = reactive(Curves, init=False)
    """What is drawn."""

    marker: reactive[str] = reactive("braille", init=False)
    """What points are drawn with: braille, hd, dot or ascii."""

    def __init__(self, marker: str = "braille", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(LossChart.marker, marker)
        self._rows: list[Row] = []

    def watch_curves(self) -> None:
        self._redraw()

    def watch_marker(self) -> None:
        self._redraw()

    def on_resize(self) -> None:
        self._redraw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.refresh()

    def _redraw(self) -> None:
        """Draw anew and repaint the rows that differ."""
        width, height = self.content_size
        before, self._rows = self._rows, self._drawn(width, height)
        if len(before) != len(self._rows):
            self.refresh()
            return
        regions = [
            Region(0, y, width, 1) for y, (old, new) in enumerate(zip(before, self._rows, strict=True)) if old != new
        ]
        if regions:
            self.refresh(*regions)

    def _drawn(self, width: int, height: int) -> list[Row]:
        if width < 1 or height < 1:
            return []
        if not self.curves.steps:
            return _words("Waiting for the first step", width, height)
        if width < _LEAST_WIDTH or height < _LEAST_HEIGHT:
            return [[(sparkline(self.curves.smooth, width).ljust(width), "smooth")]]
        return draw(self.curves, width, height, self.marker) or _words("No loss to draw on this scale", width, height)

    def render(self) -> RenderResult:
        return ""

    def render_line(self, y: int) -> Strip:
        width = self.content_size.width
        if y >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        styles = {role: self.get_component_rich_style(f"loss-chart--{role}") for _, role in self._rows[y]}
        return Strip([Segment(text, styles[role]) for text, role in self._rows[y]], width)


def _words(text: str, width: int, height: int) -> list[Row]:
    """The words in the middle of an empty chart."""
    rows: list[Row] = [[(" " * width, "frame")] for _ in range(height)]
    rows[height // 2] = [(text[:width].center(width), "frame")]
    return rows
