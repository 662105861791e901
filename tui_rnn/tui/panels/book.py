"""7 Book: the loss along the text, this epoch over the last, and what in it is hard and easy."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.events import BookRead, Event, Observed, Started, Viewed
from tui_rnn.engine.joined_text import short_name
from tui_rnn.engine.text import held_out_length
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import COPY, key, other_view
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.grid import GridPanel
from tui_rnn.tui.run_state import RunState
from tui_rnn.wording import counted

if TYPE_CHECKING:  # instruments are of NumPy, for which the first frame does not wait
    from tui_rnn.engine.chapters import Chapter
    from tui_rnn.engine.instruments.book import Reading
    from tui_rnn.engine.instruments.epochs import Epochs
    from tui_rnn.tui.drawing.book_details import Book


class BookPanel(GridPanel):
    """The text from its beginning to its end, in bars."""

    number = 7
    title = "Book"
    about = (
        "The loss along the text, this epoch above the last: the higher and brighter a bar, the harder that part. "
        "Below, what is hard and what is easy as the weights read it now."
    )
    waiting = "The weights read the book, a piece at a time between two updates; that takes a while."
    BINDINGS: ClassVar[list[BindingType]] = [
        COPY,
        key("left", "cursor(-1)", "along the book", "Book: read the values at a place", display="← →", shown=True),
        key("right", "cursor(1)", "along the book", "Book: read the values at a place", display="← →"),
        key("home", "cursor_at(0)", "beginning", "Book: its beginning, its end", display="home end"),
        key("end", "cursor_at(-1)", "end", "Book: its beginning, its end", display="home end"),
        other_view("passages, characters", "hard passages, or the characters that the nats go to"),
    ]

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._reading: Reading | None = None
        self._epochs: Epochs | None = None
        self._chapters: tuple[Chapter, ...] | None = None
        self._characters = ""  # that the network can read
        self._text = ""  # its name
        self._by_character = False
        self._changed = False
        self._length, self._held_out = 0, 0  # characters
        self._cursor: int | None = None  # a place in the text
        self._book: Book | None = None  # all of it that is known

    def wants(self) -> tuple[ObserveRequest, ...]:
        """The epochs twice a second; one reading after the other, the first in haste; the chapters once."""
        return (
            ObserveRequest("epochs", 0.5),
            ObserveRequest("book", 1.0, True if self._reading is None else None),
            *((ObserveRequest("chapters", 3600.0),) if self._chapters is None else ()),
        )

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Each reading counts what was read before it for half."""
        match event:
            case Observed(name="book"):
                self._reading = event.value.blended(self._reading)
            case Observed(name="epochs"):
                self._epochs = event.value
            case Observed(name="chapters"):
                self._chapters = event.value
            case BookRead():
                self._characters = event.characters
            case Started():
                self._length = event.corpus["characters"]
                self._text = event.corpus["path"]
            case Viewed(characters=int(characters)) if not self._length:  # whose log does not say how it began
                self._length = characters
            case _:
                return
        self._changed = True

    def look(self, run: RunState) -> None:
        """Paint what is new."""
        if self._changed:
            self._changed = False
            self._held_out = held_out_length(self._length, run.config.holdout)
            self._show()

    def _show(self) -> None:
        from tui_rnn.tui.drawing.book_details import Book

        self._book = None
        if self._length and self._characters and (self._reading is not None or self._epochs is not None):
            trained = self._length - self._held_out
            self._book = Book(
                self._length, trained, self._chapters or (), self._characters, self._reading, self._epochs
            )
        chapters = sum(each.kind == "CHAPTER" for each in self._chapters or ())
        name = safe_text(short_name(self._text), one_line=True)
        size = counted(self._length, "character") * bool(self._length)
        self.footing = tuple(map(Content, filter(None, (name, size, counted(chapters, "chapter") * bool(chapters)))))
        self.heading = self._at_cursor()
        self.repaint()

    def _at_cursor(self) -> tuple[Content, ...]:
        """What the cursor stands at: the place, and the losses there."""
        from tui_rnn.tui.drawing.book import is_large, values_at
        from tui_rnn.tui.drawing.book_details import place_text

        book, place = self._book, self._cursor
        if book is None or place is None:
            if is_large(*self.content_size):
                return ()
            return (Content("as the weights read it now" if self._reading else "as training read it last"),)
        part = f"{100 * place / book.characters:.1f} %"
        here = f"{part}, {place_text(book, place)}" if book.chapters else part
        values = values_at(book, place, self._bars)
        return (Content.styled(here, "b $text-accent"), *(Content(f"{mean:.3f} {words}") for words, mean in values))

    @property
    def _bars(self) -> int:
        from tui_rnn.tui.drawing.book import bars

        return max(1, bars(*self.content_size))

    def paint(self, grid: Grid, palette: Palette) -> None:
        if self._book is None:
            self.paint_waiting(grid, palette)
            return
        from tui_rnn.tui.drawing.book import draw
        from tui_rnn.tui.drawing.glyphs import glyphs

        draw(
            grid,
            palette,
            glyphs(self.options.marker),
            self._book,
            by_character=self._by_character,
            cursor=self._cursor,
        )

    # Keys

    def action_cursor(self, by: int) -> None:
        """Move the cursor by so many bars; it appears where training reads."""
        if self._book is None:
            return
        if self._cursor is None:
            self._put_cursor(self._epochs.places[0] if self._epochs else 0)
        else:
            at = self._cursor * self._bars // self._book.characters + by
            self._put_cursor(-(-at * self._book.characters // self._bars))

    def action_cursor_at(self, place: int) -> None:
        """Put the cursor to the beginning, or for -1 to the end."""
        if self._book is not None:
            self._put_cursor(place if place >= 0 else self._book.characters - 1)

    def _put_cursor(self, place: int) -> None:
        assert self._book is not None
        self._cursor = min(max(place, 0), self._book.characters - 1)
        self._show()

    def action_other_view(self) -> None:
        """Hard passages, or the characters that the nats go to."""
        self._by_character = not self._by_character
        self._show()

    def action_leave(self) -> bool:
        """Put the cursor away; whether there was one."""
        had, self._cursor = self._cursor is not None, None
        if had:
            self._show()
        return had
