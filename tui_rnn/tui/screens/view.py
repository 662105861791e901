"""The screen of a run that is only looked at: the training screen over its files, where nothing changes the run."""

import errno
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.screen import Screen

from tui_rnn.engine.errors import RunError
from tui_rnn.engine.events import Done, Event, Warned
from tui_rnn.runs.followed import INTERRUPTED, TRAINING, FollowedRun
from tui_rnn.runs.twin import begun_with
from tui_rnn.tui.beside import lay_over
from tui_rnn.tui.destinations import again, trained_on
from tui_rnn.tui.messages import Ended, EventPosted, Failed, RunPast
from tui_rnn.tui.notices import notify
from tui_rnn.tui.panels.base import ScreenOptions, key
from tui_rnn.tui.panels.run import RunPanel
from tui_rnn.tui.run_state import RunState
from tui_rnn.tui.screens.training import TrainingScreen
from tui_rnn.tui.viewing import ReadOnlyControl, ViewWorker
from tui_rnn.wording import goal_difference

# Of RunState, by the state of the files.
_STATES = {
    TRAINING: "training",
    INTERRUPTED: "cut off",
    "steps": "done",
    "stopped": "stopped",
    "signal": "stopped",
    "diverged": "diverged",
}
_OF_TRAINING = "space,p,n,c,ctrl+s,g,e"  # keys that ask something of a run in training


class ViewScreen(TrainingScreen):
    """Looks at one run. As an app's ground it closes with the app; opened over other screens it closes alone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("t", "train_on", "train on", "train this run on from where it stopped", shown=True),
        key("h", "train_again", "again, changed", "train this run again with an option changed"),
        key(
            _OF_TRAINING,
            "refuse",
            "nothing",
            "nothing here: a run that is viewed is not changed",
            display="space n c g e",
        ),
    ]

    def __init__(self, followed: FollowedRun, options: ScreenOptions) -> None:
        self.followed, self._was_in_use = followed, followed.in_use
        self.control = ReadOnlyControl(self.action_refuse)
        self.worker = ViewWorker(followed, self.control, self.post_message)
        run = RunState(followed.config, followed.goal, followed.run)
        run.is_viewed = True
        run.origin, run.twin_of = followed.manifest.origin, followed.manifest.twin_of
        super().__init__(run, self.control, self.worker, _refuse_to_write, options)
        self._take_state()

    def on_mount(self) -> None:
        super().on_mount()
        if self.app.ground is not self:  # which the app begins for
            work = partial(self.app.run_worker, self.worker.work, thread=True, exit_on_error=False, group="views")
            self.call_after_refresh(work)

    def on_unmount(self) -> None:
        self.control.stop()

    # What the worker hands over

    def on_event_posted(self, message: EventPosted) -> None:
        message.stop()
        self.on_run_event(message.event)

    def on_run_past(self, message: RunPast) -> None:
        message.stop()
        self.run.config, self.run.goal = self.followed.config, self.followed.goal
        for event in message.events:
            self.on_run_event(event, past=True)
            if isinstance(event, Warned) and event.message.startswith("diverged "):
                self.run.why_diverged = event.message
        if self.run.state not in ("training", "paused"):
            self.area.expect_nothing()
        if self.followed.fault:
            words = f"The run is damaged, and shown as far as its other files say: {self.followed.fault}"
            notify(self.app, words, severity="warning")
            self.query_one(RunPanel).add(words, datetime.now(), warns=True)
        self._state_changed()
        self.poll()
        lay_over(self, self.followed.directory, self.followed.manifest)

    def on_failed(self, message: Failed) -> None:
        if self.app.ground is not self:
            message.stop()
            notify(self.app, message.message, severity="error")

    def on_ended(self, message: Ended) -> None:
        if self.app.ground is not self:  # else the app ends with it
            message.stop()

    def poll(self) -> None:
        self._take_state()
        super().poll()

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        super().on_run_event(event, past=past)
        self._take_state()
        if isinstance(event, Done):
            self.area.expect_nothing()

    def _take_state(self) -> None:
        """The state of the run is what its files say, whichever process trains it."""
        self.run.state = "paused" if self.followed.is_paused else _STATES[self.followed.state]
        if self.followed.in_use != self._was_in_use:
            self._was_in_use = self.followed.in_use
            self.refresh_bindings()

    def _announce(self, event: Event) -> None:
        """Nothing is news but what was asked for here."""
        self._hand_on_sample(event)

    # What the keys ask for

    def _allows(self, action: str) -> bool:
        """One process trains a run."""
        return not (action == "train_on" and self.followed.in_use) and super()._allows(action)

    def why_refused(self, action: str) -> str:
        """Why the run cannot be trained on."""
        if action == "train_on":
            return "Another process has this run open: it can be trained on when that has ended."
        return super().why_refused(action)

    def action_refuse(self) -> None:
        """Say why a key does nothing, and which one does something."""
        if self.followed.in_use and self.followed.state == TRAINING:
            words = "Another process trains this run: it is only viewed here, and followed as it goes on."
        else:
            more = goal_difference(self.run.goal, self.run.further) if self.run.state == "done" else ""
            on = f"t trains on, from step {self.run.step:,}" + (f", {more} more." if more else ".")
            words = f"This run is only viewed, and stays as it is. {on}"
        notify(self.app, words)

    def action_train_on(self) -> None:
        """Go on with the run in this process; where it has reached its goal, for as much again."""
        self.app.leave_for(trained_on(self.followed))

    def action_train_again(self) -> None:
        """Ask for what is to be another, and train the run again so."""
        from tui_rnn.tui.screens.again import AgainScreen  # for which no first frame waits

        def answered(changes: dict[str, Any] | None) -> None:
            if changes is not None:
                self.app.leave_for(again(self.followed.run, changes))

        self.app.push_screen(AgainScreen(self.followed.run, begun_with(self.followed.manifest)), answered)

    def action_back(self) -> None:
        if self.area.alone is None and self.app.ground is not self and not self._leaves_panel():
            self.dismiss()
        else:
            super().action_back()

    def _leaves_panel(self) -> bool:
        leave = getattr(self.focused, "action_leave", None)
        return bool(leave is not None and leave())

    def action_quit_training(self) -> None:
        """Quit at once: there is nothing to save; a run that is trained below this screen is asked about."""
        if self.app.ground is self:
            self.control.stop()
        else:
            self.app.ground.action_quit_training()


def open_view(screen: Screen[Any], run: str, options: ScreenOptions) -> None:
    """Look at the run in this folder, over this screen; where it cannot be read, say why."""
    try:
        followed = FollowedRun.at(run)
    except (RunError, OSError) as error:
        notify(screen.app, str(error), severity="error")
    else:
        screen.app.push_screen(ViewScreen(followed, options))


def _refuse_to_write(name: str, text: str, suffix: str) -> Path:
    raise OSError(errno.EROFS, "a run that is viewed is not written to; y copies the text")
