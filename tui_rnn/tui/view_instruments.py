"""Instruments on a saved model: what the panels of a view look through, as they do through a run in training."""

from typing import TYPE_CHECKING

from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.errors import InputError
from tui_rnn.engine.events import Event, Warned

if TYPE_CHECKING:  # the first frame of a view is painted before NumPy is imported
    from tui_rnn.engine.checkpoint import Snapshot
    from tui_rnn.engine.corpus import Corpus
    from tui_rnn.engine.instruments.subject import Subject
    from tui_rnn.engine.watching import Watching


class ViewInstruments:
    """Looks at the newest model of a run on its text, once both are there. It is used in the view's thread alone."""

    def __init__(self) -> None:
        self._requests: dict[str, ObserveRequest] = {}  # that stand, by the instrument's name
        self._snapshot: Snapshot | None = None
        self._corpus: Corpus | None = None
        self._watching: Watching | None = None

    def model(self, snapshot: "Snapshot") -> list[Event]:
        """Look at this model from now on, the newest."""
        self._snapshot = snapshot
        return self._begin()

    def text(self, corpus: "Corpus") -> list[Event]:
        """Read this text, the run's, nothing held out yet."""
        self._corpus = corpus
        return self._begin()

    def ask(self, request: ObserveRequest) -> list[Event]:
        """Have an instrument look, now or as soon as there is something to look at; or no longer."""
        if request.every is None:
            self._requests.pop(request.name, None)
        else:
            self._requests[request.name] = request
        return self._asked(request)

    def seconds_to_wait(self, most: float) -> float:
        """Until there is work to do; no more than so many."""
        wait = None if self._watching is None else self._watching.seconds_to_wait()
        return most if wait is None else min(wait, most)

    def look(self) -> list[Event]:
        """A turn of what there is to do, some 10 ms."""
        return [] if self._watching is None else self._watching.look_at_rest()

    def _begin(self) -> list[Event]:
        if self._watching is not None or self._snapshot is None or self._corpus is None:
            return []
        from tui_rnn.engine.watching import Watching

        self._watching = Watching(self._subject, self._step)
        return [event for request in self._requests.values() for event in self._asked(request)]

    def _asked(self, request: ObserveRequest) -> list[Event]:
        try:
            if self._watching is not None:
                self._watching.ask(request)
        except InputError as error:
            return [Warned(str(error))]
        return []

    def _subject(self) -> "Subject":
        from tui_rnn.engine.instruments.subject import Subject

        assert self._snapshot is not None
        assert self._corpus is not None
        return Subject.of_saved(self._snapshot, self._corpus)

    def _step(self) -> int:
        return 0 if self._snapshot is None else self._snapshot.state.step
