"""Where the parts of the chart lie on its grid, its scales, and the characters of its marks."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui_rnn.tui.chart.scales import XAxis, x_axis
from tui_rnn.tui.chart.series import Series
from tui_rnn.tui.chart.view import View
from tui_rnn.tui.chart.y_range import Band, band, limits

_LARGEST = 1e100  # a loss above it would overflow on the way to its place
_SMALLEST = 1e-100  # a loss below it has no place on a logarithmic scale


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the parts of the chart lie on the grid, and its scales."""

    left: int  # columns of the losses' axis
    gutter: int  # columns of words beside the plot
    width: int  # of the plot
    height: int
    thick: int  # eighths of a row that the curve is high
    axis: XAxis
    low: float
    high: float
    log: bool

    def y(self, loss: float) -> float:
        """How far below the plot's upper edge a loss lies, as part of its height."""
        if self.log:
            loss, low, high = (math.log(max(value, _SMALLEST)) for value in (loss, self.low, self.high))
            return (high - loss) / (high - low)
        return (self.high - loss) / (self.high - self.low)

    def row(self, loss: float) -> int:
        """The row of the plot that a loss lies in, the outermost for one outside."""
        return int(min(max(self.y(loss) * self.height, 0), self.height - 1))

    def on_plot(self, losses: NDArray[np.float64]) -> tuple[NDArray[np.float64], tuple[float, float]]:
        """Losses and the plot's limits as dots are to be set: their logarithms on a logarithmic scale."""
        if not self.log:
            return losses, (self.low, self.high)
        return np.log(np.maximum(losses, _SMALLEST)), (math.log(self.low), math.log(self.high))

    def shows(self, loss: float) -> bool:
        """Whether a loss lies within the plot."""
        return self.low < loss < self.high


def frame_for(series: Series, view: View, width: int, height: int) -> tuple[Frame, Band]:
    """The frame of a chart of this size, and the band of its raw losses. The series has a point at least."""
    wide, compact = width >= 126, width < 96
    left, gutter = (8 if wide else 6), (20 if wide else 15 if compact else 16)
    plot_width, plot_height = max(1, width - left - gutter), max(1, height - 3)
    axis = x_axis(series, view.scale, plot_width, view.first, view.last)
    raw = band(averaged(series, view.averaged), axis)
    low, high = limits(series, axis, raw, whole=view.whole)
    if view.log and low <= 0 < high:  # a padding below zero has no logarithm
        low = 0.97 * min(loss for loss in (*series.smooth, *raw.low.tolist(), high) if loss > 0)
    log = view.log and low > _SMALLEST and math.log(high / low) > 1e-9
    thick = view.thick or (6 if wide else 4 if compact else 5)
    return Frame(left, gutter, plot_width, plot_height, thick, axis, low, high, log), raw


def averaged(series: Series, points: int) -> Series:
    """The series with each raw loss the mean of so many points, itself the last."""
    if points <= 1:
        return series
    # Window by window: a running sum would not come back from a loss of 1e30, which takes the digits of the others.
    windows = np.lib.stride_tricks.sliding_window_view(np.concatenate([np.zeros(points - 1), series.raw]), points)
    counts = np.minimum(np.arange(1, len(series.raw) + 1), points)
    return replace(series, raw=tuple((windows.sum(axis=1) / counts).tolist()))


def drawable(series: Series) -> Series:
    """The series without losses that no axis can hold."""
    losses = np.array((series.smooth, series.raw))
    fitting = np.flatnonzero((np.abs(losses) < _LARGEST).all(axis=0))
    steps, smooth, raw = series.steps, series.smooth, series.raw
    if len(fitting) < len(steps):
        kept = fitting.tolist()
        steps = tuple(steps[place] for place in kept)
        smooth, raw = (tuple(values[place] for place in kept) for values in (smooth, raw))
    other = series.overlay
    return replace(
        series,
        steps=steps,
        smooth=smooth,
        raw=raw,
        held_out=tuple(each for each in series.held_out if _fits(each[1])),
        uniform=series.uniform if series.uniform is not None and _fits(series.uniform) else None,
        now=series.now if series.now is not None and _fits(series.now) else None,
        best=series.best if series.best and _fits(series.best[1]) else None,
        overlay=other if other and other.steps and (np.abs(other.smooth) < _LARGEST).all() else None,
        references=tuple(each for each in series.references if _fits(each.nats)),
    )


def _fits(loss: float) -> bool:
    return -_LARGEST < loss < _LARGEST  # false for a NaN


def epoch_columns(frame: Frame, series: Series) -> list[tuple[int, int]]:
    """(number of the epoch that begins, its column), at the most some eight of them."""
    per_epoch = series.steps_per_epoch
    if not per_epoch or frame.axis.last < 1.02 * per_epoch:
        return []
    first, last = math.ceil(max(frame.axis.first, 1) / per_epoch), int(frame.axis.last / per_epoch)
    every = max(1, math.ceil((last - first + 1) / 8))
    shown = range(-(-first // every) * every, last + 1, every)
    found = [(epoch + 1, frame.axis.column(epoch * per_epoch)) for epoch in shown]
    return [(epoch, column) for epoch, column in found if column is not None]
