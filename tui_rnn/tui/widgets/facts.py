"""The run's facts: corpus, network, recipe, speed, and where everything is kept."""

from collections.abc import Mapping

from textual.content import Content

from tui_rnn.readable import safe_text
from tui_rnn.tui.widgets.panel import Panel


class Facts(Panel):
    """Names and values in two columns."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("Reading corpus…", id=id)
        self._facts: Mapping[str, str] = {}

    def show(self, facts: Mapping[str, str]) -> None:
        """Show these, in this order; the same once more costs nothing."""
        if facts == self._facts:
            return
        self._facts = facts
        width = max(map(len, facts), default=0)
        lines = [
            Content.assemble((name.ljust(width) + "  ", "$text-muted"), safe_text(value, one_line=True))
            for name, value in facts.items()
        ]
        self.show_text(Content("\n").join(lines))
