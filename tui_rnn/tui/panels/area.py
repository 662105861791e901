"""The place of the panels: what the terminal has room for is shown at once, the others are tabs of the last place."""

from textual.app import ComposeResult
from textual.containers import Container

from tui_rnn.engine.events import Event
from tui_rnn.tui.layout import Layout, layout_for
from tui_rnn.tui.panels import PANELS
from tui_rnn.tui.panels.base import Panel, ScreenOptions
from tui_rnn.tui.run_state import RunState


class PanelArea(Container):
    """Makes every panel of PANELS, hands each what happens, and decides which can be seen."""

    def __init__(self, options: ScreenOptions, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.panels: dict[str, Panel] = {name: kind(options, id=name) for name, kind in PANELS.items()}
        self._tab = ""  # of the panels that share one place, the one in front; the first of them where it is none

    def compose(self) -> ComposeResult:
        yield from self.panels.values()

    def on_run_event(self, event: Event, *, past: bool) -> None:
        """Hand it to every panel, seen or not."""
        for panel in self.panels.values():
            panel.on_run_event(event, past=past)

    def look(self, run: RunState) -> None:
        """Have the panels that can be seen look at the run."""
        for panel in self.panels.values():
            if panel.display:
                panel.look(run)

    def bring_to_front(self, name: str) -> Panel:
        """Have this panel in front of those it shares its place with, from the next `fit` on."""
        panel = self.panels[name]
        if panel.number > 1:
            self._tab = name
        return panel

    def fit(self, width: int, height: int) -> Layout:
        """Show what a terminal of this size has room for."""
        layout = layout_for(width, height, self._tab, PANELS)
        for name, panel in self.panels.items():
            panel.display = layout.shows(name)
            panel.border_title = panel.heading or layout.title(name)
        return layout
