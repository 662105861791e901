"""Backgrounds by value in a few steps, made once a painting: a picture of thousands of cells needs no more."""

from collections.abc import Callable

from tui_rnn.tui.palette import Palette

_STEPS = 32


class Shades:
    """A scale of colours from `low` to 1, both included."""

    def __init__(self, colour: Callable[[float], str], low: float = 0.0) -> None:
        self._low, self._size = low, (1.0 - low) / _STEPS
        self._colours = [colour(low + self._size * step) for step in range(_STEPS + 1)]

    def of(self, value: float) -> str:
        """The colour of the nearest step; what lies outside, or is no number, has that of the nearer end, or of low."""
        if value != value:
            return self._colours[0]
        return self._colours[max(0, min(_STEPS, round((max(-1e6, min(1e6, value)) - self._low) / self._size)))]


def diverging(palette: Palette, most: float) -> Shades:
    """-1 … +1 as hidden values are shown."""
    return Shades(lambda value: palette.diverging(value, most), low=-1.0)


def heat(palette: Palette) -> Shades:
    """0 … 1 as surprise and shares are shown."""
    return Shades(palette.heat)
