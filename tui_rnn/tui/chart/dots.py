"""The dots of a polyline, as plotext sets them on a braille canvas.

plotext's figure is global state, so this is called from the screen's thread alone.
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


def characters(bits: Bits) -> list[str]:
    """The dots (4 height, 2 width) as rows of braille; a blank where there is none."""
    height, width = bits.shape[0] // 4, bits.shape[1] // 2
    codes = (bits.reshape(height, 4, width, 2) * _WEIGHTS[:, np.newaxis, :]).sum(axis=(1, 3))
    return ["".join(chr(_FIRST + code) if code else " " for code in row) for row in codes.tolist()]
