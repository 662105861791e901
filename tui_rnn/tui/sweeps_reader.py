"""Reads the sweeps of a folder in a thread, again and again."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from textual.message import Message

from tui_rnn.sweeps.listing import SweepLine, SweepListing
from tui_rnn.sweeps.planning import SWEEPS

LOOK_SECONDS = 2.0  # between two looks at the folder


class SweepsRead(Message):
    """The sweeps as they are now."""

    def __init__(self, sweeps: Sequence[SweepLine]) -> None:
        self.sweeps = sweeps
        super().__init__()


class SweepsReader:
    """`work` runs in a thread of its own until `stop`; what has changed is posted as SweepsRead."""

    def __init__(self, post: Callable[[Message], object], folder: Path = SWEEPS) -> None:
        self._listing, self._post = SweepListing(folder), post
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()

    def work(self) -> None:
        """Look, and look again, until it is stopped."""
        before: list[SweepLine] = []
        while not self._stopped.is_set():
            if (sweeps := self._listing.look()) != before:
                self._post(SweepsRead(sweeps))
                before = sweeps
            self._stopped.wait(LOOK_SECONDS)
