"""The curve of another run on the chart: dots one high, every fourth column left out."""

import numpy as np
from numpy.typing import NDArray

from tui_rnn.runs.course import Course
from tui_rnn.tui.chart import dots
from tui_rnn.tui.chart.scales import XAxis, scale_of

Floats = NDArray[np.float64]

_EVERY = 4  # columns, of which the last is left out


def placed_on(course: Course, axis: XAxis) -> tuple[Floats, Floats] | None:
    """Where the axis has the run's points, by the run's own epochs, seconds or characters, and their losses.

    None where the run has no point, or no such scale.
    """
    scale = scale_of(course, axis.kind)
    if scale is None or not course.steps:
        return None
    places: Floats = scale.value(np.array(course.steps, float))
    return places, np.array(course.smooth, float)


def place_of_end(course: Course | None, axis: XAxis) -> float | None:
    """Where on the axis the run's curve ends: at its last point, or at the right edge; None where none of it is."""
    if course is None or (placed := placed_on(course, axis)) is None:
        return None
    places, _ = placed
    if places[0] > axis.high or places[-1] < axis.low:
        return None
    return min(axis.high, float(places[-1]))


def end_of(course: Course | None, axis: XAxis) -> float | None:
    """The run's loss where its curve ends on the chart: its last, or that at the right edge; None where none of it is.

    So two runs are compared after as many updates, or whatever x counts.
    """
    end = place_of_end(course, axis)
    if course is None or end is None or (placed := placed_on(course, axis)) is None:
        return None
    return float(np.interp(end, *placed))


class OverlayDots:
    """The dots of an overlay as rows of braille, made anew only where range, size, scale or run has changed."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._rows: list[str] = []

    def rows(
        self, course: Course, axis: XAxis, height: int, low: float, high: float, *, log: bool = False
    ) -> list[str]:
        """So many rows of `axis.width` characters, a blank where there is no dot, for losses from `low` to `high`.

        With `log` their logarithms go evenly, and both are above 0. No rows where the run has no such scale.
        """
        key = (id(course), axis, height, low, high, log)
        if key != self._key:
            self._key, self._rows = key, _rows(course, axis, height, low, high, log)
            self._course = course  # kept alive, so that its id stays its own
        return self._rows


def _rows(course: Course, axis: XAxis, height: int, low: float, high: float, log: bool) -> list[str]:
    placed = placed_on(course, axis)
    if placed is None:
        return []
    places, smooth = placed
    values = np.linspace(axis.low, axis.high, 2 * axis.width)
    values = values[(values >= places[0]) & (values <= places[-1])]
    losses = np.interp(values, places, smooth)
    drawn = (losses <= high) & (losses >= low)  # plotext would set every dot on the way to one outside
    ys, limits = losses[drawn], (low, high)
    if log:
        ys, limits = np.log(ys), (float(np.log(low)), float(np.log(high)))
    bits = dots.polyline(values[drawn].tolist(), ys.tolist(), (axis.low, axis.high), limits, axis.width, height)
    bits[:, 2 * _EVERY - 2 :: 2 * _EVERY] = bits[:, 2 * _EVERY - 1 :: 2 * _EVERY] = False
    return dots.characters(bits)
