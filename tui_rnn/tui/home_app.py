"""The app of `tui-rnn` alone on a terminal: home, from where it leads to a run."""

import threading
from collections.abc import Callable

from textual.message import Message
from textual.screen import Screen

from tui_rnn.engine.control import Control
from tui_rnn.tui.messages import Ended
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.screens.home import HomeScreen
from tui_rnn.tui.shell import ShellApp


class HomeApp(ShellApp):
    """Shows the runs and texts at hand until its user chooses one or leaves."""

    def __init__(self, options: ScreenOptions | None = None, why: str = "") -> None:
        """`why` is said at once: what could not be done."""
        super().__init__(options)
        self._why = why
        self.control = Control(paused=True)
        self.worker = Waiter(self.control, self.post_message)

    def make_ground(self) -> Screen[None]:
        return HomeScreen(self._options, self._why)


class Waiter:
    """Has nothing to do until control says stop."""

    def __init__(self, control: Control, post: Callable[[Message], object]) -> None:
        self._control, self._post = control, post
        self._at_work = threading.Lock()
        self.has_begun = self.has_ended = False

    def work(self) -> None:
        """Wait, then post Ended."""
        self.has_begun = True
        with self._at_work:
            while not self._control.stopped:
                for _ in self._control.requests():
                    pass
            self.has_ended = True
        self._post(Ended())

    def wait(self) -> None:
        """Return when it has ended, if it was ever started."""
        with self._at_work:
            return
