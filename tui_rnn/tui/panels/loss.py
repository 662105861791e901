"""1 Loss: the chart of the loss, as rows of text on Textual's Line API; only rows that changed are painted again."""

from dataclasses import dataclass, replace
from typing import ClassVar

from rich.segment import Segment
from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from tui_rnn.engine.events import Checkpointed, Event, HeldOut, Sample
from tui_rnn.tui.chart import ROLES, Curves, Row, draw, sparkline
from tui_rnn.tui.messages import RunPicture
from tui_rnn.tui.panels.base import Panel, ScreenOptions, key
from tui_rnn.tui.run_state import RunState
from tui_rnn.wording import counted, figure, nats_and_bits

_LEAST_WIDTH, _LEAST_HEIGHT = 24, 5  # below this a sparkline says more than axes do

_AVERAGED = (1, 4, 16, 64, 256)  # points of the raw loss averaged into one
_ZOOMS = (1.0, 0.5, 0.2, 0.05)  # part of the steps that is shown
_LEGEND = (
    "[$text-primary]━ smooth[/]  [$foreground 60%]┈ raw[/]  [$text-warning]─ uniform guess[/]  "
    "[$text-accent]◆ sample[/]  [$text-success]● checkpoint[/]"
)
_HELD_OUT_LEGEND = "  [$text-secondary]▲ held out[/]"


@dataclass(frozen=True, slots=True)
class ChartOptions:
    """How the loss is looked at."""

    log: bool = False
    averaging: int = 0  # place in _AVERAGED
    zoom: int = 0  # place in _ZOOMS

    def average(self, change: int) -> "ChartOptions":
        """Average over more or fewer points; 0: over none."""
        place = min(max(self.averaging + change, 0), len(_AVERAGED) - 1) if change else 0
        return replace(self, averaging=place)

    def zoomed(self, change: int) -> "ChartOptions":
        """Show fewer steps, after the fewest all again; 0: all."""
        return replace(self, zoom=(self.zoom + change) % len(_ZOOMS) if change else 0)

    def curves(self, run: RunState, live: RunPicture) -> Curves:
        """The chart of this picture of the run, with the marks of what happened."""
        return Curves(
            steps=live.steps,
            smooth=live.smooth,
            raw=live.raw,
            uniform_loss=run.started.uniform_loss if run.started else None,
            samples=tuple(run.sample_steps),
            checkpoints=tuple(run.kept.steps),
            held_out=tuple(
                (event.step, event.nats_per_char * run.config.seq_length)
                for event in run.held_out
                if event.nats_per_char is not None
            ),
            log=self.log,
            shown=_ZOOMS[self.zoom],
            averaged=_AVERAGED[self.averaging],
        )

    def heading(self, live: RunPicture, seq_length: int) -> str:
        """The figure, its units, and what of the options is not as usual."""
        nats, _ = nats_and_bits(live.smooth_loss, seq_length)
        parts = [
            f"1 Loss  {figure(live.smooth_loss, 2)} nats over {counted(seq_length, 'character')}",
            f"{figure(nats, 3)} nats/char",
        ]
        if self.log:
            parts.append("log scale")
        if self.zoom:
            parts.append(f"last {_ZOOMS[self.zoom]:.0%}")
        if self.averaging:
            parts.append(f"raw averaged over {_AVERAGED[self.averaging]} points")
        return " · ".join(parts)


class LossChart(Panel):
    """Smooth loss bold, raw loss dim, the uniform guess as a line; marks at samples, checkpoints, held-out losses."""

    number = 1
    title = "Loss"
    about = (
        "Bold: smooth loss = 0.999 smooth loss + 0.001 loss, summed over the sequence, in nats. Dim: the loss itself."
    )
    waiting = "Waiting for the first step"
    keys = (
        key("l", "log_scale", "Log", "log scale of the loss", shown=True),
        key("plus,equals_sign", "average(1)", "Smoother", "average the raw loss over more points", display="+"),
        key("minus", "average(-1)", "Rawer", "average the raw loss over fewer points", display="-"),
        key("0", "average(0)", "Raw", "the raw loss as it is"),
        key("z", "zoom(1)", "Zoom", "zoom in on the latest steps"),
        key("Z", "zoom(0)", "All", "all steps"),
    )

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"loss-chart--{role}" for role in ROLES}

    curves: reactive[Curves] = reactive(Curves, init=False)
    """What is drawn."""

    marker: reactive[str] = reactive("braille", init=False)
    """What points are drawn with: braille, hd, dot or ascii."""

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self.set_reactive(LossChart.marker, self.options.marker)
        self._rows: list[Row] = []
        self._looked_with = ChartOptions()
        self._run: RunState | None = None  # as it was last looked at
        self._seen: RunPicture | None = None
        self._marks_changed = False
        self.border_subtitle = _LEGEND

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """A sample, a held-out loss and a checkpoint leave a mark."""
        if isinstance(event, Sample | HeldOut) or (isinstance(event, Checkpointed) and event.holds_the_state):
            self._marks_changed = True

    def look(self, run: RunState) -> None:
        """Draw the latest picture, if it or its marks are new."""
        self._run = run
        if run.picture is not self._seen or self._marks_changed:
            self._draw()

    def _draw(self) -> None:
        run = self._run
        if run is None or run.picture is None:
            return
        self._seen, self._marks_changed = run.picture, False
        self.curves = self._looked_with.curves(run, run.picture)
        self.border_title = self.heading = Content(self._looked_with.heading(run.picture, run.config.seq_length))
        self.border_subtitle = _LEGEND + _HELD_OUT_LEGEND * bool(run.held_out)

    def action_log_scale(self) -> None:
        self._look_with(replace(self._looked_with, log=not self._looked_with.log))

    def action_average(self, change: int) -> None:
        self._look_with(self._looked_with.average(change))

    def action_zoom(self, change: int) -> None:
        self._look_with(self._looked_with.zoomed(change))

    def _look_with(self, options: ChartOptions) -> None:
        self._looked_with = options
        self._draw()

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
            return _words(self.waiting, width, height)
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
