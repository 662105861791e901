"""Which panels a terminal of a given size has room for, which share one place as tabs, and where each place lies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Protocol

SIZES = ("tiny", "compact", "normal", "wide")

# The places of each size, each with the numbers of the panels that share it. A panel without a number here is a tab of
# the last place; a place none of whose panels exists gives its room to its neighbours.
_PLACES: Mapping[str, tuple[tuple[int, ...], ...]] = {
    "tiny": ((1,),),
    "compact": ((1,), (2, 3, 4, 5, 6, 7, 8, 9)),
    "normal": ((1,), (2,), (3, 4, 5, 6, 7, 8, 9)),
    "wide": ((1,), (2,), (7,), (3,), (4, 5, 6), (8,), (9,)),
}
# Heights of a wide screen, at 200x60, kept as proportions at other sizes; the check's table is as high as its rows.
_LEFT = (36, 19)
_RIGHT = {3: 18, 4: 17, 9: 10}
_CHECK_HEIGHT = 10
_LEFT_SHARE = 0.66  # of the width, of a wide screen
_LOSS_SHARE = 0.58  # of the height, of a normal or compact one


class Named(Protocol):
    """A panel as the layout sees it."""

    number: ClassVar[int]
    title: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the screen: the panels that share it, by number, and the one in front."""

    names: tuple[str, ...]
    front: str


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Where a place lies among the panels, in cells."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of a screen of this size, the chart's first. `alone`: one panel has all the room."""

    size: str  # of SIZES
    places: tuple[Place, ...]
    numbers: Mapping[str, int]
    alone: bool = False

    def shows(self, panel: str) -> bool:
        """Whether the panel is on the screen."""
        return any(place.front == panel for place in self.places)

    def place_of(self, panel: str) -> Place:
        """The place that this panel shares; one of its own where it is not on the screen."""
        return next((place for place in self.places if panel in place.names), Place((panel,), panel))

    def rectangles(self, width: int, height: int) -> dict[str, Rectangle]:
        """Where the panel in front of each place lies; together they fill the width and the height."""
        if len(self.places) == 1:
            return {self.places[0].front: Rectangle(0, 0, width, height)}
        by_first = {min(self.numbers[name] for name in place.names): place.front for place in self.places}
        if self.size == "wide":
            return self._wide(by_first, width, height)
        loss, *others = by_first.values()
        top = round(_LOSS_SHARE * height)
        below = _row(others, Rectangle(0, top, width, height - top))
        return {loss: Rectangle(0, 0, width, top), **below}

    def _wide(self, by_first: dict[int, str], width: int, height: int) -> dict[str, Rectangle]:
        """The chart over samples and book; read, health, check and run in a column beside them."""
        # A place is named by the number of its first panel that exists: 5 stands for 4 where there is no health.
        front = {(4 if number in (5, 6) else number): name for number, name in by_first.items()}
        right = [number for number in (3, 4, 8, 9) if number in front]
        left_width = round(_LEFT_SHARE * width) if right else width
        column = [number for number in (2, 7) if number in front]
        top = _parts(height, _LEFT)[0] if column else height
        found = {front[1]: Rectangle(0, 0, left_width, top)}
        found |= _row([front[number] for number in column], Rectangle(0, top, left_width, height - top))
        check = min(_CHECK_HEIGHT, height) if 8 in right and len(right) > 1 else 0
        shared = _parts(height - check, [_RIGHT.get(number, 0 if check else 1) for number in right])
        y = 0
        for number, part in zip(right, shared, strict=True):
            part = check if number == 8 and check else part
            found[front[number]] = Rectangle(left_width, y, width - left_width, part)
            y += part
        return found


def layout_for(
    width: int, height: int, fronts: Sequence[str], panels: Mapping[str, type[Named]], alone: str | None = None
) -> Layout:
    """The layout of a terminal of this size. `fronts`: panels that were brought to the front, the latest first.

    Below 60x15 there is the chart alone, as a sparkline.
    """
    numbers = {name: panel.number for name, panel in panels.items()}
    size = size_of(width, height)
    if alone is not None:
        return Layout(size, (Place((alone,), alone),), numbers, alone=True)
    placed = {number for place in _PLACES[size] for number in place}
    shared = [[name for name in numbers if numbers[name] in place] for place in _PLACES[size]]
    if size != "tiny":
        shared[-1] += [name for name in numbers if numbers[name] not in placed]
    places = tuple(
        Place(tuple(names), next((name for name in fronts if name in names), names[0]))
        for each in shared
        if (names := sorted(each, key=lambda name: numbers[name]))
    )
    return Layout(size, places, numbers)


def size_of(width: int, height: int) -> str:
    """The name of a terminal's size, of SIZES."""
    least = {"wide": (160, 45), "normal": (100, 30), "compact": (60, 15)}
    return next((name for name, (least_w, least_h) in least.items() if width >= least_w and height >= least_h), "tiny")


def _row(names: Sequence[str], within: Rectangle) -> dict[str, Rectangle]:
    """Places of like width, side by side."""
    x, found = within.x, {}
    for name, part in zip(names, _parts(within.width, [1] * len(names)), strict=True):
        found[name] = Rectangle(x, within.y, part, within.height)
        x += part
    return found


def _parts(whole: int, weights: Sequence[float]) -> list[int]:
    """The whole divided by weights into whole numbers that add up to it."""
    ends, total, so_far = [0], sum(weights), 0.0
    for weight in weights:
        so_far += weight
        ends.append(round(whole * so_far / total) if total else 0)
    return [end - begin for begin, end in pairwise(ends)]
