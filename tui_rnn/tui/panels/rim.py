"""What stands in a panel's border: its number and name, those it shares its place with, and words that fit whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.style import Style

_CORNERS = 6  # cells of the border that a title leaves free: corners, a piece of the line, a blank, at either side
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Tab:
    """A panel as a tab names it."""

    name: str  # in PANELS
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Rim:
    """Whose border it is, and the panels that share its place: in the title, or at the border's foot."""

    own: Tab
    tabs: tuple[Tab, ...] = ()  # all of the place, by number; none where the panel has it to itself
    tabs_below: bool = False


def title(rim: Rim, heading: Sequence[Content], width: int) -> Content:
    """The tabs in a border of this width, the names of the last ones given up first, then the heading's parts."""
    room = width - _CORNERS
    if rim.tabs and not rim.tabs_below:
        for named in range(len(rim.tabs), -1, -1):
            tabs = [_tab(tab, is_front=tab == rim.own, named=k < named) for k, tab in enumerate(rim.tabs)]
            words = Content(" ").join(tabs)
            if words.cell_length <= room:
                break
        else:
            words = _tab(rim.own, is_front=True)
    else:
        words = _tab(rim.own, is_front=True)
    if words.cell_length > room:
        return Content.styled(str(rim.own.number), "$text-accent") if room > 0 else Content()
    more = fitted(heading, room - words.cell_length - len(_GAP))
    return words + _GAP + more if more else words


def foot(rim: Rim, footing: Sequence[Content], width: int) -> Content:
    """What stands at the border's foot: the footing's parts, and the tabs where they have their place here."""
    others = [_tab(tab, is_front=False) for tab in rim.tabs if tab != rim.own] if rim.tabs_below else []
    tabs = fitted(others, width - _CORNERS)
    words = fitted(footing, width - _CORNERS - (tabs.cell_length + len(_GAP) if tabs else 0))
    return words + _GAP + tabs if words and tabs else words or tabs


def fitted(parts: Sequence[Content], room: int) -> Content:
    """The first of these parts, as many as fit whole; closer together where that lets all of them fit."""
    parts = [part for part in parts if part]
    while parts:
        for gap in (_GAP, " "):
            words = Content(gap).join(parts)
            if words.cell_length <= room:
                return words
        parts.pop()
    return Content()


def _tab(tab: Tab, *, is_front: bool, named: bool = True) -> Content:
    """Number and name, to click on."""
    number, name = ("b $text-accent", "b $foreground") if is_front else ("$text-accent 70%", "$dim")
    if not tab.number:  # a panel that no key leads to
        return Content.styled(tab.title, name)
    words = Content.styled(str(tab.number), number)
    if named or is_front:
        words = Content.assemble(words, " ", (tab.title, name))
    return words.stylize(Style.from_meta({"@click": f"screen.panel('{tab.name}')"}))
