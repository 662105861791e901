"""The app of a sweep: its table on the screen, read from its files, while this process or another one trains it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from textual.screen import Screen

from tui_rnn.engine.control import Control
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.tui.home_app import Waiter
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.screens.sweep import SweepScreen
from tui_rnn.tui.shell import ShellApp
from tui_rnn.tui.sweep_reader import FolderReader, Reader


class SweepViewApp(ShellApp):
    """Shows the table of a sweep that this process does not train, until its user leaves."""

    def __init__(
        self, folder: str, options: ScreenOptions | None = None, open_reader: Callable[[], Reader] | None = None
    ) -> None:
        """`open_reader` opens the files; None: those in the folder."""
        super().__init__(options)
        open_reader = open_reader or partial(FolderReader, SweepFolder(Path(folder)))
        self.control = Control(paused=True)
        self.worker = Waiter(self.control, self.post_message)
        self.sweep = SweepScreen(folder, open_reader, self._options, self.control.stop)

    def make_ground(self) -> Screen[None]:
        return self.sweep
