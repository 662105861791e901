"""A question with two answers: the key that asked it says yes, and no, which changes nothing, has the focus."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import key_name
from tui_rnn.tui.keys import BACK
from tui_rnn.tui.screens.closes_once import ClosesOnce
from tui_rnn.tui.screens.mended import MendedScreen


class ConfirmScreen(ClosesOnce, MendedScreen, ModalScreen[bool]):
    """Answers True for yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        BACK,
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
        Binding("ctrl+c,ctrl+q", "app.quit", show=False),
    ]
    AUTO_FOCUS = "#no"  # Enter may have been meant for what was there before

    def __init__(self, question: str, yes: str, key: str) -> None:
        """`yes` are the words on its button; `key` says yes too: the one that asked, as q does of the quit question."""
        super().__init__()
        self._question, self._yes, self._key = question, yes, key

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Label(safe_text(self._question), markup=False)
            yield Button(f"{self._yes} ({key_name(self._key)})", id="yes", variant="error", compact=True)
            yield Button("No, leave it (esc)", id="no", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def on_key(self, event: Key) -> None:
        if event.key == self._key:
            event.stop()
            self.dismiss(True)

    def action_back(self) -> None:
        self.dismiss(False)
