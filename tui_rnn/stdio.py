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


def tell(text: str) -> None:
    """Write to stderr. Where it takes no more, as a terminal that was closed, this and all after it goes nowhere."""
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
    """Let what is still to be written to a stdout that takes no more, now or at exit, go nowhere."""
    _discard(1)


def hurry() -> None:
    """Soon let what stdout and stderr take no more of go nowhere: the process is to end, whoever reads or not.

    Until `take_time`. May be called by a signal handler; a write that waits then goes on.
    """
    if hasattr(signal, "setitimer"):  # Windows has none
        signal.signal(signal.SIGALRM, _give_up)
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE, _PATIENCE / 4)


def take_time() -> None:
    """Wait for whoever reads, as long as it takes."""
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
