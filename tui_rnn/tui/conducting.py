"""The worker's side of a sweep that this process trains: the conductor in a thread of its own."""

from collections.abc import Callable, Iterator
from typing import Protocol

from textual.message import Message

from tui_rnn.engine.control import Control
from tui_rnn.sweeps.events import SweepDone, SweepEvent, Tick
from tui_rnn.tui.screen_worker import ScreenWorker


class Conducts(Protocol):
    """What trains the sweep: sweeps.conduct.Conductor."""

    def events(self) -> Iterator[SweepEvent]:
        """What happens, to SweepDone."""

    def stop(self) -> None:
        """Have all processes end with a checkpoint. From any thread."""


class SweepHappened(Message):
    """Something happened to a job, or to the whole."""

    def __init__(self, event: SweepEvent) -> None:
        self.event = event
        super().__init__()


class SweepWorker(ScreenWorker):
    """Trains the sweep to its end, or until control says stop; then it waits for that. Posts Ended last of all."""

    def __init__(self, begin: Callable[[], Conducts], control: Control, post: Callable[[Message], object]) -> None:
        """`begin` is called by the thread: it looks at all runs first."""
        super().__init__(control, post)
        self._begin = begin
        self.done: SweepDone | None = None

    def _work(self) -> None:
        conductor = self._begin()
        for event in conductor.events():
            if isinstance(event, SweepDone):
                self.done = event
            if not isinstance(event, Tick):
                self._post(SweepHappened(event))
            if self._control.stopped:
                conductor.stop()
        while not self._control.stopped:  # it is paused by its maker: each turn waits
            for _ in self._control.requests():
                pass
