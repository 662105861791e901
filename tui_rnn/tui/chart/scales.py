"""Scales of x: what an update comes to in steps, their logarithm, epochs, seconds or characters; and the axis."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_rnn.runs.course import Course
from tui_rnn.tui.chart.round_numbers import step_text, ticks
from tui_rnn.tui.chart.series import Series
from tui_rnn.tui.chart.view import SCALES

Floats = NDArray[np.float64]

LEAST_LOG_STEP = 10  # where the logarithmic scale begins
_LONGEST = 1e15  # seconds on the scale
_LEAST_TICKS = 3  # on a logarithmic scale
_LEAST_SPAN = 1e-9  # of a scale of x, as a part of where it begins or of 1


@dataclass(frozen=True, slots=True)
class Scale:
    """What a run's steps come to on a scale of one kind, and back."""

    kind: str  # of SCALES
    per_unit: float = 1.0  # steps an epoch, or characters a step
    seconds: tuple[tuple[float, float], ...] = ()  # (step, seconds trained), between which time goes evenly

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


def scale_of(run: Series | Course, kind: str) -> Scale | None:
    """The run's own scale of this kind; None where what it takes is not known, or the run has no epochs."""
    if kind == "epochs":
        return Scale(kind, run.steps_per_epoch) if run.steps_per_epoch else None
    if kind == "seconds":
        return Scale(kind, seconds=run.seconds) if len(run.seconds) > 1 else None
    return Scale(kind, float(run.characters_per_step)) if kind == "characters" else Scale(kind)


@dataclass(frozen=True, slots=True)
class XAxis:
    """A scale of x over the steps [first, last], on `width` columns."""

    scale: Scale
    first: float
    last: float
    width: int

    @property
    def kind(self) -> str:
        """What it counts, of SCALES."""
        return self.scale.kind

    def value(self, steps: Any) -> Any:
        """The scale's value at these steps."""
        return self.scale.value(steps)

    def steps(self, values: Any) -> Any:
        """The steps at these values of the scale."""
        return self.scale.steps(values)

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

    def round_steps(self) -> list[tuple[float, str]]:
        """(step, words) of round values of the scale, far enough apart to be read."""
        if self.kind == "log":
            for within in ((1,), (1, 2, 5)):
                found = [each * 10**power for power in range(19) for each in within]
                found = [step for step in found if self.first <= step <= self.last]
                if len(found) >= _LEAST_TICKS:
                    return [(float(step), step_text(step)) for step in found]
            return [(step, step_text(step)) for step in ticks(self.first, self.last, _LEAST_TICKS)]
        values = ticks(self.low, self.high, max(2, self.width // 14))
        if self.kind != "epochs":
            values = [value for value in values if value == int(value)]
        return [(min(float(self.steps(value)), self.last), step_text(value)) for value in values]

    def ticks(self) -> list[tuple[int, str]]:
        """(column, words) of the same."""
        found = [(self.column(step), words) for step, words in self.round_steps()]
        return [(column, words) for column, words in found if column is not None]


def x_axis(series: Series, kind: str, width: int, first: float = 0.0, last: float | None = None) -> XAxis:
    """The scale of this kind over a part of the run; one that the run cannot have falls back to steps."""
    end = float(series.steps[-1]) if last is None else last
    scale = (scale_of(series, kind) if kind in SCALES else None) or Scale("steps")
    if scale.kind == "log":
        first = max(first, min(LEAST_LOG_STEP, end / 2))
    return XAxis(scale, first, max(end, first + 1), width)
