"""Open a file to read it, if it is a regular one: a named pipe would keep us waiting, and a device may never end."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from tui_rnn.storage.files import BINARY, NEVER_WAIT


class NotRegular(OSError):
    """A pipe, a device, a socket or a folder; `kind` says which."""

    def __init__(self, mode: int) -> None:
        self.kind = _kind(mode)
        super().__init__(errno.EINVAL, f"it is {self.kind}, not a regular file")


def open_regular(path: str | Path) -> BinaryIO:
    """The file, opened without waiting. Raises NotRegular, any other OSError, or ValueError for a NUL in the path."""
    descriptor = os.open(path, os.O_RDONLY | BINARY | NEVER_WAIT)
    try:
        check_regular(descriptor)
    except OSError:
        os.close(descriptor)
        raise
    return open(descriptor, "rb")


def check_regular(descriptor: int) -> None:
    """Raise NotRegular where what was opened is no regular file."""
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        raise NotRegular(mode)


def size_of(file: BinaryIO) -> int:
    """How many bytes the file has now."""
    return os.fstat(file.fileno()).st_size


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    return "a device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "a socket"
