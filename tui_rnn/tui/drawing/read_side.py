"""What stands beside the text of panel 3: what units follow, a unit's values, the surprise, the next character."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui_rnn.tui.drawing.glyphs import Glyphs
from tui_rnn.tui.drawing.read_views import SURPRISE, UNITS, is_gate, number_of, unit_name, values_of
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette

if TYPE_CHECKING:  # instruments are of NumPy, for which the first frame does not wait
    from tui_rnn.engine.instruments.passage import Passage
    from tui_rnn.engine.instruments.ranking import Ranking

_RANGES = ((0.0, "under ½"), (0.5, "½ to 1"), (1.0, "1 to 2"), (2.0, "2 to 3"), (3.0, "3 to 4"), (4.0, "4 to 6"))
_RANGES_ABOVE = ((6.0, "6 to 8"), (8.0, "over 8"))
_BINS, _LEAST_NEXT, _MOST_NEXT = 36, 4, 10
_CONTEXT = 12  # characters before the cursor


@dataclass(frozen=True, slots=True)
class Side:
    """The columns beside the text."""

    grid: Grid
    palette: Palette
    glyphs: Glyphs
    x: int
    width: int

    @property
    def is_wide(self) -> bool:
        """Whether it is that of the large form."""
        return self.width >= 36

    def lines(self, y: int, text: str, colour: str) -> int:
        """Text from this row on, broken between words; the row below it."""
        for line in textwrap.wrap(text, self.width):
            self.grid.put(self.x, y, line, colour)
            y += 1
        return y

    def right(self, y: int, text: str, colour: str, at: int | None = None, *, bold: bool = False) -> None:
        """Text that ends at this column of the side, or at its end."""
        self.grid.put_left_of(self.x + (self.width if at is None else at), y, text, colour, bold=bold)


def draw_side(
    side: Side,
    passage: "Passage",
    ranking: "Ranking | None",
    view: str,
    unit: int,
    cursor: int,
    ways: tuple[float, float],
) -> None:
    """The view's table and picture above, the next character below."""
    height, palette = side.grid.height, side.palette
    if view != SURPRISE:
        y = _ranking(side, passage, ranking, view, unit)
        if side.is_wide and height - y >= 6 + _LEAST_NEXT + 6:
            y = _histogram(side, y + 1, passage, view, unit)
    else:
        y = _surprise(side, passage)
    y += 1
    if side.is_wide and height - y > _LEAST_NEXT + 6:
        y = max(y, height - 14)
        side.grid.put(side.x, y, side.glyphs.rule * side.width, palette.hair)
        y += 1
    _next(side, y, passage, cursor, ways)


def _ranking(side: Side, passage: "Passage", ranking: "Ranking | None", view: str, unit: int) -> int:
    """Which unit follows what, and how well; the row below it."""
    grid, palette, x, wide = side.grid, side.palette, side.x, side.is_wide
    units, most = passage.hidden.shape[1], grid.height if wide else (grid.height - 1) // 2
    of_cell = passage.inner_names.get(view, "")
    heading = f"{of_cell[:1].upper()}{of_cell[1:]}s follow" if of_cell else "What units follow"
    grid.put(x, 0, heading if wide else "Units" if view == UNITS else f"Units, {view}", palette.text, bold=True)
    ends = (24, 30, 36) if wide else (20, 26, 0)
    for name, end in zip(("unit", "one" if wide else "r", "all"), ends, strict=True):
        if end:
            side.right(0, name, palette.dim, end)
    rows = (
        [row for row in ranking.rows if row.one is not None] if ranking is not None else []
    )  # what never occurs: none
    if not rows:
        from tui_rnn.engine.instruments.ranking import CHARACTERS

        why = f"{CHARACTERS:,} characters are being read" if ranking is None else "nothing in this text"
        return max(3, side.lines(1, why, palette.muted))
    y, marked = 1, False
    for row in rows[: most - 1]:
        is_chosen, marked = row.unit == unit and not marked, marked or row.unit == unit
        if is_chosen:
            for column in range(x, x + side.width):
                grid.tint(column, y, palette.surface)
            if wide:
                grid.put(x, y, side.glyphs.arrow, palette.accent)
        name = row.feature if wide or len(row.feature) <= 15 else row.feature.rsplit(" ", 1)[0]
        says = row.one is not None and abs(row.one) >= 0.1
        ink = palette.text if is_chosen else palette.muted if says else palette.dim
        grid.put(x + 2 * wide, y, name, ink, bold=is_chosen)
        side.right(y, number_of(passage, row.unit), palette.text if is_chosen else palette.dim, ends[0])
        figure = "–" if row.one is None else f"{row.one:+.2f}".replace("-", "−")
        hue = palette.dim if not says else palette.positive if (row.one or 0) > 0 else palette.negative
        side.right(y, figure, hue, ends[1])
        if wide:
            side.right(y, "–" if row.all is None else f"{row.all:.2f}", palette.text if says else palette.dim)
        y += 1
    if wide:
        grid.put(x, y, "one: correlation with that unit", palette.dim)
        grid.put(x, y + 1, f"all: with the best sum of all {units:,}", palette.dim)
        y += 2
    return y


