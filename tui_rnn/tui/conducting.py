"""The worker's side of a sweep that this process trains: the conductor in a thread of its own."""

import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from textual.message import Message

from tui_rnn.engine.control import Control
from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.runs.crash import record_crash
from tui_rnn.sweeps.events import SweepDone, SweepEvent, Tick
from tui_rnn.tui.messages import Ended, Failed


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


class SweepWorker:
    """Trains the sweep to its end, or until control says stop; then it waits for that. Posts Ended last of all."""

    def __init__(self, begin: Callable[[], Conducts], control: Control, post: Callable[[Message], object]) -> None:
        """`begin` is called by the thread: it looks at all runs first."""
        self._begin, self._control, self._post = begin, control, post
        self._at_work = threading.Lock()
        self.has_begun = self.has_ended = False
        self.done: SweepDone | None = None
        self.last: Failed | None = None

    def work(self) -> None:
        """Train it."""
        self.has_begun = True
        self._at_work.acquire()
        try:
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
        except TuiRnnError as error:
            self._fail(Failed(str(error), error.exit_code))
        except Exception as error:
            self._fail(Failed(record_crash(None, error), 1))
        finally:
            self._at_work.release()
            self.has_ended = True
            self._post(Ended())

    def wait(self) -> None:
        """Return when it has ended, if it was ever started."""
        with self._at_work:
            return

    def _fail(self, failed: Failed) -> None:
        self.last = failed
        self._post(failed)
