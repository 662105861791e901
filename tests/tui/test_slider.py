"""A slider is as wide as its room, its knob stands where its value lies, and a click takes the nearest value."""

import pytest
from textual.content import Content

from tui_rnn.tui.next_sample import TEMPERATURES, TOP_P
from tui_rnn.tui.palette import INK, Palette
from tui_rnn.tui.slider import drawn, nearest

INKS = Palette.of(INK, {})
NAME = Content("temp  ")


@pytest.mark.parametrize("values", [TEMPERATURES, TOP_P])
@pytest.mark.parametrize("width", [24, 35, 43, 44, 54, 94])
def test_it_keeps_to_its_room_and_each_value_is_under_its_own_knob(values, width):
    places = []
    for value in values:
        shown, (begin, bar) = drawn(NAME, values, ("surest", "wildest"), value, width, INKS, INKS.accent)
        assert shown.cell_length <= width
        assert shown.plain.endswith(f"  {value:g}")
        knob = shown.plain.index("●")
        assert nearest(values, knob, begin, bar) == value or bar < 2 * len(values)
        places.append(knob)
        assert ("surest" in shown.plain) == ("wildest" in shown.plain) == (width >= 44)
    assert places == sorted(places)
    assert (places[0], places[-1]) == (begin, begin + bar - 1)


def test_a_click_beside_the_bar_takes_the_outermost_value():
    assert nearest(TOP_P, 0, 10, 20) == 0.5
    assert nearest(TOP_P, 99, 10, 20) == 1.0
    assert nearest(TOP_P, 10 + 19 * 4 // 5, 10, 20) == 0.9
