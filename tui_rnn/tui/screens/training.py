"""The training screen: it alone routes events to the panels and keys to the control."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control, GradientCheckRequest, SampleRequest, SaveRequest
from tui_rnn.engine.events import (
    COMPLEX,
    Checkpointed,
    Done,
    Event,
    GradientChecked,
    Paused,
    Sample,
    SamplePiece,
    Started,
    Warned,
)
from tui_rnn.readable import duration_text, nats_and_bits
from tui_rnn.tui.chart import Curves
from tui_rnn.tui.messages import Feed, Live
from tui_rnn.tui.screens.help import HelpScreen
from tui_rnn.tui.screens.quit import QuitScreen
from tui_rnn.tui.screens.sample import TEMPERATURES, SampleScreen, neighbour
from tui_rnn.tui.widgets.event_list import EventList
from tui_rnn.tui.widgets.facts import Facts
from tui_rnn.tui.widgets.gradient import GradientPanel
from tui_rnn.tui.widgets.loss_chart import LossChart
from tui_rnn.tui.widgets.samples import Samples
from tui_rnn.tui.widgets.status import Status, StatusLine

PANELS = {"loss": "Loss", "samples": "Samples", "gradient": "Gradient check", "facts": "Run", "events": "Events"}
_LOG_KINDS = {"periodic": "checkpoint", "best": "best model", "requested": "checkpoint", "final": "last checkpoint"}
_AVERAGED = (1, 4, 16, 64, 256)
_ZOOMS = (1.0, 0.5, 0.2, 0.05)
_SAMPLE_LENGTH = 1000
_LEGEND = (
    "[$text-primary]━ smooth[/]  [$foreground 60%]┈ raw[/]  [$text-warning]─ uniform guess[/]  "
    "[$text-accent]◆ sample[/]  [$text-success]● checkpoint[/]"
)


@dataclass(frozen=True, slots=True)
class RunView:
    """What the screen has to know of a run before the worker tells anything."""

    config: RunConfig
    goal: int  # update steps in all
    run: str  # the run directory
    marker: str = "braille"
    redraws_per_second: float = 2.0


class TrainingScreen(Screen[None]):
    """Status, chart, panels, footer; what fits is shown at once, the rest as tabs of one panel."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "Pause"),
        Binding("space", "go_on", "Resume"),
        Binding("p", "pause", "Pause", show=False),
        Binding("p", "go_on", "Resume", show=False),
        Binding("n", "one_step", "One step", tooltip="one update while paused"),
        Binding("s", "sample", "Sample", tooltip="sample 1000 characters"),
        Binding("c,ctrl+s", "checkpoint", "Checkpoint", key_display="c", tooltip="checkpoint now"),
        Binding("g", "gradient_check", "Check", tooltip="gradient check of the weights as they are"),
        Binding("l", "log_scale", "Log", tooltip="log scale of the loss"),
        Binding(
            "plus,equals_sign",
            "average(1)",
            "Smoother",
            show=False,
            key_display="+",
            tooltip="average the raw loss over more points",
        ),
        Binding(
            "minus",
            "average(-1)",
            "Rawer",
            show=False,
            key_display="-",
            tooltip="average the raw loss over fewer points",
        ),
        Binding("0", "average(0)", "Raw", show=False, tooltip="the raw loss as it is"),
        Binding("z", "zoom(1)", "Zoom", show=False, tooltip="zoom in on the latest steps"),
        Binding("Z", "zoom(0)", "All", show=False, tooltip="all steps"),
        Binding(
            "left_square_bracket",
            "temperature(-1)",
            "Bolder",
            show=False,
            key_display="[",
            tooltip="lower the temperature of the next sample",
        ),
        Binding(
            "right_square_bracket",
            "temperature(1)",
            "Wilder",
            show=False,
            key_display="]",
            tooltip="raise the temperature of the next sample",
        ),
        *[
            Binding(str(number), f"panel('{name}')", title, show=False, tooltip=f"go to panel {number}, {title}")
            for number, (name, title) in enumerate(PANELS.items(), 1)
        ],
        Binding(
            "m,enter", "maximize_panel", "Maximise", show=False, key_display="m", tooltip="maximise the panel in focus"
        ),
        Binding("escape", "back", "Back", show=False, tooltip="back from a maximised panel; never quits"),
        Binding("question_mark,f1", "help", "Help", key_display="?", tooltip="this list"),
        Binding(
            "q,ctrl+q",
            "quit_training",
            "Quit",
            key_display="q",
            tooltip="quit; asks only where something is unsaved",
            priority=True,
        ),
        Binding(
            "ctrl+c",
            "copy_or_quit",
            "Copy or quit",
            show=False,
            tooltip="copy a selection, else quit; a second one saves and quits",
        ),
    ]
    ESCAPE_TO_MINIMIZE = False  # action_back does
    AUTO_FOCUS = "#loss"

    def __init__(self, view: RunView, control: Control, feed: Feed) -> None:
        super().__init__()
        self.view = view
        self._control, self._feed = control, feed
        self._shown: Live | None = None
        self._state = "reading"
        self._started: Started | None = None
        self._log, self._averaged, self._zoom = False, 0, 0
        self._next_sample = SampleRequest(_SAMPLE_LENGTH)
        self._tab = "samples"  # of the panels that share one place, the one in front
        self._sample_steps: list[int] = []
        self._saved_steps: list[int] = []
        self._saved_at: float | None = None
        self._unsaved_reason = ""

    def compose(self) -> ComposeResult:
        yield StatusLine(id="status")
        with Container(id="panels"):
            yield LossChart(self.view.marker, id="loss")
            every = self.view.config.sample_every
            yield Samples(self.view.config.seq_length, 1 if every else 0, id="samples")
            yield GradientPanel(id="gradient")
            yield Facts(id="facts")
            yield EventList(id="events")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._arrange()
        self.set_interval(1 / self.view.redraws_per_second, self.poll)

    # What the worker tells

    def told(self, event: Event, *, past: bool = False) -> None:
        """Show an event, and pass the text of a sample to the screen that asked for it."""
        if past:
            self._show_past(event)
            return
        self._show(event)
        for screen in self.app.screen_stack:
            if isinstance(screen, SampleScreen) and isinstance(event, Sample | SamplePiece):
                screen.show(event)
        self.poll()

    def _show(self, event: Event) -> None:
        match event:
            case Started():
                self._started = event
                self._set_state("checking")
            case GradientChecked():
                self.query_one(GradientPanel).show(event)
                if event.method == COMPLEX and self._state == "checking":
                    self._set_state("training")
            case Sample():
                self._sample_steps.append(event.step)
                self.query_one(Samples).add(event)
            case Paused() if self._state in ("training", "checking"):
                self._set_state("paused")
            case Checkpointed():
                self._saved_at, self._unsaved_reason = time.monotonic(), ""
                if event.kind != "best":
                    self._saved_steps.append(event.step)
                self._tell(f"{_LOG_KINDS[event.kind]} of step {event.step:,} saved to {event.path}")
                if event.kind == "requested":
                    self.app.notify(f"Step {event.step:,} is saved", title="Checkpoint", markup=False)
            case Warned():
                if "is not saved" in event.message:
                    self._unsaved_reason = event.message.partition("(")[2].partition(")")[0]
                self._tell(event.message, warns=True)
                self.app.notify(event.message, severity="warning", timeout=10, markup=False)
            case Done():
                self._set_state({"steps": "done", "diverged": "diverged"}.get(event.reason, "saving"))
                self._tell(f"{event.reason}: step {event.step:,}, state sha256 {event.state_sha256}")

    def _show_past(self, event: Event) -> None:
        """Show a sample or a checkpoint of before this process began."""
        if isinstance(event, Sample):
            self._sample_steps.append(event.step)
            self.query_one(Samples).add(event)
        elif isinstance(event, Checkpointed) and event.kind != "best":
            self._saved_steps.append(event.step)

    def _tell(self, text: str, *, warns: bool = False) -> None:
        self.query_one(EventList).add(text, datetime.now(), warns=warns)

    def _set_state(self, state: str) -> None:
        self._state = state
        self._refresh_status()
        self.refresh_bindings()

    def poll(self) -> None:
        """Look at the worker's latest picture and show what changed."""
        live = self._feed.live
        if live is not None and live is not self._shown:
            self._shown = live
            self._refresh_chart()
        if self._started is not None:
            self._refresh_facts(self._started)
        self._refresh_status()

    def _refresh_status(self) -> None:
        live = self._shown
        figures: dict[str, Any] = {}
        if live is not None:
            figures = {
                "step": live.step,
                "epoch": live.epoch,
                "smooth_loss": live.smooth_loss,
                "best_smooth_loss": live.best_smooth_loss,
                "updates_per_second": live.updates_per_second,
            }
        self.query_one(StatusLine).status = Status(
            state=self._state,
            goal=self.view.goal,
            seq_length=self.view.config.seq_length,
            saved_seconds_ago=None if self._saved_at is None else time.monotonic() - self._saved_at,
            unsaved_reason=self._unsaved_reason,
            **figures,
        )

    def _refresh_chart(self) -> None:
        live = self._shown
        if live is None:
            return
        chart = self.query_one(LossChart)
        chart.curves = Curves(
            steps=live.steps,
            smooth=live.smooth,
            raw=live.raw,
            uniform_loss=self._started.uniform_loss if self._started else None,
            samples=tuple(self._sample_steps),
            checkpoints=tuple(self._saved_steps),
            log=self._log,
            shown=_ZOOMS[self._zoom],
            averaged=_AVERAGED[self._averaged],
        )
        T = self.view.config.seq_length
        nats, _ = nats_and_bits(live.smooth_loss, T)
        title = f"1 Loss  {live.smooth_loss:.2f} nats over {T} characters · {nats:.3f} nats/char"
        options = [
            name for name, on in (("log scale", self._log), (f"last {_ZOOMS[self._zoom]:.0%}", self._zoom > 0)) if on
        ]
        if self._averaged:
            options.append(f"raw averaged over {_AVERAGED[self._averaged]} points")
        chart.border_title = Content(" · ".join([title, *options]))

    def _refresh_facts(self, started: Started) -> None:
        config, corpus, live = self.view.config, started.corpus, self._shown
        facts = {
            "corpus": str(corpus["path"]),
            "text": f"{corpus['characters']:,} characters, K = {corpus['vocab_size']:,}",
            "network": f"{config.cell}, m = {config.hidden_size}, {started.parameters:,} parameters, {config.dtype}",
            "windows": f"T = {config.seq_length}, B = {config.batch_size}",
            "recipe": f"{config.recipe}: {config.optimizer}, eta = {config.eta:g}, seed {config.seed}",
            "run": started.run,
        }
        if live is not None:
            nats, bits = nats_and_bits(live.best_smooth_loss, config.seq_length)
            facts["best"] = (
                f"{live.best_smooth_loss:.3f} at step {live.best_step:,}: {nats:.3f} nats, {bits:.3f} bits/char"
            )
            facts["trained"] = duration_text(live.elapsed_seconds)
            if live.updates_per_second:
                characters = live.updates_per_second * config.seq_length * config.batch_size
                facts["speed"] = f"{live.updates_per_second:,.0f} updates/s, {characters:,.0f} characters/s"
        self.query_one(Facts).show(facts)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Pause and Resume share a key; steps are single only while paused."""
        if action == "pause":
            return not self._control.paused
        if action == "go_on":
            return self._control.paused and self._state not in ("done", "diverged", "saving")
        if action == "one_step":
            return self._state == "paused"
        return True

    def action_pause(self) -> None:
        self._control.pause()
        self.refresh_bindings()

    def action_go_on(self) -> None:
        self._control.resume()
        self._set_state("training")

    def action_one_step(self) -> None:
        self._control.one_step()

    def action_sample(self) -> None:
        self.app.push_screen(SampleScreen(self._control, self.view, self._next_sample), self._sampled)

    def _sampled(self, request: SampleRequest | None) -> None:
        if request is not None:
            self._next_sample = request
            self._arrange()

    def action_checkpoint(self) -> None:
        self._control.post(SaveRequest())

    def action_gradient_check(self) -> None:
        self._control.post(GradientCheckRequest())
        self._control.post(GradientCheckRequest(method=COMPLEX))
        self.action_panel("gradient")

    def action_log_scale(self) -> None:
        self._log = not self._log
        self._refresh_chart()

    def action_average(self, change: int) -> None:
        self._averaged = min(max(self._averaged + change, 0), len(_AVERAGED) - 1) if change else 0
        self._refresh_chart()

    def action_zoom(self, change: int) -> None:
        self._zoom = (self._zoom + change) % len(_ZOOMS) if change else 0
        self._refresh_chart()

    def action_temperature(self, change: int) -> None:
        temperature = neighbour(TEMPERATURES, self._next_sample.temperature, change)
        self._next_sample = replace(self._next_sample, temperature=temperature)
        self._arrange()

    def action_panel(self, name: str) -> None:
        """Bring a panel to the front and focus it."""
        if name != "loss":
            self._tab = name
        if self.maximized is not None:
            self.minimize()
        self._arrange()
        self.query_one(f"#{name}").focus()

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
            self.app.notify("Copied", timeout=2)
        else:
            self.action_quit_training()

    def action_quit_training(self) -> None:
        """Quit; where updates were made since the last checkpoint, ask first."""
        if isinstance(self.app.screen, QuitScreen):
            return
        step = self._shown.step if self._shown else 0
        saved = self._saved_steps[-1] if self._saved_steps else 0
        if step == saved or self._state in ("done", "diverged", "saving"):
            self.quit(save=True)
        else:
            self.app.push_screen(QuitScreen(step - saved), self._answered)

    def _answered(self, save: bool | None) -> None:
        if save is not None:
            self.quit(save=save)

    def quit(self, *, save: bool) -> None:
        """Have the worker end; the app exits when it has."""
        self._control.stop("stopped", save=save)
        if self._state not in ("done", "diverged"):
            self._set_state("saving")

    def commands(self) -> Iterable[SystemCommand]:
        """The keys as commands for the palette."""
        for binding in self.BINDINGS:
            if isinstance(binding, Binding) and self.check_action(binding.action, ()) and binding.key != "p":
                yield SystemCommand(
                    binding.description,
                    binding.tooltip or binding.description,
                    partial(self.run_action, binding.action),
                )

    # Layout

    def on_resize(self, event: Resize) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """Show the panels that the terminal's size has room for, the others as tabs of the last place."""
        width, height = self.app.size
        tiny = width < 60 or height < 15
        wide = width >= 160 and height >= 45
        normal = not wide and width >= 100 and height >= 30
        for name, on in (("tiny", tiny), ("wide", wide), ("normal", normal), ("compact", not (tiny or wide or normal))):
            self.set_class(on, f"-{name}")
        names = list(PANELS)[1:]
        shared = [] if wide or tiny else names[1:] if normal else names
        front = self._tab if self._tab in shared else (shared[0] if shared else "")
        for name in names:
            panel = self.query_one(f"#{name}")
            panel.display = not tiny and (name not in shared or name == front)
            self._title(panel, shared if name in shared else [name], name)
        chart = self.query_one(LossChart)
        if self._shown is None:
            chart.border_title = "1 Loss"
        chart.border_subtitle = "" if tiny else _LEGEND
        self.query_one(Footer).display = not tiny

    def _title(self, panel: Widget, tabs: list[str], front: str) -> None:
        """The panel's number and name, with those of its hidden neighbours."""
        pieces = []
        for name in tabs:
            text = f"{list(PANELS).index(name) + 1} {PANELS[name]}"
            style = "bold" if name == front else "not bold $text-muted"
            pieces.append(f"[{style} @click=screen.panel('{name}')]{text}[/]")
        panel.border_title = " │ ".join(pieces)
        if panel.id == "samples":
            panel.border_subtitle = f"next sample: T {self._next_sample.temperature:g}"
