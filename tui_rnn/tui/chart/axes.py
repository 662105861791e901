"""Where things stand on the loss chart: scales of x, limits of y, and round numbers for both."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_rnn.tui.chart.series import Series
from tui_rnn.tui.chart.view import SCALES

Floats = NDArray[np.float64]

LEAST_LOG_STEP = 10  # where the logarithmic scale begins
_DRAWN_COLUMNS = 0.75  # of the smooth curve, at least
_EARLY = 0.06  # the part of x whose raw losses do not set the range: the first fall would take all the room
_EARLY_HELD_OUT = 0.1
_LONGEST = 1e15  # seconds on the scale
_LEAST_SPAN = 1e-9  # of a scale of x, as a part of where it begins or of 1
_FAR = 1.5  # times the top: a held-out loss or another run above it is left out of the range


@dataclass(frozen=True, slots=True)
class XAxis:
    """A scale of x over the steps [first, last], on `width` columns."""

    kind: str  # of SCALES
    first: float
    last: float
    width: int
    per_unit: float = 1.0  # steps an epoch, or characters a step
    seconds: tuple[tuple[int, float], ...] = ()

    def value(self, steps: Any) -> Any:
        """The scale's value at these steps."""
        if self.kind == "log":
            return np.log10(np.maximum(steps, 1))
        if self.kind == "epochs":
            return np.asarray(steps, float) / self.per_unit
        if self.kind == "characters":
            return np.asarray(steps, float) * self.per_unit
        if self.kind == "seconds":
            return np.interp(steps, *self._clock())
        return np.asarray(steps, float)

    def steps(self, values: Any) -> Any:
        """The steps at these values of the scale."""
        if self.kind == "log":
            return 10.0 ** np.asarray(values, float)
        if self.kind == "epochs":
            return np.asarray(values, float) * self.per_unit
        if self.kind == "characters":
            return np.asarray(values, float) / self.per_unit
        if self.kind == "seconds":
            return np.interp(values, *self._clock()[::-1])
        return np.asarray(values, float)

    def _clock(self) -> tuple[Floats, Floats]:
        """Steps, and the seconds trained at each, as far as an axis can hold them."""
        steps, seconds = np.array(self.seconds, float).T
        return steps, np.clip(seconds, 0, _LONGEST)

    @property
    def low(self) -> float:
        """The value at the left edge."""
        return float(self.value(self.first))

    @property
    def high(self) -> float:
        """The value at the right edge, above that at the left."""
        return max(float(self.value(self.last)), self.low + max(1.0, self.low) * _LEAST_SPAN)

    def columns(self, steps: Any) -> NDArray[np.intp]:
        """The column of each step, from 0 to width - 1 for those within the axis, outside it for the others."""
        part = (self.value(np.asarray(steps, float)) - self.low) / (self.high - self.low)
        part = np.clip(np.nan_to_num(part, nan=-1.0), -1.0, 2.0)  # far outside is outside
        return np.asarray(np.floor(np.where(part == 1, part * self.width - 1, part * self.width)), np.intp)

    def column(self, step: float) -> int | None:
        """The column of one step; None outside the axis."""
        at = int(self.columns([step])[0])
        return at if 0 <= at < self.width else None

    def step_at(self, column: int) -> float:
        """The step in the middle of a column."""
        return float(self.steps(self.low + (column + 0.5) / self.width * (self.high - self.low)))

    @property
    def name(self) -> str:
        """What it counts."""
        return "steps, log" if self.kind == "log" else self.kind

    def ticks(self) -> list[tuple[int, str]]:
        """(column, words) of round values, far enough apart to be read."""
        if self.kind == "log":
            powers = [10**power for power in range(1, 19) if self.first <= 10**power <= self.last]
            marks = [(float(power), step_text(power)) for power in powers]
        else:
            values = ticks(self.low, self.high, max(2, self.width // 14))
            if self.kind != "epochs":
                values = [value for value in values if value == int(value)]
            marks = [(float(self.steps(value)), step_text(value)) for value in values]
        found = [(self.column(min(step, self.last)), words) for step, words in marks]
        return [(column, words) for column, words in found if column is not None]


def x_axis(series: Series, kind: str, width: int, first: float = 0.0, last: float | None = None) -> XAxis:
    """The scale of this kind over a part of the run; one that the run cannot have falls back to steps."""
    end = float(series.steps[-1]) if last is None else last
    per_unit = 1.0
    if kind == "epochs":
        per_unit = series.steps_per_epoch or 0.0
    elif kind == "characters":
        per_unit = float(series.characters_per_step)
    if kind not in SCALES or not series.has_scale(kind):
        kind, per_unit = "steps", 1.0
    if kind == "log":
        first = max(first, min(LEAST_LOG_STEP, end / 2))
    return XAxis(kind, first, max(end, first + 1), width, per_unit, series.seconds)


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
    value and its best, and held-out losses, unless they are early and far above the rest. With `whole`, all of it does.
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
    elif whole and len(raw.low):
        low, high = min(low, float(raw.low.min())), max(high, float(raw.high.max()))
    span = axis.last - axis.first
    inside = [loss for step, loss in series.held_out if axis.first <= step <= axis.last]
    late_ones = [loss for step, loss in series.held_out if axis.first + _EARLY_HELD_OUT * span < step <= axis.last]
    judged = inside if whole else [loss for loss in late_ones if loss < _FAR * high]
    if series.held_out and axis.first <= series.held_out[-1][0] <= axis.last:
        judged.append(series.held_out[-1][1])
    if series.overlay and series.overlay.smooth and series.overlay.smooth[-1] < _FAR * high:
        judged.append(series.overlay.smooth[-1])
    if series.best and axis.first <= series.best[0] <= axis.last:
        judged.append(series.best[1])
    judged = [loss for loss in judged if math.isfinite(loss)]
    low, high = min([low, *judged]), max([high, *judged])
    span = max(high - low, 1e-6, abs(high) * 1e-9)  # of one value alone, or of values that no chart tells apart
    return low - 0.06 * span, high + 0.04 * span


def ticks(low: float, high: float, most: int) -> list[float]:
    """At the most `most` + 1 round numbers in [low, high], a step of 1, 2 or 5 times a power of ten apart."""
    rough = (high - low) / max(1, most)
    if rough <= 0 or not math.isfinite(rough):
        return [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in (1, 2, 5, 10) if nice * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [float(f"{number * step:.12g}") + 0.0 for number in range(first, last + 1)]  # + 0.0: no minus before a zero


def y_ticks(low: float, high: float, rows: int) -> list[float]:
    """Round losses for so many rows: at least three, where the rows allow it."""
    most = max(2, rows // 3 if rows > 10 else rows // 2)
    found = ticks(low, high, most)
    while len(found) < 3 and most < rows:
        most += 1
        found = ticks(low, high, most)
    return found


def tick_texts(values: Sequence[float]) -> list[str]:
    """All with as many decimals as tell them apart."""
    apart = min((b - a for a, b in pairwise(values)), default=1.0)
    decimals = max(1, min(6, -math.floor(math.log10(apart) + 1e-9))) if apart > 0 else 1
    return [loss_text(value, decimals) for value in values]


def loss_text(loss: float, decimals: int) -> str:
    """With so many decimals, or an exponent where it is huge; no minus before a zero."""
    text = f"{loss:.{decimals}f}" if abs(loss) < 1e4 else f"{loss:.3g}"
    return text.removeprefix("-") if float(text) == 0 else text


def step_text(step: float) -> str:
    """`500`, `20k`, `1.5M`."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(step) >= size:
            return f"{step / size:g}{unit}"
    return f"{step:g}"
