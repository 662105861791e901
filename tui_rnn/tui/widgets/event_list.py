"""The events that leave no other trace on the screen: checkpoints and warnings, newest on top."""

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_rnn.readable import safe_text

MOST_LINES = 200  # kept on the screen; events.jsonl keeps them all


class EventList(VerticalScroll, can_focus=True):
    """A line an event, with the time of day."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Content] = []
        self._text = Static("No events yet", classes="waiting")

    def compose(self) -> ComposeResult:
        yield self._text

    def add(self, text: str, now: datetime, *, warns: bool = False) -> None:
        """Put a line on top."""
        line = Content.assemble(
            (f"{now:%H:%M:%S} ", "$text-muted"), (safe_text(text, one_line=True), "$text-warning" if warns else "")
        )
        self._lines = [line, *self._lines[: MOST_LINES - 1]]
        self._text.remove_class("waiting")
        self._text.update(Content("\n").join(self._lines))
