"""The key that writes the report of a run or sweep: another process does, and opens it in a browser."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from textual.message import Message
from textual.screen import Screen

from tui_rnn.engine.events import Checkpointed, Done, Event, Warned
from tui_rnn.isolation import command, python
from tui_rnn.tui.notices import notify

_OPEN_SECONDS = 20.0  # that a browser may take


class Reported(Message):
    """The process has ended: where the report is, or why there is none; and whether a browser shows it."""

    def __init__(self, words: str, *, written: bool, opened: bool = False) -> None:
        self.words = words
        self.written = written
        self.opened = opened
        super().__init__()

    @property
    def sentence(self) -> str:
        """What it says."""
        words = f"report written to {self.words}" if self.written else self.words
        return words + (", and open in the browser" if self.opened else "")


def _is_answer(event: Event) -> bool:
    """Whether a report need not wait any longer for a checkpoint that was asked for: it is there, or was refused."""
    return event.holds_the_state if isinstance(event, Checkpointed) else isinstance(event, Warned | Done)


class Reporting:
    """Has the report of a run or sweep written, one at a time."""

    def __init__(self, screen: Screen[Any], folder: str, saves_first: Callable[[], bool] = lambda: False) -> None:
        """The screen is where it is said, and what gets Reported.

        `saves_first` asks for a checkpoint, where the report is to wait for one, and says whether it did.
        """
        self._screen, self._folder, self._saves_first = screen, folder, saves_first
        self._is_asked_for = self._waits = False

    def ask(self) -> None:
        """Have it written, unless it is being written."""
        if self._is_asked_for:
            return
        self._is_asked_for, self._waits = True, self._saves_first()
        if not self._waits:
            self._write()

    def on_run_event(self, event: Event) -> None:
        """Begin once the checkpoint that was asked for is there, or was refused."""
        if self._waits and _is_answer(event):
            self._write()

    def _write(self) -> None:
        self._waits = False
        notify(self._screen.app, "Writing the report…")
        write_report(self._folder, self._screen.post_message)

    def ended(self, message: Reported) -> None:
        """Say where it is, or why there is none; another one can be asked for."""
        self._is_asked_for = False
        severity: Literal["information", "warning"] = "information" if message.written else "warning"
        notify(self._screen.app, message.sentence, title="Report", severity=severity)


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
    written = done.returncode == 0
    opened = written and has_display(os.environ, sys.platform) and _open(Path(words))
    post(Reported(words or "the report cannot be written", written=written, opened=opened))


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a window can be opened where the user sits: not from another machine, nor without a desktop."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return False
    if platform in ("win32", "darwin"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


# A browser that draws in the terminal, as lynx, is a GenericBrowser and would take the screen's place.
_OPEN = """
import sys, webbrowser
try:
    browser = webbrowser.get()
except webbrowser.Error:
    sys.exit(1)
sys.exit(type(browser) is webbrowser.GenericBrowser or not browser.open(sys.argv[1]))
"""


def _open(page: Path) -> bool:
    """Whether a browser took the page; from a process of its own, since browsers write to the terminal."""
    arguments, environment = python(_OPEN, page.resolve().as_uri()) if page.is_file() else ([], {})
    try:
        return (
            bool(arguments)
            and not subprocess.run(
                arguments,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                timeout=_OPEN_SECONDS,
                check=False,
            ).returncode
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
