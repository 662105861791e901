"""The offer after a divergence: back to the last good checkpoint with a smaller learning rate, as a run of its own."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label

from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import key
from tui_rnn.tui.keys import BACK, QUIT
from tui_rnn.tui.screens.closes_once import ClosesOnce
from tui_rnn.tui.screens.mended import MendedScreen


class DivergedScreen(ClosesOnce, MendedScreen, ModalScreen[float | None]):
    """Answers with the learning rate to go back with, or with None to stay and look."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("e", "go_back", "go back", "go back with this eta"),
        BACK,
        replace(QUIT, priority=True),
        key("ctrl+c", "app.quit", "quit", "quit"),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]
    AUTO_FOCUS = "#stay"  # Enter may have been meant for what was there before

    def __init__(self, why: str, step: int, eta: float, refuse: Callable[[float], str]) -> None:
        """`why` it diverged; the `step` of its last good checkpoint, 0 where there is none; the `eta` that is offered.

        `refuse` says why another cannot be used, in one line; "" where it can.
        """
        super().__init__()
        self._why, self._step, self._eta, self._refuse = why, step, eta, refuse
        self._fault = Label("", id="fault", markup=False)

    def compose(self) -> ComposeResult:
        where = f"Go back to step {self._step:,}" if self._step else "Begin again"
        with Vertical(id="dialog"):
            yield Label(f"The run {safe_text(self._why, one_line=True)}", markup=False)
            yield Label(f"{where} with eta {self._eta:g} (half), or another, as a new run?", markup=False)
            yield Input(f"{self._eta:g}", id="eta", compact=True, max_length=24, select_on_focus=True)
            yield self._fault
            yield Button("Go back (e)" if self._step else "Begin again (e)", id="back", variant="primary", compact=True)
            yield Button("Stay (esc)", id="stay", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "back":
            self.action_go_back()
        else:
            self.action_back()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._fault.update("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.action_go_back()

    def action_go_back(self) -> None:
        """Go back with what stands in the field; where that is no learning rate, say so."""
        typed = self.query_one(Input).value.strip()
        try:
            eta = float(typed)
        except ValueError:
            fault = f"{typed!r} is no number" if typed else "no number is given"
        else:
            fault = self._refuse(eta)
        if fault:
            self._fault.update(safe_text(fault, one_line=True))
        else:
            self.dismiss(eta)

    def action_back(self) -> None:
        self.dismiss(None)
