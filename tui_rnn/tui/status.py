"""The status line: what the run is doing, in a word and a glyph, and its figures, in two rows."""

from dataclasses import dataclass, field

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui_rnn.engine.goal import Goal
from tui_rnn.safe_text import safe_text
from tui_rnn.wording import (
    counted,
    duration_text,
    epoch_text,
    figure,
    nats_and_bits,
    percent_text,
    rate_text,
    step_goal_text,
    time_goal_text,
)

STATES = {
    "reading": ("…", "Reading corpus…", "$text-muted"),
    "checking": ("…", "CHECKING", "$text-accent"),
    "training": ("▶", "TRAINING", "$text-success"),
    "paused": ("‖", "PAUSED", "$text-warning"),
    "saving": ("…", "SAVING", "$text-accent"),
    "done": ("✓", "DONE", "$text-success"),
    "stopped": ("‖", "STOPPED", "$text-warning"),
    "cut off": ("╳", "CUT OFF", "$text-error"),
    "diverged": ("✖", "DIVERGED", "$text-error"),
}
_BAR_WIDTH = 24
_MOST_REASON = 28  # characters of why a checkpoint failed


@dataclass(frozen=True, slots=True)
class Status:
    """The figures of the status line."""

    state: str = "reading"
    step: int = 0
    goal: Goal = field(default_factory=lambda: Goal(0))
    elapsed_seconds: float = 0.0
    seq_length: int = 1
    epoch: float = 0.0
    smooth_loss: float | None = None
    best_smooth_loss: float | None = None
    held_out: float | None = None  # nats a character, as last measured
    best_held_out: float | None = None
    updates_per_second: float | None = None
    saved_seconds_ago: float | None = None  # None: no checkpoint in this process yet
    saved_step: int = 0  # of the last checkpoint; 0: there is none
    unsaved_steps: int = 0
    unsaved_reason: str = ""  # why the last attempt to save failed


class StatusLine(Static):
    """Two rows; what does not fit falls off the right end whole, the most important stands first."""

    status: reactive[Status] = reactive(Status)
    """What is shown."""

    def watch_status(self) -> None:
        self._show()

    def on_resize(self) -> None:
        self._show()

    def _show(self) -> None:
        width = self.content_size.width
        rows = [_fitted(row, width) for row in (self._progress(), self._figures())]
        self.update(Content("\n").join(rows), layout=False)

    def _progress(self) -> list[Content]:
        status = self.status
        glyph, word, style = STATES[status.state]
        if status.state == "reading":
            return [Content.styled(word, style)]
        parts = [
            Content.styled(f"{glyph} {word}", f"bold {style}"),
            Content(f"step {status.step:,}{step_goal_text(status.goal)}"),
        ]
        if status.goal.minutes is not None:
            parts.append(Content(duration_text(status.elapsed_seconds) + time_goal_text(status.goal)))
        part = status.goal.part(status.step, status.elapsed_seconds)
        width = _BAR_WIDTH if status.goal.minutes is None else _BAR_WIDTH // 2  # so that the time fits into 80 columns
        full = round(part * width)
        parts.append(
            Content.assemble(
                ("━" * full, "$primary"), ("━" * (width - full), "$surface-lighten-2"), f" {percent_text(part)}"
            )
        )
        rate = status.updates_per_second
        left = status.goal.seconds_left(status.step, status.elapsed_seconds, rate)
        if left is not None and status.state == "training":
            parts.append(Content(f"ETA {duration_text(left)}"))
        if rate:
            parts.append(Content(f"{rate_text(rate)} updates/s"))
        return parts

    def _figures(self) -> list[Content]:
        status = self.status
        loss: list[Content] = []
        rest: list[Content] = []
        if status.smooth_loss is not None:
            nats, bits = nats_and_bits(status.smooth_loss, status.seq_length)
            smooth = figure(status.smooth_loss, 2)
            loss.append(Content.assemble(("smooth loss ", "$text-muted"), (smooth, "bold")))
            loss.append(Content(f"{figure(nats, 3)} nats/char"))
            epoch = Content.assemble(("epoch ", "$text-muted"), epoch_text(status.epoch))
            if status.held_out is not None:  # in the epoch's place, so that the last checkpoint's age fits beside it
                loss.append(Content.assemble(("held out ", "$text-muted"), figure(status.held_out, 3)))
                rest.append(epoch)
            else:
                loss.append(epoch)
            rest.append(Content(f"{figure(bits, 3)} bits/char"))
        if status.best_smooth_loss is not None:
            rest.append(Content.assemble(("best ", "$text-muted"), figure(status.best_smooth_loss, 2)))
        if status.best_held_out is not None:
            rest.append(Content.assemble(("best held out ", "$text-muted"), figure(status.best_held_out, 3)))
        if status.unsaved_reason:  # before all but the loss, so that no width hides it
            reason = safe_text(status.unsaved_reason, one_line=True)
            short = reason if len(reason) <= _MOST_REASON else reason[: _MOST_REASON - 1] + "…"
            unsaved = f"✖ unsaved for {counted(status.unsaved_steps, 'step')}: {short}"
            return [*loss[:1], Content.styled(unsaved, "$text-error"), *loss[1:], *rest]
        if status.saved_seconds_ago is not None:
            return [*loss, Content(f"✓ saved {duration_text(status.saved_seconds_ago)} ago"), *rest]
        if status.saved_step:  # by an earlier process
            return [*loss, Content(f"✓ saved at step {status.saved_step:,}"), *rest]
        return [*loss, *([Content.styled("not saved yet", "$text-muted")] if status.step else []), *rest]


def _fitted(parts: list[Content], width: int) -> Content:
    """The parts side by side, as many as fit."""
    line = Content(" ")
    for part in parts:
        gap = "   " if len(line) > 1 else ""
        if line.cell_length + len(gap) + part.cell_length > width:
            break
        line = line + gap + part
    return line
