"""Runs that stand beside one another: each with a short name, a colour and its curve."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui_rnn.runs.course import Course
from tui_rnn.tui.drawing.run_row import RunRow
from tui_rnn.unlike import differing, option_words

_MOST = 10  # characters of a label beside a curve


@dataclass(frozen=True, slots=True)
class Compared:
    """One of them."""

    row: RunRow
    label: str  # short, and its own
    colour: str
    course: Course | None = None  # None: not read yet
    band: tuple[tuple[float, float, float], ...] = ()  # (characters read, quartiles of the loss) around the course


def labels(rows: Sequence[RunRow]) -> list[str]:
    """A short name for each: the one its user gave, else its recipe.

    Where several are alike, the one option in which these differ, as `T 50`; else the end of their folder's name.
    """
    short = [row.name if row.line.name else row.line.recipe for row in rows]
    alike = {name: [row for row, each in zip(rows, short, strict=True) if each == name] for name in short}
    apart = {name: _only_difference(several) for name, several in alike.items() if len(several) > 1}
    return [_apart(row, apart[name]) if name in apart else name for row, name in zip(rows, short, strict=True)]


def _apart(row: RunRow, option: str | None) -> str:
    folder = row.line.run.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return option_words(row.config, option) if option and row.config else folder.rsplit("-", 1)[-1][-_MOST:]


def _only_difference(rows: Sequence[RunRow]) -> str | None:
    """The one option of learning that has another value in each of these; None where it is not as simple, or long."""
    configs = [row.config for row in rows if row.config is not None]
    if len(configs) < len(rows) or any(row.changes for row in rows):
        return None
    unlike = differing(configs)
    if len(unlike) != 1 or len({getattr(config, unlike[0]) for config in configs}) < len(rows):
        return None
    return unlike[0] if all(len(option_words(config, unlike[0])) <= _MOST for config in configs) else None
