"""Instruments over a run that is only viewed: they look at its newest saved state, read from the files."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.errors import InputError
from tui_rnn.engine.events import Event, Warned
from tui_rnn.runs.followed import FollowedRun

if TYPE_CHECKING:  # the first frame comes before NumPy is imported
    from tui_rnn.engine.checkpoint import Snapshot
    from tui_rnn.engine.corpus import Corpus
    from tui_rnn.engine.instruments.subject import Subject
    from tui_rnn.engine.watching import Watching


class SavedNetwork:
    """What instruments see of a run's newest state. Without its text, or a state, they see nothing."""

    def __init__(self, followed: FollowedRun) -> None:
        self._followed = followed
        self._corpus: Corpus | None = None
        self._snapshot: Snapshot | None = None
        self._watching: Watching | None = None
        self._waiting: list[ObserveRequest] = []  # asked for before the text was read

    def read(self, corpus: "Corpus") -> None:
        """The run's text is at hand: from now on instruments look."""
        from tui_rnn.engine.watching import Watching

        self._corpus = corpus
        self.forget()
        if self._snapshot is not None:
            self._watching = Watching(self._subject, self._step)
            for request in self._waiting:
                self._watching.ask(request)
            self._waiting.clear()

    def forget(self) -> None:
        """A newer state may be on disk."""
        if self._corpus is not None:
            self._snapshot = self._followed.snapshot() or self._snapshot

    def ask(self, request: ObserveRequest) -> Iterator[Event]:
        """Have an instrument look, or look no longer."""
        if self._watching is None:
            self._waiting.append(request)
            return
        try:
            self._watching.ask(request)
        except InputError as error:
            yield Warned(str(error))

    def seconds_to_wait(self, most: float) -> float:
        """Until there is work, at the most so many."""
        waits = self._watching.seconds_to_wait() if self._watching is not None else None
        return most if waits is None else min(waits, most)

    def look(self) -> list[Event]:
        """A turn of what there is to do."""
        return self._watching.look_at_rest() if self._watching is not None else []

    def _subject(self) -> "Subject":
        from tui_rnn.engine.instruments.subject import Subject

        assert self._snapshot is not None
        assert self._corpus is not None
        return Subject.of_saved(self._snapshot, self._corpus)

    def _step(self) -> int:
        return self._snapshot.state.step if self._snapshot is not None else 0
