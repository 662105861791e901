"""The header's tiles side by side, in one, two or three rows: as many as fit, each whole or absent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from textual.content import Content

from tui_rnn.tui.header.big import ROWS, big
from tui_rnn.tui.header.tiles import Tile

_LEAST_GAP = 3  # columns between two tiles
_MOST_GAP = {1: 3, 2: 9, 3: 14}  # by the rows: a gap never becomes so wide that label and figure fall apart
_BOLD = 4  # tiles whose values are bold
_LARGE = 2  # tiles whose figures are three rows high, where there are three rows


@dataclass(frozen=True, slots=True)
class Block:
    """A tile as it is drawn: rows of words, all of them within its width."""

    name: str
    rows: tuple[Content, ...]

    @property
    def width(self) -> int:
        """Of the longest row."""
        return max(row.cell_length for row in self.rows)


def rows_of(
    tiles: Sequence[Tile], widths: Mapping[str, int], width: int, height: int
) -> tuple[list[Content], dict[str, int]]:
    """The tiles in `height` rows of this width, and how wide each one stands, by its label.

    `widths` are those of the tiles so far: none becomes narrower, so that nothing jumps.
    """
    room = width - 2  # a blank at each end
    blocks = [_block(tile, k, height) for k, tile in enumerate(_that_fit(tiles, widths, room, height))]
    taken = {block.name: max(block.width, widths.get(block.name, 0)) for block in blocks}
    if not blocks:
        return [Content(" " * width)] * height, {}
    left = room - sum(taken.values())
    gap = min(_MOST_GAP[height], left // max(1, len(blocks) - 1))
    lines = []
    for y in range(height):
        cells = [block.rows[y].pad_right(taken[block.name] - block.rows[y].cell_length) for block in blocks]
        line = Content(" ") + Content(" " * gap).join(cells)
        lines.append(line.pad_right(max(0, width - line.cell_length)))
    return lines, taken


def _that_fit(tiles: Sequence[Tile], widths: Mapping[str, int], room: int, height: int) -> list[Tile]:
    """The first of the tiles, as many as fit; one with other words for its value in the longest that fit."""
    shown: list[Tile] = []
    used = 0
    for tile in tiles:
        for words in (tile.value, *tile.shorter):
            block = _block(replace(tile, value=words), len(shown), height)
            least = 0 if tile.shorter else widths.get(tile.label, 0)
            needed = used + max(block.width, least) + (_LEAST_GAP if shown else 0)
            if needed <= room:
                shown.append(replace(tile, value=words))
                used = needed
                break
        else:
            break
    return shown


def _block(tile: Tile, place: int, height: int) -> Block:
    value = Content.styled(tile.value, f"b {tile.colour}" if place < _BOLD else tile.colour)
    if height == 1:
        return Block(tile.label, (_inline(tile, value),))
    label, note = Content.styled(tile.label, "$dim"), Content.styled(tile.note, "$dim")
    if height == 2:
        return Block(tile.label, (label, value))
    figures = big(tile.value) if place < _LARGE else None
    if figures is None:
        return Block(tile.label, (label, value, note))
    colour = "$muted" if tile.colour == "$foreground" else tile.colour
    beside = (Content(), Content.styled(tile.label, "$muted"), note)
    rows = [Content.styled(row, colour) + Content("  ") + words for row, words in zip(figures, beside, strict=True)]
    return Block(tile.label, tuple(rows[:ROWS]))


def _inline(tile: Tile, value: Content) -> Content:
    if not tile.inline:
        return Content.assemble((tile.label, "$dim"), " ", value)
    before, here, behind = tile.inline.partition("{}")
    return Content.assemble((before, "$muted"), value, (behind, "$muted")) if here else Content.styled(before, "$muted")
