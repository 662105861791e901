"""events.jsonl while it may grow: its newest lines first, then all of it in order, then what was added since."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui_rnn.runs.log import MOST_LINE_BYTES
from tui_rnn.storage.safe_open import open_regular, size_of

_TAIL_BYTES = 1 << 16


class LogFollower:
    """Reads whole lines from where the look before ended. It locks nothing and writes nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._place = 0  # bytes that were read
        self._file_id: tuple[int, int] | None = None
        self.is_unreadable = False  # at the last look: there is something in the log's place, and it cannot be read

    def lines(self) -> Iterator[bytes]:
        """The lines that were added since the last look, each without a line that is cut short at the end so far.

        A file that was replaced, or is shorter than what was read of it, is read from its beginning. A file that is not
        there, or cannot be read, has no lines.
        """
        self.is_unreadable = os.path.lexists(self.path)
        with suppress(OSError), open_regular(self.path) as file:
            self.is_unreadable = False
            status = os.fstat(file.fileno())
            this = (status.st_dev, status.st_ino)
            if self.is_new_file(this, status.st_size):
                self._place = 0
            self._file_id = this
            file.seek(self._place)
            whole = True
            while line := file.readline(MOST_LINE_BYTES):
                begins, whole = whole, line.endswith(b"\n")
                if not whole and len(line) < MOST_LINE_BYTES:
                    return
                self._place += len(line)
                if begins and whole:
                    yield line

    def is_new_file(self, file_id: tuple[int, int], size: int) -> bool:
        """Whether what was read before is not in the file any more."""
        return size < self._place or (self._file_id is not None and file_id != self._file_id)


def newest_lines(path: Path, most_bytes: int = _TAIL_BYTES) -> list[bytes]:
    """The whole lines within the last bytes of the file; none where it is not there or cannot be read."""
    with suppress(OSError), open_regular(path) as file:
        begin = max(0, size_of(file) - most_bytes)
        file.seek(begin)
        lines = file.read(most_bytes).split(b"\n")[:-1]
        return lines[1:] if begin else lines  # the first of them may have begun before
    return []
