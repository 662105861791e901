"""The training screen: it alone routes events to the panels and keys to the control."""

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.events import Resize
from textual.widgets import Footer

from tui_rnn.engine.control import Control, GradientCheckRequest, SampleRequest, SaveRequest
from tui_rnn.engine.events import (
    COMPLEX,
    Checkpointed,
    Done,
    Event,
    GradientChecked,
    HeldOut,
    NotFinite,
    NotSaved,
    Paused,
    Sample,
    SamplePiece,
    Started,
    Warned,
)
from tui_rnn.tui.kept import Kept
from tui_rnn.tui.keys import KEYS
from tui_rnn.tui.layout import PANELS, SIZES, layout_for
from tui_rnn.tui.messages import Feed, GoBack, Live
from tui_rnn.tui.notices import notify
from tui_rnn.tui.reporting import Reported, write_report
from tui_rnn.tui.screens.diverged import DivergedScreen
from tui_rnn.tui.screens.help import HelpScreen
from tui_rnn.tui.screens.looking import LookingScreen
from tui_rnn.tui.screens.quit import QuitScreen
from tui_rnn.tui.screens.sample import TEMPERATURES, SampleScreen, neighbour
from tui_rnn.tui.view import ChartOptions, RunView, facts
from tui_rnn.tui.widgets.event_list import EventList
from tui_rnn.tui.widgets.facts import Facts
from tui_rnn.tui.widgets.gradient import GradientPanel
from tui_rnn.tui.widgets.loss_chart import LossChart
from tui_rnn.tui.widgets.samples import Samples
from tui_rnn.tui.widgets.status import Status, StatusLine

_LOG_KINDS = {
    "periodic": "checkpoint",
    "best": "best model",
    "best-held-out": "best model by held-out loss",
    "requested": "checkpoint",
    "final": "last checkpoint",
}
_SAMPLE_LENGTH = 1000
_LEGEND = (
    "[$text-primary]━ smooth[/]  [$foreground 60%]┈ raw[/]  [$text-warning]─ uniform guess[/]  "
    "[$text-accent]◆ sample[/]  [$text-success]● checkpoint[/]"
)
_HELD_OUT_LEGEND = "  [$text-secondary]▲ held out[/]"


