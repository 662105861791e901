"""The place of the panels: what the terminal has room for is shown at once, the others are tabs of a shared place."""

from collections.abc import Callable, Mapping

from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, WidgetPlacement
from textual.layout import Layout as TextualLayout
from textual.message import Message
from textual.widget import Widget

from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.events import Event, Observed, Viewed
from tui_rnn.tui.layout import Layout, Rectangle, layout_for
from tui_rnn.tui.panels import PANELS
from tui_rnn.tui.panels.base import Panel, ScreenOptions
from tui_rnn.tui.panels.rim import Rim
from tui_rnn.tui.run_state import RunState


class PanelArea(Container):
    """Makes every panel of PANELS, hands each what happens, and decides which can be seen."""

    class FrontChanged(Message):
        """The user brought a panel to the front of its place, which is remembered for the next start."""

        def __init__(self, name: str) -> None:
            self.name = name
            super().__init__()

    def __init__(
        self,
        options: ScreenOptions,
        ask: Callable[[ObserveRequest], object] = lambda request: None,
        *,
        id: str | None = None,
    ) -> None:
        """`ask` has instruments look, or look no longer."""
        super().__init__(id=id)
        self._ask = ask
        self._asked: dict[str, ObserveRequest] = {}  # the instruments that look
        self._unanswered: set[str] = set()  # of these, those that have seen nothing yet of what they were asked
        self._is_seen = True
        self.panels: dict[str, Panel] = {name: kind(options, id=name) for name, kind in PANELS.items()}
        self.alone: str | None = None  # the panel that has all the room
        # Panels that were brought to the front, the latest first.
        self._fronts = [name for name in (options.panel,) if name in self.panels]
        self._had_focus: Panel | None = None  # the panel in focus when there was no room for it any more
        self._is_chosen = False  # whether the user has just chosen the panel that takes another's place, and the focus
        self._fitted: Layout | None = None
        self._placing = _Placing(self._rectangles)

    @property
    def layout(self) -> TextualLayout:
        """Textual asks here where the panels lie."""
        return self._placing

    def compose(self) -> ComposeResult:
        yield from self.panels.values()

    def on_run_event(self, event: Event, *, past: bool) -> None:
        """Hand it to every panel, seen or not."""
        for panel in self.panels.values():
            panel.on_run_event(event, past=past)
            if isinstance(event, Viewed):
                panel.cannot_see(event.why_unseen)

    def expect_nothing(self) -> None:
        """Have the panels that have nothing to show say that nothing will come."""
        for panel in self.panels.values():
            panel.expect_nothing()

    def look(self, run: RunState) -> None:
        """Have the panels that can be seen look at the run."""
        for panel in self.panels.values():
            if panel.display:
                panel.look(run)

    def ask_for_instruments(self, *, is_seen: bool) -> None:
        """Have the instruments look that the panels on the screen want, and no others; none where nothing is seen."""
        self._is_seen = is_seen
        wanted = {
            request.name: request
            for panel in self.panels.values()
            if is_seen and panel.display
            for request in panel.wants()
        }
        for name in self._asked.keys() - wanted.keys():
            self._ask(ObserveRequest(name, None))
        for name, request in wanted.items():
            if self._asked.get(name) != request:
                self._ask(request)
                self._unanswered.add(name)
        self._asked = wanted

    def answers(self, event: Event) -> bool:
        """Whether an instrument was just asked for this: somebody who has pressed a key waits for it."""
        if not (isinstance(event, Observed) and event.name in self._unanswered):
            return False
        self._unanswered.discard(event.name)
        return event.name in self._asked

    def on_panel_wants_changed(self, message: Panel.WantsChanged) -> None:
        message.stop()
        self.ask_for_instruments(is_seen=self._is_seen)

    def bring_to_front(self, name: str) -> Panel:
        """Have this panel in front of those it shares its place with, or alone in another's place, from `fit` on."""
        panel, self._had_focus, self._is_chosen = self.panels[name], None, True
        self._fronts = [name, *(other for other in self._fronts if other != name)]
        if self.alone is not None:
            self.alone = name
        self.post_message(self.FrontChanged(name))
        return panel

    def next_after(self, widget: Widget | None, by: int) -> str:
        """The name of the panel `by` numbers after this one, seen or not; round from the last to the first."""
        names = sorted(self.panels, key=lambda name: self.panels[name].number)
        at = names.index(widget.id or "") if isinstance(widget, Panel) else -1 if by > 0 else 0
        return names[(at + by) % len(names)]

    def fit(self, width: int, height: int) -> Layout:
        """Show what a terminal of this size has room for."""
        layout = layout_for(width, height, self._fronts, PANELS, self.alone)
        for name, panel in self.panels.items():
            if panel.has_focus and not layout.shows(name) and not self._is_chosen:
                self._had_focus = panel
            panel.display = layout.shows(name)
            panel.is_alone = layout.alone
            panel.rim = self._rim(layout, name)
        self._is_chosen = False
        if layout != self._fitted:
            self._fitted = layout
            self.refresh(layout=True)
        if self._had_focus is not None and self._had_focus.display:  # there is room for it again
            self._had_focus.focus()
            self._had_focus = None
        return layout

    def _rim(self, layout: Layout, name: str) -> Rim:
        """The panel's tabs: below it in a narrow place of a wide screen, whose title says more of the panel."""
        names = layout.place_of(name).names
        tabs = tuple(self.panels[each].tab(each) for each in names) if len(names) > 1 else ()
        return Rim(self.panels[name].tab(name), tabs, tabs_below=layout.size == "wide")

    def _rectangles(self, width: int, height: int) -> Mapping[str, Rectangle]:
        return self._fitted.rectangles(width, height) if self._fitted else {}


class _Placing(TextualLayout):
    """Puts each panel where the layout says."""

    name = "places"

    def __init__(self, rectangles: Callable[[int, int], Mapping[str, Rectangle]]) -> None:
        self._rectangles = rectangles

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        found = self._rectangles(*size)
        return [
            WidgetPlacement(Region(each.x, each.y, each.width, each.height), NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if (each := found.get(child.id or "")) is not None
        ]
