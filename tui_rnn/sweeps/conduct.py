"""The conductor: hands the jobs of a sweep to an engine, tries those that died again, and says what happens.

Its own state is nothing but what it has handed out: the plan, the journals and the run directories hold the rest, so
that it may be killed at any moment, and another goes on.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from tui_rnn.sweeps.engines import Engine
from tui_rnn.sweeps.events import JobBegun, JobEnded, JobRetried, SweepDone, SweepEvent, SweepWaits, Tick
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.rows import Row, SweepReader
from tui_rnn.sweeps.run_job import is_for_want_of_room
from tui_rnn.sweeps.spec import JobResult, JobSpec, Status

MOST_DEATHS = 3  # of a job's process in one conductor's time, after which it is given up
_LOOK_SECONDS = 0.1  # between two looks whether it is to stop
_ROOM_SECONDS = 10.0  # until it is tried again to write on a disk that was full
_PATIENCE = 10.0  # seconds that processes are given to end with a checkpoint


class Conductor:
    """One sweep's, on one engine. `rows` are as it found them; those that failed before are tried again."""

    def __init__(self, folder: SweepFolder, engine: Engine, *, patience: float = _ROOM_SECONDS) -> None:
        """Looks at the sweep. Raises RunError where its plan cannot be read."""
        self._folder, self._engine, self._patience = folder, engine, patience
        self.rows: list[Row] = SweepReader(folder).look()
        self._begun = {row.spec.name: row for row in self.rows if row.attempts}
        self._statuses = {row.spec.name: row.status for row in self.rows}
        again = [row for row in self.rows if not row.status.is_final or row.status == Status.FAILED]
        # What was begun goes first: nearer to its end, and a reader sees whole curves.
        again.sort(key=lambda row: row.line is None)
        self._to_do = deque(row.spec for row in again)
        self._out: dict[str, JobSpec] = {}
        self._deaths: Counter[str] = Counter()
        self._stop = threading.Event()
        self._not_before = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self._to_do and not self._out

    def stop(self) -> None:
        """Have all processes end with a checkpoint. From any thread, or a signal's handler."""
        self._stop.set()

    def events(self) -> Iterator[SweepEvent]:
        """What happens, to SweepDone."""
        stopping_since, said = None, ""
        while self._out or (self._to_do and not self._stop.is_set()):
            if self._stop.is_set():
                if stopping_since is None:
                    stopping_since = time.monotonic()
                    self._engine.cancel()
                if time.monotonic() > stopping_since + _PATIENCE:
                    break
            else:
                yield from self._hand_out()
            for result in self._engine.completed(_LOOK_SECONDS):
                yield from self._take(result)
            if (trouble := self._engine.trouble) != said:
                said = trouble
                if trouble:
                    yield SweepWaits(trouble)
            yield Tick()
        self._engine.close()
        counts = Counter(str(status) for status in self._statuses.values())
        yield SweepDone(dict(counts), self._stop.is_set())

    def _hand_out(self) -> Iterator[SweepEvent]:
        while self._to_do and len(self._out) < self._engine.places and not self._waits:
            spec = self._to_do.popleft()
            self._out[spec.name] = spec
            self._engine.submit(spec)
            row = self._begun.get(spec.name)
            attempts = (row.attempts if row else 0) + self._deaths[spec.name]
            self._statuses[spec.name] = Status.TRAINING
            yield JobBegun(spec, attempts + 1, goes_on=attempts > 0)

    @property
    def _waits(self) -> bool:
        return self._stop.is_set() or time.monotonic() < self._not_before

    def _take(self, result: JobResult) -> Iterator[SweepEvent]:
        spec = self._out.pop(result.name)
        self._statuses[spec.name] = Status(result.status)
        if result.status == Status.STOPPED and not result.attempts:  # it had not begun
            self._statuses[spec.name] = Status.WAITING
            return
        if result.status != Status.WAITING:
            yield JobEnded(spec, result)
            return
        if self._stop.is_set():
            return
        if is_for_want_of_room(result.reason):
            self._to_do.appendleft(spec)
            if not self._waits:
                self._not_before = time.monotonic() + self._patience
                yield SweepWaits(result.reason)
            return
        self._deaths[spec.name] += 1
        if (deaths := self._deaths[spec.name]) < MOST_DEATHS:
            self._to_do.append(spec)
            yield JobRetried(spec, result, deaths, MOST_DEATHS)
            return
        given_up = replace(result, status=Status.FAILED, reason=f"given up after {deaths} attempts: {result.reason}")
        with suppress(OSError):  # then it is tried again when the sweep goes on
            self._folder.journal(spec.name).end(given_up)
        self._statuses[spec.name] = Status.FAILED
        yield JobEnded(spec, given_up)
