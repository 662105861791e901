"""Has another process write a run's report, so that neither training, nor the screen, nor quitting waits for it."""

import subprocess
import threading
from collections.abc import Callable

from textual.message import Message

from tui_rnn.isolation import command


class Reported(Message):
    """The process has ended: where the report is, or why there is none."""

    def __init__(self, words: str, *, written: bool) -> None:
        self.words = words
        self.written = written
        super().__init__()


def write_report(run: str, post: Callable[[Message], object]) -> None:
    """Begin to write it; `post` is called, from a thread, with Reported. The process outlives the screen."""
    threading.Thread(target=_write, args=(run, post), daemon=True).start()


def _write(run: str, post: Callable[[Message], object]) -> None:
    arguments, environment = command("report", "--", run)
    try:
        done = subprocess.run(
            arguments,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,
            check=False,
        )
    except OSError as error:
        post(Reported(f"the report cannot be written ({error.strerror})", written=False))
        return
    words = (done.stderr if done.returncode else done.stdout).decode(errors="replace").strip()
    post(Reported(words or "the report cannot be written", written=done.returncode == 0))
