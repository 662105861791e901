"""The loss along the book in bars of heat, epoch over epoch, its chapters, and what in it is hard or easy."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from rich.cells import cell_len

from tui_rnn.engine.chapters import Chapter, numbers_at
from tui_rnn.engine.character_kinds import KINDS, LETTER
from tui_rnn.engine.instruments.book import LAST_LETTER, Losses, Passage, Reading
from tui_rnn.engine.instruments.epochs import Epochs
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.drawing.glyphs import Glyphs
from tui_rnn.tui.drawing.words import wrapped
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette

_LARGE_WIDTH, _LARGE_HEIGHT = 100, 24  # cells from which both epochs are shown
_LABELS = 8  # columns to the left of the bars
_WARM, _SPAN = 0.3, 0.62  # of the heat: the least bar, and how far the largest is above it
_LEAST_PART = 0.0005  # of all the loss: characters with less are not listed
_MOST_GAINED = 0.35  # nats: the strongest colour of what was gained or lost

Column = float | None  # nats; None where nothing was read


@dataclass(frozen=True, slots=True)
class Book:
    """A text, its chapters, and how hard it is."""

    characters: int
    trained: int  # characters at its beginning that are trained on; the rest is held out
    chapters: tuple[Chapter, ...]
    vocabulary: str
    reading: Reading | None
    epochs: Epochs | None


def draw(grid: Grid, palette: Palette, glyphs: Glyphs, book: Book, *, by_character: bool = False) -> None:
    """Paint as much of it as there is room for."""
    painter = _Painter(grid, palette, glyphs, book)
    if grid.width >= _LARGE_WIDTH and grid.height >= _LARGE_HEIGHT:
        painter.large(by_character)
    else:
        painter.small(by_character)


def place_text(book: Book, place: int) -> str:
    """Where a place of the text is: `I·XVIII`, `chapter XVIII`, or `43 %` of a text without chapters."""
    under = numbers_at(book.chapters, place)
    if not book.chapters:
        return f"{100 * place / book.characters:.0f} %"
    if not under:
        return "before it all"
    if len({each.kind for each in book.chapters}) == 1:
        return f"{under[0].kind.lower()} {under[0].number}"
    return "·".join(each.number for each in under)


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
    def __init__(self, grid: Grid, palette: Palette, glyphs: Glyphs, book: Book) -> None:
        self.grid, self.palette, self.glyphs, self.book = grid, palette, glyphs, book

    # Both epochs

    def large(self, by_character: bool) -> None:
        grid, palette, book = self.grid, self.palette, self.book
        spare = max(0, grid.height - 35)
        above, below = 4 + min(6, spare // 3), 3 + min(4, spare // 4)
        left, width = _LABELS, grid.width - _LABELS
        x = grid.put(0, 0, "The loss along the book", palette.text, bold=True)
        x = grid.put(x, 0, f"  the higher the harder; {self.glyphs.tick} a chapter", palette.muted)
        trained = round(width * book.trained / book.characters)
        epochs = book.epochs
        this = columns(epochs.this, trained) if epochs else [None] * trained
        last = columns(epochs.last, trained) if epochs else [None] * trained
        held_out = self._held_out(width - trained)
        low, high = limits([*this, *held_out], last)
        self._label(above, f"epoch {epochs.number}" if epochs else "", bold=True)
        self._bars(left, 1, above, [*this, *held_out], low, high)
        self._axis(left, above + 1, width, trained)
        y = above + 3
        if any(value is not None for value in last):
            self._label(y + below - 1, f"epoch {epochs.number - 1}" if epochs else "")
            self._bars(left, y, below, last, low, high)
        else:
            words = "Here the epoch before will stand, once one is over."
            if epochs and epochs.number > 1:
                words = "Here the epoch before will stand: what was read before this process began is not known."
            grid.put(left, y + below - 1, words, palette.dim)
        self._gained(left, y + below, this, last)
        if epochs:
            self._here(left, 1, above, width, x)
        self._details(y + below + (3 if grid.height >= 32 else 2), by_character)

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
            colour = self.palette.heat(_WARM + _SPAN * height)
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
                free = grid.put(at, y + 1, f"{10 * tenth} %", palette.muted) + 2
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
            for row in range(y, y + rows):
                grid.put(at, row, self.glyphs.cursor, palette.accent)
        first = epochs.places[0]
        part = 100 * first / book.characters
        if len(epochs.places) > 1:
            share = 100 * first * len(epochs.places) / book.trained
            words = f"  {len(epochs.places)} streams, each {share:.1f} % through its part"
        else:
            words = f"  {part:.1f} % of the book" + (f", {place_text(book, first)}" if book.chapters else "")
        at, end = x + first * width // book.characters + 2, x + width
        if len(epochs.places) == 1 and end - at >= cell_len(f"here now{words}") + 2:
            grid.put(grid.put(at, y + 1, "here now", palette.accent, bold=True), y + 1, words, palette.muted)
            grid.put(at, y + 2, quoted(epochs.quote, end - at), palette.muted)
        elif free + cell_len(f"here now{words}") + 3 <= end:
            at = end - cell_len(f"here now{words}")
            grid.put(grid.put(at, 0, "here now", palette.accent, bold=True), 0, words, palette.muted)

    # One strip

    def small(self, by_character: bool) -> None:
        grid, palette, book = self.grid, self.palette, self.book
        if book.reading is None:
            return
        rows = 4 if grid.height >= 9 else 2
        grid.put(0, 0, "the higher the harder", palette.muted)
        trained = round(grid.width * book.trained / book.characters)
        if trained < grid.width:
            grid.put_left_of(grid.width, 0, "held out", palette.secondary)
        values = columns(book.reading.parts, grid.width)
        low, high = limits(values, ())
        self._bars(0, 1, rows, values, low, high)
        self._axis(0, rows + 1, grid.width, trained)
        if trained < grid.width:  # it has been said above
            grid.put(grid.width - len("held out"), rows + 2, " " * len("held out"))
        y = rows + 4
        if by_character:
            self._characters(0, y, grid.width)
        else:
            self._passages(0, y, grid.width, "Hardest", book.reading.hardest)

    # What is hard and easy

    def _details(self, y: int, by_character: bool) -> None:
        grid, reading = self.grid, self.book.reading
        if reading is None:
            grid.put(0, y, "Now the weights read the book…", self.palette.muted)
            return
        middle = (grid.width + 4) // 2
        if by_character:
            self._characters(0, y, grid.width)
            return
        room = grid.height - y
        tables, letters, passages = room >= 8, room >= 11, room >= 18 or (room < 8 and room >= 3)
        if tables:
            self._tables(y, middle)
            y += 8
        if letters:
            self._letters(y)
            y += 3
        if passages:
            x = self._passages(0, y, middle - 6, "Hardest", reading.hardest)
            grid.put(x, y, "  as the weights read it now", self.palette.muted)
            self._passages(middle, y, grid.width - middle, "Easiest", reading.easiest)

    def _tables(self, y: int, middle: int) -> None:
        reading = self.book.reading
        assert reading is not None
        kinds = [(_NAMES.get(kind, kind), each) for kind, each in zip(KINDS, reading.kinds, strict=True)]
        kinds = [each for each, kind in zip(kinds, KINDS, strict=True) if kind != LETTER and each[1].count]
        total = sum(each.count for each in reading.kinds)
        shown = sorted(
            (each for each in kinds if each[1].count > 0.0005 * total), key=lambda each: -(each[1].mean or 0)
        )
        places = [
            (f"letter {at}" + " …" * (at == LAST_LETTER), each)
            for at, each in enumerate(reading.letters_by_place, 1)
            if each.count
        ]
        highest = max((each.mean or 0.0 for _, each in [*shown, *places]), default=1.0)
        self._table(0, y, middle - 6, "What comes next", shown[:6], highest, total)
        self._table(middle, y, self.grid.width - middle - 2, "Place in the word", places, highest, total)

    def _table(
        self, x: int, y: int, width: int, title: str, rows: Sequence[tuple[str, Losses]], highest: float, total: float
    ) -> None:
        grid, palette = self.grid, self.palette
        grid.put(grid.put(x, y, title, palette.text, bold=True), y, "  nats", palette.muted)
        grid.put_left_of(x + width, y, "share of the text", palette.dim)
        for row, (name, losses) in enumerate(rows, y + 1):
            mean = losses.mean or 0.0
            grid.put_left_of(x + 13, row, name, palette.text)
            colour = palette.heat(_WARM + _SPAN * mean / (highest or 1))
            behind = self.glyphs.bar(grid, x + 15, row, mean / (highest or 1) * (width - 15 - 15), colour)
            grid.put(behind + 1, row, f"{mean:.2f}", palette.text)
            grid.put_left_of(x + width, row, f"{100 * losses.count / total:.1f} %", palette.dim)

    def _letters(self, y: int) -> None:
        """The most frequent small letters, in their order, each in the heat of its loss."""
        grid, palette, reading = self.grid, self.palette, self.book.reading
        assert reading is not None
        grid.put(0, y, "Letter", palette.text, bold=True)
        known = [
            (index, losses)
            for index, losses in enumerate(reading.by_index)
            if losses.count >= 5 and self.book.vocabulary[index].isalpha() and not self.book.vocabulary[index].isupper()
        ]
        room = (grid.width - _LABELS) // 4
        most = sorted(sorted(known, key=lambda each: -each[1].count)[:room])
        for k, (index, losses) in enumerate(most):
            mean, x = losses.mean or 0.0, _LABELS + 4 * k
            ground = palette.heat(0.2 + 0.75 * min(1.0, mean / 4.5))
            sign = self.glyphs.of(self.book.vocabulary[index])
            text = f"{sign} " if cell_len(sign) == 2 else f" {sign} "
            grid.put(x, y, text, palette.ink_on(ground), ground, bold=True)
            grid.put(x, y + 1, f"{mean:.1f}"[:3], palette.muted)

    def _passages(self, x: int, y: int, width: int, title: str, passages: Sequence[Passage]) -> int:
        """The passages, each in two lines, as many as fit whole; returns the x behind the title."""
        grid, palette, glyphs = self.grid, self.palette, self.glyphs
        if y + 2 > grid.height:
            return x
        behind = grid.put(x, y, title, palette.text, bold=True)
        hot = _WARM + _SPAN * (0.95 if title == "Hardest" else 0.0)
        names = [place_text(self.book, each.quoted_at) for each in passages]
        at = x + 9 + max(map(cell_len, names), default=0)
        for passage, name in zip(passages, names, strict=True):
            lines = quote_lines(passage.quote, x + width - at, 2)
            if y + len(lines) >= grid.height or x + width - at < 12:
                break
            behind_mark = grid.put(x, y + 1, glyphs.mark, palette.heat(hot))
            behind_loss = grid.put(behind_mark, y + 1, f"{passage.loss:.2f}", palette.text, bold=True)
            grid.put(behind_loss + 2, y + 1, name, palette.muted)
            for line in lines:
                y += 1
                grid.put(at, y, line, palette.muted)
        return behind

    def _characters(self, x: int, y: int, width: int) -> None:
        """Which characters the nats are spent on: the loss of each times how often it comes."""
        grid, palette, reading = self.grid, self.palette, self.book.reading
        assert reading is not None
        grid.put(
            grid.put(x, y, "Where the nats go", palette.text, bold=True), y, "  by the character to come", palette.muted
        )
        total = sum(each.sum for each in reading.by_index) or 1.0
        rows = grid.height - y - 2
        most = sorted(
            ((index, each) for index, each in enumerate(reading.by_index) if each.sum >= _LEAST_PART * total),
            key=lambda each: -each[1].sum,
        )
        cell = 36
        longest = most[0][1].sum if most else 1.0
        for column in range(max(1, (width + 2) // (cell + 2))):
            left = x + column * (cell + 2)
            if rows > 0:
                grid.put(left, y + 1, "nats", palette.dim)
                grid.put_left_of(left + cell, y + 1, "of the loss", palette.dim)
            for row, (index, losses) in enumerate(most[column * rows : (column + 1) * rows] if rows > 0 else ()):
                at, mean = y + 2 + row, losses.mean or 0.0
                sign = self.glyphs.of(self.book.vocabulary[index])
                grid.put(left, at, sign, palette.text, bold=True)
                grid.put(left + 3, at, f"{mean:.2f}", palette.muted)
                colour = palette.heat(_WARM + _SPAN * min(1.0, mean / 5))
                self.glyphs.bar(grid, left + 9, at, losses.sum / longest * (cell - 18), colour)
                grid.put_left_of(left + cell, at, f"{100 * losses.sum / total:.1f} %", palette.dim)


_NAMES = {"punctuation": ". , ; : ! ? -"}


def quoted(text: str, width: int) -> str:
    """The beginning of a text in one line of at the most so many cells, in quotation marks."""
    lines = quote_lines(text, width, 1)
    return lines[0] if lines else ""


def quote_lines(text: str, width: int, most: int) -> list[str]:
    """The beginning of a text in quotation marks, in at the most so many lines, broken between words if it has any."""
    words = safe_text(" ".join(text.split()), one_line=True)
    if width < 6 or not words:
        return []
    lines = ["".join(piece for piece, _ in line) for line in wrapped([("“" + words, "")], width - 3)]
    lines = [cut for line in lines for cut in _pieces(line, width - 3)]
    shown = lines[:most]
    shown[-1] += " …”" if len(lines) > most else "”"
    return shown


def _pieces(line: str, width: int) -> list[str]:
    """A line that has no place to break it cut after so many cells."""
    pieces = [""]
    for character in line:
        if cell_len(pieces[-1]) + cell_len(character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
