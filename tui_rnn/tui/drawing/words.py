"""Words broken into lines of cells: pieces with the role of their colour, or a text under its title."""

import textwrap
from collections.abc import Sequence

from rich.cells import cell_len

from tui_rnn.safe_text import safe_text
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette


def wrapped(parts: Sequence[tuple[str, str]], width: int) -> list[list[tuple[str, str]]]:
    """The pieces, each a text and its role, as lines of at the most so many cells, broken between words."""
    lines: list[list[tuple[str, str]]] = [[]]
    used = 0
    for text, role in parts:
        for at, word in enumerate(text.split(" ")):
            gap = " " if at else ""
            if used and gap and used + 1 + cell_len(word) > width:
                lines.append([])
                used, gap = 0, ""
            lines[-1].append((gap + word, role))
            used += cell_len(gap + word)
    return lines


def paint_words(
    grid: Grid, palette: Palette, x: int, y: int, width: int, text: str, *, title: str = "it wrote last"
) -> None:
    """A text under its title, in the rows that are left."""
    lines = textwrap.wrap(safe_text(" ".join(text.split()), one_line=True), max(8, width))
    if not lines or y + 1 >= grid.height:
        return
    grid.put(x, y, title, palette.dim)
    for down, line in enumerate(lines[: grid.height - y - 1], 1):
        grid.put(x, y + down, line, palette.muted)
