"""The engine on a cluster: the same `run_job`, sent to the workers of a Dask scheduler that see the sweep's folder.

What comes of a job lies in that folder, so that nothing is lost with a worker, the scheduler or the sweep itself.
"""

import logging
import threading
import time
import uuid
from contextlib import suppress
from typing import Any

from tui_rnn.engine.errors import ConfigError, RunError, shortened
from tui_rnn.engine.extras import install_command
from tui_rnn.sweeps.child import Leash
from tui_rnn.sweeps.run_job import run_job
from tui_rnn.sweeps.spec import JobResult, JobSpec, Status

_CONNECT_SECONDS = 5.0
_LOOK_SECONDS = 0.5  # between two looks of a worker whether its job is still wanted
_ASK_SECONDS = 1.0  # between two questions how many workers there are

# Words of distributed: for a task that nobody waits for, and a worker that ends.
_UNWANTED = ("cancelled", "released", "forgotten")
_LEAVING = ("closing", "closing_gracefully", "closed", "failed")

# In a worker's process: the jobs that it trains, by sweep, and the sweeps that were stopped.
_at_work: dict[str, list[Leash]] = {}
_stopped: set[str] = set()
_lock = threading.Lock()


class DaskEngine:
    """An `Engine` of as many places as the workers have threads. `trouble` says why nothing is trained, if so."""

    def __init__(self, address: str) -> None:
        """Raises ConfigError where distributed is not installed, RunError where no scheduler answers."""
        try:
            import distributed  # noqa: F401
        except ImportError:
            raise ConfigError(
                f"--dask needs dask.distributed, which is not installed: {install_command('dask')}"
            ) from None
        for name in ("distributed.client", "distributed.core", "distributed.comm", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what they have to say is said in `trouble`
        self.trouble = ""
        self._address, self._sweep = address, uuid.uuid4().hex
        self._client: Any = None
        self._specs: dict[str, JobSpec] = {}  # that were submitted, and have not ended
        self._futures: dict[str, Any] = {}
        self._places, self._asked_at = 0, float("-inf")
        self._connect()
        if self._client is None:
            raise RunError(f"--dask {self.trouble}: start one with dask scheduler, or give its address")

    @property
    def places(self) -> int:
        """The workers' threads, and half as many again, so that none waits for the next job."""
        self._ask()
        return self._places + (self._places + 1) // 2

    def submit(self, spec: JobSpec) -> None:
        """To the scheduler, which gives it to a worker; and again where the two are lost."""
        self._specs[spec.name] = spec
        self._send(spec)

    def completed(self, seconds: float) -> list[JobResult]:
        """All that have ended. The jobs of a scheduler that is gone are sent to the one that comes in its place."""
        deadline = time.monotonic() + seconds
        self._ask()
        while not (found := [*self._ended()]) and time.monotonic() < deadline:
            time.sleep(min(0.02, seconds))
        return found

    def cancel(self) -> None:
        """Have every worker let go of this sweep's jobs."""
        if self._client is not None:
            with suppress(Exception):
                self._client.run(stop, self._sweep)

    def close(self) -> None:
        """Leave the scheduler, which forgets what this sweep had asked for."""
        self.cancel()
        if self._client is not None:
            with suppress(Exception):
                self._client.close(timeout=2)
        self._client = None

    def _connect(self) -> None:
        from distributed import Client

        try:
            self._client = Client(
                self._address, timeout=_CONNECT_SECONDS, name="tui-rnn", set_as_default=False, direct_to_workers=False
            )
        except (OSError, ValueError, TimeoutError) as error:
            why = str(error).partition("\n")[0] or type(error).__name__
            self._client, self.trouble = None, f"{self._address}: no scheduler answers there ({shortened(why)})"
            return
        self.trouble = ""
        for spec in self._specs.values():
            self._send(spec)

    def _ask(self) -> None:
        """Look, now and then, what there is of the cluster; connect anew where the scheduler has gone."""
        if time.monotonic() < self._asked_at + _ASK_SECONDS:
            return
        if self._client is not None and self._client.status not in ("running", "connecting"):
            with suppress(Exception):
                self._client.close(timeout=1)
            self._client = None
            self._futures.clear()
        if self._client is None:
            self._connect()
        self._places = 0
        if self._client is not None:
            try:
                self._places = sum(self._client.nthreads().values())
                self.trouble = "" if self._places else f"{self._address} has no worker: start some with dask worker"
            except Exception:  # whatever a connection that breaks meanwhile raises
                self.trouble = f"{self._address}: the scheduler is gone; its jobs go on when one is there again"
        self._asked_at = time.monotonic()

    def _send(self, spec: JobSpec) -> None:
        if self._client is None:
            return
        with suppress(Exception):  # the connection breaks: it is sent over the next one
            key = f"{spec.name}-{uuid.uuid4().hex}"
            self._futures[spec.name] = self._client.submit(work, spec.to_json(), self._sweep, key=key, pure=False)

    def _ended(self) -> Any:
        for name, future in list(self._futures.items()):
            if not future.done():
                continue
            del self._futures[name]
            if future.status in ("cancelled", "lost"):  # with the scheduler
                self._send(self._specs[name])
                continue
            result = _result(name, future)
            future.release()
            del self._specs[name]
            yield result


def _result(name: str, future: Any) -> JobResult:
    """What came of a job; an exception is the worker's fault, or its end."""
    try:
        return JobResult.from_json(future.result(timeout=_CONNECT_SECONDS))
    except Exception as error:
        said = str(error).partition("\n")[0]
        if type(error).__name__ == "KilledWorker":
            said = "its workers ended, one after another"
        return JobResult(name, Status.WAITING, reason=said or type(error).__name__)


def work(record: dict[str, Any], sweep: str) -> dict[str, Any]:
    """In a worker: the job in this record, until it ends, the sweep is stopped, or nobody waits for it any more."""
    leash = Leash()
    with _lock:
        _at_work.setdefault(sweep, []).append(leash)
        if sweep in _stopped:
            leash.release()
    over = threading.Event()
    watch = threading.Thread(target=_release_where_unwanted, args=(leash, over, *_task()), daemon=True)
    watch.start()
    try:
        return run_job(JobSpec.from_json(record), leash).to_json()
    finally:
        over.set()
        with _lock:
            _at_work[sweep].remove(leash)


def stop(sweep: str) -> None:
    """In a worker: let go of all that this sweep has it train, and of what may still come."""
    with _lock:
        _stopped.add(sweep)
        for leash in _at_work.get(sweep, ()):
            leash.release()


def _task() -> tuple[Any, Any]:
    """The worker that this thread belongs to, and the key of its task."""
    from distributed import get_worker

    worker = get_worker()
    return worker, worker.get_current_task()


def _release_where_unwanted(leash: Leash, over: threading.Event, worker: Any, key: Any) -> None:
    """The scheduler forgets the tasks of a sweep that was killed, and those of a worker that it lost."""
    while not over.wait(_LOOK_SECONDS):
        task = worker.state.tasks.get(key)
        if task is None or task.state in _UNWANTED or worker.status.name in _LEAVING:
            leash.release()
            return
