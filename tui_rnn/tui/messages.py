"""What the worker hands to the screen: events as they happen, and one immutable picture of the run to poll."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from textual.message import Message

from tui_rnn.engine.events import Event
from tui_rnn.runs.course import Course


@dataclass(frozen=True, slots=True)
class RunPicture:
    """The run at one moment. The worker replaces it by reference; nobody changes it."""

    step: int
    epoch: float
    loss: float  # nats, summed over seq_length, mean over the batch
    smooth_loss: float
    best_smooth_loss: float
    best_step: int
    updates_per_second: float | None
    elapsed_seconds: float
    recent_loss: float | None = None  # mean of the last 50 updates, summed over seq_length
    steps: tuple[int, ...] = ()  # the loss history, a point each
    smooth: tuple[float, ...] = ()
    raw: tuple[float, ...] = ()


class Pictures(Protocol):
    """Where the screen looks for the latest picture."""

    picture: RunPicture | None


class EventPosted(Message):
    """An event of the run."""

    def __init__(self, event: Event) -> None:
        self.event = event
        super().__init__()


class RunPast(Message):
    """What happened to the run before this process began, as far as it is shown, in one message."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        super().__init__()


class Failed(Message):
    """The worker cannot go on."""

    def __init__(self, message: str, exit_code: int) -> None:
        self.message = message
        self.exit_code = exit_code
        super().__init__()


class GoBack(Message):
    """After a divergence: the run is to go on from its last good checkpoint with this learning rate."""

    def __init__(self, eta: float) -> None:
        self.eta = eta
        super().__init__()


class CourseRead(Message):
    """The course of another run, which is to lie over the chart, has been read."""

    def __init__(self, course: Course) -> None:
        self.course = course
        super().__init__()


class Ended(Message):
    """The worker has saved what there is to save and closed the run."""
