"""The question before quitting, asked only where updates are not saved, and no longer than that."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import key
from tui_rnn.tui.keys import BACK
from tui_rnn.tui.notices import notify
from tui_rnn.tui.screens.closes_once import ClosesOnce
from tui_rnn.tui.screens.mended import MendedScreen


class QuitScreen(ClosesOnce, MendedScreen, ModalScreen[bool | None]):
    """Answers True to save and quit, False to quit without saving, None to go on training."""

    BINDINGS: ClassVar[list[BindingType]] = [
        replace(key("q,ctrl+q,ctrl+c", "quit", "save and quit", "save and quit"), priority=True),
        BACK,
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]
    AUTO_FOCUS = "#save"

    SAVE: ClassVar[str] = "Save and quit"
    DISCARD: ClassVar[str] = "Quit without saving"  # "" where nothing can be lost
    ANSWERED: ClassVar[str] = "The run has ended, and all is saved: q quits."  # said where nothing is left to ask

    def __init__(self, question: Callable[[], str]) -> None:
        """`question` says what is not saved, as it stands when it is called; "" where nothing is left to ask."""
        super().__init__()
        self._ask = question
        self._label = Label(self._question(), markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield self._label
            yield Button(f"{self.SAVE} (q)", id="save", variant="primary", compact=True)
            if self.DISCARD:
                yield Button(self.DISCARD, id="discard", variant="error", compact=True)
            yield Button("Go on (esc)", id="go-on", compact=True)

    def on_mount(self) -> None:
        self.set_interval(0.5, self._ask_anew)  # training goes on meanwhile

    def _ask_anew(self) -> None:
        if question := self._question():
            self._label.update(question)
        elif self.app.screen is self:
            notify(self.app, self.ANSWERED)
            self.dismiss(None)

    def _question(self) -> str:
        return safe_text(self._ask())

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss({"save": True, "discard": False}.get(event.button.id or ""))

    def action_quit(self) -> None:
        self.dismiss(True)

    def action_back(self) -> None:
        self.dismiss(None)


class StopSweepScreen(QuitScreen):
    """The question before a sweep in training is stopped: its runs are saved in any case."""

    SAVE = "Stop and quit"
    DISCARD = ""
    ANSWERED = "There is nothing left to stop: q quits."
