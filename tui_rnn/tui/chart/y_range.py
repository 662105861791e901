"""What the chart shows of the losses: the band of the raw ones, and the lowest and highest loss in sight."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_rnn.tui.chart.overlay import end_of
from tui_rnn.tui.chart.scales import XAxis
from tui_rnn.tui.chart.series import Series

Floats = NDArray[np.float64]

_DRAWN_COLUMNS = 0.75  # of the smooth curve, at least
_EARLY = 0.06  # the part of x whose raw losses do not set the range: the first fall would take all the room
_EARLY_HELD_OUT = 0.1
_FAR = 1.5  # times the top: a held-out loss or another run above it is left out of the range


@dataclass(frozen=True, slots=True)
class Band:
    """Quantiles of the raw losses, a pair a column."""

    columns: NDArray[np.intp]
    low: Floats
    high: Floats


def band(series: Series, axis: XAxis, least: int = 8) -> Band:
    """The middle 80 % of the raw losses of each column and its two neighbours, of at least 8 points each."""
    steps, raw = np.asarray(series.steps, float), np.asarray(series.raw, float)
    within = (steps >= axis.first) & (steps <= axis.last) & np.isfinite(raw)
    steps, raw = steps[within], raw[within]
    if len(raw) < least:
        return Band(np.empty(0, np.intp), np.empty(0), np.empty(0))
    places = axis.columns(steps)
    columns = np.arange(max(0, places[0]), min(axis.width - 1, places[-1]) + 1)
    starts = np.searchsorted(places, columns - 1, "left")
    ends = np.searchsorted(places, columns + 1, "right")
    few = ends - starts < least
    starts = np.where(few, np.maximum(0, (starts + ends) // 2 - least // 2), starts)
    ends = np.where(few, np.minimum(len(raw), starts + least), ends)
    starts = np.where(few, np.maximum(0, ends - least), starts)
    low, high = np.empty(len(columns)), np.empty(len(columns))
    for k, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        ordered = np.sort(raw[start:end])
        low[k], high[k] = _quantile(ordered, 0.1), _quantile(ordered, 0.9)
    return Band(columns, low, high)


def _quantile(ordered: Floats, part: float) -> float:
    """By linear interpolation between neighbours, of values in order."""
    place = part * (len(ordered) - 1)
    at = int(place)
    above = ordered[min(at + 1, len(ordered) - 1)]
    return float(ordered[at] + (place - at) * (above - ordered[at]))


def smooth_at(series: Series, steps: Any) -> Floats:
    """The smooth curve between the history's points, for drawing alone."""
    return np.asarray(np.interp(steps, series.steps, series.smooth))


def limits(series: Series, axis: XAxis, raw: Band, *, whole: bool = False) -> tuple[float, float]:
    """The lowest and highest loss that the plot shows, the lower first.

    At least three quarters of the smooth curve's columns and most of the band lie inside; so do the smooth curve's last
    value and its best, and held-out losses, unless they are early and far above the rest, and the loss at which another
    run's curve ends, unless that is far above. With `whole`, all of it does. Of a run that is off course the early
    losses, its best among them, set no lower end: they would take all the room.
    """
    at = axis.steps(np.linspace(axis.low, axis.high, axis.width + 1))
    at = at[(at >= series.steps[0]) & (at <= series.steps[-1])]
    curve = smooth_at(series, at if len(at) else [series.steps[-1]])
    curve = curve[np.isfinite(curve)]
    if not len(curve):
        return 0.0, 1.0
    low, high = float(curve.min()), float(curve.max())
    if not whole and axis.kind != "log":
        high = float(np.quantile(curve, _DRAWN_COLUMNS))
        late = raw.columns >= _EARLY * axis.width
        if late.any():
            high = max(high, float(np.quantile(raw.high[late], 0.9)))
            low = min(low, float(np.quantile(raw.low[late], 0.1)))
        high = max(high, float(curve[-1]))
        if series.is_off_course and (on_its_way := curve[math.ceil(_EARLY * len(curve)) :]).size:
            low = float(on_its_way.min())
            low = min(low, float(np.quantile(raw.low[late], 0.1))) if late.any() else low
    elif whole and len(raw.low):
        low, high = min(low, float(raw.low.min())), max(high, float(raw.high.max()))
    span = axis.last - axis.first
    inside = [loss for step, loss in series.held_out if axis.first <= step <= axis.last]
    late_ones = [loss for step, loss in series.held_out if axis.first + _EARLY_HELD_OUT * span < step <= axis.last]
    judged = inside if whole else [loss for loss in late_ones if loss < _FAR * high]
    if series.held_out and axis.first <= series.held_out[-1][0] <= axis.last:
        judged.append(series.held_out[-1][1])
    if (other := end_of(series.overlay, axis)) is not None and other < _FAR * high:
        judged.append(other)
    is_early = series.best is not None and series.best[0] < axis.first + _EARLY * span
    left_out = series.is_off_course and is_early and not whole and axis.kind != "log"
    if series.best and axis.first <= series.best[0] <= axis.last and not left_out:
        judged.append(series.best[1])
    if series.now is not None and series.steps[-1] <= axis.last:
        judged.append(series.now)
    judged = [loss for loss in judged if math.isfinite(loss)]
    low, high = min([low, *judged]), max([high, *judged])
    # Of one value alone, or of values too near for figures that fit beside the plot, half a hundredth of it is shown.
    least = max(0.0025 * abs(high), 5e-8)
    span = high - low if high - low > least else 20 * least
    return low - 0.06 * span, high + 0.04 * span
