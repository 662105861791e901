"""The apps of a sweep: its table on the screen, read from its files, while this process trains it or another one."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from textual.screen import Screen

from tui_rnn.engine.control import Control
from tui_rnn.engine.errors import shell_word
from tui_rnn.safe_text import safe_text
from tui_rnn.started_as import program
from tui_rnn.sweeps.events import JobEnded, JobRetried, SweepDone, SweepWaits
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.spec import Status
from tui_rnn.sweeps.words import done_words
from tui_rnn.tui.conducting import Conducts, SweepHappened, SweepWorker
from tui_rnn.tui.destinations import Destination
from tui_rnn.tui.home_app import Waiter
from tui_rnn.tui.messages import Failed
from tui_rnn.tui.notices import notify
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.screens.quit import QuitScreen, StopSweepScreen
from tui_rnn.tui.screens.sweep import SweepScreen
from tui_rnn.tui.shell import ShellApp
from tui_rnn.tui.sweep_reader import FolderReader, Reader
from tui_rnn.wording import counted


class SweepViewApp(ShellApp):
    """Shows the table of a sweep that this process does not train, until its user leaves."""

    def __init__(
        self, folder: str, options: ScreenOptions | None = None, open_reader: Callable[[], Reader] | None = None
    ) -> None:
        """`open_reader` opens the files; None: those in the folder."""
        super().__init__(options)
        self.control = Control(paused=True)
        self.worker = Waiter(self.control, self.post_message)
        open_reader = open_reader or partial(FolderReader, SweepFolder(Path(folder)))
        self.sweep = SweepScreen(folder, open_reader, self._options, self.ask_to_quit)

    def make_ground(self) -> Screen[None]:
        return self.sweep

    def ask_to_quit(self) -> None:
        """End, after a question where there is one."""
        self.control.stop()


class SweepTrainApp(SweepViewApp):
    """Trains a sweep and shows its table, until its user leaves."""

    def __init__(
        self,
        folder: str,
        begin: Callable[[], Conducts],
        options: ScreenOptions | None = None,
        open_reader: Callable[[], Reader] | None = None,
        *,
        is_attended: bool = True,
    ) -> None:
        """`begin` makes the conductor, in a thread; `is_attended`: somebody can press a key."""
        super().__init__(folder, options, open_reader)
        self._is_attended = is_attended
        self._goes_on_by = safe_text(f"{program()} sweep {shell_word(folder)}", one_line=True)
        self.conducting = SweepWorker(begin, self.control, self.post_message)
        self.worker = self.conducting

    @property
    def is_training(self) -> bool:
        """Whether runs are trained, or will be."""
        return self.conducting.done is None and not self.conducting.has_ended

    def ask_to_quit(self) -> None:
        """Stop all runs, each with a checkpoint; while some train, ask first."""
        if isinstance(self.screen, QuitScreen):  # asked already: yes
            self.screen.dismiss(True)
        elif self.is_training and not any(isinstance(screen, QuitScreen) for screen in self.screen_stack):
            self.push_screen(StopSweepScreen(self._question), self._answered)
        else:
            self._answered(True)

    def _question(self) -> str:
        """What is stopped by quitting; empty once there is nothing."""
        if not self.is_training:
            return ""
        table = self.sweep.panel.table
        training = 0 if table is None else table.progress.training
        what = f"{counted(training, 'run')} in training: stop, each with a checkpoint" if training else "Stop the sweep"
        return f"{what}? Nothing is lost: {self._goes_on_by} goes on from there."

    def _answered(self, yes: bool | None) -> None:
        if yes:
            self.sweep.stopping = self.is_training
            self.sweep.show_state()
            self.control.stop()

    def leave_for(self, destination: Destination) -> None:
        """Only once the sweep is trained: what is shown next would stop it."""
        if self.is_training:
            notify(self, f"The sweep is in training: quit it with q first. It goes on by {self._goes_on_by}.")
        else:
            super().leave_for(destination)

    # What the worker hands over

    def on_sweep_happened(self, message: SweepHappened) -> None:
        match event := message.event:
            case JobEnded() if event.result.status == Status.FAILED:
                notify(self, f"{event.spec.name}: {event.result.reason}", severity="warning")
            case JobRetried():
                said = f"{event.result.reason}: attempt {event.deaths + 1} of {event.most} follows"
                notify(self, f"{event.spec.name}: {said}", severity="warning")
            case SweepWaits():
                notify(self, f"Waiting: {event.reason}", severity="warning")
            case SweepDone():
                self.conclude(event)
                if not self._is_attended:
                    self.control.stop()
                elif not event.is_stopped:
                    notify(self, "All runs have ended: r writes the report, q leaves.")
        self.sweep.reader.look_again()

    def on_failed(self, message: Failed) -> None:
        self.exit_code = message.exit_code
        self.last_words = [f"tui-rnn: {safe_text(message.message, one_line=True)}"]

    def conclude(self, done: SweepDone) -> None:
        """Keep what the sweep came to for after the screen; may be called by any thread."""
        runs, failed = sum(done.counts.values()), done.counts.get(Status.FAILED, 0)
        ended = sum(count for status, count in done.counts.items() if Status(status).is_final)
        if done.is_stopped and ended < runs:
            self.exit_code = 0
            how, others = done_words({Status(status): count for status, count in done.counts.items()})
            beside = f", {others}" if others else ""
            self.last_words = [f"Stopped with {how} done{beside}: {self._goes_on_by} goes on"]
        else:
            self.exit_code = int(failed > 0)
            self.last_words = (
                [f"tui-rnn: {counted(failed, 'run')} failed: {self._goes_on_by} tries again"] if failed else []
            )

    def conclude_in_haste(self) -> None:
        if isinstance(self.conducting.last, Failed):
            self.on_failed(self.conducting.last)
        elif self.conducting.done is not None:
            self.conclude(self.conducting.done)
