"""6 Letters: the map of the characters, which drifts as the network learns and does not flip."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.events import BookRead, Event, Observed
from tui_rnn.tui.bindings import COPY, next_previous, other_view
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.grid import GridPanel
from tui_rnn.tui.run_state import RunState
from tui_rnn.wording import counted

if TYPE_CHECKING:  # instruments are of NumPy, for which the first frame does not wait
    from tui_rnn.engine.instruments.letters import Letters


class LettersPanel(GridPanel):
    """The characters along the two directions in which U, or V, tells them apart most."""

    number = 6
    title = "Letters"
    about = (
        "Characters that the network reads alike stand near each other, and a line joins each to its nearest. "
        "The map drifts as the network learns."
    )
    waiting = "The first map comes as soon as the network has been looked at."
    BINDINGS: ClassVar[list[BindingType]] = [
        COPY,
        *next_previous("character"),
        other_view("as read, as written", "characters as they are read (U), as they are written (V)"),
    ]

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._maps: dict[str, Letters] = {}  # the latest of each view
        self._view = "U"
        self._characters = ""  # that the network can read
        self._chosen: int | None = None  # a character by its index; None: the most frequent letter
        self._changed = False

    def wants(self) -> tuple[ObserveRequest, ...]:
        """A map every few seconds."""
        return (ObserveRequest("letters", 5.0, self._view),)

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """A map is turned so that it lies as the one before it did."""
        match event:
            case Observed(name="letters"):
                found: Letters = event.value
                self._maps[found.view] = found.turned_to(self._maps.get(found.view))
            case BookRead():
                self._characters = event.characters
            case _:
                return
        self._changed = True

    def look(self, run: RunState) -> None:
        """Paint the map, if it is new."""
        if self._changed:
            self._changed = False
            self._show()

    def _show(self) -> None:
        K = len(self._characters)
        self.footing = (Content("as read" if self._view == "U" else "as written"), Content(counted(K, "character")))
        self.repaint()

    def paint(self, grid: Grid, palette: Palette) -> None:
        found = self._maps.get(self._view)
        if found is None or not self._characters:
            self.paint_waiting(grid, palette)
            return
        from tui_rnn.tui.drawing.glyphs import glyphs
        from tui_rnn.tui.drawing.letters import draw

        draw(grid, palette, glyphs(self.options.marker), found, self._characters, self._chosen_among(found))

    def _chosen_among(self, found: "Letters") -> int:
        """The place on the map of the character that was chosen; of the most frequent letter where none is there."""
        indices = [letter.index for letter in found.letters]
        if self._chosen in indices:
            return indices.index(self._chosen)
        return next((at for at, index in enumerate(indices) if self._characters[index].isalpha()), 0)

    def action_next(self, by: int) -> None:
        """Choose the next character, in the order of their frequency."""
        found = self._maps.get(self._view)
        if found is not None and found.letters:
            at = (self._chosen_among(found) + by) % len(found.letters)
            self._chosen = found.letters[at].index
            self._show()

    def action_other_view(self) -> None:
        """Characters as they are read, or as they are written."""
        self._view = "V" if self._view == "U" else "U"
        self.post_message(self.WantsChanged())
        self._show()
