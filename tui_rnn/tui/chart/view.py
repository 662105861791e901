"""What the user chose to see of the loss chart: scale, part of the run, cursor; and how keys move it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

SCALES = ("steps", "log", "epochs", "seconds", "characters")
_LEAST_SHOWN = 20  # points of the history, however far one zooms in


@dataclass(frozen=True, slots=True)
class View:
    """Scale, part of the run, averaging, cursor and marker of the chart."""

    scale: str = "steps"  # of SCALES
    first: float = 0.0  # the part of the run that is shown, in steps
    last: float | None = None  # None: to its end
    whole: bool = False  # y holds all losses, not only the range where most of the run lies
    log: bool = False  # the logarithm of the loss
    averaged: int = 1  # points of the history whose mean one raw point is
    cursor: int | None = None  # the step of a point of the history
    marker: str = "braille"  # braille, hd, dot or ascii
    thick: int | None = None  # eighths of a row that the curve is high; None: by the chart's width

    def shown(self, steps: Sequence[int]) -> tuple[float, float]:
        """The first and last step that are shown of a history with points at these."""
        end = float(steps[-1]) if steps else 0.0
        return self.first, end if self.last is None else self.last

    def zoomed(self, steps: Sequence[int], change: int, around: float | None = None) -> "View":
        """Half of the steps (change 1), or twice as many (-1): around this step, else the cursor, else at the end."""
        if not steps:
            return self
        first, last = self.shown(steps)
        span = (last - first) * (0.5 if change > 0 else 2)
        if change > 0 and bisect_right(steps, first + span) - bisect_left(steps, first) < _LEAST_SHOWN:
            return self
        if span >= steps[-1]:
            return self.of_all_steps()
        if around is not None:  # it stays where it is
            return self._of_part(steps, around - span * (around - first) / (last - first), span)
        return self._of_part(steps, last - span if self.cursor is None else self.cursor - span / 2, span)

    def panned(self, steps: Sequence[int], halves: int) -> "View":
        """The steps so many halves of the plot further on, or back."""
        first, last = self.shown(steps)
        return self._of_part(steps, first + halves * (last - first) / 2, last - first) if steps else self

    def of_all_steps(self) -> "View":
        """The whole of the run."""
        return replace(self, first=0.0, last=None)

    def with_cursor(self, steps: Sequence[int], place: int) -> "View":
        """The cursor at the history's point of this place, panned so far that it can be seen."""
        cursor, (first, last) = steps[place], self.shown(steps)
        if first <= cursor <= last:
            return replace(self, cursor=cursor)
        move = cursor - (first if cursor < first else last)
        return replace(self, cursor=cursor, first=first + move, last=last + move)

    def _of_part(self, steps: Sequence[int], first: float, span: float) -> "View":
        """A part of the run; one that reaches its end goes on with it."""
        end = float(steps[-1])
        first = min(max(first, 0.0), max(0.0, end - span))
        return replace(self, first=first, last=None if first + span >= end else first + span)
