"""Which jobs of a sweep its user has cancelled: a file for each, so that any process can cancel one and take it up.

The process of such a job ends with a checkpoint, and none is begun for it until it is taken up again.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui_rnn.engine.errors import RunError
from tui_rnn.storage.atomic import make_folder, write_new
from tui_rnn.sweeps.child import Leash

CANCELLED = "cancelled by its user"  # the reason of such a job's end
_LOOK_SECONDS = 0.3  # between two looks, while a job is trained, whether it was cancelled


class Cancelled:
    """Those of one sweep, in the folder at `path`, which need not be there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> frozenset[str]:
        """The names of the jobs."""
        with suppress(OSError):
            return frozenset(os.listdir(self._path))
        return frozenset()

    def __contains__(self, name: str) -> bool:
        return os.path.lexists(self._path / name)

    def add(self, name: str) -> None:
        """Cancel this job; nothing where it is already. Raises RunError."""
        with self._refused():
            make_folder(self._path)
            with suppress(FileExistsError):
                write_new(self._path / name, b"")

    def remove(self, name: str) -> None:
        """Take this job up again. Raises RunError."""
        with self._refused(), suppress(FileNotFoundError):
            (self._path / name).unlink()

    @contextmanager
    def heeded(self, name: str, leash: Leash) -> Iterator[None]:
        """While a job is trained: its leash is released once it is cancelled."""
        over = threading.Event()

        def watch() -> None:
            while name not in self:
                if over.wait(_LOOK_SECONDS):
                    return
            leash.release()

        watcher = threading.Thread(target=watch, name="cancelled", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    @contextmanager
    def _refused(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RunError(f"{self._path} cannot be written ({error.strerror}): make the folder writable") from None
