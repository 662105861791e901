"""What in a book is hard and what is easy: kinds of characters, places in words, letters, and passages."""

from collections.abc import Sequence
from dataclasses import dataclass

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

WARM, SPAN = 0.3, 0.62  # of the heat: the least bar, and how far the largest is above it
_LETTERS_FROM = 8  # columns before the first letter
_LEAST_PART = 0.0005  # of all the loss: characters with less are not listed
_NAMES = {"punctuation": ". , ; : ! ? -"}


@dataclass(frozen=True, slots=True)
class Book:
    """A text, its chapters, and how hard it is."""

    characters: int
    trained: int  # characters at its beginning that are trained on; the rest is held out
    chapters: tuple[Chapter, ...]
    vocabulary: str
    reading: Reading | None
    epochs: Epochs | None


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


class Details:
    """Paints them, as far as there is room, whole or not at all."""

    def __init__(self, grid: Grid, palette: Palette, glyphs: Glyphs, book: Book) -> None:
        self.grid, self.palette, self.glyphs, self.book = grid, palette, glyphs, book

    def large(self, y: int, by_character: bool) -> None:
        """All of it from row y on, the least telling left out where it is too much."""
        grid, reading = self.grid, self.book.reading
        if reading is None:
            self._waiting(y)
            return
        middle = (grid.width + 4) // 2
        if by_character:
            self._characters(y, grid.width)
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

    def _waiting(self, y: int) -> None:
        words = "The weights read the book, a piece at a time between two updates …"
        for line, parts in enumerate(wrapped([(words, "")], self.grid.width), y):
            self.grid.put(0, line, "".join(text for text, _ in parts), self.palette.muted)

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
            colour = palette.heat(WARM + SPAN * mean / (highest or 1))
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
        room = (grid.width - _LETTERS_FROM) // 4
        most = sorted(sorted(known, key=lambda each: -each[1].count)[:room])
        for k, (index, losses) in enumerate(most):
            mean, x = losses.mean or 0.0, _LETTERS_FROM + 4 * k
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
        hot = WARM + SPAN * (0.95 if title == "Hardest" else 0.0)
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

    def _characters(self, y: int, width: int) -> None:
        """Which characters the nats are spent on: the loss of each times how often it comes."""
        grid, palette, reading = self.grid, self.palette, self.book.reading
        assert reading is not None
        at = grid.put(0, y, "Where the nats go", palette.text, bold=True)
        grid.put(at, y, "  by the character to come", palette.muted)
        total = sum(each.sum for each in reading.by_index) or 1.0
        rows = grid.height - y - 2
        most = sorted(
            ((index, each) for index, each in enumerate(reading.by_index) if each.sum >= _LEAST_PART * total),
            key=lambda each: -each[1].sum,
        )
        cell = 36
        longest = most[0][1].sum if most else 1.0
        columns = max(1, (width + 2) // (cell + 2))
        rows = min(rows, -(-len(most) // columns))
        for column in range(columns if rows > 0 else 0):
            left, in_it = column * (cell + 2), most[column * rows : (column + 1) * rows]
            if in_it:
                grid.put(left, y + 1, "nats", palette.dim)
                grid.put_left_of(left + cell, y + 1, "of the loss", palette.dim)
            for row, (index, losses) in enumerate(in_it):
                at, mean = y + 2 + row, losses.mean or 0.0
                sign = self.glyphs.of(self.book.vocabulary[index])
                grid.put(left, at, sign, palette.text, bold=True)
                grid.put(left + 3, at, f"{mean:.2f}", palette.muted)
                colour = palette.heat(WARM + SPAN * min(1.0, mean / 5))
                self.glyphs.bar(grid, left + 9, at, losses.sum / longest * (cell - 18), colour)
                grid.put_left_of(left + cell, at, f"{100 * losses.sum / total:.1f} %", palette.dim)

    def small(self, y: int, by_character: bool) -> None:
        """The hardest passages alone, or the characters, from row y on."""
        reading = self.book.reading
        if reading is None:
            self._waiting(y)
        elif by_character:
            self._characters(y, self.grid.width)
        else:
            self._passages(0, y, self.grid.width, "Hardest", reading.hardest)


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