class TrainingScreen(LookingScreen):
    """Status, chart, panels, footer; what fits is shown at once, the rest as tabs of one panel."""

    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]
    ESCAPE_TO_MINIMIZE = False  # action_back does
    AUTO_FOCUS = "#loss"

    def __init__(self, view: RunView, control: Control, feed: Feed) -> None:
        super().__init__(view.redraws_per_second)
        self.view = view
        self._control, self._feed = control, feed
        self._shown: Live | None = None
        self._chart_changed = False
        self._samples: list[Sample] = []  # told since the last look
        self._state = "reading"
        self._started: Started | None = None
        self._options = ChartOptions()
        self._next_sample = SampleRequest(_SAMPLE_LENGTH)
        self._tab = "samples"  # of the panels that share one place, the one in front
        self._sample_steps: list[int] = []
        self._kept = Kept()
        self._held_out: list[HeldOut] = []
        self._why = ""  # it diverged
        self._writing_report = False

    def compose(self) -> ComposeResult:
        yield StatusLine(id="status")
        with Container(id="panels"):
            yield LossChart(self.view.marker, id="loss")
            yield Samples(self.view.config.seq_length, id="samples")
            yield GradientPanel(id="gradient")
            yield Facts(id="facts")
            yield EventList(id="events")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._arrange()

    def on_screen_resume(self) -> None:
        self.refresh_bindings()  # what the run allows may have changed under another screen

    def poll(self) -> None:
        """Look at the worker's latest picture and show what changed."""
        live = self._feed.live
        if live is not self._shown:
            self._shown, self._chart_changed = live, True
        if self.app.screen is not self:  # covered by another one, and drawn when that is closed
            return
        if self._samples:
            self.query_one(Samples).add(*self._samples)
            self._samples = []
        if self._chart_changed:
            self._draw_chart()
        self._show_facts()
        self._refresh_status()

    # What the worker tells

    def told(self, event: Event, *, past: bool = False) -> None:
        """Show an event, and pass the text of a sample to the screen that asked for it."""
        if past:
            self._show_past(event)
            return
        if isinstance(event, Sample | SamplePiece):
            for screen in self.app.screen_stack:
                if isinstance(screen, SampleScreen):
                    screen.show(event)
        if not isinstance(event, SamplePiece):
            self._show(event)
        if not isinstance(
            event, Sample | SamplePiece | HeldOut | Checkpointed
        ):  # these can be many a second, and can wait
            self.poll()

    def _show(self, event: Event) -> None:
        match event:
            case Started():
                self._started = event
                self._kept.begun(event)
                self._set_state("checking")
            case GradientChecked():
                self.query_one(GradientPanel).show(event)
                if event.method == COMPLEX and self._state == "checking":
                    self._set_state("training")
            case Sample():
                self._take_sample(event)
            case HeldOut():
                self._judge(event)
            case Paused() if self._control.paused and self._state in ("training", "checking"):
                self._set_state("paused")
            case Checkpointed():
                self._kept.saved(event, time.monotonic())
                self._chart_changed = self._chart_changed or event.holds_the_state
                self._tell(f"{_LOG_KINDS[event.kind]} of step {event.step:,} saved to {event.path}")
                if event.kind == "requested":
                    notify(self.app, f"Step {event.step:,} is saved", title="Checkpoint")
            case NotFinite():  # of which the offer to go back tells
                self._why = event.message
                self._kept.diverged()
                self._tell(event.message, warns=True)
            case Warned():
                if isinstance(event, NotSaved):
                    self._kept.not_saved(event)
                    if event.kind == "final":  # tried again and again
                        self._set_state("saving")
                self._tell(event.message, warns=True)
                notify(self.app, event.message, severity="warning")
            case Done():
                self._set_state({"steps": "done", "diverged": "diverged"}.get(event.reason, "saving"))
                self._tell(f"{event.reason}: step {event.step:,}, state sha256 {event.state_sha256}")
                if event.reason == "diverged" and self.app.screen is self:
                    self.action_go_back()
                elif event.reason == "diverged":
                    notify(self.app, f"The run {self._why}", severity="warning")

    def _show_past(self, event: Event) -> None:
        """Show a sample, a held-out loss or a checkpoint of before this process began."""
        if isinstance(event, Sample):
            self._take_sample(event)
        elif isinstance(event, HeldOut):
            self._judge(event)
        elif isinstance(event, Checkpointed):
            self._kept.saved(event)

    def _take_sample(self, sample: Sample) -> None:
        self._sample_steps.append(sample.step)
        self._samples.append(sample)
        self._chart_changed = True

    def _judge(self, event: HeldOut) -> None:
        self._held_out.append(event)
        self._chart_changed = True
        if len(self._held_out) == 1:
            self._arrange()  # the legend names it from here on

    def _tell(self, text: str, *, warns: bool = False) -> None:
        self.query_one(EventList).add(text, datetime.now(), warns=warns)

    def _set_state(self, state: str) -> None:
        self._state = state
        self._refresh_status()
        self.refresh_bindings()

    def _show_facts(self) -> None:
        panel = self.query_one(Facts)
        if self._started is not None and panel.display:
            panel.show(facts(self.view, self._started, self._shown, self._last_held_out))

    @property
    def _last_held_out(self) -> HeldOut | None:
        return self._held_out[-1] if self._held_out else None

    def _refresh_status(self) -> None:
        live, held_out = self._shown, self._last_held_out
        figures: dict[str, Any] = {}
        if live is not None:
            figures = {
                "step": live.step,
                "epoch": live.epoch,
                "smooth_loss": live.smooth_loss,
                "best_smooth_loss": live.best_smooth_loss,
                "updates_per_second": live.updates_per_second,
                "elapsed_seconds": live.elapsed_seconds,
            }
        self.query_one(StatusLine).status = Status(
            state=self._state,
            goal=self.view.goal,
            seq_length=self.view.config.seq_length,
            saved_seconds_ago=None if self._kept.saved_at is None else round(time.monotonic() - self._kept.saved_at),
            unsaved_steps=self._step - self._kept.step,
            unsaved_reason=self._kept.refused,
            held_out=held_out.nats_per_char if held_out else None,
            best_held_out=held_out.best_nats_per_char if held_out else None,
            **figures,
        )

    def _draw_chart(self) -> None:
        live, self._chart_changed = self._shown, False
        if live is None:
            return
        chart = self.query_one(LossChart)
        uniform_loss = self._started.uniform_loss if self._started else None
        T = self.view.config.seq_length
        held_out = [
            (event.step, event.nats_per_char * T) for event in self._held_out if event.nats_per_char is not None
        ]
        chart.curves = self._options.curves(live, uniform_loss, self._sample_steps, self._kept.steps, held_out)
        chart.border_title = Content(self._options.title(live, T))

    def _look_with(self, options: ChartOptions) -> None:
        self._options = options
        self._draw_chart()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What the run allows now; and no key that was typed for a screen that has just opened over this one."""
        return self._allows(action) and (self.app.screen is self or action in ("quit_training", "panel"))

    def _allows(self, action: str) -> bool:
        """Pause and Resume share a key; steps are single only while paused."""
        if action in ("pause", "go_on") and self._state in ("done", "diverged", "saving"):
            return False
        if action in ("pause", "go_on"):
            return self._control.paused == (action == "go_on")
        if action in ("one_step", "go_back"):
            return self._state == {"one_step": "paused", "go_back": "diverged"}[action]
        return True

    def action_pause(self) -> None:
        self._control.pause()
        self.refresh_bindings()

    def action_go_on(self) -> None:
        self._control.resume()
        self._set_state("training")

    def action_one_step(self) -> None:
        self._control.one_step()

    def action_go_back(self) -> None:
        """Offer to go back to the last good checkpoint with half the learning rate."""
        offer = DivergedScreen(self._why, self._kept.step, self.view.config.eta / 2)
        self.app.push_screen(offer, self._answered_offer)

    def _answered_offer(self, back: bool | None) -> None:
        if back:
            self.post_message(GoBack())

    def action_sample(self) -> None:
        self.app.push_screen(SampleScreen(self._control, self.view, self._next_sample), self._sampled)

    def _sampled(self, request: SampleRequest | None) -> None:
        if request is not None:
            self._next_sample = request
            self._show_next_sample()

    def action_checkpoint(self) -> None:
        self._control.post(SaveRequest())

    def action_gradient_check(self) -> None:
        self._control.post(GradientCheckRequest())
        self._control.post(GradientCheckRequest(method=COMPLEX))
        self.action_panel("gradient")

    def action_report(self) -> None:
        if not self._writing_report:
            self._writing_report = True
            notify(self.app, "Writing the report…")
            write_report(self.view.run, self.post_message)

    def on_reported(self, message: Reported) -> None:
        self._writing_report = False
        self._tell(
            f"report written to {message.words}" if message.written else message.words, warns=not message.written
        )
        notify(self.app, message.words, title="Report", severity="information" if message.written else "warning")

    def action_log_scale(self) -> None:
        self._look_with(replace(self._options, log=not self._options.log))

    def action_average(self, change: int) -> None:
        self._look_with(self._options.average(change))

    def action_zoom(self, change: int) -> None:
        self._look_with(self._options.zoomed(change))

    def action_temperature(self, change: int) -> None:
        temperature = neighbour(TEMPERATURES, self._next_sample.temperature, change)
        self._next_sample = replace(self._next_sample, temperature=temperature)
        self._show_next_sample()

    def action_panel(self, name: str) -> None:
        """Bring a panel to the front and focus it."""
        if name != "loss":
            self._tab = name
        if self.maximized is not None:
            self.minimize()
        self._arrange()
        self.set_focus(self.query_one(f"#{name}"))  # at once: the next key may be meant for it

    def action_maximize_panel(self) -> None:
        if self.maximized is not None:
            self.minimize()
        elif self.focused is not None and self.focused.id in PANELS:
            self.maximize(self.focused, container=False)

    def action_back(self) -> None:
        if self.maximized is not None:
            self.minimize()
        else:
            self.clear_selection()

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen(self.BINDINGS))

    def action_copy_or_quit(self) -> None:
        selection = self.get_selected_text()
        if selection:
            self.app.copy_to_clipboard(selection)
            self.clear_selection()
            notify(self.app, "Copied")
        else:
            self.action_quit_training()

    def action_quit_training(self) -> None:
        """Quit; where updates were made since the last checkpoint, or it was refused, ask first."""
        if isinstance(self.app.screen, QuitScreen):  # asked already: yes
            self.app.screen.dismiss(True)
            return
        ends = self._state in ("done", "diverged", "saving")
        unsaved = self._step > self._kept.step if not ends else bool(self._kept.refused)
        if unsaved:
            self.app.push_screen(QuitScreen(self._question), self._answered)
        else:
            self.quit(save=True)

    def _question(self) -> str:
        return self._kept.question(self._step, self._state == "diverged")

    @property
    def _step(self) -> int:
        """Updates made, as far as it is shown."""
        return self._shown.step if self._shown else 0

    def _answered(self, save: bool | None) -> None:
        if save is not None:
            self.quit(save=save)

    def quit(self, *, save: bool) -> None:
        """Have the worker end, with a last checkpoint as soon as the disk takes it; the app exits when it has."""
        self._control.stop("stopped", save=save, patient=True)
        if self._state not in ("done", "diverged"):
            self._set_state("saving")

    def commands(self) -> Iterable[SystemCommand]:
        """The keys as commands for the palette, each thing once."""
        named: set[str] = set()
        for binding in KEYS:
            if binding.tooltip not in named and self._allows(binding.action):
                named.add(binding.tooltip)
                title = binding.tooltip[:1].upper() + binding.tooltip[1:]
                yield SystemCommand(
                    title, f"key {binding.key_display or binding.key}", partial(self.run_action, binding.action)
                )

    # Layout

    def on_resize(self, event: Resize) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """Show the panels that the terminal's size has room for, the others as tabs of the last place."""
        layout = layout_for(*self.app.size, self._tab)
        for size in SIZES:
            self.set_class(size == layout.size, f"-{size}")
        for name in PANELS:
            panel = self.query_one(f"#{name}")
            panel.display = layout.shows(name)
            if name != "loss" or self._shown is None:  # the chart's title has its figures
                panel.border_title = layout.title(name)
        tiny = layout.size == "tiny"
        self.query_one(LossChart).border_subtitle = "" if tiny else _LEGEND + _HELD_OUT_LEGEND * bool(self._held_out)
        self._show_next_sample()
        self._show_facts()  # they may have come to the front
        self.query_one(Footer).display = not tiny

    def _show_next_sample(self) -> None:
        self.query_one(Samples).border_subtitle = f"next sample: T {self._next_sample.temperature:g}"
