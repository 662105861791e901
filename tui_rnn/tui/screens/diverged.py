"""The offer after a divergence: back to the last good checkpoint with half the learning rate, as a run of its own."""

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import key
from tui_rnn.tui.keys import BACK, QUIT
from tui_rnn.tui.screens.mixins import ClosesOnce, FitsTerminal


class DivergedScreen(ClosesOnce, FitsTerminal, ModalScreen[bool]):
    """Answers True to go back, False to stay and look."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("e", "go_back", "go back", "go back, eta halved"),
        BACK,
        replace(QUIT, priority=True),
        key("ctrl+c", "app.quit", "quit", "quit"),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]
    AUTO_FOCUS = "#stay"  # Enter may have been meant for what was there before

    def __init__(self, why: str, step: int, eta: float) -> None:
        """`why` it diverged; the `step` of its last good checkpoint, 0 where there is none; the `eta` to go on with."""
        super().__init__()
        self._why, self._step, self._eta = why, step, eta

    def compose(self) -> ComposeResult:
        where = f"Go back to step {self._step:,}" if self._step else "Begin again"
        with Vertical(id="dialog"):
            yield Label(f"The run {safe_text(self._why, one_line=True)}", markup=False)
            yield Label(f"{where} with eta {self._eta:g} (half), as a new run? This one is kept.", markup=False)
            yield Button("Go back (e)" if self._step else "Begin again (e)", id="back", variant="primary", compact=True)
            yield Button("Stay (esc)", id="stay", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "back")

    def action_go_back(self) -> None:
        self.dismiss(True)

    def action_back(self) -> None:
        self.dismiss(False)
