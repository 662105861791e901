"""docs/cells.py: a screen as an SVG whose every cell stands where it stands on the terminal."""

import importlib.util
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style

_PATH = Path(__file__).parent.parent / "docs" / "cells.py"


@pytest.fixture(scope="module")
def cells():
    spec = importlib.util.spec_from_file_location("cells", _PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def drawn(cells, *segments):
    """The elements of one row, at row 2."""
    pieces = "".join(cells.row_pieces(list(segments), 2, "#000000", "#ffffff"))
    return list(ElementTree.fromstring(f"<svg>{pieces}</svg>"))


def area(element):
    return float(element.get("width")) * float(element.get("height")) * float(element.get("fill-opacity", 1))


@pytest.mark.parametrize(
    ("character", "share"),
    [("█", 1), ("▄", 1 / 2), ("▁", 1 / 8), ("▌", 1 / 2), ("▏", 1 / 8), ("▐", 1 / 2), ("▀", 1 / 2), ("▘", 1 / 4),
     ("▙", 3 / 4), ("▞", 1 / 2), ("░", 1 / 4), ("▓", 3 / 4)],
)  # fmt: skip
def test_a_block_fills_its_share_of_the_cell(cells, character, share):
    elements = drawn(cells, Segment(character, Style(color="#112233")))
    assert sum(map(area, elements)) == pytest.approx(share * cells.WIDTH * cells.HEIGHT)
    assert {element.get("fill") for element in elements} == {"#112233"}


@pytest.mark.parametrize("character", "─│┌┐└┘├┤┬┴┼━┃┏┓┗┛┣┫┳┻╋┠┨┯┷┿╂╴╶╵╷╸╺╹╻╌┄┈╎┆┊╭╮╰╯")
def test_a_line_keeps_within_its_cell_and_reaches_no_letter(cells, character):
    elements = drawn(cells, Segment("  " + character))
    assert elements
    for element in elements:
        assert element.tag != "text"
        if element.tag == "rect":
            x, y = float(element.get("x")), float(element.get("y"))
            assert 2 * cells.WIDTH <= x < x + float(element.get("width")) <= 3 * cells.WIDTH
            assert 2 * cells.HEIGHT <= y < y + float(element.get("height")) <= 3 * cells.HEIGHT


def test_braille_has_as_many_dots_as_bits_and_each_at_its_place(cells):
    for code in range(1, 256):
        assert len(drawn(cells, Segment(chr(0x2800 + code)))) == code.bit_count()
    (dot,) = drawn(cells, Segment("\u2880"))  # the lowest right one
    assert (float(dot.get("cx")), float(dot.get("cy"))) == (0.75 * cells.WIDTH, (2 + 7 / 8) * cells.HEIGHT)


def test_letters_stand_at_their_cells_and_are_escaped(cells):
    (text,) = drawn(cells, Segment("a <&\u00e9"))
    assert text.text == "a<&\u00e9"
    assert text.get("x") == "0 20 30 40"
    wide, mark = drawn(cells, Segment("風b"), Segment("e\u0301x"))
    assert wide.get("x") == "0 20"
    assert mark.text == "e\u0301x"
    assert mark.get("x") == "30 30 40"  # the accent on its letter


def test_nothing_unprintable_is_drawn(cells):
    (text,) = drawn(cells, Segment("a\x1b\x00b"))
    assert text.text == "ab"


def test_colours_are_those_of_the_style(cells):
    ground, text = drawn(cells, Segment("a", Style(color="#ff0000", bgcolor="#00ff00", reverse=True, bold=True)))
    assert (ground.get("fill"), text.get("fill"), text.get("font-weight")) == ("#ff0000", "#00ff00", "bold")
    (dim,) = drawn(cells, Segment("a", Style(color="#ffffff", dim=True)))
    assert dim.get("fill") == "#999999"
