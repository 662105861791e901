"""The command palette, where keys may come before its list is laid out or on a screen that has no room for one."""

import contextlib
from typing import Any

from textual.command import CommandPalette
from textual.worker import Worker

from tui_rnn.tui.screens.fits import FitsTerminal
from tui_rnn.tui.screens.once import ClosesOnce


class Palette(ClosesOnce, FitsTerminal, CommandPalette):
    """Textual's, which a key that comes at the wrong moment would end the program by."""

    def run_worker(self, work: Any, *arguments: Any, **options: Any) -> Worker[Any]:
        """Search for commands; one that finds its list gone, since the palette has closed, ends alone."""
        return super().run_worker(work, *arguments, **{**options, "exit_on_error": False})

    def _action_command_list(self, action: str) -> None:
        with contextlib.suppress(KeyError):  # to page from an option its line is looked up: where there is no width
            super()._action_command_list(action)
