"""Help: where you are, the keys by group, read off the bindings themselves, what the panels show, and a glossary."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from textual.binding import Binding
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tui_rnn.tui import bindings
from tui_rnn.tui.bindings import key
from tui_rnn.tui.footer import Named
from tui_rnn.tui.glossary import GLOSSARY
from tui_rnn.tui.panels.base import Panel
from tui_rnn.tui.screens.over import OverScreen

_TWO_COLUMNS = 100  # cells from which two columns stand side by side
_BETWEEN = 5  # cells between them
_KEYS = 10  # cells of a column of keys, at the least
_WORDS, _SHOWN = "Words", "What the panels show"  # groups of names, which stand at the left; keys stand at the right
# What Textual binds, and widgets that scroll.
_TEXTUALS = [
    key("up", "", "", "the cursor, or scroll", display="← ↑ ↓ →", group=bindings.IN_A_PANEL),
    key("ctrl+p", "", "", "every command by name; themes", group=bindings.THE_APP),
]


@dataclass(frozen=True, slots=True)
class Line:
    """Keys or a word, and what they mean."""

    name: str
    means: str


Groups = Mapping[str, list[Line]]


class HelpScreen(OverScreen[None]):
    """Scrolls; esc or ? closes it."""

    name_shown = "Help"
    always = ("back",)
    footer = (Named("↑ ↓", "more", "screen.page"), Named("ctrl+p", "find a command", "app.command_palette"))

    def __init__(self, front: Screen[Any], ground: Screen[Any]) -> None:
        """`front` is the screen that help is wanted on; `ground` the one with the panels, perhaps the same."""
        super().__init__()
        self._title, about = _place(front)
        self._here = Content.assemble("You are in ", (self._title, "b $text-accent"), f".  {about}")
        panels = sorted(ground.walk_children(Panel), key=lambda panel: panel.number)
        own = [] if not _name_of(front) else [*front.walk_children(Panel)]
        self._groups = groups(front, ground, [*panels, *(panel for panel in own if panel not in panels)])
        self._own = dict.fromkeys([self._title, *_own_groups(front), *map(_title_of, own)])
        shown = [Line(_title_of(panel), panel.about) for panel in panels if panel.number]
        self._panels = [line for line in shown if line.name != self._title]
        self._text = Static(markup=False)

    def body(self) -> Iterable[Widget]:
        yield self._text

    def on_mount(self) -> None:
        super().on_mount()
        self.watch(self.box, "scroll_y", self._show_more, init=False)

    def on_resize(self, event: Resize) -> None:
        super().on_resize(event)
        width = max(20, event.size.width - 8)
        self._text.update(Content("\n").join(self._lines(width)))
        self.call_after_refresh(self._show_more)

    def _show_more(self) -> None:
        """Say in the rim whether there is more below."""
        more = self.box.scroll_offset.y < self.box.max_scroll_y
        self.box.border_subtitle = Content("↓ more" if more else "")

    def action_page(self) -> None:
        self.box.scroll_page_down()

    def _lines(self, width: int) -> list[Content]:
        """All of it, in columns where there is room for two."""
        head = [*self._here.wrap(width), Content()]
        here = {title: self._groups[title] for title in (*self._own, bindings.IN_A_PANEL) if title in self._groups}
        others = {title: lines for title, lines in self._groups.items() if title not in here}
        words = {_WORDS: [Line(*item) for item in GLOSSARY.items()]}
        shows = {_SHOWN: self._panels} if self._panels else {}
        if width < _TWO_COLUMNS:
            return [*head, *_column({**here, **others, **shows, **words}, width)]
        of_one = (width - _BETWEEN) // 2
        general = {title: lines for title, lines in others.items() if title in bindings.GROUPS}
        left, right = _column(general, of_one), _column({**here, **words}, of_one)
        for title, lines in {**others, **shows}.items():
            if title not in general:
                shorter = min(left, right, key=len)
                shorter += [Content(), *_column({title: lines}, of_one)]
        return [*head, *_side_by_side(left, right, of_one + _BETWEEN)]


def _place(front: Screen[Any]) -> tuple[str, str]:
    """Where one is, and what it says of itself."""
    if name := _name_of(front):
        return name, getattr(front, "about", "")
    if isinstance(panel := front.focused, Panel):
        return _title_of(panel), panel.about
    return "the screen of a run", ""


def _title_of(panel: Panel) -> str:
    """Its number, where a key leads to it, and its name."""
    return f"{panel.number} {panel.title}" if panel.number else panel.title


def _own_groups(front: Screen[Any]) -> Iterator[str]:
    """The groups of keys that are those of this screen alone, if it is one that opens over others."""
    if _name_of(front):
        for each in bindings.own_bindings(type(front)):
            if each.group and each.group.description not in bindings.GROUPS:
                yield each.group.description


def _name_of(front: Screen[Any]) -> str:
    """The name of a screen that opens over others; empty for the one with the panels."""
    return getattr(front, "name_shown", "")


def groups(front: Screen[Any], ground: Screen[Any], panels: Iterable[Panel]) -> dict[str, list[Line]]:
    """The keys of the screens and of each panel, by group, those that do one thing in one line."""
    panels = list(panels)
    own_keys = {each.tooltip for panel in panels for each in panel.keys}
    listed = [each for each in bindings.own_bindings(type(ground)) if each.tooltip not in own_keys]
    if front is not ground:
        listed = [each for each in listed if _holds_above(ground, each)]
    placed: list[tuple[str, Iterable[Binding]]] = [(bindings.THE_RUN, listed), ("", _TEXTUALS)]
    if name := _name_of(front):
        placed.append((name, bindings.own_bindings(type(front))))
    placed += [(_title_of(panel), [*bindings.own_bindings(type(panel)), *panel.keys]) for panel in panels]
    found: dict[str, dict[tuple[str, str], None]] = {group: {} for group in bindings.GROUPS}
    for where, keys in placed:
        for each in keys:
            group = each.group.description if each.group else where
            if each.tooltip:
                means = each.tooltip.removeprefix(f"{group.lstrip('123456789 ')}: ")  # the group says it already
                found.setdefault(group, {})[_key_of(each), means] = None
    return {group: _merged(lines) for group, lines in found.items() if lines}


def _holds_above(ground: Screen[Any], binding: Binding) -> bool:
    """Whether a key of the screen with the panels does what it does on a screen over it, too."""
    action = binding.action.partition("(")[0]
    return "." in action or bool(ground.check_action(action, ()))


def _key_of(binding: Binding) -> str:
    return binding.key_display or bindings.key_name(binding.key.split(",")[0])


def _merged(lines: Iterable[tuple[str, str]]) -> list[Line]:
    """Keys of one meaning in one line."""
    keys: dict[str, list[str]] = {}
    for name, means in lines:
        keys.setdefault(means, []).append(name)
    return [Line(" ".join(names), means) for means, names in keys.items()]


# How it is set


def _column(of: Groups, width: int) -> list[Content]:
    """The groups one below the other, each under its title and a rule."""
    lines: list[Content] = []
    for title, entries in of.items():
        rule = "─" * max(0, width - cell_len(title) - 1)
        lines.append(Content.assemble((title, "b"), " ", (rule, "$foreground 20%")))
        keys = title not in (_WORDS, _SHOWN)
        longest = max(cell_len(each.name) for each in entries)
        names = min(max(longest, _KEYS if keys else 0), width // 2)
        for each in entries:
            lines += _entry(each, names, width, keys=keys)
        lines.append(Content())
    return lines[:-1]


def _entry(line: Line, names: int, width: int, *, keys: bool) -> Iterator[Content]:
    """A name and what it means, in as many rows as that takes."""
    means, _, also = line.means.partition(bindings.ALSO)
    rows = textwrap.wrap(means, max(10, width - names - 2)) or [""]
    aside = f"   also {also}" if also else ""
    if aside and cell_len(rows[-1] + aside) > width - names - 2:
        rows, aside = [*rows, ""], f"also {also}"
    for at, row in enumerate(rows):
        name = line.name if at == 0 else ""
        blanks = " " * max(0, names - cell_len(name))
        yield Content.assemble(
            (blanks if keys else ""),
            (name, "b $text-accent" if keys else "$text-accent"),
            ("" if keys else blanks),
            (f"  {row}", "$foreground 78%"),
            (aside if at == len(rows) - 1 else "", "$foreground 60%"),
        )


def _side_by_side(left: list[Content], right: list[Content], column: int) -> Iterator[Content]:
    for at in range(max(len(left), len(right))):
        first = left[at] if at < len(left) else Content()
        second = right[at] if at < len(right) else Content()
        yield Content.assemble(first, " " * max(0, column - first.cell_length), second)
