"""The command palette, where keys may come before its list is laid out or on a screen that has no room for one."""

import contextlib

from textual.command import CommandPalette

from tui_rnn.tui.screens.once import ClosesOnce


class Palette(ClosesOnce, CommandPalette):
    """Textual's. Its list looks up the line of an option to page from, and finds none where it has no width."""

    def _action_command_list(self, action: str) -> None:
        with contextlib.suppress(KeyError):
            super()._action_command_list(action)
