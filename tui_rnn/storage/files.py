"""The few system calls that writing needs, in one place, so that a test can have any of them fail; and their flags."""

import os
from pathlib import Path

BINARY = getattr(os, "O_BINARY", 0)  # Windows would read and write line feeds in its own way
NEVER_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)  # for a pipe's other end, nor be its terminal's
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)  # Windows has none, and lets few make links


class Files:
    """The system's own calls. Each raises OSError; those that a signal interrupts are tried again by Python itself."""

    def create(self, path: Path) -> int:
        """The descriptor of a new, empty file. Raises FileExistsError where the name is taken, also by a link."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, 0o666)

    def open_to_append(self, path: Path) -> int:
        """The descriptor of a file, made if need be, that can be read and is only ever appended to; of no link's.

        A pipe or a device is opened too, without waiting: the caller refuses it.
        """
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | BINARY | NEVER_WAIT | _NOFOLLOW, 0o666)

    def write(self, descriptor: int, data: memoryview) -> int:
        """How many bytes of `data` were taken, from its first on."""
        return os.write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        """Return once the file's content is on disk."""
        os.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        """Close it; it is closed also where this fails."""
        os.close(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        """Give `source` the name `target`, whatever had it before."""
        os.replace(source, target)

    def unlink(self, path: Path) -> None:
        """Take a file's name away."""
        os.unlink(path)

    def make_folder(self, path: Path) -> None:
        """Make one folder."""
        os.mkdir(path)

    def remove_folder(self, path: Path) -> None:
        """Remove a folder that is empty."""
        os.rmdir(path)

    def sync_folder(self, path: Path) -> None:
        """Return once the names in a folder are on disk, where the system can tell."""
        if not hasattr(os, "O_DIRECTORY"):  # Windows: a folder cannot be opened, and a rename is durable by itself
            return
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


SYSTEM = Files()
