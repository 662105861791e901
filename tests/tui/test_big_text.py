"""Large letters and figures are the dots that were drawn, none lies over another, and other scripts are plain text."""

import pytest
from rich.cells import cell_len

from tui_rnn.tui.drawing import font
from tui_rnn.tui.drawing.big_text import figure_rows, figure_width, put_figure, put_letters, put_spaced
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.screens.projector import sample_lines

QUARTERS = {" ": "....", "▘": "#...", "▝": ".#..", "▀": "##..", "▖": "..#.", "▌": "#.#.", "▞": ".##.", "▛": "###."} | {
    "▗": "...#", "▚": "#..#", "▐": ".#.#", "▜": "##.#", "▄": "..##", "▙": "#.##", "▟": ".###", "█": "####"
}  # fmt: skip
ASCII = "".join(map(chr, range(33, 127)))


def dots_of_quarters(rows):
    """The rows of dots that rows of quarters are, two by two each."""
    for row in rows:
        yield "".join(QUARTERS[each][:2] for each in row)
        yield "".join(QUARTERS[each][2:] for each in row)


def test_every_letter_is_read_back_from_its_quarters_and_no_two_look_alike():
    drawn = {}
    for character in ASCII:
        if (rows := font.letter(character)) is None or character == "`":
            continue
        grid = Grid(5, 4, "")
        assert put_letters(grid, 1, 0, character, "white") == 4
        dots = list(dots_of_quarters(grid.text()))
        assert [row[2:7] for row in dots] == list(rows)
        assert all(row[:2] == ".." and row[7:] == "..." for row in dots)  # a gap beside it
        drawn[character] = tuple(rows)
    assert len(drawn) > 85
    assert len(set(drawn.values())) == len(drawn)
    assert all(len(rows) == font.HEIGHT and {*map(len, rows)} == {font.WIDTH} for rows in drawn.values())


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_a_figure_is_its_dots_in_half_rows_and_as_wide_as_said(scale):
    grid = Grid(80, 12, "")
    behind = put_figure(grid, 0, 0, "1.35", "white", scale)
    text = grid.text()
    assert behind == figure_width("1.35", scale) + scale
    assert max(len(row.rstrip()) for row in text) == figure_width("1.35", scale)
    halves = ["".join({"█": "#", on: "#"}.get(each, ".") for each in row) for row in text for on in ("▀", "▄")]
    five = halves[: 7 * scale : scale]
    left = figure_width("1.3", scale) + scale
    assert [row[left : left + 5 * scale : scale] for row in five] == list(font.letter("5")[:7])
    assert not any("#" in row for row in halves[7 * scale :])
    assert figure_rows(scale) * 2 >= 7 * scale > (figure_rows(scale) - 1) * 2


def test_letters_with_accents_and_curly_quotes_are_drawn_by_their_plain_ones():
    assert font.letter("é") == font.letter("e")
    assert font.letter("’") == font.letter("'")
    assert font.letter("人") is None
    assert font.is_drawn("It’s a café.")
    assert not font.is_drawn("人生七十古来稀")
    assert not font.is_drawn("அகர முதல")
    assert not font.is_drawn("")


@pytest.mark.parametrize("width", [3, 10, 38, 116])
@pytest.mark.parametrize(
    "text",
    ["n owe, hap and thanly-in; x" * 9, "人生七十古来稀。" * 20, "அகர முதல எழுத்தெல்லாம் ஆதி " * 8, "", "a" * 300],
    ids=["letters", "wide", "marks", "nothing", "one word"],
)
def test_lines_of_a_sample_fit_and_lose_no_word_but_the_first(text, width):
    lines = sample_lines(text, width)
    rest = " ".join(text.split())
    rest = rest.partition(" ")[2] or rest
    assert "".join("".join(lines).split()) == "".join(rest.split())
    for line in lines:
        grid = Grid(width + 4, 4, "")
        put = put_letters if font.is_drawn(rest) else put_spaced
        assert put(grid, 0, 0, line, "white") <= max(width, 3) + 1
        if put is put_spaced:
            assert cell_len(line) <= width
