"""The loss along the book in bars of heat, epoch over epoch, its chapters, and what in it is hard or easy."""

from collections.abc import Sequence
from math import isfinite

from rich.cells import cell_len

from tui_rnn.engine.instruments.book import Losses
from tui_rnn.tui.drawing.book_details import SPAN, WARM, Book, Details, place_text, quoted
from tui_rnn.tui.drawing.glyphs import Glyphs
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette

_LARGE_WIDTH, _LARGE_HEIGHT = 100, 24  # cells from which both epochs are shown
_LABELS = 8  # columns to the left of the bars
_MOST_GAINED = 0.35  # nats: the strongest colour of what was gained or lost

Column = float | None  # nats; None where nothing was read


def is_large(width: int, height: int) -> bool:
    """Whether so many cells have room for both epochs."""
    return width >= _LARGE_WIDTH and height >= _LARGE_HEIGHT


def draw(
    grid: Grid, palette: Palette, glyphs: Glyphs, book: Book, *, by_character: bool = False, cursor: int | None = None
) -> None:
    """Paint as much of it as there is room for; `cursor` is a place in the text."""
    painter = _Painter(grid, palette, glyphs, book, cursor)
    if is_large(grid.width, grid.height):
        painter.large(by_character)
    else:
        painter.small(by_character)


def bars(width: int, height: int) -> int:
    """How many bars stand side by side in so many cells."""
    return width - _LABELS if is_large(width, height) else width


