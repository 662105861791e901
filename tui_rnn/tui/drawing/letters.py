"""The map of the characters: a chip for each, tinted by its class, and a line to its nearest neighbour."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rich.cells import cell_len

from tui_rnn.engine.character_kinds import CAPITAL, DIGIT, LETTER, kind_of
from tui_rnn.engine.instruments.letters import MOST_LETTERS, Letter, Letters
from tui_rnn.tui.drawing.glyphs import Glyphs
from tui_rnn.tui.drawing.words import wrapped
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette

JOINED = 0.22  # the least cosine of two characters that a line joins
_LARGE = 100  # columns from which the legend has a place of its own
_BESIDE = 34  # columns of it
_ROOM = 14  # cells of the map for each chip, that it may stand clear of the others
_CHIP = 3  # cells
_NEIGHBOURS, _PAIRS = 6, 8

VOWELS = frozenset("aeiouαεηιουωаеёиоуыэюя")
# Each class of characters with the role of its colour, in the order of the legend.
CLASSES = {
    "vowels": "accent",
    "other letters": "primary",
    "capitals": "secondary",
    "marks on letters": "warning",
    "spaces and signs": "success",
    "digits": "dim",
}


def class_of(character: str) -> str:
    """One of CLASSES."""
    kind = kind_of(character)
    if kind == LETTER:
        if unicodedata.category(character)[0] == "M":
            return "marks on letters"
        base = unicodedata.normalize("NFD", character)[0]
        return "vowels" if base in VOWELS else "other letters"
    return {CAPITAL: "capitals", DIGIT: "digits"}.get(kind, "spaces and signs")


@dataclass(frozen=True, slots=True)
class Chip:
    """A character and the cell that the middle of its chip lies on."""

    letter: Letter
    x: int
    y: int


def draw(grid: Grid, palette: Palette, glyphs: Glyphs, letters: Letters, characters: str, chosen: int) -> None:
    """Paint the map; `characters` is the vocabulary, `chosen` the place of a letter among `letters`."""
    large = grid.width >= _LARGE and grid.height >= 12
    left, top = 1, 2 if large else 0
    width, height = (grid.width - _BESIDE - 2, grid.height - 3) if large else (grid.width - 2, grid.height)
    if large:
        matrix = "U" if letters.view == "U" else "V"
        x = grid.put(0, 0, f"Each character at its place in {matrix},", palette.text, bold=True)
        how = "as it is read" if letters.view == "U" else "as it is written"
        words = f"  {how}; {100 * letters.spread:.0f} % of all variance lies in this plane"
        if x + cell_len(words) > grid.width - _BESIDE - 2:
            words = f"  {how}"
        grid.put(x, 0, words, palette.muted)
    chips = placed(letters.letters, width, height)
    selected = letters.letters[min(chosen, len(letters.letters) - 1)] if letters.letters else None
    _axes(grid, palette, glyphs, letters.letters[: len(chips)], (left, top, width, height))
    _lines(grid, palette, glyphs, chips, left, top)
    for chip in reversed(chips):
        _chip(grid, palette, glyphs, chip, characters, letters, chip.letter is selected, left, top)
    if large and selected is not None:
        _beside(grid, palette, glyphs, letters, characters, selected, len(letters.letters) - len(chips))


def placed(letters: Sequence[Letter], width: int, height: int) -> list[Chip]:
    """A cell for each letter, none on another's; the first keep their places, and the last find no room if it is full.

    Cells of a map of this size, whose edges are those of the letters' places.
    """
    shown = letters[: max(1, width * height // _ROOM)]
    if width < _CHIP or height < 1 or not shown:
        return []
    low_x, high_x, low_y, high_y = _limits(shown)
    taken: set[tuple[int, int]] = set()
    chips = []
    for letter in shown:
        x = 1 + round((letter.x - low_x) / (high_x - low_x) * (width - _CHIP))
        y = round((high_y - letter.y) / (high_y - low_y) * (height - 1))
        for across, down in _nearby():
            at = (x + across, y + down)
            if 1 <= at[0] < width - 1 and 0 <= at[1] < height and at not in taken:
                chips.append(Chip(letter, *at))
                taken.update((at[0] + k, at[1]) for k in range(1 - _CHIP, _CHIP))
                break
    return chips


@cache
def _nearby() -> list[tuple[int, int]]:
    """Cells by their distance, a row being twice as far as a column."""
    cells = [(across, down) for across in range(-24, 25) for down in range(-8, 9)]
    return sorted(cells, key=lambda cell: (abs(cell[0]) + 2.1 * abs(cell[1]), cell))


def _limits(letters: Sequence[Letter]) -> tuple[float, float, float, float]:
    xs, ys = [letter.x for letter in letters], [letter.y for letter in letters]
    (low_x, high_x), (low_y, high_y) = (_padded(min(each), max(each)) for each in (xs, ys))
    return low_x, high_x, low_y, high_y


def _padded(low: float, high: float) -> tuple[float, float]:
    pad = (high - low) * 0.04 if high - low > 1e-12 * max(abs(low), abs(high), 1e-300) else 1.0
    return low - pad, high + pad


def _axes(
    grid: Grid, palette: Palette, glyphs: Glyphs, letters: Sequence[Letter], place: tuple[int, int, int, int]
) -> None:
    """A cross where both directions are zero: the mean of all characters."""
    left, top, width, height = place
    if not letters or width < _CHIP or height < 1:
        return
    low_x, high_x, low_y, high_y = _limits(letters)
    x = left + 1 + round((0 - low_x) / (high_x - low_x) * (width - _CHIP))
    y = top + round((high_y - 0) / (high_y - low_y) * (height - 1))
    if top <= y < top + height:
        grid.put(left, y, glyphs.rule * width, palette.hair)
    if left <= x < left + width:
        for row in range(top, top + height):
            grid.put(x, row, glyphs.line, palette.hair)


def _lines(grid: Grid, palette: Palette, glyphs: Glyphs, chips: Sequence[Chip], left: int, top: int) -> None:
    """Braille from each chip to that of the nearest character that is on the map."""
    by_index = {chip.letter.index: chip for chip in chips}
    dots: dict[tuple[int, int], int] = {}
    for chip in chips:
        near = next(((by_index[index], cosine) for index, cosine in chip.letter.nearest if index in by_index), None)
        if near is not None and near[1] >= JOINED:
            for x, y in _between(chip, near[0]):
                cell = (left + x // 2, top + y // 4)
                dots[cell] = dots.get(cell, 0) | _BITS[y % 4][x % 2]
    for (x, y), bits in dots.items():
        grid.put(x, y, glyphs.dot if glyphs.dot == "." else chr(0x2800 + bits), palette.faint)


_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def _between(a: Chip, b: Chip) -> Iterator[tuple[int, int]]:
    """The dots, two a column and four a row, from one middle to the other."""
    (xa, ya), (xb, yb) = ((2 * chip.x + 1, 4 * chip.y + 2) for chip in (a, b))
    steps = max(abs(xb - xa), abs(yb - ya), 1)
    for step in range(steps + 1):
        yield round(xa + (xb - xa) * step / steps), round(ya + (yb - ya) * step / steps)


def _chip(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    chip: Chip,
    characters: str,
    letters: Letters,
    selected: bool,
    left: int,
    top: int,
) -> None:
    character = characters[chip.letter.index]
    sign, hue = glyphs.of(character), getattr(palette, CLASSES[class_of(character)])
    often = chip.letter.seen >= letters.often_seen
    ground = palette.accent if selected else palette.mixed("background", hue, 0.26 if often else 0.13)
    ink = palette.ink_on(ground) if selected else hue if often else palette.mixed(hue, "background", 0.25)
    text = f"{sign} " if cell_len(sign) == 2 else f" {sign} "
    grid.put(left + chip.x - 1, top + chip.y, text, ink, ground, bold=often or selected)


def _beside(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    letters: Letters,
    characters: str,
    selected: Letter,
    without_room: int,
) -> None:
    x, width = grid.width - _BESIDE + 2, _BESIDE - 2
    for row in range(grid.height):
        grid.put(x - 2, row, glyphs.line, palette.hair)
    present = {class_of(characters[letter.index]) for letter in letters.letters}
    y = 0
    for name, role in CLASSES.items():
        if name in present:
            grid.put(grid.put(x, y, f"{glyphs.square} ", getattr(palette, role)), y, name, palette.muted)
            y += 1

    def sign(at: int, y: int, index: int) -> int:
        character = characters[index]
        return grid.put(at, y, glyphs.of(character), getattr(palette, CLASSES[class_of(character)]), bold=True)

    y += 1
    if selected.nearest and y + 2 < grid.height:
        at = sign(grid.put(x, y, "Nearest to ", palette.text, bold=True), y, selected.index)
        grid.put(at, y, "   cosine", palette.dim)
        longest = max(selected.nearest[0][1], 0.5)
        for index, cosine in selected.nearest[:_NEIGHBOURS]:
            y += 1
            sign(x, y, index)
            if cosine > 0:
                glyphs.bar(grid, x + 3, y, cosine / longest * (width - 12), palette.mixed("accent", "background", 0.35))
            grid.put_left_of(x + width, y, f"{cosine:.2f}".replace("-", "\u2212"), palette.muted)
        y += 2
    if letters.pairs and y + 2 < grid.height:
        grid.put(x, y, "Closest pairs", palette.text, bold=True)
        for first, second, cosine in letters.pairs[:_PAIRS]:
            y += 1
            sign(sign(x, y, first) + 1, y, second)
            grid.put_left_of(x + width, y, f"{cosine:.2f}".replace("-", "\u2212"), palette.muted)
        y += 2
    for words, role in ((remark(letters, characters), "text"), (_what_is_seen(letters, without_room), "dim")):
        lines = wrapped([(words, role)], width) if words else []
        if lines and y + len(lines) <= grid.height:
            for line in lines:
                grid.put(x, y, "".join(text for text, _ in line), getattr(palette, role))
                y += 1
            y += 1


def _what_is_seen(letters: Letters, without_room: int) -> str:
    words = "Lines join each to its nearest."
    if any(letter.seen < letters.often_seen for letter in letters.letters):
        words += f" Dim: seen fewer than {letters.often_seen:,} times."
    shown, left_out = len(letters.letters) - without_room, letters.left_out + without_room
    if left_out and (without_room or len(letters.letters) == MOST_LETTERS):
        words += f" Shown: the {shown:,} most frequent of {shown + left_out:,}."
    elif left_out:
        words += f" Left out: {left_out:,} seen fewer than {letters.least_seen:,} times."
    return words


def remark(letters: Letters, characters: str) -> str:
    """What the network has found out by itself, as far as most characters bear it out; empty where they do not.

    A capital and its small letter are named only where they are among the closest pairs that are listed.
    """
    by_character = {characters[letter.index]: letter for letter in letters.letters}

    def near(letter: Letter, count: int) -> list[str]:
        return [characters[index] for index, _ in letter.nearest[:count]]

    cased = [each for each in by_character if each.islower() and each.upper() in by_character]
    listed = [(characters[first].lower(), characters[second].lower()) for first, second, _ in letters.pairs[:_PAIRS]]
    closest = [first for first, second in listed if first == second and first in cased]
    one = sum(each.upper() in near(by_character[each], 3) for each in cased)
    vowels = [each for each in by_character if class_of(each) == "vowels"]
    neighbours = [other for each in vowels for other in near(by_character[each], 3) if other.lower() != each]
    alike = sum(class_of(other.lower()) == "vowels" for other in neighbours)
    found = []
    if len(vowels) >= 3 and 2 * alike >= len(neighbours) > 0:
        found.append("which letters are vowels")
    if len(cased) >= 3 and 2 * one >= len(cased) and closest:
        named = "a" if "a" in closest else closest[0]
        found.append(f"that {named.upper()} and {named} are one")
    return f"Nobody taught the network {', or '.join(found)}." if found else ""
