"""stdout and stderr as they come: closed from the start, of a narrow encoding, or on a full disk."""

import os
import sys


def prepare() -> None:
    r"""Give a closed stream somewhere to write, and show what an encoding lacks as an escape such as \u25b6."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # open to the end
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def discard_stdout() -> None:
    """Let what is still to be written to a stdout that takes no more, now or at exit, go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
