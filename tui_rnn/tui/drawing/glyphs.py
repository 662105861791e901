"""Signs to draw with, in eighths of a cell or in ASCII alone, and characters of a text as signs of their own."""

import unicodedata
from dataclasses import dataclass

from tui_rnn.safe_text import safe_text
from tui_rnn.tui.grid import Grid


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What figures are drawn with."""

    across: str  # a bar that grows to the right: from a part of a cell to a whole one
    upright: str  # one that grows upwards
    arrow: str
    rule: str  # of an axis
    tick: str
    line: str  # upright, between two parts of a panel
    square: str  # of a legend
    mark: str  # before a passage
    cursor: str
    top: str  # the upper half of a cell
    dot: str
    space: str
    new_line: str
    thick: str  # of an axis, a part of it that stands out
    thick_tick: str

    def bar(self, grid: Grid, x: int, y: int, cells: float, colour: str) -> int:
        """A bar so long from x on; at least its thinnest sign. Returns the x behind it."""
        steps = len(self.across)
        whole, part = divmod(max(1, round(cells * steps)), steps)
        return grid.put(x, y, self.across[-1] * whole + (self.across[part - 1] if part else ""), colour)

    def column(self, grid: Grid, x: int, y: int, rows: int, height: float, colour: str) -> None:
        """A bar of `height`, 0 to 1, of so many rows, whose uppermost is y; at least its thinnest sign."""
        steps = len(self.upright)
        filled = max(1, round(min(max(height, 0.0), 1.0) * rows * steps))
        for row in range(rows):
            part = filled - (rows - 1 - row) * steps
            if part > 0:
                grid.put(x, y + row, self.upright[min(part, steps) - 1], colour)

    def of(self, character: str, blank: str = "") -> str:
        """A character of a text in a cell, or two, of its own: what cannot be seen becomes a sign."""
        if character == " ":
            return blank or self.space
        if character == "\n":
            return self.new_line
        shown = safe_text(character, one_line=True)
        # A mark that is written on the letter before it stands on a dotted circle, as in a grammar.
        return f"\u25cc{shown}" if unicodedata.category(shown[:1] or " ")[0] == "M" else shown


_FINE = Glyphs("▏▎▍▌▋▊▉█", "▁▂▃▄▅▆▇█", "▸", "─", "┴", "│", "■", "▌", "│", "▀", "·", "␣", "⏎", "━", "┷")
_ASCII = Glyphs("#", "#", ">", "-", "+", "|", "#", "|", "|", "#", ".", "_", "/", "=", "+")


def glyphs(marker: str) -> Glyphs:
    """The signs of the marker that the screen is drawn with."""
    return _ASCII if marker == "ascii" else _FINE
