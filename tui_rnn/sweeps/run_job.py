"""A job from where it stands: one that has ended is read, one that was begun goes on, any other begins.

It may be asked for any number of times, by any process, on any machine that sees the folders.
"""

import errno
import os
import threading
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import tui_rnn
from tui_rnn.engine.errors import RunError, shown
from tui_rnn.engine.kinds import Ending
from tui_rnn.machine import blas, processor
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.followed import FollowedRun
from tui_rnn.runs.listing import line_of
from tui_rnn.storage.atomic import write_new
from tui_rnn.sweeps.cancelled import CANCELLED
from tui_rnn.sweeps.child import Leash, command, host, signal_name
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.journal import Journal
from tui_rnn.sweeps.spec import JobResult, JobSpec, Status

_BETWEEN_LOOKS = 0.2  # seconds between two looks whether another process still trains the run
_REFUSED = 2  # the exit code of a process that could not use what it was given
_PROBE = 4 << 20  # bytes that a disk with room takes
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def run_job(spec: JobSpec, leash: Leash | None = None) -> JobResult:
    """Train the job to its goal, or as far as `spec.until`, in a process of its own; what came of it.

    Its status is WAITING where the process died, with the reason: it can be asked for again. FAILED is what cannot be
    mended by that. Where another process trains the run this waits until that ends. `leash` stops it from another
    thread: STOPPED; so does its user, who cancels this job. Nothing is raised.
    """
    leash = leash or Leash()
    with SweepFolder(Path(spec.run).parent.parent).cancelled.heeded(spec.name, leash):
        return _come_to_an_end(spec, leash)


def _come_to_an_end(spec: JobSpec, leash: Leash) -> JobResult:
    journal = SweepFolder(Path(spec.run).parent.parent).journal(spec.name)
    try:
        known = journal.read().result
        before = known or JobResult(spec.name, Status.WAITING)
        while True:
            found = _as_its_files_say(spec, before)
            if found.status in (Status.FINISHED, Status.DIVERGED) or _is_so_far(spec, found):
                return found if known is not None and known.status == found.status else _noted(journal, found)
            if leash.released:
                return replace(found, status=Status.STOPPED)
            if not RunDirectory(Path(spec.run)).is_locked():
                break
            leash.wait(_BETWEEN_LOOKS)
        return _trained(spec, leash, journal, before)
    except OSError as error:
        said = f"{error.filename or journal.path.parent} cannot be used ({error.strerror or error})"
        return JobResult(spec.name, Status.WAITING, reason=said)


def is_for_want_of_room(reason: str) -> bool:
    """Whether a job's process ended because the disk takes no more, which no other attempt mends."""
    return any(os.strerror(number) in reason for number in _DISK)


def _trained(spec: JobSpec, leash: Leash, journal: Journal, before: JobResult) -> JobResult:
    """What comes of one process. Raises OSError where the journal cannot be written."""
    begun_at = time.monotonic()
    journal.begin(host=host(), pid=os.getpid())
    try:
        code, said = leash.run(*command(spec))
    except OSError as error:  # no process can be begun: no memory, or too many
        code, said = 1, f"no process can be begun ({error.strerror})"
    found = _as_its_files_say(spec, before)
    status, reason = _what_came(spec, found, code, said, stopped=leash.released)
    return _noted(
        journal,
        replace(
            found,
            status=status,
            reason=reason,
            exit_code=code,
            seconds=before.seconds + time.monotonic() - begun_at,
            host=host(),
            processor=processor(),
            blas=blas(),
            version=tui_rnn.__version__,
            ended_at=datetime.now().timestamp(),
        ),
    )


def _noted(journal: Journal, result: JobResult) -> JobResult:
    journal.end(result)
    return replace(result, attempts=journal.read().attempts)


def _what_came(spec: JobSpec, found: JobResult, code: int, said: str, *, stopped: bool) -> tuple[Status, str]:
    """The job's status after a process that ended with this code, and the reason."""
    if found.status in (Status.FINISHED, Status.DIVERGED):
        return Status(found.status), found.reason
    if _is_so_far(spec, found):
        return Status.WAITING, ""
    if stopped:
        is_cancelled = spec.name in SweepFolder(Path(spec.run).parent.parent).cancelled
        return Status.STOPPED, CANCELLED if is_cancelled else "stopped by its user"
    if code in (1, _REFUSED) and (refused := _want_of_room(Path(spec.run).parent)):
        return Status.WAITING, refused
    line = said.strip().rpartition("\n")[2].removeprefix("tui-rnn: ")
    if is_for_want_of_room(line):  # others may have made room since
        return Status.WAITING, shown(line)
    if name := signal_name(code):
        return Status.WAITING, f"its process was ended by {name}"
    if code == _REFUSED and "by another process" not in line:
        return Status.FAILED, shown(line) or "its process was refused"
    return Status.WAITING, shown(line) or f"its process ended with exit code {code}"


def _want_of_room(folder: Path) -> str:
    """Why the disk takes no more, in one line; "" where it does. A process that could not save does not say why."""
    probe = folder / f".room-{host()}-{os.getpid()}-{threading.get_ident()}"
    try:
        write_new(probe, bytes(_PROBE))
        probe.unlink()
    except OSError as error:
        if error.errno in _DISK:
            return f"{folder} cannot be written ({os.strerror(error.errno)}): make room"
    return ""


def _is_so_far(spec: JobSpec, found: JobResult) -> bool:
    """Whether it stands where it is to wait for others."""
    return spec.until is not None and found.step >= spec.until and found.state_sha256 is not None


def _as_its_files_say(spec: JobSpec, before: JobResult) -> JobResult:
    """What the run directory says, where there is one; WAITING unless its last process came to an end of the run."""
    values: dict[str, Any] = {"status": Status.WAITING, "kernel": spec.config.get("kernel", "")}
    directory = RunDirectory(Path(spec.run))
    if not directory.config_file.is_file():
        return replace(before, **values)
    try:
        followed = FollowedRun(directory)
    except RunError as error:
        return replace(before, **values, reason=str(error))
    for _ in followed.news(samples=False):
        pass
    line, log, T = line_of(followed, 0.0), followed.log, spec.config["seq_length"]
    values |= {
        "step": line.step,
        "best_nats_per_char": line.nats_per_char,
        "recent_nats_per_char": line.recent_nats_per_char,
        "best_held_out_nats_per_char": line.best_held_out_nats_per_char,
        "elapsed_seconds": line.elapsed_seconds,
        "state_sha256": None,
        "reason": "",
    }
    if (done := log.done) is not None:
        ended = {Ending.STEPS: Status.FINISHED, Ending.DIVERGED: Status.DIVERGED}
        values["status"] = (
            ended.get(done.reason, Status.WAITING) if done.saved or line.state == "diverged" else (Status.WAITING)
        )
        values["state_sha256"] = done.state_sha256
        values["nats_per_char"] = None if done.smooth_loss is None else done.smooth_loss / T
        values["held_out_nats_per_char"] = done.held_out_nats_per_char
        if done.reason == Ending.DIVERGED:
            values["reason"] = f"diverged at step {done.step:,}"
    return replace(before, **values)
