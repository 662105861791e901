"""The lock of a run directory: one process alone writes there, and notices where the folder has been replaced."""

from pathlib import Path

from filelock import FileLock, Timeout

from tui_rnn.engine.errors import RunError
from tui_rnn.storage.folder_guard import FolderGuard

_WAIT_SECONDS = 0.2  # for a lock that is taken: `is_taken` of another process takes it for a moment


class RunLock:
    """Held through the file .lock in the run directory; the system lets go of it where a process is killed."""

    def __init__(self, folder: Path, use: str = "being trained") -> None:
        """`use` is what is done to a folder that is locked, in words."""
        self.file = folder / ".lock"
        self._folder, self._use = folder, use
        # thread_local: the screen's worker releases what the main thread acquired
        self._lock = FileLock(self.file, timeout=0, thread_local=False)
        self._guard: FolderGuard | None = None  # while it is locked

    @property
    def is_locked(self) -> bool:
        """Whether it is held here."""
        return self._lock.is_locked

    def acquire(self) -> None:
        """Keep every other process from writing here until `release` or the end of this one. Raises RunError."""
        try:
            self._guard = FolderGuard(self._folder)
            self._lock.acquire(timeout=_WAIT_SECONDS, poll_interval=_WAIT_SECONDS / 20)
        except Timeout:
            self.release()
            raise RunError(f"{self._folder} is {self._use} by another process: stop that one first") from None
        except OSError as error:
            self.release()
            raise RunError(f"{self._folder} cannot be locked ({error.strerror}): make the folder writable") from None

    def release(self) -> None:
        """Let others write."""
        if self._guard is not None:
            self._guard.close()
            self._guard = None
        self._lock.release()

    def is_taken(self) -> bool:
        """Whether a process holds it; False where it cannot be known, as of another user's run. No file is made."""
        if not self.file.exists():
            return False
        try:
            self._lock.acquire()
        except Timeout:
            return True
        except OSError:
            return False
        self._lock.release()
        return False

    def check(self) -> None:
        """Raise OSError where the folder that was locked has been moved, removed, or replaced by another."""
        if self._guard is not None:
            self._guard.check()
