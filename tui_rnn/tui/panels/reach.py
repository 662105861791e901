"""5 Reach: what each guess hangs on, and how far back guesses hang on the text on average."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.events import BookRead, Event, HeldOut, Observed
from tui_rnn.tui.bindings import COPY, key, other_view, own_text
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.grid import GridPanel
from tui_rnn.tui.run_state import RunState

if TYPE_CHECKING:  # instruments are of NumPy, for which the first frame does not wait
    from tui_rnn.engine.instruments.reach import MeanReach, Staircase


HOLDOUT_OF_COUNTING = 0.1  # ngram.JUDGED, whose module needs NumPy: with it both are judged by the same text
_FEW_PLACES = 50
_END = 28  # characters before the end of the text, where the staircase of its last guesses begins


class ReachPanel(GridPanel):
    """A staircase of guesses along a text."""

    number = 5
    title = "Reach"
    about = (
        "Each row guesses the character after it: the brighter a character, the more the guess hangs on it. "
        "Beside it, how far back guesses reach on average."
    )
    waiting = "The first guesses come as soon as the network has been looked at."
    BINDINGS: ClassVar[list[BindingType]] = [
        COPY,
        key("left", "cursor(-1)", "along the text", "Reach: along the text", display="← →", shown=True),
        key("right", "cursor(1)", "along the text", "Reach: along the text", display="← →"),
        key("up", "cursor(-20)", "along the text", "Reach: along the text, by 20", display="↑ ↓"),
        key("down", "cursor(20)", "along the text", "Reach: along the text, by 20", display="↑ ↓"),
        key("home", "cursor_at(0)", "beginning", "Reach: its beginning, its end", display="home end"),
        key("end", "cursor_at(-1)", "end", "Reach: its beginning, its end", display="home end"),
        own_text(),
        other_view("likeliest, came", "what the likeliest guess hangs on, or what came"),
    ]

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._stairs: Staircase | None = None
        self._mean: MeanReach | None = None
        self._characters = ""  # that the network can read
        self._place: int | None = None  # of the first guess; None: where the instrument chooses
        self._came = False  # whether the guesses are of what came, not of the likeliest
        self._own: str | None = None  # a text of the user's
        self._nats: float | None = None  # held out, as last measured
        self._changed = False
        self._ngrams: dict[int, float] = {}  # by order, nats per character on the same text

    # What it looks at

    def wants(self) -> tuple[ObserveRequest, ...]:
        """The staircase once a second; the mean, which is dearer, every half minute, at first over fewer places."""
        from tui_rnn.engine.instruments.reach import Question

        return (
            ObserveRequest("reach", 1.0, Question(self._place, self._came, self._own)),
            ObserveRequest("average_reach", 30.0, _FEW_PLACES if self._mean is None else None),
        )

    # What happens

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """What the instruments saw, and what the remarks are made of."""
        match event:
            case Observed(name="reach"):
                self._stairs = event.value
            case Observed(name="average_reach"):
                self._mean = event.value
            case BookRead():
                self._characters = event.characters
            case HeldOut():
                self._nats = event.nats_per_char
            case _:
                return
        self._changed = True

    def look(self, run: RunState) -> None:
        """Paint what is new."""
        same_text = abs(run.config.holdout - HOLDOUT_OF_COUNTING) < 1e-9  # what counting was judged by too
        ngrams = dict(enumerate(run.ngrams, 1)) if same_text else {}
        if self._changed or ngrams != self._ngrams:
            self._ngrams = ngrams
            self._changed = False
            self._show()

    def _show(self) -> None:
        self.heading = (Content("of what came, not of the likeliest"),) if self._came else ()
        self.footing = (Content(self._which_text()),)
        self.repaint()

    def _which_text(self) -> str:
        if self._own is not None:
            return "your own text"
        return "held-out text, never trained on" if self._nats is not None else "text that is trained on"

    def paint(self, grid: Grid, palette: Palette) -> None:
        if not self._characters or (self._stairs is None and self._mean is None):
            self.paint_waiting(grid, palette)
            return
        from tui_rnn.tui.drawing.glyphs import glyphs
        from tui_rnn.tui.drawing.reach import draw, remarks

        mean, said = self._mean, list[str]()
        if mean is not None:
            said = remarks(mean.reaching(0.9), self._nats, self._ngrams, mean.quotation)
        draw(grid, palette, glyphs(self.options.marker), self._shown(), mean, self._characters, said)

    def _shown(self) -> "Staircase | None":
        """The staircase from where the cursor is: until it is looked at anew, what is known of it already."""
        stairs, place = self._stairs, self._place
        if stairs is None or place is None:
            return stairs
        return replace(stairs, guesses=tuple(guess for guess in stairs.guesses if guess.place >= place))

    # Keys

    def action_cursor(self, by: int) -> None:
        """Begin the staircase so many characters on."""
        if self._stairs is not None:
            at = self._stairs.guesses[0].place if self._place is None else self._place
            self._begin_at(at + by)

    def action_cursor_at(self, place: int) -> None:
        """Begin it at the beginning of the text, or at its end for -1."""
        if self._stairs is not None:
            self._begin_at(place if place >= 0 else self._stairs.length - _END)

    def _begin_at(self, place: int) -> None:
        assert self._stairs is not None
        self._place = min(max(place, 0), self._stairs.length - 1)
        self.post_message(self.WantsChanged())
        self._show()

    def action_other_view(self) -> None:
        """What the likeliest guess hangs on, or what hangs on what came."""
        self._came = not self._came
        self.post_message(self.WantsChanged())
        self._show()

    def action_own_text(self) -> None:
        """Have a text typed; an empty one brings back that of the run."""
        from tui_rnn.tui.screens.own_text import OwnTextScreen

        self.app.push_screen(OwnTextScreen(self._characters, self._own or ""), self._read)

    def _read(self, text: str | None) -> None:
        if text is not None:
            self._own, self._place, self._stairs = text or None, 0 if text else None, None
            self.post_message(self.WantsChanged())
            self._show()

    def action_leave(self) -> bool:
        """Put a text of the user's own away; whether there was one."""
        had = self._own is not None
        if had:
            self._read("")
        return had
