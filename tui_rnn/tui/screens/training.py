"""The training screen: a status line, the panels, and what each key asks of the run.

Screens that open over it are imported where they open: the first frame does not wait for them.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.events import Resize
from textual.screen import Screen

from tui_rnn.engine.adjustments import why_not_eta
from tui_rnn.engine.control import AdjustRequest, Control, GradientCheckRequest, SampleRequest, SaveRequest
from tui_rnn.engine.events import COMPLEX, Checkpointed, Done, Event, HeldOut, Observed, Sample, SamplePiece
from tui_rnn.engine.kinds import Ending
from tui_rnn.runs.course import Course
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.tui.announcements import announcement_of
from tui_rnn.tui.bindings import own_bindings
from tui_rnn.tui.commands import commands
from tui_rnn.tui.destinations import rewound
from tui_rnn.tui.footer import KeyBar
from tui_rnn.tui.header.header import RunHeader
from tui_rnn.tui.keys import ALWAYS, KEYS
from tui_rnn.tui.layout import SIZES
from tui_rnn.tui.messages import CourseRead, GoBack, Pictures
from tui_rnn.tui.next_sample import NextSample
from tui_rnn.tui.notices import copy, notify
from tui_rnn.tui.panels.area import PanelArea
from tui_rnn.tui.panels.base import Panel, ScreenOptions
from tui_rnn.tui.panels.check import BROKEN, CHECK, UPDATE, CheckPanel
from tui_rnn.tui.panels.loss import LossChart
from tui_rnn.tui.panels.read import ReadPanel
from tui_rnn.tui.panels.run import RunPanel
from tui_rnn.tui.panels.samples import Samples
from tui_rnn.tui.polling import Polling
from tui_rnn.tui.reporting import Reported, Reporting
from tui_rnn.tui.run_state import RunState
from tui_rnn.tui.screens.mended import MendedScreen
from tui_rnn.tui.screens.quit import QuitScreen
from tui_rnn.tui.steering import why_not, why_over
from tui_rnn.wording import other_future

_FREQUENT = (Sample, SamplePiece, HeldOut, Checkpointed, Observed)  # many a second may come: shown at the next look


class TrainingScreen(MendedScreen, Screen[None]):
    """Looks at the run, hands what happens to the panels, and routes keys to the control."""

    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]
    AUTO_FOCUS = "#loss"
    ESCAPE_TO_MINIMIZE = False  # action_back does

    def __init__(
        self,
        run: RunState,
        control: Control,
        feed: Pictures,
        save_sample: Callable[[str, str, str], Path],
        options: ScreenOptions,
    ) -> None:
        """`save_sample` writes a text under a name into the run directory and says where; it raises OSError."""
        super().__init__()
        self.run = run
        self._control, self._feed, self._save_sample = control, feed, save_sample
        self._next_sample = NextSample(self._show_next_sample)
        self._marker = options.marker
        self._reporting = Reporting(self, run.run, self._saves_for_report)
        self._steps_are_shown = False  # since the run was paused
        self._header = RunHeader(large=options.marker != "ascii", id="header")
        self.area = PanelArea(options, control.post, id="panels")
        self._footer = KeyBar(ALWAYS)
        self._polling = Polling(self, self.poll, options.fps)

    def compose(self) -> ComposeResult:
        self._fit()  # before there are panels, whose styles would be worked out once more
        yield self._header
        yield self.area
        yield self._footer

    def on_mount(self) -> None:
        self._polling.begin()
        self._arrange()
        self._show_next_sample(self._next_sample.request)

    def on_resize(self, event: Resize) -> None:
        self._arrange()

    def on_screen_resume(self) -> None:
        self._polling.resume()
        self.refresh_bindings()  # what the run allows may have changed under another screen

    # What the worker hands over

    def poll(self) -> None:
        """Look at the worker's latest picture and show what changed."""
        self.run.take_picture(self._feed.picture)
        self.area.ask_for_instruments(is_seen=self._shows_panels)
        if not self.is_current:  # neither in front nor seen behind dialogs
            return
        if self._shows_panels:
            self.area.look(self.run)
        self._show_status()

    @property
    def _shows_panels(self) -> bool:
        """Whether no other screen covers the panels, as a dialog does not."""
        stack = self.app.screen_stack
        above = stack[stack.index(self) + 1 :] if self in stack else [self.app.screen]
        return all(screen.is_modal and not getattr(screen, "covers", False) for screen in above)

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Take an event; one that is `past` happened before this process began, and is no news."""
        before = self.run.state
        self.run.take(event, None if past else time.monotonic(), paused=self._control.paused)
        self.area.on_run_event(event, past=past)
        if past:
            return
        self._announce(event)
        self._reporting.on_run_event(event)
        if self.run.state != before:
            self._state_changed()
        if not isinstance(event, _FREQUENT):
            self.poll()
        elif self.area.answers(event) and self._shows_panels:
            self.area.look(self.run)  # of the picture before: the chart is not drawn anew for it

    def _announce(self, event: Event) -> None:
        """What is said in the corner, on the screen that asked for it, or by an offer."""
        from tui_rnn.tui.screens.steer import SteerScreen

        if said := announcement_of(event, in_form=isinstance(self.app.screen, SteerScreen)):
            notify(self.app, said.text, title=said.title, severity=said.severity)
        self._hand_on_sample(event)
        if isinstance(event, Done) and event.reason == Ending.DIVERGED:
            if self.app.screen is self:
                self.action_go_back()
            else:
                notify(self.app, f"The run {self.run.why_diverged}", severity="warning")

    def _hand_on_sample(self, event: Event) -> None:
        """Give a sample, or a piece of one, to the screen that may have asked for it."""
        from tui_rnn.tui.screens.sample import SampleScreen

        if isinstance(event, Sample | SamplePiece):
            for screen in self.app.screen_stack:
                if isinstance(screen, SampleScreen):
                    screen.show(event)

    # What is shown

    def _state_changed(self) -> None:
        self._show_status()
        self.refresh_bindings()

    def _show_status(self) -> None:
        self._header.status = self.run.status(time.monotonic())
        self.show_through(self._header.region)

    def _arrange(self) -> None:
        """Show the panels that the terminal's size has room for, the others as tabs of the last place."""
        self._fit()
        self.area.look(self.run)  # a panel may have come to the front
        self.area.ask_for_instruments(is_seen=self._shows_panels)

    def _fit(self) -> None:
        layout = self.area.fit(*self.app.size)
        self._header.fit(layout.size)
        for size in SIZES:
            self.set_class(size == layout.size, f"-{size}")
        self._footer.display = layout.size != "tiny"

    def _show_next_sample(self, request: SampleRequest) -> None:
        self.query_one(Samples).next_is(request)
        self.query_one(ReadPanel).next_is(request)

    def on_course_read(self, message: CourseRead) -> None:
        message.stop()
        self.overlay(message.course)

    def overlay(self, course: Course | None) -> None:
        """Draw the course of another run on the chart, or none."""
        self.query_one(LossChart).overlay(course)

    # What the keys ask for

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What the run allows now; and no key that was typed for a screen that has just opened over this one."""
        return self._allows(action) and (self.app.screen is self or action == "panel")

    def _allows(self, action: str) -> bool:
        """Pause and Resume share a key; steps are single only while paused."""
        if action in ("pause", "go_on") and self.run.is_over:
            return action == "go_on" and self.run.state == "done"
        if action in ("pause", "go_on"):
            return self._control.paused == (action == "go_on")
        if action in ("one_step", "go_back"):
            return self.run.state == {"one_step": "paused", "go_back": "diverged"}[action]
        return True

    def why_refused(self, action: str) -> str:
        """Why a key of the run does nothing in this state."""
        if action == "go_back":
            return "e goes back after a divergence, and this run has not diverged: ctrl+p, rewind, goes back from any."
        if action == "one_step":
            return why_over(self.run) or "n makes one update while the run is paused: space pauses it."
        return why_over(self.run) if action in ("pause", "go_on") else ""

    def action_pause(self) -> None:
        self._control.pause()
        self.refresh_bindings()

    def action_go_on(self) -> None:
        """Go on; where the run has reached its goal, for as much again."""
        if self.run.state == "done":
            self._go_further()
            return
        self._control.resume()
        self._steps_are_shown = False
        self.run.asked_to_go_on()
        self._state_changed()

    def _go_further(self) -> None:
        further = self.run.further
        self._control.go_further(further)
        if why := other_future(self.run.config, further):
            notify(self.app, why)

    def action_one_step(self) -> None:
        """One update, shown whole in 8 Check: the first after a pause brings that to the front, where it is not."""
        if not self._steps_are_shown:
            self._steps_are_shown = True
            self._show_in_check(UPDATE)
        self._control.one_step()

    def action_break_it(self) -> None:
        """The check of a gradient that is broken on purpose."""
        self._show_in_check(BROKEN)

    def _show_in_check(self, view: str) -> None:
        self.query_one(CheckPanel).view = view
        self.action_panel("check")

    def action_go_back(self) -> None:
        """Offer to go back to the last good checkpoint with half the learning rate, or another."""
        from tui_rnn.tui.screens.diverged import DivergedScreen

        config = self.run.config
        offer = DivergedScreen(self.run.why_diverged, self.run.kept.step, config.eta / 2, partial(why_not_eta, config))
        self.app.push_screen(offer, self._answered_offer)

    def _answered_offer(self, eta: float | None) -> None:
        if eta is not None:
            self.post_message(GoBack(eta))

    def action_sample(self, *, as_grid: bool = False) -> None:
        from tui_rnn.tui.screens.sample import SampleScreen

        request, top = self._next_sample.request, lambda: self.area.region.y
        screen = SampleScreen(self._control, self.run, self._save_sample, request, top, keeps_grid=as_grid)
        self.app.push_screen(screen, self._next_sample.take)

    def action_sample_grid(self) -> None:
        """Write a grid of temperatures and top-p, and keep it as Markdown."""
        self.action_sample(as_grid=True)

    def action_projector(self) -> None:
        from tui_rnn.tui.screens.projector import ProjectorScreen

        self.app.push_screen(ProjectorScreen(self.run, self._marker))

    def action_checkpoint(self) -> None:
        self._control.post(SaveRequest())

    def action_gradient_check(self) -> None:
        self._control.post(GradientCheckRequest())
        self._control.post(GradientCheckRequest(method=COMPLEX))
        self._show_in_check(CHECK)

    def action_steer(self) -> None:
        """The form of the hyperparameters."""
        from tui_rnn.tui.screens.steer import SteerScreen

        def answered(typed: str | None) -> None:
            if typed is not None:
                self.action_rewind(typed)

        self.app.push_screen(SteerScreen(self.run, self._control), answered)

    def action_rewind(self, typed: str = "") -> None:
        """Offer the checkpoints of this run to go back to, each as a run of its own."""
        from tui_rnn.tui.screens.rewind import RewindScreen

        steps = RunDirectory(Path(self.run.run)).saved_steps()
        if steps:
            self.app.push_screen(RewindScreen(self.run, steps, typed), self._rewound)
        else:
            notify(self.app, "This run keeps no checkpoint of a step yet: c writes one, and so does the end.")

    def _rewound(self, chosen: tuple[int, float] | None) -> None:
        if chosen is not None:
            self.app.leave_for(rewound(self.run.run, *chosen, self.run.goal))

    def action_scale_eta(self, by: float) -> None:
        """Have the learning rate so many times as large."""
        if why := why_not(self.run):
            notify(self.app, why, severity="warning")
        else:
            self._control.post(AdjustRequest("eta", self.run.hyperparameters.eta * by, self.run.step))

    def action_report(self) -> None:
        self._reporting.ask()

    def _saves_for_report(self) -> bool:
        """Ask for a checkpoint of what is not saved yet: it holds the model that the report writes with."""
        if self.run.is_viewed or self.run.is_over or not self.run.is_unsaved:
            return False
        self._control.post(SaveRequest())
        return True

    def on_reported(self, message: Reported) -> None:
        self._reporting.ended(message)
        self.query_one(RunPanel).add(message.sentence, datetime.now(), warns=not message.written)

    async def action_in_panel(self, name: str, action: str) -> None:
        """Do what a panel does on one of its keys; where it is out of sight, say which key shows it."""
        panel = self.area.panels[name]
        await self.app.run_action(action, panel)
        if not panel.display:
            notify(
                self.app, f"This changes {panel.number} {panel.title}, which is out of sight: {panel.number} shows it."
            )

    def action_temperature(self, change: int) -> None:
        self._change_next_sample(lambda: self._next_sample.step_temperature(change))

    def action_top_p(self, change: int) -> None:
        self._change_next_sample(lambda: self._next_sample.step_top_p(change))

    def action_other_weights(self) -> None:
        self._change_next_sample(self._next_sample.take_other_weights)

    def _change_next_sample(self, change: Callable[[], object]) -> None:
        """Change how it is written; say so where no panel shows it, and where there is no value further on."""
        before = self._next_sample.request
        change()
        now = self._next_sample.request
        ways = f"temp {now.temperature:g}, top-p {now.top_p:g}, {now.model} weights"
        if now == before:
            notify(self.app, f"The next sample stays at {ways}: no value lies beyond.")
        elif not self.query_one(Samples).display:
            notify(self.app, f"The next sample: {ways}.")

    def action_panel(self, name: str) -> None:
        """Bring a panel to the front and focus it."""
        panel = self.area.bring_to_front(name)
        self._arrange()
        self.set_focus(panel)  # at once: the next key may be meant for it

    def action_next_panel(self, by: int) -> None:
        """Go to the panel of the next number, or of the one before, seen or not; round from the last to the first."""
        self.action_panel(self.area.next_after(self.focused, by))

    def action_maximize_panel(self) -> None:
        """Give the panel in focus all the room, or let the others come back."""
        if self.area.alone is not None:
            self.area.alone = None
        elif isinstance(self.focused, Panel):
            self.area.alone = self.focused.id
        self._arrange()

    def action_back(self) -> None:
        if isinstance(self.focused, Panel) and self.focused.action_leave():
            return
        if self.area.alone is not None:
            self.action_maximize_panel()
        else:
            self.clear_selection()

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
        elif any(isinstance(screen, QuitScreen) for screen in self.app.screen_stack):  # so too under the palette
            self.quit(save=True)
        elif self.run.is_unsaved:
            self.app.push_screen(QuitScreen(self.run.question), self._answered)
        else:
            self.quit(save=True)

    def _answered(self, save: bool | None) -> None:
        if save is not None:
            self.quit(save=save)

    def quit(self, *, save: bool) -> None:
        """Have the worker end, with a last checkpoint as soon as the disk takes it; the app exits when it has."""
        self._control.stop(save=save, patient=True)
        self.run.asked_to_end()
        self._state_changed()

    def commands(self) -> Iterable[SystemCommand]:
        """The keys as commands for the palette, each action once, what is wanted most first."""
        eta = self.run.hyperparameters.eta
        without_key = {
            "Samples in a grid of temp and top-p, kept as Markdown": "sample_grid",
            "Rewind to a checkpoint, as a run of its own": "rewind",
            "Break the gradient on purpose, to see which rows fail": "break_it",
            f"Halve eta: {eta:g} → {eta / 2:g}": "scale_eta(0.5)",
            f"Double eta: {eta:g} → {eta * 2:g}": "scale_eta(2.0)",
        }
        keys = [*KEYS]
        if isinstance(panel := self.focused, Panel):
            own = [each for each in own_bindings(type(panel)) if each.tooltip]
            keys = [*(replace(each, action=f"in_panel({panel.id!r}, {each.action!r})") for each in own), *KEYS]
        return commands(keys, without_key, self._allows, self.run_action)
