"""The engine on this machine: so many threads, each of which waits on the process of a job."""

import os
import queue
import threading
from contextlib import suppress

from tui_rnn.sweeps.child import Leash
from tui_rnn.sweeps.run_job import run_job
from tui_rnn.sweeps.spec import JobResult, JobSpec, Status

_PATIENCE = 5.0  # seconds that `close` waits for processes that it has killed


def cores() -> int:
    """Those that this process may use: so many jobs are trained at a time where nobody says how many."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LocalEngine:
    """An `Engine` of `places` processes at a time. Threads suffice: they wait, and survive a process that dies."""

    trouble = ""

    def __init__(self, places: int) -> None:
        self.places = places
        self._to_train: queue.SimpleQueue[tuple[JobSpec, Leash] | None] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[JobResult] = queue.SimpleQueue()
        self._leashes: dict[str, Leash] = {}  # of the jobs that were submitted and have not ended, by name
        self._threads = [
            threading.Thread(target=self._work, name=f"job-{number}", daemon=True) for number in range(places)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, spec: JobSpec) -> None:
        """Into the queue of the threads."""
        leash = self._leashes[spec.name] = Leash()
        self._to_train.put((spec, leash))

    def completed(self, seconds: float) -> list[JobResult]:
        """All that have ended."""
        found = []
        with suppress(queue.Empty):
            found.append(self._ended.get(timeout=seconds))
            while True:
                found.append(self._ended.get_nowait())
        for result in found:
            self._leashes.pop(result.name, None)
        return found

    def cancel(self) -> None:
        """Let go of every process."""
        for leash in self._leashes.values():
            leash.release()

    def close(self) -> None:
        """Kill those that are still there."""
        for leash in self._leashes.values():
            leash.kill()
        for _ in self._threads:
            self._to_train.put(None)
        for thread in self._threads:
            thread.join(_PATIENCE)

    def _work(self) -> None:
        while (job := self._to_train.get()) is not None:
            spec, leash = job
            try:
                result = run_job(spec, leash)
            except Exception as error:  # a fault of ours costs this job, not the thread
                result = JobResult(spec.name, Status.FAILED, reason=f"{type(error).__name__}: {error}")
            self._ended.put(result)
