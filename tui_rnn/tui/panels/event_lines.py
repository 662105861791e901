"""Events in a line each, with their paths where they are asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from tui_rnn.engine.events import (
    COMPLEX,
    Adjusted,
    Checkpointed,
    Done,
    Event,
    Finding,
    GradientChecked,
    HeldOut,
    InheritedSample,
    NotSaved,
    Sample,
    Started,
    Warned,
)
from tui_rnn.engine.kinds import CheckpointKind
from tui_rnn.run_summary import ENDINGS
from tui_rnn.safe_text import safe_text
from tui_rnn.wording import adjusted_text, duration_text, figure

_SAVED = {
    CheckpointKind.PERIODIC: "checkpoint",
    CheckpointKind.TIMED: "checkpoint",
    CheckpointKind.BEST: "best model",
    CheckpointKind.BEST_HELD_OUT: "best model by held-out loss",
    CheckpointKind.REQUESTED: "checkpoint",
    CheckpointKind.FINAL: "last checkpoint",
}
_TIME_WIDTH = len("09:14:31  ")


@dataclass(frozen=True, slots=True)
class EventLine:
    """What happened, in words of any origin, and when by the clock on the wall."""

    words: str
    at: datetime | None  # None: before this process began, which is not logged
    longer: str = ""  # the words with the path, or the digest, that belongs to them; empty where they have none
    warns: bool = False
    sample_step: int | None = None  # of a scheduled sample: the held-out loss measured with it joins its line
    joins: bool = False  # it says all of the line below it, too, and takes its place

    def rows(self, width: int, *, in_full: bool) -> list[Content]:
        """The line in rows of this width, all but the first indented."""
        words = safe_text(self.longer if in_full and self.longer else self.words, one_line=True)
        style = "$text-warning" if self.warns else ""
        folded = Content.styled(words, style).wrap(max(1, width - _TIME_WIDTH)) or [Content()]
        time = f"{self.at:%H:%M:%S}" if self.at is not None else ""
        margin = Content.styled(time.ljust(_TIME_WIDTH), "$dim")
        return [margin + folded[0], *(Content(" " * _TIME_WIDTH) + row for row in folded[1:])]


def past_lines(events: Iterable[Event]) -> list[EventLine]:
    """The lines of what happened before this process began, newest first, by step: their times are not known."""
    placed: list[tuple[int, Event]] = []
    noted = 0  # the step of the event before, of those that say it
    for event in events:
        step = event.resumed_step if isinstance(event, Started) else getattr(event, "step", noted)
        noted = step if isinstance(event, Adjusted | Finding) else noted
        placed.append((step or 0, event))
    lines: list[EventLine] = []
    for _, event in sorted(placed, key=lambda each: each[0]):
        line = line_of(event, None, lines[-1] if lines else None)
        if line is not None:
            if line.joins:
                lines.pop()
            lines.append(line)
    return lines[::-1]


def line_of(event: Event, at: datetime | None, before: EventLine | None = None) -> EventLine | None:
    """The event's line; None for one that leaves another trace. `before` is the line above which it would stand."""
    match event:
        case Started(resumed_step=step) if step:
            words = f"goes on from step {step:,}"
            return EventLine(words, at, f"{words}: {event.resumed_from}" if event.resumed_from else "")
        case GradientChecked():
            return EventLine(check_words(event), at, warns=not event.passed)
        case Finding():
            when = "" if at is not None else f"step {event.step:,}: "  # else it is of this moment
            return EventLine(f"{when}{event.message}: {event.remedy}", at, warns=True)
        case InheritedSample():  # an event of another run
            return None
        case Sample(kind="scheduled"):
            return EventLine(f"sample of step {event.step:,}", at, sample_step=event.step)
        case HeldOut():
            return _held_out(event, at, before)
        case Checkpointed():
            words = f"{_SAVED[event.kind]} saved, step {event.step:,}"
            return EventLine(words, at, f"{words}: {event.path}")
        case Adjusted():
            return EventLine(adjusted_text(event), at, warns=bool(event.refused_because))
        case NotSaved():
            return EventLine(f"step {event.step:,} is not saved: {event.reason}", at, event.message, warns=True)
        case Warned():
            return EventLine(event.message, at, warns=True)
        case Done():
            words = (
                f"{ENDINGS[event.reason].lower()} at step {event.step:,} after {duration_text(event.elapsed_seconds)}"
            )
            return EventLine(words, at, f"{words}, state sha256 {event.state_sha256}")
    return None


def check_words(check: GradientChecked) -> str:
    """`gradient proved: worst error 3.0e-16 in W`."""
    verb = "proved" if check.method == COMPLEX else "checked"
    return (
        f"gradient {verb if check.passed else 'check failed'}: "
        f"worst error {check.worst.relative_error:.1e} in {check.worst.parameter}"
    )


def _held_out(event: HeldOut, at: datetime | None, before: EventLine | None) -> EventLine:
    words = "held out: no finite loss" if event.nats_per_char is None else f"held out {figure(event.nats_per_char, 3)}"
    if event.nats_per_char is not None and event.best_step == event.step:
        words += ", the best"
    if before is not None and before.sample_step == event.step:
        return EventLine(f"{before.words}; {words}", at, joins=True)
    return EventLine(f"{words}, step {event.step:,}", at)
