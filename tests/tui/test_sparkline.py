"""A sparkline ends with the latest value, leaves out what is no number, and uses the width it has."""

import math

import pytest

from tui_rnn.tui.drawing.sparkline import BLOCKS, sparkline


def test_it_ends_with_the_latest_value_and_leaves_out_what_is_no_number():
    assert sparkline((3.0, math.nan, 2.0, 1.0), 3, BLOCKS) == "█▅▁"
    assert sparkline(tuple(range(100)), 10, BLOCKS)[-1] == "█"
    assert sparkline((2.0, 2.0), 5, BLOCKS) == "▁▁"


@pytest.mark.parametrize(("values", "width"), [((math.inf,), 5), ((), 5), ((1.0, 2.0), 0), ((1.0, 2.0), -3)])
def test_without_a_value_or_room_it_is_empty(values, width):
    assert sparkline(values, width, BLOCKS) == ""


@pytest.mark.parametrize("count", [1, 9, 10, 11, 101])
def test_of_many_values_it_is_as_wide_as_its_place(count):
    assert len(sparkline(range(count), 10, BLOCKS)) == min(count, 10)
    assert sparkline(range(count), 10, "#") == "#" * min(count, 10)


def test_each_block_is_the_mean_of_as_many_values():
    assert sparkline((0.0, 0.0, 4.0, 10.0, 7.0, 7.0, 14.0, 14.0), 4, BLOCKS) == "▁▅▅█"
