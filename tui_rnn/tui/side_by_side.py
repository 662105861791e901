"""Which texts stand side by side: several temperatures, or a grid of temp and top-p; and the requests for them."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Event as Flag

from tui_rnn.engine.control import SampleRequest

Way = tuple[float, float]  # to write a text: temperature, top-p
SIDE_BY_SIDE = (0.4, 0.7, 1.0, 1.3)  # the chosen temperature takes the place of the nearest of them
GRID_SIDE = 3  # temperatures, and so many top-p
_BESIDE_TEMPERATURE = (0.0, 0.4, 1.3, 2.0)
_BESIDE_TOP_P = (0.5, 0.9, 1.0)


def ways_beside(temp: float, top_p: float, count: int) -> list[Way]:
    """So many temperatures, ascending: this one in place of the nearest of SIDE_BY_SIDE, and those next to it."""
    others = sorted(SIDE_BY_SIDE, key=lambda each: (round(abs(each - temp), 9), -each))[1:]
    return [(each, top_p) for each in sorted([temp, *others[: count - 1]])]


def ways_of_grid(temp: float, top_p: float) -> list[Way]:
    """Those of the nine texts, row by row: that in force is one of them, in the middle column."""
    return [(t, p) for p in _three(top_p, _BESIDE_TOP_P) for t in _three(temp, _BESIDE_TEMPERATURE)]


def _three(value: float, others: Sequence[float]) -> list[float]:
    """The value between the nearest ones at its two sides; beyond the outermost of them the two nearest."""
    lower, higher = [each for each in others if each < value], [each for each in others if each > value]
    first = lower[-1:] if higher else lower[-2:]
    return [*first, value, *higher[: GRID_SIDE - 1 - len(first)]]


def requests_for(request: SampleRequest, ways: Sequence[Way]) -> list[SampleRequest]:
    """The request once for each way. The one that is not in pieces, and so is logged, is the nearest to its own way."""
    chosen = min(ways, key=lambda way: abs(way[0] - request.temperature) + abs(way[1] - request.top_p))
    return [
        replace(
            request,
            temperature=way[0],
            top_p=way[1],
            in_pieces=way != chosen,
            number=SampleRequest(request.length).number,
            cancelled=Flag(),
        )
        for way in ways
    ]
