"""Help: the keys, read off the bindings themselves, and what each panel says of itself."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_rnn.tui.keys import OVER
from tui_rnn.tui.panels import PANELS
from tui_rnn.tui.screens.mixins import ClosesOnce, FitsTerminal

_NAMES = {
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "escape": "esc",
}
_ABOUT = (
    "Samples, checks, checkpoints and warnings are also in the run directory's events.jsonl, the losses in its "
    "checkpoints."
)


class HelpScreen(ClosesOnce, FitsTerminal, ModalScreen[None]):
    """A scrolling list of keys; esc or ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = OVER

    def __init__(self, bindings: Iterable[BindingType]) -> None:
        super().__init__()
        self._listed = [binding for binding in bindings if isinstance(binding, Binding)]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="dialog") as dialog:
            dialog.border_title = "Keys"
            dialog.border_subtitle = "esc close"
            yield Static(self._keys(), markup=False)

    def action_back(self) -> None:
        self.dismiss(None)

    def _keys(self) -> Content:
        keys: dict[str, list[str]] = {}
        for binding in self._listed:
            text = binding.tooltip or binding.description
            names = keys.setdefault(text, [])
            names += [
                name for name in [binding.key_display or _NAMES.get(binding.key, binding.key)] if name not in names
            ]
        keys["command palette: every command by name, themes, screenshot"] = ["ctrl+p"]
        keys["copy: select text with the mouse, then"] = ["ctrl+c"]
        width = max(len(", ".join(names)) for names in keys.values())
        lines = [
            Content.assemble((", ".join(names).rjust(width), "bold $text-accent"), "  ", text)
            for text, names in keys.items()
        ]
        about = [
            Content.assemble((f"{panel.number} {panel.title}: ", "bold"), (panel.about, "$text-muted"))
            for panel in PANELS.values()
        ]
        return Content("\n").join([*lines, Content(), *about, Content(), Content.styled(_ABOUT, "$text-muted")])
