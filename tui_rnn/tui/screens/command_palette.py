"""The command palette, which stands a key that comes before its list is laid out, or where there is no room for it."""

import contextlib
from typing import Any

from textual.command import CommandPalette, DiscoveryHit, Hits
from textual.system_commands import SystemCommandsProvider
from textual.worker import Worker

from tui_rnn.tui.screens.mixins import ClosesOnce, FitsTerminal


class InOrder(SystemCommandsProvider):
    """The app's commands in its own order, where Textual would sort them by their titles."""

    async def discover(self) -> Hits:
        for title, words, callback, found in self.app.get_system_commands(self.screen):
            if found:
                yield DiscoveryHit(title, callback, help=words)


class Palette(ClosesOnce, FitsTerminal, CommandPalette):
    """Textual's command palette, in which a key at the wrong moment would end the program."""

    def run_worker(self, work: Any, *arguments: Any, **options: Any) -> Worker[Any]:
        """Search for commands. One that finds the list gone, since the palette has closed, ends without the app."""
        return super().run_worker(work, *arguments, **{**options, "exit_on_error": False})

    def _action_command_list(self, action: str) -> None:
        with contextlib.suppress(KeyError):  # paging looks up the line of an option, and without width there is none
            super()._action_command_list(action)
