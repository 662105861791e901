"""The app of a sweep: its table on the screen, read from its files, while this process or another one trains it."""

from collections.abc import Callable

from textual.screen import Screen

from tui_rnn.engine.control import Control
from tui_rnn.tui.home_app import Waiter
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.screens.sweep import SweepScreen
from tui_rnn.tui.shell import ShellApp
from tui_rnn.tui.sweep_reader import Reader


class SweepViewApp(ShellApp):
    """Shows the table of a sweep that this process does not train, until its user leaves."""

    def __init__(self, folder: str, open_reader: Callable[[], Reader], options: ScreenOptions | None = None) -> None:
        super().__init__(options)
        self.control = Control(paused=True)
        self.worker = Waiter(self.control, self.post_message)
        self.sweep = SweepScreen(folder, open_reader, self._options, self.control.stop)

    def make_ground(self) -> Screen[None]:
        return self.sweep
