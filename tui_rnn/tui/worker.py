"""The worker's side of the screen: it trains, publishes a picture of the run, and posts events."""

import gc
import time
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

from textual.message import Message

from tui_rnn.engine.clock import Rate
from tui_rnn.engine.control import Control
from tui_rnn.engine.events import Done, Event, Progress, SamplePiece, Started, StepDone
from tui_rnn.runs.crash import record_crash
from tui_rnn.runs.job import Job
from tui_rnn.tui.book import read_book
from tui_rnn.tui.counting import count_ngrams
from tui_rnn.tui.marks import most_telling
from tui_rnn.tui.messages import EventPosted, RunPast, RunPicture
from tui_rnn.tui.screen_worker import ScreenWorker

if TYPE_CHECKING:
    from tui_rnn.runs.session import Session

_PUBLISH_SECONDS = 0.2  # between two pictures while training; a picture costs about 0.1 ms


class TrainingWorker(ScreenWorker):
    """Runs in a thread of its own. The screen reads `picture`, a reference, and is posted everything else."""

    def __init__(
        self, job: Job, control: Control, post: Callable[[Message], object], *, progress_every: int = 1000
    ) -> None:
        """`progress_every`: updates between two progress events, which are logged."""
        super().__init__(control, post)
        self.picture: RunPicture | None = None
        self._job, self._progress_every = job, progress_every
        self._session: Session | None = None
        self._publish_at = 0.0
        self._last: StepDone | None = None
        self._moved = False  # whether an update was made in this process
        self._rate = Rate(control.clock, seconds=1.0)

    def _work(self) -> None:
        """Train the job to its end, then serve requests until control says stop."""
        # Here, not above: the first frame is painted before NumPy is imported.
        from tui_rnn.runs.session import Session

        with Session(self._job, self._control, progress_every=self._progress_every) as session:
            self._session = session
            # What was imported stays: a full collection that walks through it stops training and keys for 37 ms,
            # every few seconds, since drawing makes many small lists.
            gc.freeze()
            self._begin(session)
            self._post(RunPast(most_telling(session.past())))
            for event in session.events():
                self._hand_over(event, session)
                if isinstance(event, Started):
                    corpus = session.trainer.corpus
                    read_book(corpus, self._post, lambda: self._control.stopped)
                    count_ngrams(corpus, self._job.directory, self._post, lambda: self._control.stopped)
            while not self._control.stopped:
                for event in session.serve_until_stopped():
                    self._hand_over(event, session)
                if not self._control.stopped and (goal := self._control.take_goal()) is not None:
                    for event in session.events_further(goal):
                        self._hand_over(event, session)

    def _record(self, error: Exception) -> str:
        return record_crash(self._job.directory, error, self._session)

    def _begin(self, session: "Session") -> None:
        """Publish what a run that goes on already holds: its steps, curve and best."""
        trainer = session.trainer
        if trainer.smooth_loss is not None:
            loss = trainer.history.raw[-1] if trainer.history.raw else trainer.smooth_loss
            self._last = StepDone(trainer.step_count, loss, trainer.smooth_loss)
            self._publish(session)

    def _hand_over(self, event: Event, session: "Session") -> None:
        if isinstance(event, StepDone):
            self._last = event
            now = time.monotonic()
            if now < self._publish_at:
                return
            self._publish_at = now + _PUBLISH_SECONDS
            first, self._moved = not self._moved, True
            self._publish(session)
            if first:  # shown at once; after it the screen looks by itself
                self._post(EventPosted(event))
        elif not _is_for_the_log(event):
            if isinstance(event, Started | Done):
                self.last = event if isinstance(event, Done) else None
            self._publish(session)  # before the event, so that its handler finds the picture
            self._post(EventPosted(event))

    def _publish(self, session: "Session") -> None:
        if self._last is None:
            return
        trainer = session.trainer
        self.picture = RunPicture(
            step=self._last.step,
            epoch=trainer.order.epoch,
            loss=self._last.loss,
            smooth_loss=self._last.smooth_loss,
            best_smooth_loss=trainer.best.loss if trainer.best.loss is not None else inf,
            best_step=trainer.best.step or 0,
            updates_per_second=self._rate.at(self._last.step) if self._moved else None,
            elapsed_seconds=self._control.clock.elapsed_seconds,
            recent_loss=trainer.history.recent(),
            steps=tuple(trainer.history.steps),
            smooth=tuple(trainer.history.smooth),
            raw=tuple(trainer.history.raw),
        )


def _is_for_the_log(event: Event) -> bool:
    """Whether the screen has no use for it: it reads progress off the picture, and shows a scheduled sample whole."""
    return isinstance(event, Progress) or (isinstance(event, SamplePiece) and event.request == 0)
