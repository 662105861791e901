"""Where each character of a text stands when its lines are broken between words."""

import re
from collections.abc import Sequence

from rich.cells import cell_len

_TOKENS = re.compile(r"\n|[^\s]+\s?|\s")


def flow(text: str, width: int, cells: Sequence[int] | None = None) -> list[tuple[int, int]]:
    """The place (x, row) of each character, so many cells wide, in lines of `width` cells.

    A word too long for a line is broken. A new line stands at the end of its own line.
    """
    cells = [max(0, cell_len(character)) or 0 for character in text] if cells is None else cells
    found: list[tuple[int, int]] = []
    x = row = at = 0
    for token in _TOKENS.findall(text):
        size = sum(cells[at : at + len(token.rstrip())])
        if x and x + size > width:
            x, row = 0, row + 1
        for character in token:
            if x + cells[at] > width and not character.isspace():
                x, row = 0, row + 1
            found.append((min(x, width - 1), row))
            x, at = x + cells[at], at + 1
        if token.endswith("\n"):
            x, row = 0, row + 1
    return found
