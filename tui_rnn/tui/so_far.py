"""What has been told of a run so far, and what the panels show of it; it knows no screen."""

from dataclasses import replace

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
    Started,
)
from tui_rnn.tui.chart import Curves
from tui_rnn.tui.kept import Kept
from tui_rnn.tui.messages import Live
from tui_rnn.tui.view import ChartOptions, RunView, facts
from tui_rnn.tui.widgets.status import Status


class SoFar:
    """Follows a run by its events and pictures. Times are those of the clock that whoever tells of it reads."""

    def __init__(self, view: RunView) -> None:
        self._view = view
        self.state = "reading"  # of widgets.status.STATES
        self.live: Live | None = None  # the latest picture that was looked at
        self.kept = Kept()
        self.held_out: list[HeldOut] = []
        self.why_diverged = ""
        self._started: Started | None = None
        self._sample_steps: list[int] = []

    @property
    def step(self) -> int:
        """Updates made, as far as it is shown."""
        return self.live.step if self.live else 0

    @property
    def is_over(self) -> bool:
        """Whether it makes no more updates, or was told to make none."""
        return self.state in ("done", "diverged", "saving")

    @property
    def is_unsaved(self) -> bool:
        """Whether updates were made since the last checkpoint; once it is over, whether the disk refused the last."""
        return bool(self.kept.refused) if self.is_over else self.step > self.kept.step

    def take(self, event: Event, now: float | None, *, paused: bool) -> None:
        """Take an event; without a time it is of before this process began. `paused`: no one resumed it meanwhile."""
        match event:
            case Started():
                self._started = event
                self.kept.begun(event)
                self.state = "checking"
            case GradientChecked(method=method) if method == COMPLEX and self.state == "checking":
                self.state = "training"
            case Paused() if paused and self.state in ("training", "checking"):
                self.state = "paused"
            case Sample():
                self._sample_steps.append(event.step)
            case HeldOut():
                self.held_out.append(event)
            case Checkpointed():
                self.kept.saved(event, now)
            case NotSaved():
                self.kept.not_saved(event)
                if event.kind == "final":  # tried again and again
                    self.state = "saving"
            case NotFinite():
                self.why_diverged = event.message
                self.kept.diverged()
            case Done():
                self.state = {"steps": "done", "diverged": "diverged"}.get(event.reason, "saving")

    def question(self) -> str:
        """What to ask before it is left."""
        return self.kept.question(self.step, self.state == "diverged")

    def status(self, now: float) -> Status:
        """The figures of the status line."""
        status = Status(
            state=self.state,
            goal=self._view.goal,
            seq_length=self._view.config.seq_length,
            saved_seconds_ago=None if self.kept.saved_at is None else round(now - self.kept.saved_at),
            saved_step=self.kept.step,
            unsaved_steps=self.step - self.kept.step,
            unsaved_reason=self.kept.refused,
        )
        if held_out := self._last_held_out:
            status = replace(status, held_out=held_out.nats_per_char, best_held_out=held_out.best_nats_per_char)
        if live := self.live:
            status = replace(
                status,
                step=live.step,
                epoch=live.epoch,
                smooth_loss=live.smooth_loss,
                best_smooth_loss=live.best_smooth_loss,
                updates_per_second=live.updates_per_second if self.state == "training" else None,
                elapsed_seconds=live.elapsed_seconds,
            )
        return status

    def curves(self, live: Live, options: ChartOptions) -> Curves:
        """The chart of this picture, looked at in this way, with the marks of what was told."""
        uniform_loss = self._started.uniform_loss if self._started else None
        T = self._view.config.seq_length
        held_out = [(event.step, event.nats_per_char * T) for event in self.held_out if event.nats_per_char is not None]
        return options.curves(live, uniform_loss, self._sample_steps, self.kept.steps, held_out)

    def facts(self) -> dict[str, str]:
        """The run in names and values; none before it has begun."""
        live = self.live
        if live is not None and self.state != "training":  # the rate is that of updates being made
            live = replace(live, updates_per_second=None)
        return facts(self._view, self._started, live, self._last_held_out) if self._started else {}

    @property
    def _last_held_out(self) -> HeldOut | None:
        return self.held_out[-1] if self.held_out else None
