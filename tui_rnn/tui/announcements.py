"""What the corner of the screen says of an event, if anything: an answer to a key, or what its user must know."""

from dataclasses import dataclass
from typing import Literal

from tui_rnn.engine.events import Adjusted, Checkpointed, Event, NotFinite, Warned
from tui_rnn.engine.kinds import CheckpointKind
from tui_rnn.wording import adjusted_text


@dataclass(frozen=True, slots=True)
class Announcement:
    """A sentence, what stands over it, and how much it matters."""

    text: str
    title: str = ""
    severity: Literal["information", "warning"] = "information"


def announcement_of(event: Event, *, in_form: bool = False) -> Announcement | None:
    """What is said of this event. `in_form`: the form of the hyperparameters is open, and shows what it changed."""
    match event:
        case Checkpointed(kind=CheckpointKind.REQUESTED):
            return Announcement(f"Step {event.step:,} is saved", "Checkpoint")
        case Adjusted() if not in_form or event.refused_because:
            return Announcement(adjusted_text(event), severity="warning" if event.refused_because else "information")
        case NotFinite():  # the offer to go back says so
            return None
        case Warned():
            return Announcement(event.message, severity="warning")
    return None
