"""Words broken into lines of cells, each piece with the role of its colour."""

from collections.abc import Sequence

from rich.cells import cell_len


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
