"""Figures and letters of dots on a grid: figures of whole and half cells, letters of quarters."""

from rich.cells import cell_len

from tui_rnn.tui.drawing.font import HEIGHT, WIDTH, letter
from tui_rnn.tui.grid import Grid

LETTER_COLUMNS, LETTER_ROWS = 3, 4  # of a letter in quarters, the gap behind it included
_QUARTERS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"  # by bits: upper left, upper right, lower left, lower right
_HALVES = " ▀▄█"  # upper, lower
_FIGURE_ROWS = 7  # dots: no figure hangs below the line


def put_letters(grid: Grid, x: int, y: int, text: str, colour: str) -> int:
    """Put a line of letters, each 3 columns wide and 4 rows high. Returns the x behind it."""
    for character in text:
        rows = letter(character) or letter("?") or ()
        for row in range(LETTER_ROWS):
            for column in range(LETTER_COLUMNS):
                bits = sum(
                    _dot(rows, 2 * column + right, 2 * row + down) << (right + 2 * down)
                    for right in (0, 1)
                    for down in (0, 1)
                )
                if bits:
                    grid.put(x + column, y + row, _QUARTERS[bits], colour)
        x += LETTER_COLUMNS
    return x


def figure_width(text: str, scale: int) -> int:
    """Columns of a figure whose dots are so many columns wide, without the gap behind it."""
    return sum(scale * (_width(character) + 1) for character in text) - scale


def figure_rows(scale: int) -> int:
    """Rows of a figure whose dots are half as many rows high as they are columns wide."""
    return -(-_FIGURE_ROWS * scale // 2)


def put_figure(grid: Grid, x: int, y: int, text: str, colour: str, scale: int, *, plain: bool = False) -> int:
    """Put a figure: each dot `scale` columns by `scale` half rows. Returns the x behind it.

    `plain`: without half rows, for a terminal that has no blocks; it is drawn with `#`, at scale 2.
    """
    for character in text:
        rows, left = letter(character) or (), 1 if character == "." else 0
        for row in range(figure_rows(scale)):
            for column in range(scale * _width(character)):
                at = left + column // scale
                upper = _dot(rows[:_FIGURE_ROWS], at, 2 * row // scale)
                lower = _dot(rows[:_FIGURE_ROWS], at, (2 * row + 1) // scale)
                if upper or lower:
                    grid.put(x + column, y + row, "#" if plain else _HALVES[upper + 2 * lower], colour)
        x += scale * (_width(character) + 1)
    return x


def put_spaced(grid: Grid, x: int, y: int, text: str, colour: str) -> int:
    """Put plain text with a blank column behind each character. Returns the x behind it."""
    for character in text:
        x = grid.put(x, y, character, colour, bold=True) + bool(cell_len(character))
    return x


def _width(character: str) -> int:
    return 2 if character == "." else WIDTH


def _dot(rows: tuple[str, ...], x: int, y: int) -> int:
    return int(y < min(HEIGHT, len(rows)) and x < WIDTH and rows[y][x] == "#")
