"""The engine on this machine: so many threads, each of which waits on the process of a job."""

import os
import queue
import threading

from tui_rnn.sweeps.child import Leash
from tui_rnn.sweeps.run_job import run_job
from tui_rnn.sweeps.spec import JobResult, JobSpec, Status

_PATIENCE = 5.0  # seconds that `close` waits for processes that it has killed


def cores() -> int:
    """Those that this process may use: so many jobs are trained at a time where nobody says how many."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LocalEngine:
    """An `Engine` of `places` processes at a time. Threads suffice: they wait, and a process that dies takes none."""

    trouble = ""

    def __init__(self, places: int) -> None:
        self.places = places
        self._to_train: queue.SimpleQueue[JobSpec | None] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[JobResult] = queue.SimpleQueue()
        self._leashes = [Leash() for _ in range(places)]
        self._threads = [
            threading.Thread(target=self._work, args=(leash,), name=f"job-{number}", daemon=True)
            for number, leash in enumerate(self._leashes)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, spec: JobSpec) -> None:
        """Into the queue of the threads."""
        self._to_train.put(spec)

    def completed(self, seconds: float) -> list[JobResult]:
        """All that have ended."""
        found = []
        try:
            found.append(self._ended.get(timeout=seconds))
            while True:
                found.append(self._ended.get_nowait())
        except queue.Empty:
            return found

    def cancel(self) -> None:
        """Let go of every process."""
        for leash in self._leashes:
            leash.release()

    def close(self) -> None:
        """Kill those that are still there."""
        for leash, thread in zip(self._leashes, self._threads, strict=True):
            leash.release()
            self._to_train.put(None)
            if thread.is_alive():
                leash.kill()
        for thread in self._threads:
            thread.join(_PATIENCE)

    def _work(self, leash: Leash) -> None:
        while (spec := self._to_train.get()) is not None:
            try:
                result = run_job(spec, leash)
            except Exception as error:  # a fault of ours costs this job, not the thread
                result = JobResult(spec.name, Status.FAILED, reason=f"{type(error).__name__}: {error}")
            self._ended.put(result)
