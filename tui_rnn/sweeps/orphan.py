"""In the process of a job: it ends, with a checkpoint, when its parent lets go of its stdin, or is no more.

When a parent is killed the system closes its pipes, so that no child trains on unseen.
"""

import os
import signal
import threading
from contextlib import suppress


def stop_when_left() -> None:
    """Send this process SIGTERM once its stdin, a pipe that nothing is written to, is closed at the other end."""
    threading.Thread(target=_wait, name="orphan", daemon=True).start()


def _wait() -> None:
    with suppress(OSError):
        while os.read(0, 1):
            pass
    if os.name == "nt":
        signal.raise_signal(signal.SIGTERM)  # os.kill would end the process there and then
    else:
        os.kill(os.getpid(), signal.SIGTERM)  # to the main thread, whatever it waits for
