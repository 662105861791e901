"""The process of a job: what it is begun with, and how it is ended. It trains for as long as its stdin is open."""

import os
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from tui_rnn import isolation
from tui_rnn.command_words import every_option
from tui_rnn.engine.config import RunConfig, option
from tui_rnn.engine.goal import UNLIMITED
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.sweeps.spec import JobSpec
from tui_rnn.user_folder import VARIABLE

_CODE = "from tui_rnn.sweeps.orphan import stop_when_left; stop_when_left(); from tui_rnn.__main__ import main; main()"
_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "BLIS_NUM_THREADS")
_MOST_SAID = 4000  # bytes of stderr that are kept, its end
# Ctrl+C in the terminal is the sweep's to hear.
_APART: dict[str, Any] = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    if os.name == "nt"
    else {"start_new_session": True}
)


class Leash:
    """Stops a job from another thread: its process, or the wait for one."""

    def __init__(self) -> None:
        self._released = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def released(self) -> bool:
        """Whether the job is to end."""
        return self._released.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it is released; whether it is."""
        return self._released.wait(seconds)

    def release(self) -> None:
        """Let the job end, with a checkpoint."""
        with self._lock:
            self._released.set()
            self._let_go()

    def kill(self) -> None:
        """End its process at once, without one."""
        self.release()
        with self._lock, suppress(OSError):
            if self._process is not None:
                self._process.kill()

    def run(self, command: list[str], environment: dict[str, str]) -> tuple[int, str]:
        """A process from its begin to its end: its exit code, negative for a signal, and the end of its stderr.

        Raises OSError where none can be begun.
        """
        with self._lock:
            self._process = process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                **_APART,
            )
            if self.released:
                self._let_go()
        assert process.stderr is not None
        said = b""
        try:
            while piece := process.stderr.read1(_MOST_SAID):  # type: ignore[attr-defined]
                said = (said + piece)[-_MOST_SAID:]
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            with self._lock:
                self._let_go()
                self._process = None
            process.stderr.close()
        return code, said.decode("utf-8", "replace")

    def _let_go(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()


def command(spec: JobSpec) -> tuple[list[str], dict[str, str]]:
    """The argument list and the environment of a process that begins the job's run, or goes on with it."""
    config = spec.run_config
    begun = RunDirectory(Path(spec.run)).holds_a_run()
    words = ["resume", spec.run, *spec.corpus] if begun else [*spec.corpus, "--run", spec.run, *every_option(config)]
    for name, value in spec.bounds.items():
        words += [option(name), str(value)]
    if spec.until is not None:
        words += ["--until", str(spec.until)]
    words += ["--json", "--progress-every", str(progress_every(config))]
    arguments, environment = isolation.python(_CODE, *words)
    # No variable of the user's makes one run of a sweep unlike another; but where compiled kernels lie is one of them.
    kept = {name: value for name, value in environment.items() if not name.startswith("TUI_RNN_") or name == VARIABLE}
    return arguments, {**kept, **dict.fromkeys(_THREADS, "1")}


def progress_every(config: RunConfig) -> int:
    """Updates between two points of the run's curve: about 200 of them on the way to its goal."""
    return 1000 if config.steps >= UNLIMITED else max(1, min(1000, config.steps // 200))


def signal_name(code: int) -> str:
    """The name of the signal that ended a process with this exit code, negative or 128 and the number; "" of none."""
    number = -code if code < 0 else code - 128
    try:
        return signal.Signals(number).name if number > 0 else ""
    except ValueError:
        return ""


def host() -> str:
    """The name of this machine."""
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
