"""What a panel is: a numbered place on the screen that follows a run's events and, while it is seen, its state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.events import Event
from tui_rnn.tui.bindings import COPY
from tui_rnn.tui.bindings import key as key  # with which a panel names its own
from tui_rnn.tui.notices import copy, notify
from tui_rnn.tui.panels.rim import Rim, Tab, foot, title
from tui_rnn.tui.replacing import replace_text
from tui_rnn.tui.run_state import RunState


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """How the screen is drawn; nothing of it is part of a run."""

    marker: str = "braille"  # what the chart's points are drawn with: braille, hd, dot or ascii
    fps: float = 2.0  # most looks at the run a second
    theme: str | None = None  # None: ink
    panel: str | None = None  # in front at the start; None, or one that is not there: the first
    warnings: tuple[str, ...] = ()  # of the settings, said at the start


class Panel(Widget, can_focus=True):
    """A panel says what it is, is given every event, and is asked to look at the run while it can be seen.

    What it does on a key is an action of its own; `keys` name it, and the training screen binds them. BINDINGS are for
    the keys that mean the same in every panel (bindings.py): they do what they do here while this panel has the focus.
    """

    BINDINGS: ClassVar[list[BindingType]] = [COPY]
    ALLOW_MAXIMIZE: ClassVar[bool] = True

    number: ClassVar[int] = 0
    """The key that leads here; it never changes."""
    title: ClassVar[str] = ""
    about: ClassVar[str] = ""
    """A sentence for the help."""
    waiting: str = ""
    """Shown before there is anything to show."""
    nothing: ClassVar[str] = ""
    """Shown in its place where nothing is there and nothing will come: of a run that is viewed and has ended."""
    unseen: str = ""
    """Why no instrument can look at the network, as of a viewed run without its weights; empty where one can."""
    keys: ClassVar[tuple[Binding, ...]] = ()
    """Keys that work wherever the focus is; BINDINGS work while the panel has the focus."""

    heading: reactive[tuple[Content, ...]] = reactive((), init=False)
    """Stands in the border after the title: parts, of which as many are shown as fit whole."""
    heading_may_move: ClassVar[bool] = False
    """Whether the heading stands at the border's foot, before the footing, where tabs leave it no room above."""
    footing: reactive[tuple[Content, ...]] = reactive((), init=False)
    """Stands at the border's foot, likewise."""
    rim: reactive[Rim | None] = reactive(None, init=False)
    """With which panels this one shares its place."""

    class WantsChanged(Message):
        """The panel wants other instruments, or asks them about another thing, at once."""

    is_alone: reactive[bool] = reactive(False, init=False)
    """Whether it has all the room between header and footer, and shows its large form."""

    def __init__(self, options: ScreenOptions | None = None, **for_textual: Any) -> None:
        super().__init__(**for_textual)
        self.options = options or ScreenOptions()
        self._in_rim: dict[str, object] = {}

    @classmethod
    def tab(cls, name: str) -> Tab:
        """The panel as a tab; `name` is its name in PANELS."""
        return Tab(name, cls.number, cls.title)

    def watch_heading(self) -> None:
        self._show_rim()

    def watch_footing(self) -> None:
        self._show_rim()

    def watch_rim(self) -> None:
        self._show_rim()

    def on_resize(self) -> None:
        self._show_rim()

    def _show_rim(self) -> None:
        width = self.outer_size.width
        if not width:  # not laid out yet: its first size has it drawn
            return
        rim = self.rim or Rim(self.tab(self.id or ""))
        above = title(rim, self.heading, width)
        moved = self.heading_may_move and above.plain == title(rim, (), width).plain
        below = foot(rim, (*self.heading, *self.footing) if moved else self.footing, width)
        words = {"border_title": above, "border_subtitle": below}
        for name, content in words.items():
            looks = (content.plain, content.spans)  # two contents are equal where their texts are, whatever the colours
            if self._in_rim.get(name) != looks:  # setting one has all of the panel drawn
                self._in_rim[name] = looks
                setattr(self, name, content)

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Take an event, seen or not; one that is `past` happened before this process began."""

    def action_leave(self) -> bool:
        """Put away what a key opened within the panel, as a cursor; whether there was anything."""
        return False

    def expect_nothing(self) -> None:
        """Nothing will come any more: say `nothing` where there is nothing to show."""
        if self.nothing and self.waiting != self.nothing:
            self.waiting = self.nothing
            self.show_waiting()

    def cannot_see(self, why: str) -> None:
        """Say why no instrument can look at the network, where one would; "": one can."""
        if self.unseen != why:
            self.unseen = why
            self.show_waiting()

    def show_waiting(self) -> None:
        """Show other words for that there is nothing to show, if there is nothing."""

    def look(self, run: RunState) -> None:
        """Show the run as it is now; called only while the panel can be seen."""

    def wants(self) -> Sequence[ObserveRequest]:
        """The instruments that it looks through, and how often; asked for only while the panel can be seen.

        What they see comes as `Observed` to `on_run_event`. An instrument serves one panel.
        """
        return ()

    def text_to_copy(self) -> str:
        """What y copies where nothing is selected: the panel's text, made safe; empty where there is none."""
        return ""

    def action_copy(self) -> None:
        """Copy what is selected, else the panel's text."""
        if text := self.screen.get_selected_text() or self.text_to_copy().rstrip():
            copy(self.app, text)
            self.screen.clear_selection()
        else:
            notify(self.app, f"{self.title} has no text to copy yet")


class TextPanel(VerticalScroll, Panel, can_focus=True):
    """A panel of one scrolling text that is replaced as a whole."""

    ALLOW_MAXIMIZE: ClassVar[bool] = True  # a container of Textual's forbids it

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.options, self._in_rim = options or ScreenOptions(), {}  # Textual's container passes on its own alone
        self.text = Static(self.waiting, classes="waiting", markup=False)

    def compose(self) -> ComposeResult:
        yield self.text

    def show_text(self, content: Content) -> None:
        """Put this in the place of what was shown."""
        self.text.remove_class("waiting")
        replace_text(self.text, content)

    def show_waiting(self) -> None:
        if self.text.has_class("waiting"):
            self.text.update(Content(self.waiting))

    def text_to_copy(self) -> str:
        """All of the text, also what is scrolled out of sight."""
        pieces = (piece for piece in self.query(Static) if piece.display and not piece.has_class("waiting"))
        return "\n\n".join(str(piece.content) for piece in pieces)
