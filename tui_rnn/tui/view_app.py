"""The app of `tui-rnn view`: one run on the screen, read from its files."""

from textual.screen import Screen

from tui_rnn.runs.followed import FollowedRun
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.messages import Failed
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.screens.view import ViewScreen
from tui_rnn.tui.shell import ShellApp


class ViewApp(ShellApp):
    """Shows one run, read-only, until its user leaves."""

    def __init__(self, followed: FollowedRun, options: ScreenOptions | None = None) -> None:
        super().__init__(options)
        self.view = ViewScreen(followed, self._options)
        self.control, self.worker = self.view.control, self.view.worker

    def make_ground(self) -> Screen[None]:
        return self.view

    def on_failed(self, message: Failed) -> None:
        self.exit_code = message.exit_code
        self.last_words = [f"tui-rnn: {safe_text(message.message, one_line=True)}"]
