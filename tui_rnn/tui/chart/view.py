"""How the loss chart is looked at."""

from dataclasses import dataclass

SCALES = ("steps", "log", "epochs", "seconds", "characters")


@dataclass(frozen=True, slots=True)
class View:
    """How the chart is looked at."""

    scale: str = "steps"  # of SCALES
    first: float = 0.0  # the part of the run that is shown, in steps
    last: float | None = None  # None: to its end
    whole: bool = False  # all of the losses, not only the range that tells most
    log: bool = False  # the logarithm of the loss
    averaged: int = 1  # points of the history whose mean one raw point is
    cursor: int | None = None  # the step of a point of the history
    marker: str = "braille"  # braille, hd, dot or ascii
