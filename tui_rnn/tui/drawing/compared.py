"""Runs that stand beside one another: each with a short name, a colour and its curve."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui_rnn.runs.course import Course
from tui_rnn.tui.drawing.run_row import RunRow


@dataclass(frozen=True, slots=True)
class Compared:
    """One of them."""

    row: RunRow
    label: str  # short, and its own
    colour: str
    course: Course | None = None  # None: not read yet
    band: tuple[tuple[float, float, float], ...] = ()  # (characters read, quartiles of the loss) around the course


def labels(rows: Sequence[RunRow]) -> list[str]:
    """A short name for each: the one its user gave, else its recipe; where two are alike, the end of their folder's."""
    short = [row.name if row.line.name else row.line.recipe for row in rows]
    return [
        name if short.count(name) == 1 else row.line.run.rstrip("/\\").rsplit("-", 1)[-1][-10:]
        for name, row in zip(short, rows, strict=True)
    ]
