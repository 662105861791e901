"""A folder held on to, so that it is noticed when it is gone or another one stands at its path."""

import errno
import os
from pathlib import Path


class FolderGuard:
    """While its descriptor is open, the system gives its number (inode) to no other folder."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where there is no such folder."""
        self._path = path
        self._descriptor: int | None = None
        if hasattr(os, "O_DIRECTORY"):  # Windows opens no folders, and lets none go that holds an open file
            self._descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        self._status = os.stat(path if self._descriptor is None else self._descriptor)

    def check(self) -> None:
        """Raise OSError, its strerror plain words, unless this very folder stands at its path."""
        try:
            found = os.stat(self._path)
        except (FileNotFoundError, NotADirectoryError):
            raise OSError(errno.ENOENT, "the run directory is gone", str(self._path)) from None
        if not os.path.samestat(found, self._status):
            raise OSError(errno.ESTALE, "the run directory is another one now", str(self._path))

    def close(self) -> None:
        """Let it go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
