"""The events that leave no other trace on the screen: checkpoints and warnings, newest on top."""

from datetime import datetime

from textual.content import Content

from tui_rnn.readable import safe_text
from tui_rnn.tui.widgets.panel import Panel

MOST_LINES = 200  # kept on the screen; events.jsonl keeps them all


class EventList(Panel):
    """A line an event, with the time of day."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("No events yet", id=id)
        self._lines: list[Content] = []

    def add(self, text: str, now: datetime, *, warns: bool = False) -> None:
        """Put a line on top."""
        line = Content.assemble(
            (f"{now:%H:%M:%S} ", "$text-muted"), (safe_text(text, one_line=True), "$text-warning" if warns else "")
        )
        self._lines = [line, *self._lines[: MOST_LINES - 1]]
        if self.display:  # behind another panel, it is written when it comes to the front
            self._write()

    def on_show(self) -> None:
        self._write()

    def _write(self) -> None:
        if self._lines:
            self.show_text(Content("\n").join(self._lines))
