"""Signals: those that end a run, those that come before it can be ended well, and stopping as Ctrl+Z does."""

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

# Windows has no SIGHUP and no SIGTSTP.
_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_STOP: int | None = getattr(signal, "SIGTSTP", None)

# Handlers, not the mask of the main thread: the system gives a signal to any thread that does not block it.
_before: dict[int, Any] = {}  # what each signal did before it was taken
_waiting: list[int] = []  # signals that came while they were held back


def exit_at_once() -> None:
    """Let a signal that ends the process raise SystemExit, so that half-made files and folders are removed on its way.

    After the first signal others are ignored until `hold` or `release`, since they would interrupt the removal.
    """
    came = False

    def handle(number: int, _: object) -> None:
        nonlocal came
        if not came:
            came = True
            raise SystemExit(128 + number)

    _take(handle)


def hold() -> None:
    """Hold back signals that end the process until `caught` or `release`: the run exists, but cannot be saved yet."""

    def handle(number: int, _: object) -> None:
        _waiting.append(number)

    _take(handle)


def release() -> None:
    """Restore what each signal did before, and send the signals that were held back."""
    _give_back()
    _let_come()


@contextlib.contextmanager
def caught(end: Callable[[int], None], goes_on: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """TERM, HUP and INT call `end`, from between two instructions of the main thread.

    One that is ignored, as under nohup, stays ignored. Once one came, further ones are ignored after this too: the
    process is about to exit with a code of its own. Where it `goes_on` they are held back, for the next to be caught.
    """
    came = False

    def handle(number: int, _: object) -> None:
        nonlocal came
        came = True
        end(number)

    _take(handle)
    try:
        _let_come()
        yield
    finally:
        if came:
            _give_back(instead=signal.SIG_IGN)
        elif goes_on():
            hold()
        else:
            release()


@contextlib.contextmanager
def heard() -> Iterator[tuple[socket.socket, Callable[[], object]]]:
    """A socket from which another thread reads the number of each signal when it comes; and what sends it a 0.

    Also where the main thread, in which alone Python calls handlers, is in a call that does not return. No loop of
    asyncio may listen to signals meanwhile: both need the one descriptor that Python writes signals to.
    """
    reader, writer = socket.socketpair()
    with reader, writer:
        reader.setblocking(False)
        writer.setblocking(False)
        before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            yield reader, lambda: writer.send(b"\0")
        finally:
            signal.set_wakeup_fd(before)


def ends(number: int) -> bool:
    """Whether this signal ends a run."""
    return number in _ENDING


def _take(handle: Callable[[int, Any], None]) -> None:
    """Let each signal that is not ignored call this handler; `release` restores what it did before."""
    for number in _ENDING:
        if (handler := signal.getsignal(number)) is not signal.SIG_IGN:
            _before.setdefault(number, handler)
            signal.signal(number, handle)


def _give_back(instead: Any = None) -> None:
    """Restore what each caught signal did before, or set it to `instead`."""
    while _before:
        number, handler = _before.popitem()
        signal.signal(number, handler if instead is None else instead)


def _let_come() -> None:
    """Send this process again the signals that were held back."""
    while _waiting:
        signal.raise_signal(_waiting.pop(0))


def may_stop() -> bool:
    """Whether SIGTSTP can stop this process, because a shell with job control, which can continue it, started it."""
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
    """SIGTSTP stops the process inside `around()`, which is entered before the stop and left when it is continued."""
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
