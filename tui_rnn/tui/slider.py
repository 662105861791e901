"""A slider along given values, with words at its ends; the arrows or the mouse move it."""

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.events import MouseDown, MouseMove, MouseUp
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui_rnn.tui.bindings import key
from tui_rnn.tui.palette import Palette, palette_of

_WITH_WORDS = 44  # columns from which the words at the ends have room


class Slider(Widget, can_focus=True):
    """Posts Moved when its user moves it, and not when the program sets `value`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("left,down", "cursor(-1)", "less", "less", display="← →", shown=True),
        key("right,up", "cursor(1)", "more", "more", display="← →"),
    ]

    value: reactive[float] = reactive(1.0)
    """One of the values."""

    class Moved(Message):
        """Its user wants this value."""

        def __init__(self, slider: "Slider", value: float) -> None:
            self.slider, self.value = slider, value
            super().__init__()

    def __init__(
        self, name: str, values: tuple[float, ...], low: str, high: str, *, is_bright: bool = False, id: str
    ) -> None:
        """`low` and `high` are the words behind the least value and the greatest; `is_bright`: also out of focus."""
        super().__init__(id=id)
        self._is_bright = is_bright
        self._title, self._values = name, values
        self._ends = (low, high)
        self._bar = (0, 1)  # the column of the least value, and how many columns there are
        self._is_dragged = False

    def render(self) -> Content:
        """The name, the bar with its knob, the value."""
        palette = palette_of(self.app)
        colour = palette.accent if self.has_focus or self._is_bright else palette.text
        name = Content.styled(f"{self._title}  ", f"bold {colour}" if self.has_focus else palette.muted)
        shown, self._bar = drawn(name, self._values, self._ends, self.value, self.size.width, palette, colour)
        return shown

    def action_cursor(self, by: int) -> None:
        """To the next value, or the one before."""
        at = self._values.index(self.value) + by
        if 0 <= at < len(self._values):
            self.post_message(self.Moved(self, self._values[at]))

    def on_mouse_down(self, event: MouseDown) -> None:
        self._is_dragged = True
        self.capture_mouse()
        self._go_to(event.x)

    def on_mouse_move(self, event: MouseMove) -> None:
        if self._is_dragged:
            self._go_to(event.x)

    def on_mouse_up(self, event: MouseUp) -> None:
        self._is_dragged = False
        self.release_mouse()

    def _go_to(self, x: int) -> None:
        value = nearest(self._values, x, *self._bar)
        if value != self.value:
            self.post_message(self.Moved(self, value))


def nearest(values: tuple[float, ...], x: int, begin: int, width: int) -> float:
    """The value that lies nearest to this column of a bar from `begin` on."""
    part = (x - begin) / max(1, width - 1)
    wanted = values[0] + part * (values[-1] - values[0])
    return min(values, key=lambda value: abs(value - wanted))


def drawn(
    name: Content,
    values: tuple[float, ...],
    ends: tuple[str, str],
    value: float,
    width: int,
    palette: Palette,
    colour: str,
) -> tuple[Content, tuple[int, int]]:
    """The slider within so many columns, and where its bar lies: its first column and its width."""
    low, high = (f"{end:g}" for end in (values[0], values[-1]))
    if width >= _WITH_WORDS:
        low, high = f"{low} {ends[0]}", f"{high} {ends[1]}"
    longest = max(len(f"{each:g}") for each in values)
    begin = name.cell_length + len(low) + 1
    bar = max(3, width - begin - len(high) - 3 - longest)
    knob = round((value - values[0]) / (values[-1] - values[0]) * (bar - 1))
    shown = Content.assemble(
        name,
        (f"{low} ", palette.dim),
        ("━" * knob, palette.muted if colour == palette.text else colour),
        ("●", f"bold {colour}"),
        ("─" * (bar - knob - 1), palette.faint),
        (f" {high}  ", palette.dim),
        (f"{value:g}", f"bold {colour}"),
    )
    return shown, (begin, bar)
