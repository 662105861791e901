"""1 Loss: the chart of the loss, with a cursor that reads logged values, zoom, and a choice of scales."""

from bisect import bisect_left, bisect_right
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.events import Click, MouseScrollDown, MouseScrollLeft, MouseScrollRight, MouseScrollUp

from tui_rnn.engine.events import Adjusted, Checkpointed, Event, HeldOut, NGramsCounted, Sample, Started
from tui_rnn.runs.course import Course
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.chart.captions import heading, legend
from tui_rnn.tui.chart.series import Series, comparable
from tui_rnn.tui.chart.view import SCALES, View
from tui_rnn.tui.drawing.sparkline import BLOCKS, sparkline
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.messages import RunPicture
from tui_rnn.tui.notices import notify
from tui_rnn.tui.palette import Palette, palette_of
from tui_rnn.tui.panels.base import ScreenOptions, key
from tui_rnn.tui.panels.grid import GridPanel
from tui_rnn.tui.run_state import RunState

if TYPE_CHECKING:  # drawing imports NumPy, for which the first frame does not wait
    from tui_rnn.tui.chart.frame import Frame
    from tui_rnn.tui.chart.overlay import OverlayDots

_LEAST_WIDTH, _LEAST_HEIGHT = 34, 6  # below this a sparkline says more than axes do
_AVERAGED = (1, 4, 16, 64, 256)  # points of the raw loss averaged into one


