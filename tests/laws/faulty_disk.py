"""The real disk, on which chosen system calls of the seam fail, or take less of a write than was given."""

import errno
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from tui_rnn.storage.files import Files

ERRORS = [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES, errno.EMFILE, errno.EINTR]
CALLS = [name for name in vars(Files) if not name.startswith("_")]
CLEANING = ("close", "unlink", "remove_folder")


class Faulty(Files):
    """Counts the calls from 0 on; those numbered in `failing` raise, and have no effect: but a close closes.

    With `late` they have their effect before they raise. With `and_cleaning`, what comes after one and could clean up
    fails too. A write takes `most` bytes.
    """

    def __init__(
        self,
        failing: Collection[int] = (),
        error: Callable[[], BaseException] = lambda: OSError(errno.EIO, os.strerror(errno.EIO)),
        *,
        late: bool = False,
        and_cleaning: bool = False,
        most: int | None = None,
    ) -> None:
        self.failing, self.error, self.late, self.and_cleaning, self.most = failing, error, late, and_cleaning, most
        self.calls: list[str] = []
        self.raised: list[BaseException] = []
        self.open: set[int] = set()

    def write(self, descriptor: int, data: memoryview) -> int:
        return self._call("write", descriptor, data if self.most is None else data[: self.most])

    def _call(self, name: str, *arguments: Any) -> Any:
        number = len(self.calls)
        self.calls.append(name)
        fails = number in self.failing or (self.and_cleaning and bool(self.raised) and name in CLEANING)
        result = None
        if not fails or self.late or name == "close":
            result = getattr(Files, name)(self, *arguments)
            if name in ("create", "open_to_append"):
                self.open.add(result)
            elif name == "close":
                self.open.remove(arguments[0])
        if fails:
            self.raised.append(self.error())
            raise self.raised[-1]
        return result


for _name in set(CALLS) - {"write"}:
    setattr(Faulty, _name, lambda self, *arguments, _name=_name: self._call(_name, *arguments))


def failing_with(code: int) -> Callable[[], OSError]:
    """Makes the error that the system makes of this number."""
    return lambda: OSError(code, os.strerror(code))


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every file in the folder with its content, and every folder; the lock, which says nothing, left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if path.name != ".lock"
    }
