"""The conductor: hands the jobs of a sweep to an engine, tries those that died again, and says what happens.

Its own state is nothing but what it has handed out: the plan, the journals and the run directories hold the rest, so
that it may be killed at any moment, and another goes on.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Set
from contextlib import suppress
from dataclasses import replace

from tui_rnn.sweeps.cancelled import CANCELLED
from tui_rnn.sweeps.engines import Engine
from tui_rnn.sweeps.events import (
    JobAtRung,
    JobBegun,
    JobEnded,
    JobRetried,
    SweepDone,
    SweepEvent,
    SweepJudged,
    SweepWaits,
    Tick,
)
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.halving import Halving
from tui_rnn.sweeps.rows import Row, standing
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
        plan = folder.plan()
        self.rows: list[Row] = standing(folder, plan)
        self._given_up: set[str] = set()  # by this conductor
        self._attempts = Counter({row.spec.name: row.attempts for row in self.rows if row.attempts})
        self._statuses = {row.spec.name: row.status for row in self.rows}
        self._halving = Halving(folder, plan)
        self._to_do = deque(self._unfinished())
        self._out: dict[str, JobSpec] = {}
        self._deaths: Counter[str] = Counter()
        self._stop = threading.Event()
        self._not_before = 0.0
        self._cancelled = folder.cancelled.names()

    @property
    def training(self) -> Set[str]:
        """The names of the jobs that the engine has."""
        return self._out.keys()

    def stop(self) -> None:
        """Have all processes end with a checkpoint. From any thread, or a signal's handler."""
        self._stop.set()

    def events(self) -> Iterator[SweepEvent]:
        """What happens, to SweepDone."""
        stopping_since, said = None, ""
        yield from self._cut()
        while self._out or (not self._stop.is_set() and (self._to_do or self._is_at_a_rung())):
            yield from self._heed()
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
            if not self._out and not self._to_do and self._is_at_a_rung():
                yield from self._judge()
            yield Tick()
        self._engine.close()
        counts = Counter(str(status) for status in self._statuses.values())
        yield SweepDone(dict(counts), self._stop.is_set())

    def _heed(self) -> Iterator[SweepEvent]:
        """Leave out what was cancelled since, and take up again what no longer is.

        A job that is in training ends by itself: whoever trains it heeds the same files.
        """
        before, self._cancelled = self._cancelled, self._folder.cancelled.names()
        if before == self._cancelled:
            return
        for spec in [each for each in self._to_do if each.name in self._cancelled]:
            self._to_do.remove(spec)
            yield self._leave_out(spec, self._folder.result(spec.name))
        again = {name for name in before - self._cancelled if self._statuses.get(name) == Status.CANCELLED}
        for spec in self._halving.jobs() if again else ():
            if spec.name in again:
                self._statuses[spec.name] = Status.WAITING
                self._to_do.append(spec)

    def _leave_out(self, spec: JobSpec, result: JobResult | None) -> JobEnded:
        """A job is cancelled, with what has come of it so far."""
        result = replace(result or JobResult(spec.name, ""), status=Status.CANCELLED, reason=CANCELLED)
        self._statuses[spec.name] = Status.CANCELLED
        self._halving.take(result)
        return JobEnded(spec, result)

    def _hand_out(self) -> Iterator[SweepEvent]:
        while self._to_do and len(self._out) < self._engine.places and not self._waits:
            spec = self._to_do.popleft()
            self._out[spec.name] = spec
            self._engine.submit(spec)
            self._attempts[spec.name] += 1
            self._statuses[spec.name] = Status.TRAINING
            yield JobBegun(spec, self._attempts[spec.name], goes_on=self._attempts[spec.name] > 1)

    @property
    def _waits(self) -> bool:
        return self._stop.is_set() or time.monotonic() < self._not_before

    def _unfinished(self) -> list[JobSpec]:
        """What is to be trained for now: that which was begun first, so that a reader sees whole curves."""
        specs = [spec for spec in self._halving.jobs() if self._is_to_train(spec)]
        return sorted(specs, key=lambda spec: spec.name not in self._attempts)

    def _is_to_train(self, spec: JobSpec) -> bool:
        status = self._statuses[spec.name]
        if not status.is_final or (status == Status.FAILED and spec.name not in self._given_up):
            return True
        if status == Status.CANCELLED:
            self._halving.take(JobResult(spec.name, status))
            return False
        if self._is_at_a_rung() and (result := self._folder.result(spec.name)) is not None:
            self._halving.take(result)
        return False

    def _is_at_a_rung(self) -> bool:
        return self._halving.rung < self._halving.rungs

    def _judge(self) -> Iterator[SweepEvent]:
        """All are at the rung: the better half goes on."""
        try:
            judged = self._halving.judge()
        except OSError as error:
            self._not_before = time.monotonic() + self._patience
            yield SweepWaits(f"{self._folder.path} cannot be written ({error.strerror})")
            time.sleep(_LOOK_SECONDS)
            return
        yield SweepJudged(judged.rung + 1, self._halving.rungs, len(judged.kept), len(judged.cut))
        yield from self._cut()
        self._to_do = deque(self._unfinished())

    def _cut(self) -> Iterator[SweepEvent]:
        """Note for every cut job that it was cut; after a crash once more."""
        for spec, reason in self._halving.cut():
            if self._statuses[spec.name].is_final:
                continue
            before = self._folder.result(spec.name) or JobResult(spec.name, Status.CUT)
            result = replace(before, status=Status.CUT, reason=reason)
            with suppress(OSError):  # then it is noted when the sweep goes on
                self._folder.journal(spec.name).end(result)
            self._statuses[spec.name] = Status.CUT
            yield JobEnded(spec, result)

    def _take(self, result: JobResult) -> Iterator[SweepEvent]:
        spec = self._out.pop(result.name)
        self._statuses[spec.name] = Status(result.status)
        if result.status in (Status.STOPPED, Status.WAITING) and spec.name in self._folder.cancelled:
            yield self._leave_out(spec, result)
            return
        if result.status == Status.STOPPED and not self._stop.is_set():  # cancelled, and taken up again meanwhile
            self._statuses[spec.name] = Status.WAITING
            self._to_do.append(spec)
            return
        if result.status == Status.STOPPED and not result.attempts:  # it had not begun
            self._statuses[spec.name] = Status.WAITING
            return
        if result.status != Status.WAITING:
            self._halving.take(result)
            yield JobEnded(spec, result)
            return
        if spec.until is not None and result.step >= spec.until and not result.reason:
            self._halving.take(result)
            yield JobAtRung(spec, result)
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
        self._given_up.add(spec.name)
        self._halving.take(given_up)
        yield JobEnded(spec, given_up)
