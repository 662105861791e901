"""Signals: those that end a run, those that come before it can be ended well, and stopping as Ctrl+Z does."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator

# Windows has no SIGHUP and no SIGTSTP, and holds nothing back.
_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_STOP: int | None = getattr(signal, "SIGTSTP", None)


def hold() -> None:
    """Hold back what would end the process: a run directory exists, and nobody listens yet."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)


def release() -> None:
    """Let come what was held back."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


@contextlib.contextmanager
def caught(end: Callable[[int], None]) -> Iterator[None]:
    """TERM, HUP and INT call `end`, from between two instructions of the main thread.

    One that is ignored, as under nohup, stays ignored. Once one came, further ones are ignored after this too: the
    process is about to exit with a code of its own.
    """
    came = False

    def handle(number: int, _: object) -> None:
        nonlocal came
        came = True
        end(number)

    before = {number: signal.getsignal(number) for number in _ENDING}
    before = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, handle)
    release()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if came else handler)


def may_stop() -> bool:
    """Whether whoever started the process lets it be stopped and continued, as a shell with job control does."""
    return _STOP is not None and signal.getsignal(_STOP) is not signal.SIG_IGN


def stop_process() -> None:
    """Stop as SIGTSTP stops a process that does not catch it; return when it is continued.

    Where nobody could continue it, as without a shell, the system returns at once.
    """
    assert _STOP is not None
    handler = signal.signal(_STOP, signal.SIG_DFL)
    signal.pthread_kill(threading.get_ident(), _STOP)  # to this thread, so that it is stopped before the next line
    signal.signal(_STOP, handler)


@contextlib.contextmanager
def stopping(around: Callable[[], contextlib.AbstractContextManager[None]]) -> Iterator[None]:
    """SIGTSTP stops the process inside `around()`, which thus sees both ends of it."""
    if not may_stop():
        yield
        return

    def handle(number: int, _: object) -> None:
        with around():
            stop_process()

    assert _STOP is not None
    before = signal.signal(_STOP, handle)
    try:
        yield
    finally:
        signal.signal(_STOP, before)
