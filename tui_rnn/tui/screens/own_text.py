"""A field for a text of one's own, that a panel shows in place of the text of the run."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import key
from tui_rnn.tui.screens.closes_once import ClosesOnce
from tui_rnn.tui.screens.mended import MendedScreen

_MOST = 2000  # characters
_NAMED = 10  # unknown characters that are named
_FOOTER = (("enter", "read"), ("esc", "back"))


class OwnTextScreen(ClosesOnce, MendedScreen, ModalScreen[str | None]):
    """Answers the text without what the network does not know; "" for the run's own again; None: nothing changes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "back", "back", "out, back; never quits", display="esc"),
        key("q,ctrl+q", "app.quit", "quit", "quit; asks where something is unsaved", display="q"),
        key("ctrl+c", "app.quit", "copy or quit", "copy what is selected, else quit"),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, characters: str, text: str = "") -> None:
        """`characters` that the network can read; the `text` that the field begins with."""
        super().__init__()
        self._known = frozenset(characters)
        self._field = Input(text, placeholder="a text to read", max_length=_MOST, compact=True)
        self._hint = Label("", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content("A text of your own")
            yield self._field
            yield self._hint
        named = [((key, "b $text-accent"), (f" {word}  ", "$foreground 72%")) for key, word in _FOOTER]
        yield Static(Content.assemble(" ", *(part for each in named for part in each)), id="keys", markup=False)

    def on_mount(self) -> None:
        self._say()

    def on_input_changed(self) -> None:
        self._say()

    def on_input_submitted(self) -> None:
        known = "".join(each for each in self._field.value if each in self._known)
        if known or not self._field.value:
            self.dismiss(known)

    def action_back(self) -> None:
        self.dismiss(None)

    def _unknown(self) -> list[str]:
        """The characters of the text that the network has never seen."""
        return [each for each in dict.fromkeys(self._field.value) if each not in self._known]

    def _say(self) -> None:
        unknown = self._unknown()
        if unknown:
            named = safe_text(" ".join(unknown[:_NAMED]), one_line=True) + " …" * (len(unknown) > _NAMED)
            knows_none = self._known.isdisjoint(self._field.value)
            words = "The network knows no character of this" if knows_none else "Left out, unknown to the network"
            self._hint.update(Content(f"{words}: {named}"))
        elif self._field.value:
            self._hint.update(Content("enter: read this   esc: leave it"))
        else:
            self._hint.update(Content("enter: the text of the run again   esc: leave it"))
