"""The training screen: the panels of the run, and what each key asks of it."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual.app import SystemCommand
from textual.binding import BindingType

from tui_rnn.engine.control import Control, GradientCheckRequest, SampleRequest, SaveRequest
from tui_rnn.engine.events import COMPLEX, Done, Event, Sample, SamplePiece
from tui_rnn.tui.clipboard import copy
from tui_rnn.tui.keys import KEYS
from tui_rnn.tui.layout import PANELS
from tui_rnn.tui.messages import Feed, GoBack
from tui_rnn.tui.notices import notify
from tui_rnn.tui.reporting import Reported, write_report
from tui_rnn.tui.screens.diverged import DivergedScreen
from tui_rnn.tui.screens.help import HelpScreen
from tui_rnn.tui.screens.panels import PanelsScreen
from tui_rnn.tui.screens.quit import QuitScreen
from tui_rnn.tui.screens.sample import TEMPERATURES, SampleScreen, neighbour
from tui_rnn.tui.view import RunView
from tui_rnn.tui.widgets.samples import Samples

_SAMPLE_LENGTH = 1000


class TrainingScreen(PanelsScreen):
    """Routes keys to the control, and what is told to the screens that were opened over this one."""

    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]
    ESCAPE_TO_MINIMIZE = False  # action_back does

    def __init__(self, view: RunView, control: Control, feed: Feed) -> None:
        super().__init__(view, control, feed)
        self._next_sample = SampleRequest(_SAMPLE_LENGTH)
        self._writing_report = False

    def on_mount(self) -> None:
        self._show_next_sample()

    def told(self, event: Event, *, past: bool = False) -> None:
        """Show an event, also on the screen that asked for it; offer to go back where the run diverged."""
        super().told(event, past=past)
        if past:
            return
        if isinstance(event, Sample | SamplePiece):
            for screen in self.app.screen_stack:
                if isinstance(screen, SampleScreen):
                    screen.show(event)
        if isinstance(event, Done) and event.reason == "diverged":
            if self.app.screen is self:
                self.action_go_back()
            else:
                notify(self.app, f"The run {self._so_far.why_diverged}", severity="warning")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What the run allows now; and no key that was typed for a screen that has just opened over this one."""
        return self._allows(action) and (self.app.screen is self or action in ("quit_training", "panel"))

    def _allows(self, action: str) -> bool:
        """Pause and Resume share a key; steps are single only while paused."""
        if action in ("pause", "go_on") and self._so_far.is_over:
            return False
        if action in ("pause", "go_on"):
            return self._control.paused == (action == "go_on")
        if action in ("one_step", "go_back"):
            return self._so_far.state == {"one_step": "paused", "go_back": "diverged"}[action]
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
        offer = DivergedScreen(self._so_far.why_diverged, self._so_far.kept.step, self.view.config.eta / 2)
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
        self._say(f"report written to {message.words}" if message.written else message.words, warns=not message.written)
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
        if self.maximized is not None:
            self.minimize()
        self._bring_to_front(name)
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
            copy(self.app, selection)
            self.clear_selection()
        else:
            self.action_quit_training()

    def action_quit_training(self) -> None:
        """Quit; where updates were made since the last checkpoint, or it was refused, ask first."""
        if isinstance(self.app.screen, QuitScreen):  # asked already: yes
            self.app.screen.dismiss(True)
            return
        if self._so_far.is_unsaved:
            self.app.push_screen(QuitScreen(self._so_far.question), self._answered)
        else:
            self.quit(save=True)

    def _answered(self, save: bool | None) -> None:
        if save is not None:
            self.quit(save=save)

    def quit(self, *, save: bool) -> None:
        """Have the worker end, with a last checkpoint as soon as the disk takes it; the app exits when it has."""
        self._control.stop("stopped", save=save, patient=True)
        if self._so_far.state not in ("done", "diverged"):
            self._set_state("saving")

    def _set_state(self, state: str) -> None:
        """Show what a key began, before the worker tells of it."""
        self._so_far.state = state
        self._state_changed()

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

    def _show_next_sample(self) -> None:
        self.query_one(Samples).border_subtitle = f"next sample: T {self._next_sample.temperature:g}"
