"""Which panels a terminal of a given size has room for, and which share one place as tabs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

SIZES = ("tiny", "compact", "normal", "wide")
ALWAYS = "loss"  # the panel that has a place of its own at every size


class Named(Protocol):
    """A panel as the layout sees it."""

    number: ClassVar[int]
    title: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """`tabs` share one place, of which `front` is shown; every panel that is not among them has a place of its own."""

    size: str  # of SIZES
    tabs: tuple[str, ...]
    front: str
    panels: Mapping[str, type[Named]]

    def shows(self, panel: str) -> bool:
        """Whether the panel is on the screen."""
        return panel == ALWAYS or (self.size != "tiny" and (panel not in self.tabs or panel == self.front))

    def title(self, panel: str) -> str:
        """The panel's number and name as markup, with those it shares its place with, to click on."""
        return " │ ".join(
            f"[{'bold' if name == panel else 'not bold $text-muted'} @click=screen.panel('{name}')]"
            f"{self.panels[name].number} {self.panels[name].title}[/]"
            for name in (self.tabs if panel in self.tabs else (panel,))
        )


def layout_for(width: int, height: int, tab: str, panels: Mapping[str, type[Named]]) -> Layout:
    """80x24: the chart and one tabbed panel. 120x40: three panels at once. 200x60: all. Below 60x15: a sparkline."""
    names = [name for name in panels if name != ALWAYS]
    if width < 60 or height < 15:
        return Layout("tiny", (), "", panels)
    if width >= 160 and height >= 45:
        return Layout("wide", (), "", panels)
    normal = width >= 100 and height >= 30
    tabs = tuple(names[1:] if normal else names)
    return Layout("normal" if normal else "compact", tabs, tab if tab in tabs else tabs[0], panels)
