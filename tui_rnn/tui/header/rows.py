"""The header's tiles side by side, in one, two or three rows: as many as fit, each whole or absent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich.cells import cell_len
from textual.content import Content

from tui_rnn.tui.header.big import ROWS, big
from tui_rnn.tui.header.tiles import Tile

_LEAST_GAP = 3  # columns between two tiles
_MOST_GAP = {1: 3, 2: 9, 3: 14}  # by the rows: a gap never becomes so wide that label and figure fall apart
_BESIDE = "  "  # between a large figure and its label
_BOLD = 4  # tiles whose values are bold
_LARGE = 2  # tiles whose figures are three rows high, where there are three rows


def rows_of(
    tiles: Sequence[Tile], widths: Mapping[str, int], width: int, height: int, *, large: bool = True
) -> tuple[list[Content], dict[str, int]]:
    """The tiles in `height` rows of this width, and how wide each one stands, by its label.

    The figures of the first ones are three rows high where there are so many and they may be `large`.

    `widths` are those of the tiles so far: none becomes narrower, so that nothing jumps.
    """
    room = width - 2  # a blank at each end
    shown = _that_fit(tiles, widths, room, height, large)
    taken = [max(_columns(tile, k, height, large), widths.get(tile.label, 0)) for k, tile in enumerate(shown)]
    gap = min(_MOST_GAP[height], (room - sum(taken)) // max(1, len(shown) - 1))
    blocks = [_block(tile, k, height, large) for k, tile in enumerate(shown)]
    lines = []
    for y in range(height):
        cells = [_padded(block[y], columns) for block, columns in zip(blocks, taken, strict=True)]
        lines.append(_padded(Content(" ") + Content(" " * gap).join(cells), width))
    return lines, {tile.label: columns for tile, columns in zip(shown, taken, strict=True)}


def _padded(words: Content, width: int) -> Content:
    return words.pad_right(max(0, width - words.cell_length))


def _that_fit(tiles: Sequence[Tile], widths: Mapping[str, int], room: int, height: int, large: bool) -> list[Tile]:
    """The first of the tiles, as many as fit; one with other words for its value in the longest that fit.

    That one says what is wrong: where its words find no room, it takes the place of those before it, but for the first.
    """
    shown: list[Tile] = []
    for tile in tiles:
        others = [replace(tile, value=words) for words in (tile.value, *tile.shorter)]
        kept = [shown[:k] for k in range(len(shown), 0, -1)] if tile.shorter else [shown]
        choices = ([*before, other] for other in others for before in kept)
        fitting = next((choice for choice in choices if _width(choice, widths, height, large) <= room), None)
        if fitting is None:
            break
        shown = fitting
    return shown


def _width(tiles: Sequence[Tile], widths: Mapping[str, int], height: int, large: bool) -> int:
    """Of the tiles side by side, with the least gap between them."""
    taken = (max(_columns(tile, k, height, large), widths.get(tile.label, 0)) for k, tile in enumerate(tiles))
    return sum(taken) + _LEAST_GAP * (len(tiles) - 1)


def _columns(tile: Tile, place: int, height: int, large: bool) -> int:
    """Of a tile in this place."""
    if height == 1:
        return cell_len(tile.inline.format(tile.value) if tile.inline else f"{tile.label} {tile.value}")
    words = (tile.label, tile.value, tile.note)[:height]
    if large and height == ROWS and place < _LARGE and (figures := big(tile.value)):
        return len(figures[0]) + len(_BESIDE) + max(cell_len(tile.label), cell_len(tile.note))
    return max(map(cell_len, words))


def _block(tile: Tile, place: int, height: int, large: bool) -> tuple[Content, ...]:
    """A tile's rows."""
    value = Content.styled(tile.value, f"b {tile.colour}" if place < _BOLD else tile.colour)
    if height == 1:
        return (_inline(tile, value),)
    label, note = Content.styled(tile.label, "$dim"), Content.styled(tile.note, "$dim")
    if height == 2:
        return (label, value)
    figures = big(tile.value) if large and place < _LARGE else None
    if figures is None:
        return (label, value, note)
    colour = "$muted" if tile.colour == "$foreground" else tile.colour
    beside = (Content(), Content.styled(tile.label, "$muted"), note)
    rows = [Content.styled(row, colour) + Content(_BESIDE) + words for row, words in zip(figures, beside, strict=True)]
    return tuple(rows)


def _inline(tile: Tile, value: Content) -> Content:
    if not tile.inline:
        return Content.assemble((tile.label, "$dim"), " ", value)
    before, here, behind = tile.inline.partition("{}")
    return Content.assemble((before, "$muted"), value, (behind, "$muted")) if here else Content.styled(before, "$muted")
