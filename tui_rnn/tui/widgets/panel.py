"""A panel: a scrolling, focusable text under a title, with a word to show before there is anything."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static


class Panel(VerticalScroll, can_focus=True):
    """One text that is replaced as a whole."""

    ALLOW_MAXIMIZE: ClassVar[bool] = True

    def __init__(self, waiting: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.text = Static(waiting, classes="waiting", markup=False)

    def compose(self) -> ComposeResult:
        yield self.text

    def show_text(self, content: Content) -> None:
        """Put this in the place of what was shown."""
        self.text.remove_class("waiting")
        self.text.update(content)
