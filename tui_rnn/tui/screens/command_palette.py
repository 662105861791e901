"""The command palette, which survives a key that comes before its list is laid out, or where that has no room."""

import contextlib
from typing import Any

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, SearchIcon
from textual.content import Content
from textual.css.query import NoMatches
from textual.message import Message
from textual.system_commands import SystemCommandsProvider
from textual.worker import Worker

from tui_rnn.tui.screens.closes_once import ClosesOnce
from tui_rnn.tui.screens.mended import MendedScreen

_KEYS = 7  # cells


class InOrder(SystemCommandsProvider):
    """The app's commands in its own order, a row each behind its key. Textual's would be sorted, in two rows."""

    async def discover(self) -> Hits:
        for title, key, callback, _ in self.app.get_system_commands(self.screen):
            yield DiscoveryHit(_row(key, Content(title)), callback, title)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, key, callback, _ in self.app.get_system_commands(self.screen):
            if (score := matcher.match(title)) > 0:
                yield Hit(score, _row(key, matcher.highlight(title)), callback, title)


def _row(key: str, title: Content) -> Content:
    return Content.assemble((key.rjust(_KEYS), "b $text-accent"), "  ", title)


class Palette(ClosesOnce, MendedScreen, CommandPalette):
    """Textual's command palette, in which a key at the wrong moment would end the program."""

    def on_mount(self) -> None:
        for icon in self.query(SearchIcon):  # none where it closes at once
            icon.icon = "›"  # Textual's is an emoji, two cells wide or one

    def run_worker(self, work: Any, *arguments: Any, **options: Any) -> Worker[Any]:
        """Search for commands. One that finds the list gone, since the palette has closed, does not end the app."""
        return super().run_worker(work, *arguments, **{**options, "exit_on_error": False})

    async def _dispatch_message(self, message: Message) -> None:
        """What comes once it is closed, as its own timer for "no matches", finds its parts gone and does nothing."""
        try:
            await super()._dispatch_message(message)
        except NoMatches:
            if self in self.app.screen_stack:
                raise

    def _action_command_list(self, action: str) -> None:
        with contextlib.suppress(KeyError):  # paging looks up the line of an option, and without width there is none
            super()._action_command_list(action)
