"""Panel 3 Read on a grid: a text coloured by one unit or by surprise, with the network's guesses under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui_rnn.tui.drawing.flow import flow
from tui_rnn.tui.drawing.glyphs import Glyphs
from tui_rnn.tui.drawing.read_side import Side, draw_side
from tui_rnn.tui.drawing.read_views import SURPRISE, is_gate, unit_name, values_of
from tui_rnn.tui.drawing.shades import Shades, diverging, heat
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette

if TYPE_CHECKING:  # instruments are of NumPy, for which the first frame does not wait
    from tui_rnn.engine.instruments.passage import Passage
    from tui_rnn.engine.instruments.ranking import Ranking

LARGE, MIDDLE = (100, 24), (66, 13)  # the least sizes of these forms
MOST_BITS = 10.0  # of surprise, at the end of the scale
_UNDER_TEXT = 0.58  # how far the colour of a hidden value goes under a text


@dataclass(frozen=True, slots=True)
class Reading:
    """What is shown of a passage."""

    passage: "Passage"
    ranking: "Ranking | None"
    view: str  # of read_views.views
    unit: int
    cursor: int  # a character of the passage
    temperature: float
    top_p: float


@dataclass(frozen=True, slots=True)
class Form:
    """How much is shown in a panel of some size."""

    guesses: int  # rows of them
    side: int  # columns at the right
    top: int  # rows above the text

    @classmethod
    def of(cls, width: int, height: int) -> "Form":
        """The form that fits."""
        if width >= LARGE[0] and height >= LARGE[1]:
            return cls(3, 36, 2)
        if width >= MIDDLE[0] and height >= MIDDLE[1]:
            return cls(2, 26, 0)
        return cls(1 if height > 2 else 0, 0, 0)

    def text_width(self, width: int) -> int:
        """Columns of the text."""
        return max(2, width - self.side - 3 if self.side else width)

    @property
    def step(self) -> int:
        """Rows from one line of text to the next."""
        return self.guesses + 2 if self.guesses else 1


def draw(grid: Grid, palette: Palette, glyphs: Glyphs, reading: Reading) -> None:
    """The text, and what fits beside it."""
    form = Form.of(grid.width, grid.height)
    if form.top:
        _scale(grid, palette, reading)
    _text(grid, palette, glyphs, reading, form)
    if form.side:
        x = grid.width - form.side
        for y in range(grid.height):
            grid.put(x - 2, y, glyphs.line, palette.hair)
        passage = reading.passage
        side = Side(grid, palette, glyphs, x, form.side)
        draw_side(side, passage, reading.ranking, reading.view, reading.unit, reading.cursor, _ways(reading))


def _ways(reading: Reading) -> tuple[float, float]:
    return reading.temperature, reading.top_p


def _scale(grid: Grid, palette: Palette, reading: Reading) -> None:
    """What the colours mean, above the text: as much of it as there is room for, whole."""
    width, x = Form.of(grid.width, grid.height).text_width(grid.width), 0
    name, when, low, high, shades = _meaning(palette, reading)
    cells = 2 if reading.view == SURPRISE else 1
    scale = len(low) + 1 + cells * len(shades) + 1 + len(high)
    x = grid.put(0, 0, name, palette.text, bold=True)
    if x + 2 + len(when) + 3 + scale <= width:
        x = grid.put(x + 2, 0, when, palette.muted)
    if x + 3 + scale <= width:
        x = grid.put(x + 3, 0, f"{low} ", palette.muted)
        for shade in shades:
            x = grid.put(x, 0, " " * cells, background=shade)
        x = grid.put(x, 0, f" {high}", palette.muted)
    below = "below: its guesses"
    if x + 3 + len(below) <= width:
        grid.put(x + 3, 0, below, palette.muted)


def _meaning(palette: Palette, reading: Reading) -> tuple[str, str, str, str, list[str]]:
    """The name of what is shown, when it is measured, both ends of the scale, and its colours."""
    passage, view = reading.passage, reading.view
    warm = [palette.heat(step / 9) for step in range(10)]
    if view == SURPRISE:
        return "surprise", "bits when it came", "0", f"{MOST_BITS:.0f}", warm
    name, when = unit_name(passage, view, reading.unit), "once each character is read"
    if is_gate(passage, view):
        return name, when, "closed", "open", warm
    return name, when, "−1", "+1", [palette.diverging(step / 4 - 1, _UNDER_TEXT) for step in range(9)]


def signs_of(passage: "Passage", glyphs: Glyphs) -> list[str]:
    """Each character as it is shown: one or two cells."""
    return [glyphs.of(character, " ") for character in passage.characters]


def places(passage: "Passage", glyphs: Glyphs, width: int) -> list[tuple[int, int]]:
    """The place (x, line) of each character in a text of this width."""
    return flow(passage.characters, width, [cell_len(sign) for sign in signs_of(passage, glyphs)])


def _text(grid: Grid, palette: Palette, glyphs: Glyphs, reading: Reading, form: Form) -> None:
    passage, width = reading.passage, form.text_width(grid.width)
    signs, at = signs_of(passage, glyphs), places(passage, glyphs, width)
    lines = max(1, (grid.height - form.top - form.guesses - 1) // form.step + 1)
    first = at[reading.cursor][1] // lines * lines
    is_warm = reading.view == SURPRISE or is_gate(passage, reading.view)
    shades = heat(palette) if is_warm else diverging(palette, _UNDER_TEXT)
    of_bits = reading.view == SURPRISE
    values = passage.bits / MOST_BITS if of_bits else values_of(passage, reading.view)[:, reading.unit]
    hits, misses = _by_probability(palette, "success"), _by_probability(palette, "text")
    alphabet = [glyphs.of(character, glyphs.dot) for character in passage.vocabulary]
    for k, (x, line) in enumerate(at):
        if not first <= line < first + lines:
            continue
        y, is_cursor = form.top + (line - first) * form.step, k == reading.cursor
        background = palette.accent if is_cursor else shades.of(float(values[k]))
        ink = palette.ink_on(background) if is_cursor or is_warm or palette.terminal else palette.text
        grid.put(x, y, signs[k], ink, background, bold=is_cursor)
        for row in range(min(form.guesses, passage.guesses.shape[1])):
            guess, probability = int(passage.guesses[k, row]), float(passage.probabilities[k, row])
            sign = alphabet[guess]
            if cell_len(sign) > max(1, cell_len(signs[k])):
                continue
            is_hit = passage.vocabulary[guess] == passage.characters[k]
            colour = palette.accent if is_cursor else (hits if is_hit else misses).of(probability**0.7)
            grid.put(x, y + 1 + row, sign, colour, bold=is_cursor)


def _by_probability(palette: Palette, role: str) -> Shades:
    if palette.terminal:  # of whose colours there is none between two
        return Shades(lambda share: palette.dim if share < 0.4 else getattr(palette, role))
    return Shades(lambda share: palette.mixed("background", role, 0.15 + 0.8 * share))


def moved(at: Sequence[tuple[int, int]], cursor: int, columns: int, lines: int) -> int:
    """The character that the cursor comes to from one: along the text, or to the nearest of another line."""
    if not lines:
        return min(max(cursor + columns, 0), len(at) - 1)
    x, line = at[cursor]
    wanted = line + lines
    near = [k for k, place in enumerate(at) if place[1] == wanted]
    return min(near, key=lambda k: abs(at[k][0] - x)) if near else cursor
