"""The run's facts: corpus, network, recipe, speed, and where everything is kept."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_rnn.readable import safe_text


class Facts(VerticalScroll, can_focus=True):
    """Names and values in two columns."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = Static("Reading corpus…", classes="waiting")

    def compose(self) -> ComposeResult:
        yield self._text

    def show(self, facts: Mapping[str, str]) -> None:
        """Show these, in this order."""
        self._text.remove_class("waiting")
        width = max(map(len, facts), default=0)
        lines = [
            Content.assemble((name.ljust(width) + "  ", "$text-muted"), safe_text(value, one_line=True))
            for name, value in facts.items()
        ]
        self._text.update(Content("\n").join(lines))
