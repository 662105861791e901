"""events.jsonl: every event of a run, a JSON object a line, appended."""

import errno
import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from tui_rnn.engine import exact_json
from tui_rnn.engine.event_records import KINDS, from_record
from tui_rnn.engine.events import Event
from tui_rnn.storage.atomic import write_whole
from tui_rnn.storage.files import SYSTEM, Files
from tui_rnn.storage.safe_open import check_regular, open_regular

_Kind = TypeVar("_Kind", bound=Event)
_NAME = re.compile(rb'\{"event": "([a-z_]+)"')  # as `as_line` begins a line
MOST_LINE_BYTES = 16 << 20  # a sample of a million characters, each escaped as two surrogates, takes 12


def as_line(record: dict[str, Any]) -> str:
    """The record as one line of ASCII, so that no character of a text can end the line or steer a terminal."""
    return exact_json.dumps(record) + "\n"


class EventLog:
    """Appends to the log. A line that a crash or a full disk cut short is ended before the next one is written."""

    def __init__(self, path: Path, files: Files = SYSTEM) -> None:
        """Raises OSError where it cannot be opened, is a link or no regular file, or its name cannot be put on disk."""
        if path.is_symlink():  # here, for plain words: opening does not follow a link either
            raise OSError(errno.ELOOP, "it is a link")
        self._files = files
        self._descriptor = files.open_to_append(path)
        try:
            check_regular(self._descriptor)
            files.sync_folder(path.parent)
            self._cut = _is_cut(self._descriptor)
        except BaseException:
            with suppress(OSError):
                files.close(self._descriptor)
            raise

    def append(self, record: dict[str, Any], *, durable: bool = False) -> None:
        """Write one line; `durable` returns once it is on disk. Raises OSError."""
        line = (b"\n" if self._cut else b"") + as_line(record).encode()
        self._cut = True
        write_whole(self._descriptor, line, self._files)
        self._cut = False
        if durable:
            self._files.sync(self._descriptor)

    def close(self) -> None:
        """Close the file. Raises OSError."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            self._files.close(descriptor)


def read_records(path: Path, kinds: Collection[str] | None = None) -> Iterator[dict[str, Any]]:
    """The records of an events.jsonl in order. Raises OSError where there is no such file, or no regular one.

    A line that is not a JSON object, as a crash leaves one, is left out, and so is one that no event fills. Where
    `kinds` are given, those of others are left out, mostly without being parsed: of a million lines few may be wanted.
    """
    with open_regular(path) as file:
        whole = True
        while line := file.readline(MOST_LINE_BYTES):
            begins, whole = whole, line.endswith(b"\n")
            if not begins or (not whole and len(line) == MOST_LINE_BYTES):
                continue
            if kinds is not None and (named := _NAME.match(line)) and named[1].decode() not in kinds:
                continue
            if (record := record_in(line, kinds)) is not None:
                yield record


def record_in(line: bytes, kinds: Collection[str] | None = None) -> dict[str, Any] | None:
    """The record in a line; None where it is no JSON object with the name of an event, or of none of these kinds."""
    try:
        record = exact_json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    kind = record.get("event") if isinstance(record, dict) else None
    return record if isinstance(kind, str) and (kinds is None or kind in kinds) else None


def read_events(path: Path, *kinds: type[_Kind]) -> Iterator[_Kind]:
    """The events of an events.jsonl in order: those of these kinds, or without any all.

    A record that does not fit its event is left out. Raises OSError where there is no such file, or no regular one.
    """
    names = {kind.event: kind for kind in kinds} if kinds else KINDS
    for record in read_records(path, names):
        event = from_record(names[record["event"]], record)
        if event is not None:
            yield cast(_Kind, event)


def _is_cut(descriptor: int) -> bool:
    """Whether the file's last line lacks its line feed. It moves the file's position, which appending does not use."""
    if os.fstat(descriptor).st_size == 0:
        return False
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1) != b"\n"
