"""The journal of a job: a line when a process was begun for it, and a line for what came of that."""

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tui_rnn.engine import exact_json
from tui_rnn.engine.errors import RunError
from tui_rnn.runs.log import EventLog, read_records
from tui_rnn.sweeps.spec import JobResult

BEGUN, ENDED = "begun", "ended"


@dataclass(frozen=True, slots=True)
class Entries:
    """What a journal says."""

    attempts: int = 0  # processes that were begun
    result: JobResult | None = None  # the newest
    is_open: bool = False  # a process was begun, and nothing says that it has ended


class Journal:
    """A file of JSON objects, a line each, only ever appended to: by one process at a time, which has the job."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Entries:
        """All of it; what cannot be read is passed over."""
        attempts, result, is_open = 0, None, False
        with suppress(OSError):
            for record in read_records(self.path, (BEGUN, ENDED)):
                is_open = record["event"] == BEGUN
                if is_open:
                    attempts += 1
                else:
                    with suppress(RunError):
                        result = JobResult.from_json(record)
        return Entries(attempts, result and replace(result, attempts=attempts), is_open)

    def begin(self, **more: Any) -> None:
        """A process is begun. Raises OSError."""
        self._append({"event": BEGUN, "at": datetime.now().timestamp(), **more})

    def end(self, result: JobResult) -> None:
        """What came of it. Raises OSError."""
        self._append({"event": ENDED, **result.to_json()})

    def size(self) -> int:
        """Its bytes, by which it is seen that it has grown; 0 where there is none."""
        try:
            return os.stat(self.path).st_size
        except OSError:
            return 0

    def _append(self, record: dict[str, Any]) -> None:
        exact_json.dumps(record)  # before the file is made
        log = EventLog(self.path)
        try:
            log.append(record, durable=True)
        finally:
            log.close()
