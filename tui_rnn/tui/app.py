"""The app: one run on a live screen, its worker, and an exit that loses nothing."""

from textual.screen import Screen

from tui_rnn.engine.control import Control
from tui_rnn.engine.events import Done
from tui_rnn.run_summary import summary
from tui_rnn.runs import outcome
from tui_rnn.runs.job import Job
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.beside import lay_over
from tui_rnn.tui.messages import EventPosted, Failed, GoBack, RunPast
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.run_state import RunState
from tui_rnn.tui.screens.training import TrainingScreen
from tui_rnn.tui.shell import ShellApp
from tui_rnn.tui.worker import TrainingWorker
from tui_rnn.wording import counted


class TuiRnnApp(ShellApp):
    """Shows one job being trained."""

    def __init__(
        self,
        job: Job,
        options: ScreenOptions | None = None,
        *,
        progress_every: int = 1000,
        is_attended: bool = True,
    ) -> None:
        """`is_attended`: somebody can press a key; else the screen closes when training ends, unless a key came."""
        super().__init__(options, is_attended=is_attended)
        self._job = job
        self.control = Control(patient=True)
        self.worker: TrainingWorker = TrainingWorker(
            job, self.control, self.post_message, progress_every=progress_every
        )
        self.goes_back = False  # from a divergence
        self.eta_back: float | None = None  # the learning rate to go back with; None: half of it
        self.training: TrainingScreen | None = None  # from on_mount on

    def make_ground(self) -> Screen[None]:
        job = self._job
        run = RunState(job.config_in_force, job.goal, job.run)
        run.origin, run.twin_of = job.manifest.origin, job.manifest.twin_of
        run.text_size = counted(len(job.source.characters), "character")
        self.training = TrainingScreen(run, self.control, self.worker, job.directory.save_sample, self._options)
        return self.training

    @property
    def leads_on(self) -> bool:
        return super().leads_on or (self.goes_back and self.caught_signal is None)

    def on_event_posted(self, message: EventPosted) -> None:
        event = message.event
        if isinstance(event, Done):
            self.conclude(event)
        if self.training is not None:
            self.training.on_run_event(event)
        if isinstance(event, Done) and not self._is_attended:
            self.control.stop()

    def on_run_past(self, message: RunPast) -> None:
        if self.training is not None:
            for event in message.events:
                self.training.on_run_event(event, past=True)
            lay_over(self.training, self._job.directory, self._job.manifest)  # now that NumPy is there

    def on_failed(self, message: Failed) -> None:
        self.conclude(message)

    def conclude(self, last: Done | Failed) -> None:
        """Keep what the run came to for after the screen; may be called by any thread."""
        if isinstance(last, Failed):
            self.exit_code = last.exit_code
            self.last_words = [f"tui-rnn: {safe_text(last.message, one_line=True)}"]
        else:
            self.exit_code = outcome.exit_code(last, wanted=self.control.save_at_end)
            self.last_words = summary(last, self._job.config_in_force, self._job.goal, self._job.run)

    def on_go_back(self, message: GoBack) -> None:
        self.goes_back, self.eta_back = True, message.eta
        self.control.stop()

    def conclude_in_haste(self) -> None:
        if self.worker.last is not None:
            self.conclude(self.worker.last)
