"""The dots of a polyline, as plotext sets them on a braille canvas; and the same dots without it, for a live curve.

plotext's figure is global state, so it is called from the screen's thread alone.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.bool_]

_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_FIRST = 0x2800  # braille without a dot
# Of a braille character's bits, from the lowest: the (row, column) of its dot.
PLACES = ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1))
_WEIGHTS = np.zeros((4, 2), np.intp)
for _bit, (_y, _x) in enumerate(PLACES):
    _WEIGHTS[_y, _x] = 1 << _bit


def polyline(
    xs: Sequence[float],
    ys: Sequence[float],
    x_limits: tuple[float, float],
    y_limits: tuple[float, float],
    width: int,
    height: int,
) -> Bits:
    """The dots (4 height, 2 width) of the line through these points, on a canvas of width x height cells."""
    bits: Bits = np.zeros((4 * height, 2 * width), bool)
    if not len(xs):
        return bits
    # Half of what plotext does is to make the canvas: it makes one of the rows that the line goes through.
    low, unit = y_limits[0], (y_limits[1] - y_limits[0]) / (4 * height - 1)  # of a dot
    above = (np.array(ys, float) - low) / unit  # dots above the lowest
    first = max(0, int(np.floor(above.min())) // 4 - 1)  # rows, from the foot
    behind = min(height, int(np.ceil(above.max())) // 4 + 2)
    part = (low + 4 * first * unit, low + (4 * behind - 1) * unit)
    bits[4 * (height - behind) : 4 * (height - first)] = _canvas(xs, ys, x_limits, part, width, behind - first)
    return bits


def _canvas(
    xs: Sequence[float],
    ys: Sequence[float],
    x_limits: tuple[float, float],
    y_limits: tuple[float, float],
    width: int,
    height: int,
) -> Bits:
    """The dots of the line on a canvas that plotext draws whole."""
    import plotext

    bits: Bits = np.zeros((4 * height, 2 * width), bool)
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(width, height)
    plotext.theme("clear")
    plotext.xaxes(False, False)
    plotext.yaxes(False, False)
    plotext.frame(False)
    plotext.xticks([], [])
    plotext.yticks([], [])
    plotext.plot(list(xs), list(ys), marker="braille")
    plotext.xlim(*x_limits)
    plotext.ylim(*y_limits)
    rows = _STYLE.sub("", plotext.build()).split("\n")[:height]
    codes = np.zeros((height, width), np.intp)
    for y, row in enumerate(rows):
        found = np.frombuffer(row[:width].encode("utf-32-le"), "<u4").astype(np.intp) - _FIRST
        codes[y, : len(found)] = np.where((found > 0) & (found < 256), found, 0)
    for bit, (down, right) in enumerate(PLACES):
        bits[down::4, right::2] = codes >> bit & 1
    return bits


def live_polyline(
    xs: Sequence[float] | NDArray[np.float64],
    ys: Sequence[float] | NDArray[np.float64],
    x_limits: tuple[float, float],
    y_limits: tuple[float, float],
    width: int,
    height: int,
) -> Bits:
    """The same dots as those of `polyline`, by plotext's own rule, for a curve that is drawn twice a second.

    plotext takes two thirds of the time of drawing the chart for them, during which no update is made. Its rule: a
    value v goes to dot floor(1/2 + (dots - 1) (v - low) / (high - low)), and between two dots there are as many as the
    longer of their distances in x and in y, evenly, cut down to whole dots.
    """
    bits: Bits = np.zeros((4 * height, 2 * width), bool)
    if not len(xs):
        return bits
    across, above = _dots(xs, x_limits, 2 * width), _dots(ys, y_limits, 4 * height)
    dx, dy = np.diff(across), np.diff(above)
    steps = np.maximum(np.abs(dx), np.abs(dy))  # a piece of the line makes so many dots, the first of them its begin
    piece = np.repeat(np.arange(len(steps)), steps)
    place = np.arange(len(piece)) - np.repeat(np.cumsum(steps) - steps, steps)
    x = np.append(np.trunc(across[piece] + place * (dx[piece] / steps[piece])), across[-1]).astype(np.intp)
    y = np.append(np.trunc(above[piece] + place * (dy[piece] / steps[piece])), above[-1]).astype(np.intp)
    inside = (x >= 0) & (x < 2 * width) & (y >= 0) & (y < 4 * height)
    bits[4 * height - 1 - y[inside], x[inside]] = True
    return bits


def _dots(values: Sequence[float] | NDArray[np.float64], limits: tuple[float, float], count: int) -> NDArray[np.intp]:
    """The dot of each value, of so many from the first limit to the second."""
    part = (np.asarray(values, float) - limits[0]) / (limits[1] - limits[0])
    return np.floor(np.round(0.5 + (count - 1) * part, 8)).astype(np.intp)


def characters(bits: Bits) -> list[str]:
    """The dots (4 height, 2 width) as rows of braille; a blank where there is none."""
    height, width = bits.shape[0] // 4, bits.shape[1] // 2
    codes = (bits.reshape(height, 4, width, 2) * _WEIGHTS[:, np.newaxis, :]).sum(axis=(1, 3))
    return ["".join(chr(_FIRST + code) if code else " " for code in row) for row in codes.tolist()]
