"""The footer: the keys of the panel in focus, as many as fit whole, beside the keys that always hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from tui_rnn.tui.keys import ROOMY
from tui_rnn.tui.panels.base import Panel

_GAP = "  "
_LEAST = 24  # columns of keys beside a panel's name
_IN_HEADER = ("screen.one_step",)  # of a run that is paused
_WIDE = 160  # columns from which there is room for ROOMY


@dataclass(frozen=True, slots=True)
class Named:
    """A key as the footer names it, and what a click on it does."""

    key: str
    word: str
    action: str

    @property
    def width(self) -> int:
        """Cells, without the gap behind it."""
        return Content(f"{self.key} {self.word}").cell_length

    def content(self) -> Content:
        """The key in its colour, and the word."""
        return Content.assemble((self.key, "b $text-accent"), (f" {self.word}", "$foreground 72%"))


def fitted(named: Sequence[Named], width: int) -> list[Named]:
    """The first of them that fit side by side, each whole."""
    shown: list[Named] = []
    used = 0
    for each in named:
        used += each.width + (len(_GAP) if shown else 0)
        if used > width:
            break
        shown.append(each)
    return shown


@dataclass(frozen=True, slots=True)
class Row:
    """One row of keys, and where each of them lies: (first cell, cell behind it, action)."""

    content: Content
    places: tuple[tuple[int, int, str], ...]

    def action_at(self, x: int) -> str:
        """What a click there does; empty where nothing is."""
        return next((action for first, behind, action in self.places if first <= x < behind), "")


def row(name: str, own: Sequence[Named], last: Sequence[Named], always: Sequence[Named], width: int) -> Row:
    """The panel's keys, behind its name where there is room for that too, and at the right those that always hold.

    `last` stands behind the panel's keys, and stays when some of them have to go: then `?` says that it names more. A
    key that the header names too goes before any of the panel's.
    """
    right = fitted(always, width - 2)
    held = Content(_GAP).join(each.content() for each in right)
    room = width - held.cell_length - 5
    kept = fitted(last, room)
    taken = sum(each.width + len(_GAP) for each in kept)
    head = Content.styled(f"{name}{_GAP}", "b") if name else Content()
    if head.cell_length + _LEAST > room - taken or len(fitted(own, room - head.cell_length - taken)) < len(own):
        head = Content()
    shown = fitted(own, room - taken)
    if len(shown) < len(own):
        fewer = [each for each in always if each.action not in _IN_HEADER]
        if len(fewer) < len(always):
            other = row(name, own, last, fewer, width)
            if len(other.places) >= len(shown) + len(kept) + len(right):
                return other
        right = [replace(each, word="more") if each.key == "?" else each for each in right]
        held = Content(_GAP).join(each.content() for each in right)  # as wide as it was with "help"
    left = [*shown, *kept]
    begun = head + Content(_GAP).join(each.content() for each in left)
    gap = width - 2 - begun.cell_length - held.cell_length
    divider = Content.styled("│ ", "$foreground 36%") if gap > 2 else Content()
    content = Content.assemble(" ", begun, " " * max(0, gap - divider.cell_length), divider, held, " ")
    places = [*_places(left, 1 + head.cell_length), *_places(right, content.cell_length - 1 - held.cell_length)]
    return Row(content, tuple(places))


def _places(named: Sequence[Named], x: int) -> Iterator[tuple[int, int, str]]:
    for each in named:
        yield x, x + each.width, each.action
        x += each.width + len(_GAP)


class KeyBar(Static):
    """Follows the focus and what the run allows."""

    def __init__(self, always: Sequence[str], *, name_shown: str = "", more: Sequence[Named] = ()) -> None:
        """`always` are the actions whose keys stand at the right.

        Where no panel has the focus, or the screen has the name `name_shown`, that stands at the left, and `more`
        behind the screen's own keys.
        """
        super().__init__("", id="keys", markup=False)
        self._always, self._name_shown, self._more = always, name_shown, more
        self._row = Row(Content(), ())

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._show_later)
        self.watch(self.screen, "focused", self._show_later, init=False)

    def on_resize(self) -> None:
        self._show_later()

    def _show_later(self, _: object = None) -> None:
        self.call_after_refresh(self.show)

    def show(self) -> None:
        """Show the keys as they are now."""
        if not self.is_attached:  # its screen has closed meanwhile
            return
        width = self.content_size.width
        by_first_key = {
            (each.node, each.binding.action): each
            for each in reversed(self.screen.active_bindings.values())
            if each.enabled and each.binding.show
        }
        active = list(reversed(by_first_key.values()))
        by_action = {each.binding.action: each.binding for each in active}
        left_out = ROOMY if width < _WIDE else ()
        always = [_named(by_action[name]) for name in self._always if name in by_action and name not in left_out]
        panel = self.screen.focused
        own = (
            []
            if not isinstance(panel, Panel)
            else [_named(each.binding, panel) for each in active if each.node is panel]
        )
        if isinstance(panel, Panel) and not self._name_shown:
            own += [_named(each, panel) for each in panel.keys if each.show]
            last = [Named("m", "all panels" if panel.is_alone else "alone", "screen.maximize_panel")]
            self._row = row(panel.title, _each_once(own), last, always, width)
        else:
            others = {*self._always, *ROOMY, "app.help", "app.quit"}
            of_screen = [
                _named(each.binding)
                for each in active
                if each.node is self.screen and each.binding.action not in others and not _of_a_panel(each.binding)
            ]
            self._row = row(self._name_shown, _each_once([*of_screen, *own, *self._more]), [], always, width)
        self.update(self._row.content, layout=False)

    async def on_click(self, event: Click) -> None:
        """Do what the key does."""
        if action := self._row.action_at(event.x):
            await self.run_action(action)


def _each_once(named: Sequence[Named]) -> list[Named]:
    """Without the second of two keys that are shown as one, as `, .`."""
    once: dict[tuple[str, str], Named] = {}
    for each in named:
        once.setdefault((each.key, each.word), each)
    return list(once.values())


def _of_a_panel(binding: Binding) -> bool:
    return binding.action.startswith("in_panel(")


def _named(binding: Binding, panel: Panel | None = None) -> Named:
    key, action = binding.key_display or binding.key.split(",")[0], binding.action
    if panel is not None:
        action = f"screen.in_panel({panel.id!r}, {action!r})"
    elif "." not in action.split("(")[0]:
        action = f"screen.{action}"
    return Named(key, binding.description.lower(), action)
