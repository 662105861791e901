"""stdout and stderr as they come: closed from the start, of a narrow encoding, on a full disk, or read by nobody."""

import contextlib
import os
import select
import signal
import sys

_PATIENCE = 2.0  # seconds that the end of a process waits for a reader


def prepare() -> None:
    r"""Give a closed stream somewhere to write, and show what an encoding lacks as an escape such as \u25b6."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # open to the end
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def read_keys_from_terminal() -> None:
    """Let stdin be the terminal of this process, as a pager does whose text was piped in. It stays where there is none.

    What is at the other end of the pipe is no longer read.
    """
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:  # none, or no such system
        return
    os.dup2(terminal, 0)
    os.close(terminal)


def write_stderr(text: str) -> None:
    """Write to stderr. Where that fails, as on a closed terminal, this text and all later ones are discarded."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _discard(2)


def write_at_once(stream: int, text: str) -> None:
    """Write to the descriptor of stdout or stderr, past Python's buffer, as much as it takes without waiting long."""
    data = text.encode(getattr(sys.stdout, "encoding", None) or "utf-8", "backslashreplace")
    with contextlib.suppress(OSError, ValueError):  # gone, or closed from the start
        while data and select.select([], [stream], [], _PATIENCE / 4)[1]:
            data = data[os.write(stream, data[: select.PIPE_BUF]) :]


def discard_stdout() -> None:
    """Discard what is still to be written to stdout, now or at exit, since stdout takes no more."""
    _discard(1)


def limit_waiting() -> None:
    """Let a write to stdout or stderr wait 2 s at most for its reader; after that, discard it and all later ones.

    For a process that has to end. In force until `wait_for_readers`. A signal handler may call it during a write.
    """
    if hasattr(signal, "setitimer"):  # Windows has none
        signal.signal(signal.SIGALRM, _give_up)
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE, _PATIENCE / 4)


def wait_for_readers() -> None:
    """Let a write wait for its reader as long as it takes."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def _give_up(number: int, _: object) -> None:
    for stream in (1, 2):
        with contextlib.suppress(OSError, ValueError):  # closed from the start
            if not select.select([], [stream], [], 0)[1]:
                _discard(stream)


def _discard(stream: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream)
    os.close(nowhere)
