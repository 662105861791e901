"""What the user chose to see of the loss chart: scale, part of the run, cursor."""

from dataclasses import dataclass

SCALES = ("steps", "log", "epochs", "seconds", "characters")


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