def _histogram(side: Side, y: int, passage: "Passage", view: str, unit: int) -> int:
    """How often the unit, or its gate, has which value in the passage; the row below it."""
    grid, palette, of_gate = side.grid, side.palette, is_gate(passage, view)
    name = unit_name(passage, view, unit)
    grid.put(
        side.x, y, f"Values of {name}" if view == UNITS else f"{name[:1].upper()}{name[1:]}", palette.text, bold=True
    )
    low, size = (0.0, 1.0) if of_gate else (-1.0, 2.0)
    counts = [0] * _BINS
    for value in values_of(passage, view)[:, unit].tolist():
        counts[min(max(int((value - low) / size * _BINS), 0), _BINS - 1) if value == value else 0] += 1
    most = max(counts)
    for k, count in enumerate(counts):
        value = low + size * (k + 0.5) / _BINS
        if of_gate:
            colour = palette.heat(0.3 + 0.7 * value)
        else:
            colour = palette.mixed(palette.diverging(value, 0.85), "text", 0.3 if abs(value) < 0.15 else 0.0)
        if colour == palette.background:
            colour = palette.dim
        if count:
            side.glyphs.column(grid, side.x + k, y + 1, 3, count / most, colour)
    for place, word in (
        ((0, "closed"), (_BINS - 4, "open")) if of_gate else ((0, "−1"), (_BINS // 2, "0"), (_BINS - 2, "+1"))
    ):
        grid.put(side.x + place, y + 4, word, palette.dim)
    return y + 5


def _surprise(side: Side, passage: "Passage") -> int:
    """How surprised it was by the passage; the row below it."""
    grid, palette, x = side.grid, side.palette, side.x
    where = "your text" if passage.is_own else "held-out text" if passage.is_unseen else "text it is trained on"
    grid.put(x, 0, f"On {where}", palette.text, bold=True)
    bits, ranks = passage.bits, passage.ranks
    figures = [
        ("bits a character", f"{float(bits.mean()):.2f}"),
        *(
            (name, f"{100 * float((ranks <= most).mean()):.0f} %")
            for name, most in (("first guess right", 1), ("among the first 3", 3), ("among the first 10", 10))
        ),
    ]
    for y, (name, figure) in enumerate(figures, 1):
        grid.put(x, y, name, palette.muted)
        side.right(y, figure, palette.text, bold=True)
    ranges = _RANGES + _RANGES_ABOVE
    if grid.height < 6 + len(ranges) + _LEAST_NEXT + 5:
        return 5
    grid.put(x, 6, "Surprise, bits", palette.text, bold=True)
    if side.is_wide:
        side.right(6, "characters", palette.dim)
    lows = [low for low, _ in ranges]
    shares = [
        float(((bits >= low) & (bits < high)).mean()) for low, high in zip(lows, [*lows[1:], float("inf")], strict=True)
    ]
    for k, ((low, name), share) in enumerate(zip(ranges, shares, strict=True)):
        side.right(7 + k, name, palette.muted, 8)
        if share:
            length = share / max(max(shares), 1e-9) * (side.width - 16)
            side.glyphs.bar(grid, x + 10, 7 + k, length, palette.heat(0.3 + 0.07 * low))
        side.right(7 + k, f"{100 * share:.0f} %", palette.dim)
    return 7 + len(ranges)


def _next(side: Side, y: int, passage: "Passage", cursor: int, ways: tuple[float, float]) -> None:
    """What was expected at the cursor, as it is and after temp and top-p."""
    grid, palette, glyphs, x = side.grid, side.palette, side.glyphs, side.x
    before = [glyphs.of(c, " ") for c in passage.characters[max(0, cursor - _CONTEXT) : cursor]]
    at = grid.put(x, y, "Next character" if side.is_wide else "Next", palette.text, bold=True)
    said = "after …" if side.is_wide else "…"
    while before and at + 2 + len(said) + cell_len("".join(before)) > x + side.width:
        before = before[1:]
    if before:
        grid.put(at + 2, y, said + "".join(before), palette.muted)
    y += 1
    if side.is_wide:
        at = grid.put(x, y, glyphs.top, palette.dim)
        at = grid.put(at + 1, y, "as it is", palette.muted)
        at = grid.put(at + 3, y, _LOWER if glyphs.top == "▀" else "_", palette.primary)
        top_p = f", top-p {ways[1]:g}" if ways[1] < 1 else ""
        grid.put(at + 1, y, f"temp {ways[0]:g}{top_p}", palette.muted)
        y += 2
    rows = min(_MOST_NEXT, grid.height - y - 2 * side.is_wide)
    plain, changed = expected(passage, cursor, ways)
    order = sorted(range(len(plain)), key=lambda k: -plain[k])[: max(0, rows)]
    most = max((*plain, *changed), default=1.0) or 1.0
    came = passage.characters[cursor]
    for k in order:
        is_it = passage.vocabulary[k] == came
        at = grid.put(
            x, y, glyphs.of(passage.vocabulary[k], glyphs.dot), palette.success if is_it else palette.text, bold=True
        )
        if is_it:
            grid.put(at, y, "◂" if glyphs.top == "▀" else "<", palette.success)
        bars = side.width - 15
        _double_bar(side, x + 3, y, plain[k] / most * bars, changed[k] / most * bars)
        side.right(y, _probability(plain[k]), palette.muted, side.width - 6)
        side.right(y, _probability(changed[k]) if changed[k] else "cut", palette.primary if changed[k] else palette.dim)
        y += 1
    if side.is_wide and y + 1 < grid.height:
        at = grid.put(x, y + 1, "it was ", palette.muted)
        at = grid.put(at, y + 1, glyphs.of(came, glyphs.dot), palette.success, bold=True)
        grid.put(
            at, y + 1, f": {float(passage.bits[cursor]):.2f} bits, guess {int(passage.ranks[cursor])}", palette.muted
        )


_LOWER = "▄"


def expected(passage: "Passage", cursor: int, ways: tuple[float, float]) -> tuple[Sequence[float], Sequence[float]]:
    """The probabilities (K,) of what comes at the cursor: as they are, and after temperature and top-p."""
    import numpy as np

    from tui_rnn.engine.sampling import cumulative

    outputs = passage.outputs[cursor]
    if not np.isfinite(outputs).all():
        return [0.0] * len(outputs), [0.0] * len(outputs)
    plain, changed = (np.diff(cumulative(outputs, *each), prepend=0.0) for each in ((1.0, 1.0), ways))
    return (plain / plain.sum()).tolist(), (changed / changed.sum()).tolist()


def _probability(share: float) -> str:
    return f"{share:.2f}".removeprefix("0")


def _double_bar(side: Side, x: int, y: int, upper: float, lower: float) -> None:
    """Two bars in one row, each half of it high."""
    plain = side.glyphs.top == "▀"
    grey, blue = side.palette.dim, side.palette.primary
    for k in range(max(round(upper), round(lower))):
        if k < round(upper) and k < round(lower):
            side.grid.put(x + k, y, "▀" if plain else "#", grey, blue if plain else "keep")
        elif k < round(upper):
            side.grid.put(x + k, y, "▀" if plain else '"', grey)
        else:
            side.grid.put(x + k, y, _LOWER if plain else "_", blue)
