"""The characters of the chart's marks and lines, and what its legend shows of its curves."""

from dataclasses import dataclass

from tui_rnn.tui.palette import Palette


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters of marks and lines."""

    sample: str = "◆"
    saved: str = "●"
    held_out: str = "▲"
    adjusted: str = "▼"
    best: str = "▴"
    newest_best: str = "▴"  # beside the newest loss, where it is the best
    cursor: str = "●"
    line: str = "─"
    tick: str = "┬"
    epoch: str = "┊"
    level: str = "╌"
    upright: str = "│"
    foot: str = "┴"
    lattice: str = "·"
    up: str = "↑"
    down: str = "↓"
    smooth: str = "━"  # in the legend
    band: str = "█"  # in the legend
    shade: str = ""  # of the band, where it is no background
    overlay: str = "╌"  # in the legend


SIGNS = Signs()
# Colours of the terminal's own, of which nothing is known: no background can be painted in one between two of them.
TERMINAL_SIGNS = Signs(band="░", shade="░")
ASCII_SIGNS = Signs(
    sample="*",
    saved="o",
    held_out="x",
    adjusted="v",
    best="^",
    newest_best="best",
    cursor="O",
    line="-",
    tick="+",
    epoch="|",
    level="-",
    upright="|",
    foot="+",
    lattice=".",
    up="^",
    down="v",
    smooth="#",
    band=":",
    shade=":",
    overlay=".",
)


def signs_for(marker: str, palette: Palette) -> Signs:
    """The signs of a chart drawn with this marker in these colours."""
    return ASCII_SIGNS if marker == "ascii" else TERMINAL_SIGNS if palette.terminal else SIGNS
