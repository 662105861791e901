"""Under a theme of the terminal's own colours, panels 3 to 7 use these alone, for heat and signs too."""

import pytest
from rich.color import ColorType
from textual.theme import BUILTIN_THEMES

from tests.tui.instruments_seen import TEXTS, seen
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.findings import findings
from tui_rnn.engine.instruments.ranking import Following, Ranking
from tui_rnn.tui.drawing import book, letters, reach
from tui_rnn.tui.drawing.book_details import Book
from tui_rnn.tui.drawing.glyphs import glyphs
from tui_rnn.tui.drawing.health import draw as draw_health
from tui_rnn.tui.drawing.health_figures import Measured
from tui_rnn.tui.drawing.read import Reading
from tui_rnn.tui.drawing.read import draw as draw_read
from tui_rnn.tui.drawing.read_views import SURPRISE, UNITS
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette

THEMES = [theme for theme in BUILTIN_THEMES.values() if theme.ansi]
FOUND = seen(TEXTS[0])
RANKING = Ranking((Following("space read", 2, 0.9, 0.95), Following("vowel read", 1, -0.8, 0.9)), 60_000)


def read(view):
    return lambda *to: draw_read(*to, Reading(FOUND["passage"], RANKING, view, 2, 40, 0.7, 0.9))


def health(grid, palette, signs):
    said = findings(RunConfig.from_recipe("adagrad", "made-up.txt"), FOUND["health"], FOUND["beat"])
    draw_health(grid, palette, signs, said, [Measured(0.0, FOUND["health"], 1.5)] * 3, FOUND["beat"])


def stairs(grid, palette, signs):
    characters = FOUND["passage"].vocabulary
    reach.draw(grid, palette, signs, FOUND["reach"], FOUND["average_reach"], characters, ())


def pages(grid, palette, signs):
    book.draw(grid, palette, signs, Book(2000, 1400, (), FOUND["passage"].vocabulary, FOUND["book"], FOUND["epochs"]))


def letter_map(grid, palette, signs):
    found = FOUND["letters"]
    letters.draw(grid, palette, signs, found, FOUND["passage"].vocabulary, 3)


PANELS = {
    "units": read(UNITS),
    "surprise": read(SURPRISE),
    "health": health,
    "reach": stairs,
    "letters": letter_map,
    "book": pages,
}


def styles(paint, theme):
    palette = Palette.of(theme, {})
    grid = Grid(116, 35, palette.text)
    paint(grid, palette, glyphs("braille"))
    strips = [grid.strip(y, palette.background, palette.terminal) for y in range(35)]
    return [(segment.text, segment.style) for strip in strips for segment in strip]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("panel", PANELS)
def test_only_the_terminals_own_colours_are_used_and_words_stand_out_from_them(panel, theme):
    found = styles(PANELS[panel], theme)
    colours = {colour for _, style in found for colour in (style.color, style.bgcolor) if colour is not None}
    assert {colour.type for colour in colours} <= {ColorType.DEFAULT, ColorType.STANDARD}, colours
    for text, style in found:
        if text.strip() and style.bgcolor is not None:
            assert style.color.name != style.bgcolor.name or text.strip("▀") == ""
            assert style.color.name != "default" or style.bgcolor.is_default


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_heat_has_five_steps_of_them_and_hidden_values_three(theme):
    palette = Palette.of(theme, {})
    heat = [palette.terminal.get(palette.heat(value), "none") for value in (0, 0.1, 0.3, 0.5, 0.7, 0.9, 1)]
    ramp = ["blue", "magenta", "red", "yellow"] if theme.dark else ["yellow", "red", "magenta", "blue"]
    assert heat == ["none", "none", *ramp, ramp[-1]]
    values = [palette.terminal.get(palette.diverging(value), "none") for value in (-1, -0.4, -0.2, 0, 0.2, 0.4, 1)]
    assert values == ["blue", "blue", "none", "none", "none", "yellow", "yellow"]
