"""The gradient check as lines: whole, one column below another, and with its verdict."""

from tui_rnn.engine.events import GradientChecked, GradientRow
from tui_rnn.headless.gradient_lines import broken_table, gradient_table, gradient_title

SHAPES = {"b": (100,), "c": (75,), "U": (75, 100), "W": (100, 100), "V": (100, 75)}


def rows(verdict="pass", error=1.5e-9):
    return tuple(
        GradientRow(name, shape, 128, error, 2.5e-7, tuple(n - 1 for n in shape), 3.5e-11, verdict)
        for name, shape in SHAPES.items()
    )


def checked(verdict):
    return GradientChecked("central", 1e-4, 100, 25, verdict == "pass", rows(verdict))


def test_the_title_says_method_sizes_and_verdict():
    assert gradient_title(checked("pass")) == "central differences, delta 1e-04, m = 100, T = 25: PASS"
    assert gradient_title(checked("fail")).endswith(": FAIL")


def test_the_columns_of_the_table_stand_below_one_another():
    names, *lines = gradient_table(rows())
    cells = {"shape": "100", "checked": "128", "relative error": "1.50e-09", "absolute": "3.5e-11", "verdict": "PASS"}
    for heading, cell in cells.items():
        assert lines[0].index(cell, 1) == names.index(heading)
    assert "2.5e-07 [99, 74]" in lines[4]
    assert "75×100" in lines[2]
    assert [line[0] for line in lines] == list(SHAPES)
    assert all(line.endswith("FAIL") for line in gradient_table(rows("fail"))[1:])


def test_a_broken_gradient_stands_beside_the_right_one():
    names, *lines = broken_table(rows(), rows("fail", 0.5))
    assert names.split() == ["parameter", "shape", "checked", "right", "broken", "verdict"]
    assert [line.split()[-3:] for line in lines] == [["1.50e-09", "5.00e-01", "FAIL"]] * len(SHAPES)
