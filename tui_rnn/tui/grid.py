"""A grid of styled cells: what is painted into it becomes strips of Textual's Line API."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

# A character with the marks written on it ("" where a wide one goes on), its colour, background, bold
NO_NAMES: Mapping[str, str] = MappingProxyType({})
Cell = tuple[str, str, str | None, bool]


class Grid:
    """Cells, each a character with its colour, its background (None: the panel's) and whether it is bold."""

    def __init__(self, width: int, height: int, colour: str) -> None:
        self.width, self.height = width, height
        self._colour = colour
        self.rows: list[list[Cell]] = [[(" ", colour, None, False)] * width for _ in range(height)]

    def put(
        self, x: int, y: int, text: str, colour: str = "", background: str | None = "keep", *, bold: bool = False
    ) -> int:
        """Put text there; what lies outside is left out, and so is half of a wide character. Returns the x behind it.

        A background of "keep" is the one that stands there.
        """
        if not 0 <= y < self.height:
            return x + cell_len(text)
        row, colour = self.rows[y], colour or self._colour
        for character in text:
            width = 1 if character.isascii() else cell_len(character)
            if not width and 0 < x <= self.width:
                self._add_mark(row, x - 1, character)
            if x >= 0 and x + width <= self.width and width:
                back = row[x][2] if background == "keep" else background
                row[x] = (character, colour, back, bold)
                if width == 2:
                    row[x + 1] = ("", colour, back, bold)
            x += width
        return x

    @staticmethod
    def _add_mark(row: list[Cell], x: int, mark: str) -> None:
        """A mark without a cell of its own goes to the character that stands there, whose second half this may be."""
        x -= x > 0 and not row[x][0]
        character, *rest = row[x]
        row[x] = (character + mark, *rest)  # type: ignore[assignment]

    def put_left_of(self, x: int, y: int, text: str, colour: str = "", *, bold: bool = False) -> None:
        """Put text so that it ends before x."""
        self.put(x - cell_len(text), y, text, colour, bold=bold)

    def tint(self, x: int, y: int, background: str) -> None:
        """Change the background of a cell and nothing else."""
        if 0 <= y < self.height and 0 <= x < self.width:
            character, colour, _, bold = self.rows[y][x]
            self.rows[y][x] = (character, colour, background, bold)

    def background_at(self, x: int, y: int) -> str | None:
        """The background of a cell; None where it is the panel's."""
        return self.rows[y][x][2]

    def text(self) -> list[str]:
        """The rows without their colours."""
        return ["".join(cell[0] for cell in row) for row in self.rows]

    def strip(self, y: int, background: str, terminal: Mapping[str, str] = NO_NAMES) -> Strip:
        """A row as Textual draws it; under a theme of the terminal's own colours with its names for these.

        Then what has the panel's background has none.
        """
        segments: list[Segment] = []
        run, before = "", None
        for character, colour, back, bold in self.rows[y]:
            look: tuple[str, str | None, bool] = (colour, back or background, bold)
            if terminal:
                behind = None if back is None or back == background else terminal.get(back, back)
                look = (terminal.get(colour, colour), behind, bold)
            if look != before:
                if before is not None:
                    segments.append(Segment(run, _style(*before)))
                run, before = "", look
            run += character
        if before is not None:
            segments.append(Segment(run, _style(*before)))
        return Strip(segments, self.width)


@lru_cache(50_000)
def _style(colour: str, background: str | None, bold: bool) -> Style:
    return Style(color=colour, bgcolor=background, bold=bold or None)
