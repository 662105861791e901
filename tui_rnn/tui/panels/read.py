"""3 Read: a text that the network has never seen, coloured by one hidden unit or by surprise, its guesses below."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from tui_rnn.engine.control import ObserveRequest, SampleRequest
from tui_rnn.engine.events import BookRead, Event, Observed
from tui_rnn.tui.bindings import COPY, key, next_previous, other_view, own_text
from tui_rnn.tui.drawing.glyphs import glyphs
from tui_rnn.tui.drawing.read_views import SURPRISE, UNITS, unit_name, views
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.grid import GridPanel
from tui_rnn.tui.run_state import RunState

if TYPE_CHECKING:  # instruments are of NumPy, for which the first frame does not wait
    from tui_rnn.engine.instruments.passage import Passage
    from tui_rnn.engine.instruments.ranking import Ranking

_SECONDS, _RANKING_SECONDS = 0.5, 30.0  # between two looks
_READY = 100  # updates, before which it reads as it was made by chance
_LOOKING = "Ready as soon as the network has been looked at."
_CURSOR = 30  # the character at which the cursor begins


class ReadPanel(GridPanel):
    """A passage as the network reads it now."""

    number = 3
    title = "Read"
    about = (
        "The background is one hidden unit's value, or the surprise, −log₂ of the probability that a character had; "
        "below each character the guesses made before it came, green where one is right."
    )
    waiting = "Ready after 100 updates."
    heading_may_move = True
    BINDINGS: ClassVar[list[BindingType]] = [
        COPY,
        key("left", "cursor(-1, 0)", "cursor", "the cursor, or scroll", display="← ↑ ↓ →", shown=True),
        key("right", "cursor(1, 0)", "cursor", "the cursor, or scroll", display="← ↑ ↓ →"),
        key("up", "cursor(0, -1)", "cursor", "the cursor, or scroll", display="← ↑ ↓ →"),
        key("down", "cursor(0, 1)", "cursor", "the cursor, or scroll", display="← ↑ ↓ →"),
        key("home", "cursor_at(0)", "beginning", "Read: its beginning, its end", display="home end"),
        key("end", "cursor_at(-1)", "end", "Read: its beginning, its end", display="home end"),
        *next_previous("unit"),
        own_text(),
        other_view("surprise, units", "surprise, hidden units, or gates of a cell that has some"),
    ]

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._passage: Passage | None = None
        self._rankings: dict[str | None, Ranking] = {}  # by the symbol that it is of; of hidden values by None
        self._characters = ""  # that the network can read
        self._own: str | None = None  # a text of the user's
        self._is_ready = False
        self._is_trained = False  # so far that it will be ready once it has been looked at
        self._view = UNITS  # of read_views.views
        self._unit: int | None = None  # None: the one that follows something best
        self._cursor = _CURSOR
        self._ways = (1.0, 1.0)  # temp and top-p of the next sample
        self._changed = False

    def wants(self) -> tuple[ObserveRequest, ...]:
        """The passage twice a second; which unit follows what, which is dearer, every half minute.

        Nothing before the network has something to show: a look that nobody sees would use up the time that the first
        one may take at once.
        """
        if not self._is_trained:
            return ()
        passage = ObserveRequest("passage", _SECONDS, self._own)
        if not self._is_ready:
            return (passage,)
        return passage, ObserveRequest("ranking", _RANKING_SECONDS, self._symbol)

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Take what was seen."""
        match event:
            case Observed(name="passage"):
                self._passage = event.value
                self._is_ready = event.step >= _READY
            case Observed(name="ranking"):
                self._rankings[event.value.symbol] = event.value
            case BookRead():
                self._characters = event.characters
            case _:
                return
        self._changed = True

    def next_is(self, request: SampleRequest) -> None:
        """The next sample is to be written this way: so the next character is shown."""
        self._ways = (request.temperature, request.top_p)
        self._show()

    def look(self, run: RunState) -> None:
        """Paint what is new."""
        if self._is_trained != (is_trained := run.step >= _READY):
            self._is_trained, self._changed = is_trained, True
            self.post_message(self.WantsChanged())
        if self._changed:
            self._changed = False
            self._show()

    @property
    def _symbol(self) -> str | None:
        """What the cell computes on the way to the hidden values and is shown; None of these themselves."""
        return None if self._view in (UNITS, SURPRISE) else self._view

    @property
    def _ranking(self) -> "Ranking | None":
        return self._rankings.get(self._symbol)

    @property
    def unit(self) -> int:
        """The unit that is shown."""
        if self._unit is not None:
            return self._unit
        rows = self._ranking.rows if self._ranking is not None else ()
        best = max((row for row in rows if row.one is not None), key=lambda row: abs(row.one or 0.0), default=None)
        return best.unit if best is not None else 0

    def _show(self) -> None:
        if self._passage is not None and self._is_ready:
            feature = self._ranking.feature_of(self.unit) if self._ranking is not None else ""
            name = unit_name(self._passage, self._view, self.unit)
            self.heading = (Content(SURPRISE if self._view == SURPRISE else f"{name}: {feature}" if feature else name),)
            where = "held-out text, never trained on" if self._passage.is_unseen else "text that is trained on"
            self.footing = (Content("your own text" if self._passage.is_own else where),)
        if self.is_attached:
            self.repaint()

    def paint(self, grid: Grid, palette: Palette) -> None:
        if self._passage is None or not self._is_ready:
            self.paint_waiting(grid, palette, _LOOKING if self._is_trained else "")
            return
        from tui_rnn.tui.drawing.read import Reading, draw

        self._cursor = min(self._cursor, self._passage.length - 1)
        reading = Reading(self._passage, self._ranking, self._view, self.unit, self._cursor, *self._ways)
        draw(grid, palette, glyphs(self.options.marker), reading)

    # Keys

    def action_cursor(self, columns: int, lines: int) -> None:
        """Move the cursor along the text, or to another line."""
        if self._passage is None:
            return
        from tui_rnn.tui.drawing.read import Form, moved, places

        width, height = self.content_size
        at = places(self._passage, glyphs(self.options.marker), Form.of(width, height).text_width(width))
        self._cursor = moved(at, self._cursor, columns, lines)
        self._show()

    def action_cursor_at(self, place: int) -> None:
        """Move the cursor to the beginning of the text, or to its end for -1."""
        if self._passage is not None:
            self._cursor = place if place >= 0 else self._passage.length - 1
            self._show()

    def action_next(self, by: int) -> None:
        """The next unit: those of the table in its order, then all others by their number."""
        if self._passage is None:
            return
        ranked = [row.unit for row in self._ranking.rows if row.one is not None] if self._ranking is not None else []
        units = list(dict.fromkeys([*ranked, *range(self._passage.hidden.shape[1])]))
        if self._view == SURPRISE:
            self._view = UNITS
        self._unit = units[(units.index(self.unit) + by) % len(units)]
        self._show()

    def action_other_view(self) -> None:
        """The next view: hidden units, the gates of a cell that has some, the surprise."""
        known = views(self._passage) if self._passage is not None else [UNITS, SURPRISE]
        self._view = known[(known.index(self._view) + 1) % len(known)]
        self.post_message(self.WantsChanged())
        self._show()

    def action_own_text(self) -> None:
        """Have a text typed; an empty one brings back that of the run."""
        from tui_rnn.tui.screens.own_text import OwnTextScreen

        self.app.push_screen(OwnTextScreen(self._characters, self._own or ""), self._typed)

    def _typed(self, text: str | None) -> None:
        if text is not None:
            self._own, self._cursor = text or None, 0 if text else _CURSOR
            self.post_message(self.WantsChanged())

    def text_to_copy(self) -> str:
        """The passage."""
        from tui_rnn.safe_text import safe_text

        return safe_text(self._passage.characters) if self._passage is not None else ""
