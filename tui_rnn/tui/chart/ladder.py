"""The words beside the plot, rungs of a ladder: each at the row of its value or near it, none over another."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Rung:
    """Words for a value. The lower its `rank`, the more it tells; rank 0 stays where it belongs, whatever goes."""

    value: float
    words: str
    role: str  # of the palette
    rank: int
    bold: bool = False


def placed(rungs: Sequence[Rung], rows: Sequence[int], height: int) -> list[tuple[int, Rung]]:
    """The row of each rung that is shown, from the top. `rows` are those that they belong to, within the height.

    The rung of rank 0 keeps its row, the others move away from it in the order of their values. Where there is no
    room for all, the least telling go; never one of rank 0.
    """
    order = sorted(range(len(rungs)), key=lambda k: (-rungs[k].value, rungs[k].rank))
    shown, wanted = [rungs[k] for k in order], [min(max(rows[k], 0), height - 1) for k in order]
    while shown and height > 0:
        fixed = min(range(len(shown)), key=lambda k: shown[k].rank)
        if (found := _apart(wanted, fixed, height)) is not None:
            return list(zip(found, shown, strict=True))
        above, below = range(fixed), range(fixed + 1, len(shown))
        crowded = above if fixed > wanted[fixed] else below if len(below) > height - 1 - wanted[fixed] else None
        candidates = crowded if crowded else [k for k in range(len(shown)) if k != fixed]
        if not candidates:
            return []
        gone = max(candidates, key=lambda k: shown[k].rank)
        del shown[gone], wanted[gone]
    return []


def _apart(wanted: Sequence[int], fixed: int, height: int) -> list[int] | None:
    """Ascending rows, all different, with the rung `fixed` at its own row; None where there is no room."""
    rows = list(wanted)
    for k in range(fixed - 1, -1, -1):
        rows[k] = min(rows[k], rows[k + 1] - 1)
    for k in range(fixed + 1, len(rows)):
        rows[k] = max(rows[k], rows[k - 1] + 1)
    # Pushed over an edge, they go back towards the fixed one.
    for k in range(fixed):
        rows[k] = max(rows[k], rows[k - 1] + 1 if k else 0)
    for k in range(len(rows) - 1, fixed, -1):
        rows[k] = min(rows[k], rows[k + 1] - 1 if k + 1 < len(rows) else height - 1)
    inside = all(0 <= row < height for row in rows)
    return rows if inside and all(a < b for a, b in pairwise(rows)) else None
