"""A panel of rows under headings: one of them is chosen, some are marked, and what they come to stands below them."""

from typing import ClassVar

from textual.binding import BindingType
from textual.events import Click
from textual.message import Message

from tui_rnn.tui.bindings import next_previous
from tui_rnn.tui.panels.base import ScreenOptions, key
from tui_rnn.tui.panels.grid import GridPanel

MOST_MARKS = 3
ROLES = ("secondary", "accent", "success")  # in the palette, of the marked rows in the order in which they were marked
_LEAST_LIST = 4  # rows of headings and list while all differences are shown
LEAST_BELOW = 7  # rows of what stands below the list; with fewer the list has all the room


class RowsPanel(GridPanel):
    """Knows the chosen row and the marked ones by a name each, whatever the order they stand in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *next_previous("run"),
        key("down", "next(1)", "choose", "next, previous run"),
        key("up", "next(-1)", "choose", "next, previous run"),
        key("home", "first", "first", "first, last run"),
        key("end", "last", "last", "first, last run"),
    ]

    class Chosen(Message):
        """Another row is chosen, or the chosen one is marked, or it changed."""

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self.marks: list[str] = []  # names, in the order in which they were marked
        self.shows_differences = False
        self._chosen: str | None = None
        self._said: str | None = None  # the chosen row when a list was last shown
        self._first, self._listed = 0, 0  # the first row that is painted, and how many of them

    def names(self) -> list[str]:
        """Of the rows that are shown, in their order."""
        raise NotImplementedError

    def keep_chosen(self) -> None:
        """Choose the first row where none that is shown is chosen; to be called when the rows are other ones."""
        names = self.names()
        if names and self._chosen not in names:
            self._chosen = names[0]
        if names and self._chosen != self._said:
            self._said = self._chosen
            self.post_message(self.Chosen())

    def choose_first(self, name: str) -> None:
        """Choose the row of this name, if it is among those that are shown next."""
        self._chosen = name

    def choose(self, place: int) -> None:
        """Choose a row by its place in the list."""
        if names := self.names():
            self._chosen = names[min(max(place, 0), len(names) - 1)]
            self.post_message(self.Chosen())
            self.repaint()

    def action_next(self, by: int) -> None:
        self.choose(self.at() + by)

    def action_first(self) -> None:
        self.choose(0)

    def action_last(self) -> None:
        self.choose(len(self.names()) - 1)

    def mark(self) -> str | None:
        """Mark the chosen row, or take its mark away; the newest mark there is now."""
        chosen = self._chosen
        if chosen is not None and chosen in self.names():
            others = [each for each in self.marks if each != chosen]
            self.marks = (others if chosen in self.marks else [*others, chosen])[-MOST_MARKS:]
            self.post_message(self.Chosen())
            self.repaint()
        return self.marks[-1] if self.marks else None

    def on_click(self, event: Click) -> None:
        """Choose the row under the mouse."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if 1 <= offset.y <= self._listed:
            self.choose(self._first + offset.y - 1)
        elif offset.y == 0:
            self.heading_clicked(offset.x)

    def heading_clicked(self, x: int) -> None:
        """The mouse was pressed on the headings, in this column of the grid."""

    def at(self) -> int:
        """The place of the chosen row; 0 where it is not shown."""
        names = self.names()
        return names.index(self._chosen) if self._chosen in names else 0

    def list_height(self, height: int) -> int:
        """Rows of headings and list: all where they leave enough room below, else about a half.

        While all differences are shown, they have the room, and the list a few rows.
        """
        needed = len(self.names()) + 1
        if height - needed >= (3 if self.shows_differences else 2) * LEAST_BELOW:
            return needed
        if self.shows_differences and height >= _LEAST_LIST + LEAST_BELOW:
            return min(needed, _LEAST_LIST)
        half = min(needed, max(4, height // 2))
        return half if height - half >= LEAST_BELOW else min(needed, height)
