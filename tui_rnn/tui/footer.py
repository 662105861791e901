"""The footer: the keys of the panel in focus, as many as fit whole, beside the keys that always hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.content import Content
from textual.style import Style
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
        """The key in its colour and the word, both to be clicked."""
        click = Style.from_meta({"@click": self.action})
        return Content.assemble((self.key, "b $footer-key-foreground"), (f" {self.word}", "$foreground 72%")).stylize(
            click
        )


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


def row(name: str, own: Sequence[Named], always: Sequence[Named], width: int) -> Content:
    """One row: the panel's name where there is room for it, its keys, and at the right those that always hold."""
    right = fitted(always, width - 2)
    held = Content(_GAP).join(each.content() for each in right)
    room = width - held.cell_length - 5
    head = Content.styled(f"{name}{_GAP}", "b") if name and room > len(name) + 24 else Content()
    left = head + Content(_GAP).join(each.content() for each in fitted(own, room - head.cell_length))
    gap = width - 2 - left.cell_length - held.cell_length
    divider = Content.styled("│ ", "$foreground 36%") if gap > 2 else Content()
    return Content.assemble(" ", left, " " * max(0, gap - divider.cell_length), divider, held, " ")


class KeyBar(Static):
    """Follows the focus and what the run allows."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)

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
        content = row(panel.title if panel else "", own, always, self.content_size.width)
        self.update(content, layout=False)


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
