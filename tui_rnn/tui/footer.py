"""The footer: the keys of the panel in focus, as many as fit whole, beside the keys that always hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from tui_rnn.tui.panels.base import Panel

_GAP = "  "


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
        return Content.assemble((self.key, "b $footer-key-foreground"), (f" {self.word}", "$foreground 72%"))


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


def row(name: str, own: Sequence[Named], always: Sequence[Named], width: int) -> Row:
    """The panel's name where there is room for it, its keys, and at the right those that always hold."""
    right = fitted(always, width - 2)
    held = Content(_GAP).join(each.content() for each in right)
    room = width - held.cell_length - 5
    head = Content.styled(f"{name}{_GAP}", "b") if name and room > len(name) + 24 else Content()
    left = fitted(own, room - head.cell_length)
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

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
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
        focused = self.screen.focused
        panel = focused if isinstance(focused, Panel) else None
        allowed = [active.binding for active in self.screen.active_bindings.values() if active.enabled]
        shown = {each.action: each for each in reversed(allowed) if each.show and not _of_a_panel(each)}
        always = [_named(each) for each in reversed(shown.values())]
        own = [] if panel is None else [_named(each) for each in _shown(panel)]
        shown_row = row(panel.title if panel else "", own, always, self.content_size.width)
        self._row = shown_row
        self.update(shown_row.content, layout=False)

    async def on_click(self, event: Click) -> None:
        """Do what the key does."""
        if action := self._row.action_at(event.x):
            await self.run_action(action)


def _shown(panel: Panel) -> list[Binding]:
    bindings = [each for each in type(panel).__dict__.get("BINDINGS", []) if isinstance(each, Binding)]
    moves = [each for each in bindings if each.show]
    keys = [
        Binding(
            each.key, f"screen.in_panel({panel.id!r}, {each.action!r})", each.description, key_display=each.key_display
        )
        for each in panel.keys
        if each.show
    ]
    return [*moves, *keys]


def _of_a_panel(binding: Binding) -> bool:
    return binding.action.startswith("in_panel(") or binding.description == "value"


def _named(binding: Binding) -> Named:
    key = binding.key_display or binding.key.split(",")[0]
    action = binding.action if "." in binding.action.split("(")[0] else f"screen.{binding.action}"
    return Named(key, binding.description.lower(), action)
