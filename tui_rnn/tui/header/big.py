"""Figures three rows high, of dots one column wide and half a row high."""

_DOTS = {  # five rows of dots each, from above
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    ".": (" ", " ", " ", " ", "#"),
}
ROWS = 3


def big(text: str) -> list[str] | None:
    """The text in three rows of like width; None where a character has no such form."""
    if not text or any(character not in _DOTS for character in text):
        return None
    dots = [" ".join(rows) for rows in zip(*(_DOTS[character] for character in text), strict=True)]
    dots.append(" " * len(dots[0]))  # three rows hold six rows of dots
    return ["".join(_CELLS[above, below] for above, below in zip(dots[y], dots[y + 1], strict=True)) for y in (0, 2, 4)]


_CELLS = {("#", "#"): "█", ("#", " "): "▀", (" ", "#"): "▄", (" ", " "): " "}
