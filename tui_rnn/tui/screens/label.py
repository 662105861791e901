"""A name and a note for a run, typed and kept in its folder."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from tui_rnn.runs.label import MOST_NAME, MOST_NOTE, RunLabel
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import key
from tui_rnn.tui.keys import BACK
from tui_rnn.tui.screens.closes_once import ClosesOnce
from tui_rnn.tui.screens.mended import MendedScreen


class LabelScreen(ClosesOnce, MendedScreen, ModalScreen[RunLabel | None]):
    """Answers with the label, or with None where nothing is to be changed."""

    BINDINGS: ClassVar[list[BindingType]] = [BACK, key("ctrl+c,ctrl+q", "app.quit", "quit", "quit")]
    AUTO_FOCUS = "#name"

    def __init__(self, run: str, label: RunLabel) -> None:
        super().__init__()
        self._run, self._label = run, label

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Label(safe_text(self._run, one_line=True), markup=False)
            yield Label("Name", markup=False)
            yield Input(self._label.name, id="name", compact=True, max_length=MOST_NAME)
            yield Label("Note", markup=False)
            yield Input(self._label.note, id="note", compact=True, max_length=MOST_NOTE)
            yield Label("enter keeps both in the run's folder, tab goes to the other, esc leaves", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        name, note = (self.query_one(f"#{field}", Input).value.strip() for field in ("name", "note"))
        self.dismiss(RunLabel(name, note))

    def action_back(self) -> None:
        self.dismiss(None)