def values_at(book: Book, place: int, bars: int) -> list[tuple[str, float]]:
    """What the bars say, of so many side by side, at this place: in words, and nats per character."""
    at = min(place * bars // book.characters, bars - 1)
    trained = _trained_columns(book, bars)
    found = []
    if book.reading is not None:
        found.append(("now", columns(book.reading.parts, bars)[at]))
    if book.epochs is not None and at < trained:
        found.append((f"in epoch {book.epochs.number}", columns(book.epochs.this, trained)[at]))
        found.append((f"in epoch {book.epochs.number - 1}", columns(book.epochs.last, trained)[at]))
    return [(words, mean) for words, mean in found if mean is not None]


def _as_trained(book: Book) -> tuple[Losses, ...]:
    """The losses that training had at each part when it read it last; nothing of what is held out."""
    if book.epochs is None:
        return (Losses(0.0, 0),)
    latest = [now if now.count else before for now, before in zip(book.epochs.this, book.epochs.last, strict=True)]
    held_out = round(len(latest) * (book.characters - book.trained) / book.trained)
    return (*latest, *[Losses(0.0, 0)] * held_out)


def _trained_columns(book: Book, bars: int) -> int:
    return max(1, round(bars * book.trained / book.characters))


def columns(losses: Sequence[Losses], width: int) -> list[Column]:
    """The means of so many equal stretches; each takes all the parts that begin in it, or the one that it lies in."""
    found: list[Column] = []
    for k in range(width):
        first = k * len(losses) // width
        chosen = losses[first : max(first + 1, (k + 1) * len(losses) // width)]
        total, count = sum(each.sum for each in chosen), sum(each.count for each in chosen)
        found.append(total / count if count and isfinite(total) else None)
    return found


def limits(this: Sequence[Column], last: Sequence[Column]) -> tuple[float, float]:
    """What the lowest and the highest bar stand for: from below the easiest stretch to one that few are harder than.

    Few are 2 %; or 14 % in an epoch whose beginning was read by a network that knew nothing yet, far above the rest.
    """
    known = sorted(value for value in (*this, *last) if value is not None)
    if not known:
        return 0.0, 1.0

    def quantile(part: float) -> float:
        return known[int(part * (len(known) - 1))]

    middle = quantile(0.5)
    has_tail = quantile(0.98) - middle > 3 * (middle - quantile(0.05))
    low, high = known[0] - 0.12, quantile(0.86 if has_tail else 0.98)
    return low, max(high, low + 0.3)


class _Painter:
    def __init__(self, grid: Grid, palette: Palette, glyphs: Glyphs, book: Book, cursor: int | None) -> None:
        self.grid, self.palette, self.glyphs, self.book, self.cursor = grid, palette, glyphs, book, cursor

    # Both epochs

    def large(self, by_character: bool) -> None:
        grid, palette, book = self.grid, self.palette, self.book
        spare = max(0, grid.height - 35)
        above, below = 4 + min(6, spare // 3), 3 + min(4, spare // 4)
        left, width = _LABELS, grid.width - _LABELS
        x = grid.put(0, 0, "The loss along the book", palette.text, bold=True)
        tick = "a chapter" if book.chapters else "a tenth of it"
        x = grid.put(x, 0, f"  the higher the harder; {self.glyphs.tick} {tick}", palette.muted)
        trained = _trained_columns(book, width)
        epochs = book.epochs
        if epochs is None:
            self._now(left, above, width, trained)
            Details(grid, palette, self.glyphs, book).large(above + 4, by_character)
            return
        this, last = columns(epochs.this, trained), columns(epochs.last, trained)
        held_out = self._held_out(width - trained)
        low, high = limits([*this, *held_out], last)
        self._label(above, f"epoch {epochs.number}", bold=True)
        self._bars(left, 1, above, [*this, *held_out], low, high)
        self._axis(left, above + 1, width, trained)
        y = above + 3
        if any(value is not None for value in last):
            self._label(y + below - 1, f"epoch {epochs.number - 1}")
            self._bars(left, y, below, last, low, high)
        else:
            self._without_last(left, y, below, width, (low, high))
        self._gained(left, y + below, this, last)
        if self.cursor is not None:
            self._upright(left + self.cursor * width // book.characters, 1, above + below + 2)
        else:
            self._here(left, 1, above, width, x)
        Details(grid, palette, self.glyphs, book).large(y + below + (3 if grid.height >= 32 else 2), by_character)

    def _without_last(self, x: int, y: int, rows: int, width: int, limits: tuple[float, float]) -> None:
        """In place of an epoch before, the book as the weights read it now; and why there is none."""
        grid, palette, epochs = self.grid, self.palette, self.book.epochs
        assert epochs is not None
        if self.book.reading is not None:
            self._label(y + rows - 1, "now")
            self._bars(x, y, rows, columns(self.book.reading.parts, width), *limits)
        words = "the epoch before will stand here once one is over"
        if epochs.number > 1:
            words = "what was read before this process began is not known"
        if self.book.reading is not None:
            words = f"as the weights read it now; {words}"
        grid.put(x, y + rows, words, palette.dim)

    def _now(self, x: int, rows: int, width: int, trained: int) -> None:
        """One strip, of a network that is in training nowhere, as its weights read the book."""
        if self.book.reading is not None:
            values = columns(self.book.reading.parts, width)
            self._label(rows, "now", bold=True)
            self._bars(x, 1, rows, values, *limits(values, ()))
        self._axis(x, rows + 1, width, trained)
        if self.cursor is not None:
            self._upright(x + self.cursor * width // self.book.characters, 1, rows)

    def _label(self, y: int, words: str, *, bold: bool = False) -> None:
        self.grid.put(0, y, words, self.palette.text if bold else self.palette.muted, bold=bold)

    def _held_out(self, width: int) -> list[Column]:
        """The columns of what is not trained on, as the weights read it now."""
        reading, book = self.book.reading, self.book
        if reading is None or not width:
            return [None] * width
        first = len(reading.parts) * book.trained // book.characters
        return columns(reading.parts[first:], width)

    def _bars(self, x: int, y: int, rows: int, values: Sequence[Column], low: float, high: float) -> None:
        for k, value in enumerate(values):
            if value is None:
                self.grid.put(x + k, y + rows - 1, self.glyphs.dot, self.palette.hair)
                continue
            height = min(max((value - low) / (high - low), 0.0), 1.0)
            colour = self.palette.heat(WARM + SPAN * height)
            self.glyphs.column(self.grid, x + k, y, rows, 0.04 + 0.96 * height, colour)

    def _axis(self, x: int, y: int, width: int, trained: int) -> None:
        grid, palette, book = self.grid, self.palette, self.book
        grid.put(x, y, self.glyphs.rule * width, palette.faint)
        grid.put(x + trained, y, self.glyphs.thick * (width - trained), palette.secondary)
        free = x
        kinds = list(dict.fromkeys(each.kind for each in book.chapters))
        wide = kinds[0] if len(kinds) > 1 else None
        for chapter in book.chapters:
            at = x + chapter.place * width // book.characters
            if chapter.kind == wide:
                words = f"{chapter.kind.capitalize()} {chapter.number}"
                if at >= free and at + len(words) <= x + width:
                    free = grid.put(at, y + 1, words, palette.muted) + 2
            else:
                held_out = at >= x + trained
                tick = self.glyphs.thick_tick if held_out else self.glyphs.tick
                grid.put(at, y, tick, palette.secondary if held_out else palette.dim)
        if not book.chapters:
            for tenth in range(10):
                at = x + tenth * width // 10
                grid.put(at, y, self.glyphs.tick, palette.dim)
                words = f"{10 * tenth} %"
                if at >= free and at + len(words) <= x + width:
                    free = grid.put(at, y + 1, words, palette.muted) + 2
        elif wide is None:
            for chapter in book.chapters:
                at = x + chapter.place * width // book.characters
                if at >= free:
                    free = grid.put(at, y + 1, chapter.number, palette.muted) + 2
        if trained < width and x + width - len("held out") >= free:
            grid.put_left_of(x + width, y + 1, "held out", palette.secondary)

    def _gained(self, x: int, y: int, this: Sequence[Column], last: Sequence[Column]) -> None:
        grid, palette = self.grid, self.palette
        both = [None if a is None or b is None else b - a for a, b in zip(this, last, strict=True)]
        if not any(each is not None for each in both):
            return
        grid.put(0, y, "gained", palette.muted)
        for k, gain in enumerate(both):
            colour = palette.hair if gain is None else palette.diverging(-gain / _MOST_GAINED, 0.9)
            grid.put(x + k, y, self.glyphs.dot if gain is None else self.glyphs.top, colour)
        for gain, words in ((-1, "easier than an epoch ago  "), (1, "harder")):
            x = grid.put(x, y + 1, f"{self.glyphs.square} ", palette.diverging(gain, 0.9))
            x = grid.put(x, y + 1, words, palette.muted)

    def _here(self, x: int, y: int, rows: int, width: int, free: int) -> None:
        """Where training reads; with the words there where the bars leave room for them."""
        grid, palette, book, epochs = self.grid, self.palette, self.book, self.book.epochs
        assert epochs is not None
        for place in epochs.places if len(epochs.places) <= 4 else ():
            at = x + place * width // book.characters
            self._upright(at, y, rows)
        first = epochs.places[0]
        part = 100 * first / book.characters
        if len(epochs.places) > 1:
            words = f"  {len(epochs.places)} streams"
            if epochs.order == "sequential":
                words += f", each {100 * first * len(epochs.places) / book.trained:.1f} % through its part"
            else:
                words += {"random": " at random places", "chunks": ", a chunk each"}.get(epochs.order, "")
        else:
            words = f"  {part:.1f} % of the book" + (f", {place_text(book, first)}" if book.chapters else "")
        at, end = x + first * width // book.characters + 2, x + width
        if len(epochs.places) == 1 and end - at >= cell_len(f"here now{words}") + 2:
            grid.put(grid.put(at, y + 1, "here now", palette.accent, bold=True), y + 1, words, palette.muted)
            grid.put(at, y + 2, quoted(epochs.quote, end - at), palette.muted)
        elif free + cell_len(f"here now{words}") + 3 <= end:
            at = end - cell_len(f"here now{words}")
            grid.put(grid.put(at, 0, "here now", palette.accent, bold=True), 0, words, palette.muted)

    def _upright(self, x: int, y: int, rows: int) -> None:
        """The cursor, or where training reads."""
        for row in range(y, y + rows):
            self.grid.put(x, row, self.glyphs.cursor, self.palette.accent)

    # One strip

    def small(self, by_character: bool) -> None:
        grid, palette, book = self.grid, self.palette, self.book
        parts = book.reading.parts if book.reading is not None else _as_trained(book)
        rows = 4 if grid.height >= 9 else 2
        grid.put(0, 0, "the higher the harder", palette.muted)
        trained = _trained_columns(book, grid.width)
        if trained < grid.width:
            grid.put_left_of(grid.width, 0, "held out", palette.secondary)
        values = columns(parts, grid.width)
        low, high = limits(values, ())
        self._bars(0, 1, rows, values, low, high)
        self._axis(0, rows + 1, grid.width, trained)
        if trained < grid.width:  # it has been said above
            grid.put(grid.width - len("held out"), rows + 2, " " * len("held out"))
        if self.cursor is not None:
            self._upright(self.cursor * grid.width // book.characters, 1, rows)
        y = rows + 4
        Details(grid, palette, self.glyphs, book).small(y, by_character)