class LossChart(GridPanel):
    """Draws the run's losses as it was last looked at."""

    number = 1
    title = "Loss"
    about = (
        "The ribbon is the smooth loss, the band behind it the middle 80 % of the losses themselves, ╌╌ what counting "
        "reaches. Lower is better."
    )
    waiting = "The curve begins with the first update."
    nothing = "The log of this run holds no update."
    BINDINGS: ClassVar[list[BindingType]] = [
        key("left", "cursor(-1)", "value", "read the value at a point", display="← →", shown=True),
        key("right", "cursor(1)", "value", "read the value at a point", display="← →"),
        key("home", "cursor_at(0)", "value", "the first value, the last one"),
        key("end", "cursor_at(-1)", "value", "the first value, the last one"),
        key("shift+left", "pan(-1)", "back", "zoomed in: back and on by half of it", display="shift ← →"),
        key("shift+right", "pan(1)", "on", "zoomed in: back and on by half of it", display="shift ← →"),
        key("w", "write", "keep", "keep what is shown as files, CSV and SVG"),
    ]
    keys = (
        key("z", "zoom(1)", "zoom", "zoom in, around the cursor or at the end", shown=True),
        key("a", "all", "all of it", "all of the run; again: all of the losses", shown=True),
        key(
            "x",
            "scale",
            "steps, log, epochs",
            "count steps, their logarithm, epochs, seconds or characters",
            shown=True,
        ),
        key("l", "log_loss", "log", "logarithm of the loss"),
        key("plus,equals_sign", "average(1)", "smoother", "raw loss: mean over more points", display="+"),
        key("minus", "average(-1)", "rougher", "raw loss: mean over fewer points", display="-"),
        key("0", "average(0)", "raw", "raw loss as it is"),
    )

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self.series = Series()  # as it is drawn
        self._own = self.series  # the curve its smooth loss
        self.view = View(marker=self.options.marker)
        self._frame: Frame | None = None
        self._seen: RunPicture | None = None
        self._marks_changed = False
        self._run = ""  # its directory
        self._overlay: Course | None = None
        self._overlay_by_recent: Course | None = None
        self._overlay_dots: OverlayDots | None = None

    # What happens

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """A sample, a change, a held-out loss and a checkpoint leave a mark; what counting reaches is a level."""
        if isinstance(event, Started | Sample | HeldOut | Adjusted | NGramsCounted) or (
            isinstance(event, Checkpointed) and event.holds_the_state
        ):
            self._marks_changed = True

    def look(self, run: RunState) -> None:
        """Draw the latest picture, if it or its marks are new."""
        if run.picture is not self._seen or self._marks_changed:
            self._seen, self._marks_changed = run.picture, False
            self._run, self._own = run.run, run.series()
            self.series = self._own
            self._compare()

    def overlay(self, course: Course | None) -> None:
        """Draw the curve of another run beside this one's; None puts it away."""
        if course is not None:
            course = replace(course, name=safe_text(course.name, one_line=True))
        self._overlay, self._overlay_by_recent = course, None if course is None else course.by_recent()
        self._compare()

    def _compare(self) -> None:
        """Draw this run and the one laid over it as they can be compared."""
        own = self._own if self.series.by_recent else self.series
        self.series = comparable(replace(own, overlay=self._overlay), self._overlay_by_recent)
        self._show()

    # Keys and mouse

    def action_cursor(self, columns: int) -> None:
        """Move the cursor to the history's point so many columns on; it appears at the end."""
        cursor, frame, steps = self.view.cursor, self._frame, self.series.steps
        if cursor is None or frame is None:
            self.action_cursor_at(-1)
            return
        at = min(bisect_left(steps, cursor), len(steps) - 1)
        column = int(frame.axis.columns([cursor])[0]) + columns
        there = bisect_right(steps, frame.axis.step_at(column)) - 1
        further = max(there, at + 1) if columns > 0 else min(there, at - 1)  # by one point at the least
        self.action_cursor_at(min(max(further, 0), len(steps) - 1))

    def action_cursor_at(self, place: int) -> None:
        """Put the cursor to a point of the history by its place there; -1 is the last one."""
        if self.series.steps and self._frame is not None:
            self._look_with(self.view.with_cursor(self.series.steps, place))

    def action_zoom(self, change: int, around: float | None = None) -> None:
        """Show half of the steps, or twice as many: around this step, else the cursor, else those at the end."""
        self._look_with(self.view.zoomed(self.series.steps, change, around))

    def action_pan(self, halves: int) -> None:
        """Show the steps so many halves of the plot further on, or back."""
        self._look_with(self.view.panned(self.series.steps, halves))

    def action_all(self) -> None:
        """All steps again; where all are shown, all of the losses, and back."""
        if self.view.first or self.view.last is not None:
            self._look_with(self.view.of_all_steps())
        else:
            self._look_with(replace(self.view, whole=not self.view.whole))

    def action_scale(self) -> None:
        """The next scale of x that this run has."""
        from tui_rnn.tui.chart.scales import scale_of

        kinds = [kind for kind in SCALES if scale_of(self.series, kind) is not None]
        at = kinds.index(self.view.scale) if self.view.scale in kinds else 0
        self._look_with(replace(self.view, scale=kinds[(at + 1) % len(kinds)]))

    def action_log_loss(self) -> None:
        self._look_with(replace(self.view, log=not self.view.log))

    def action_average(self, change: int) -> None:
        """The raw loss as the mean over more or fewer points; 0: as it is."""
        place = min(max(_AVERAGED.index(self.view.averaged) + change, 0), len(_AVERAGED) - 1) if change else 0
        self._look_with(replace(self.view, averaged=_AVERAGED[place]))

    def action_write(self) -> None:
        """Keep what is shown as a CSV and an SVG in the run's folder charts; neither ever replaces a file."""
        if self.series.steps and self._run:
            work = partial(_keep, self.app, RunDirectory(Path(self._run)), self.series, self.view)
            self.app.run_worker(work, thread=True, exit_on_error=False)
        else:
            notify(self.app, "There is no curve to keep yet", severity="warning")

    def action_leave(self) -> bool:
        """Put the cursor away; whether there was one."""
        had, view = self.view.cursor is not None, replace(self.view, cursor=None)
        if had:
            self._look_with(view)
        return had

    def on_click(self, event: Click) -> None:
        """Put the cursor to the nearest point of the history."""
        frame, steps = self._frame, self.series.steps
        offset = event.get_content_offset(self)
        if frame is None or offset is None or not steps:
            return
        column = offset.x - frame.left
        if 0 <= column < frame.width:
            at = min(max(bisect_right(steps, frame.axis.step_at(column)) - 1, 0), len(steps) - 1)
            self._look_with(replace(self.view, cursor=steps[at]))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self._wheel(event, -1)

    def on_mouse_scroll_left(self, event: MouseScrollLeft) -> None:
        event.stop()
        self.action_pan(-1)

    def on_mouse_scroll_right(self, event: MouseScrollRight) -> None:
        event.stop()
        self.action_pan(1)

    def _wheel(self, event: MouseScrollUp | MouseScrollDown, change: int) -> None:
        """Zoom around the step under the pointer; with shift or ctrl go back and on."""
        event.stop()
        if event.shift or event.ctrl:
            self.action_pan(-change)
            return
        offset = event.get_content_offset(self)
        frame = self._frame
        inside = frame is not None and offset is not None and 0 <= offset.x - frame.left < frame.width
        around = frame.axis.step_at(offset.x - frame.left) if frame and offset and inside else None
        self.action_zoom(change, around)

    def _look_with(self, view: View) -> None:
        self.view = view
        self._show()

    # What is drawn

    def _show(self) -> None:
        self.heading = heading(self.series, self.view)
        self.footing = legend(self.series, self.view, palette_of(self.app), self.content_size.width)
        self.repaint()

    def paint(self, grid: Grid, palette: Palette) -> None:
        self._frame = None
        if not self.series.steps:
            words = self.waiting[: grid.width]
            grid.put((grid.width - len(words)) // 2, grid.height // 2, words, palette.muted)
        elif grid.width < _LEAST_WIDTH or grid.height < _LEAST_HEIGHT:
            grid.put(0, grid.height // 2, sparkline(self.series.smooth, grid.width, BLOCKS), palette.primary, bold=True)
        else:
            from tui_rnn.tui.chart.draw import draw
            from tui_rnn.tui.chart.overlay import OverlayDots

            self._overlay_dots = self._overlay_dots or OverlayDots()
            self._frame = draw(grid, palette, self.series, self.view, self._overlay_dots)


def _keep(app: App[object], directory: RunDirectory, series: Series, view: View) -> None:
    """Write both files and say where they are; in a thread of its own, since a disk may take its time."""
    from tui_rnn.tui.chart.export import as_csv, as_svg

    run, name = safe_text(directory.path.name, one_line=True), f"loss-{series.steps[-1]:08}"
    try:
        table = directory.keep_numbered("charts", name, ".csv", as_csv(series, view, run))
        picture = directory.keep_numbered("charts", name, ".svg", as_svg(series, view, run))
    except OSError as error:
        app.call_from_thread(notify, app, f"Not saved: {error.strerror or error}", severity="error")
    else:
        app.call_from_thread(notify, app, f"{table}\n{picture}", title="Saved")
