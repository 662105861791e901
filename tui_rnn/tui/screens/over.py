"""Screens over the training screen that leave its header in sight: in the panels' place, or at the foot of them."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from tui_rnn.tui.footer import KeyBar, Named
from tui_rnn.tui.keys import OVER
from tui_rnn.tui.layout import size_of
from tui_rnn.tui.screens.closes_once import ClosesOnce
from tui_rnn.tui.screens.mended import MendedScreen

Result = TypeVar("Result")
_COVERED = "#panels"  # of the screen below


class OverScreen(ClosesOnce, MendedScreen, ModalScreen[Result]):
    """A box in the panels' place, and a footer of its own. esc leaves it and changes nothing."""

    BINDINGS: ClassVar[list[BindingType]] = OVER
    name_shown: ClassVar[str] = ""
    """Its name, in the box's rim and in the footer."""
    about: ClassVar[str] = ""
    """A sentence for the help."""
    covers: ClassVar[bool] = True
    """Whether the panels cannot be seen behind it, and so need not be drawn."""
    always: ClassVar[tuple[str, ...]] = ("back", "app.help")
    """The actions whose keys stand at the right of the footer."""
    footer: ClassVar[tuple[Named, ...]] = ()
    """What the footer names beside the shown bindings of this screen."""

    def __init__(self) -> None:
        super().__init__()
        self.box = self.make_box()
        self.box.border_title = Content(self.name_shown)

    def make_box(self) -> Widget:
        """What holds the body: it scrolls by keys."""
        return VerticalScroll(id="over")

    def body(self) -> Iterable[Widget]:
        """What stands in the box."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with self.box:
            yield from self.body()
        yield KeyBar(self.always, name_shown=self.name_shown, more=self.footer)

    def on_mount(self) -> None:
        self._take_place()
        follow_panels(self, self._take_place)

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._take_place)

    def _take_place(self) -> None:
        """Take the place that the panels have on the screen below."""
        below = [panels for screen in self.app.screen_stack for panels in screen.query(_COVERED)]
        self.box.styles.margin = (below[0].region.y if below else 0, 0, 0, 0)

    def action_back(self) -> None:
        self.dismiss(None)


def follow_panels(screen: Screen[Any], take_place: Callable[[], object]) -> None:
    """Have this done each time that the panels below this screen are laid out: their place may be another one.

    On a new size the screen below has its layout before or after the one above.
    """
    for below in screen.app.screen_stack:
        if below is not screen and below.query(_COVERED):
            below.screen_layout_refresh_signal.subscribe(screen, lambda _: take_place())


class FootScreen(OverScreen[Result]):
    """A form at the foot of the screen, as high as it needs to be: the chart is seen to go on above it."""

    covers: ClassVar[bool] = False

    def make_box(self) -> Widget:
        return Vertical(id="over")  # which leaves the arrows to the form

    def _take_place(self) -> None:
        width, height = self.app.size
        self.set_class(size_of(width, height) == "wide", "-wide")
