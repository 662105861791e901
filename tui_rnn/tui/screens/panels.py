"""What the run looks like: a status line, the loss chart and the other panels; what fits is shown at once."""

import time
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.events import Resize
from textual.widgets import Footer

from tui_rnn.engine.control import Control
from tui_rnn.engine.events import (
    Checkpointed,
    Done,
    Event,
    GradientChecked,
    HeldOut,
    NotFinite,
    Sample,
    SamplePiece,
    Warned,
)
from tui_rnn.readable import ENDINGS
from tui_rnn.tui.layout import PANELS, SIZES, layout_for
from tui_rnn.tui.messages import Feed
from tui_rnn.tui.notices import notify
from tui_rnn.tui.screens.looking import LookingScreen
from tui_rnn.tui.so_far import SoFar
from tui_rnn.tui.view import ChartOptions, RunView
from tui_rnn.tui.widgets.event_list import EventList
from tui_rnn.tui.widgets.facts import Facts
from tui_rnn.tui.widgets.gradient import GradientPanel
from tui_rnn.tui.widgets.loss_chart import LossChart
from tui_rnn.tui.widgets.samples import Samples
from tui_rnn.tui.widgets.status import StatusLine

_LOG_KINDS = {
    "periodic": "checkpoint",
    "best": "best model",
    "best-held-out": "best model by held-out loss",
    "requested": "checkpoint",
    "final": "last checkpoint",
}
_MANY = (Sample, SamplePiece, HeldOut, Checkpointed)  # can be told many times a second, and wait for the next look
_LEGEND = (
    "[$text-primary]━ smooth[/]  [$foreground 60%]┈ raw[/]  [$text-warning]─ uniform guess[/]  "
    "[$text-accent]◆ sample[/]  [$text-success]● checkpoint[/]"
)
_HELD_OUT_LEGEND = "  [$text-secondary]▲ held out[/]"


class PanelsScreen(LookingScreen):
    """Shows what is told of the run, and its latest picture; panels that do not fit are tabs of one place."""

    AUTO_FOCUS = "#loss"

    def __init__(self, view: RunView, control: Control, feed: Feed) -> None:
        super().__init__(view.redraws_per_second)
        self.view = view
        self._control, self._feed = control, feed
        self._so_far = SoFar(view)
        self._options = ChartOptions()
        self._chart_changed = False
        self._samples: list[Sample] = []  # told since the last look
        self._tab = "samples"  # of the panels that share one place, the one in front

    def compose(self) -> ComposeResult:
        yield StatusLine(id="status")
        with Container(id="panels"):
            yield LossChart(self.view.marker, id="loss")
            yield Samples(self.view.config.seq_length, id="samples")
            yield GradientPanel(self.view.config.hidden_size, id="gradient")
            yield Facts(id="facts")
            yield EventList(id="events")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._arrange()

    def on_resize(self, event: Resize) -> None:
        self._arrange()

    def on_screen_resume(self) -> None:
        self.refresh_bindings()  # what the run allows may have changed under another screen

    def poll(self) -> None:
        """Look at the worker's latest picture and show what changed."""
        live = self._feed.live
        if live is not self._so_far.live:
            self._so_far.live, self._chart_changed = live, True
        if not self.is_current:  # neither in front nor seen behind dialogs
            return
        if self._samples:
            self.query_one(Samples).add(*self._samples)
            self._samples = []
        if self._chart_changed:
            self._draw_chart()
        self._show_facts()
        self._show_status()

    # What the worker tells

    def told(self, event: Event, *, past: bool = False) -> None:
        """Show an event; one that is `past` is of before this process began, and no news."""
        before = self._so_far.state
        self._so_far.take(event, None if past else time.monotonic(), paused=self._control.paused)
        self._mark(event)
        if past:
            return
        self._announce(event)
        if self._so_far.state != before:
            self._state_changed()
        if not isinstance(event, _MANY):
            self.poll()

    def _mark(self, event: Event) -> None:
        """What leaves a mark on the chart, or stays in a panel."""
        match event:
            case Sample():
                self._samples.append(event)
                self._chart_changed = True
            case HeldOut():
                self._chart_changed = True
                if len(self._so_far.held_out) == 1:
                    self._arrange()  # the legend names it from here on
            case Checkpointed() if event.holds_the_state:
                self._chart_changed = True
            case GradientChecked():
                self.query_one(GradientPanel).show(event)

    def _announce(self, event: Event) -> None:
        """What is said in the list of events, and in a corner."""
        match event:
            case Checkpointed():
                self._say(f"{_LOG_KINDS[event.kind]} of step {event.step:,} saved to {event.path}")
                if event.kind == "requested":
                    notify(self.app, f"Step {event.step:,} is saved", title="Checkpoint")
            case NotFinite():  # of which the offer to go back tells
                self._say(event.message, warns=True)
            case Warned():
                self._say(event.message, warns=True)
                notify(self.app, event.message, severity="warning")
            case Done():
                self._say(f"{ENDINGS[event.reason]} at step {event.step:,}, state sha256 {event.state_sha256}")

    def _say(self, text: str, *, warns: bool = False) -> None:
        self.query_one(EventList).add(text, datetime.now(), warns=warns)

    # What is drawn

    def _state_changed(self) -> None:
        self._show_status()
        self.refresh_bindings()

    def _show_status(self) -> None:
        self.query_one(StatusLine).status = self._so_far.status(time.monotonic())

    def _show_facts(self) -> None:
        panel = self.query_one(Facts)
        if panel.display:
            panel.show(self._so_far.facts())

    def _look_with(self, options: ChartOptions) -> None:
        self._options = options
        self._draw_chart()

    def _draw_chart(self) -> None:
        live, self._chart_changed = self._so_far.live, False
        if live is None:
            return
        chart = self.query_one(LossChart)
        chart.curves = self._so_far.curves(live, self._options)
        chart.border_title = Content(self._options.title(live, self.view.config.seq_length))

    def _bring_to_front(self, name: str) -> None:
        if name != "loss":
            self._tab = name
        self._arrange()

    def _arrange(self) -> None:
        """Show the panels that the terminal's size has room for, the others as tabs of the last place."""
        layout = layout_for(*self.app.size, self._tab)
        for size in SIZES:
            self.set_class(size == layout.size, f"-{size}")
        for name in PANELS:
            panel = self.query_one(f"#{name}")
            panel.display = layout.shows(name)
            if name != "loss" or self._so_far.live is None:  # the chart's title has its figures
                panel.border_title = layout.title(name)
        tiny = layout.size == "tiny"
        chart = self.query_one(LossChart)
        chart.border_subtitle = "" if tiny else _LEGEND + _HELD_OUT_LEGEND * bool(self._so_far.held_out)
        self._show_facts()  # they may have come to the front
        self.query_one(Footer).display = not tiny
