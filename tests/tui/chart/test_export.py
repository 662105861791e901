"""The chart as files: the rows of the CSV are the points that are shown, and the SVG's lines lie where they belong."""

import csv
import io
import math
import xml.etree.ElementTree as ElementTree

import pytest

from tests.tui.chart.made_up import falling
from tests.tui.chart.test_overlay import OTHER, loss_of
from tui_rnn.runs.course import Course
from tui_rnn.tui.chart.export import as_csv, as_svg
from tui_rnn.tui.chart.series import Series
from tui_rnn.tui.chart.view import SCALES, View

SVG = "{http://www.w3.org/2000/svg}"
SERIES = falling(held_out=((30_000, 1.99), (40_000, 1.95)))


def read(text):
    head, *rows = csv.reader(io.StringIO(text))
    return head, rows


def test_the_rows_are_the_points_in_every_unit():
    head, rows = read(as_csv(SERIES, View(), "goblet"))
    assert len(rows) == len(SERIES.steps)
    for place in (0, 100, -1):
        step, smooth = SERIES.steps[place], SERIES.smooth[place]
        name, *numbers = rows[place]
        assert name == "goblet"
        assert list(map(float, numbers)) == pytest.approx(
            [step, step / 35_289.7, step / 2300, step * 25, smooth, smooth / math.log(2), SERIES.raw[place]], rel=1e-8
        )
    units = ("updates", "(s)", "characters", "nats/char", "bits/char", "mean of 16 updates")
    assert all(any(unit in word for word in head) for unit in units)


def test_only_what_is_shown_is_written():
    _, rows = read(as_csv(falling(overlay=OTHER), View(first=10_000, last=12_000), "a"))
    ours = [float(row[1]) for row in rows if row[0] == "a"]
    theirs = [float(row[1]) for row in rows if row[0] == "other"]
    assert ours == [step for step in SERIES.steps if 10_000 <= step <= 12_000]
    assert theirs == [float(step) for step in range(10_000, 12_001, 100)]
    smooth = [float(row[5]) for row in rows if row[0] == "other"]
    assert smooth == pytest.approx([loss_of(step) for step in theirs])
    assert {row[4] for row in rows if row[0] == "other" and row[1] == "10000"} == {"500000"}  # 50 an update
    assert {row[7] for row in rows if row[0] == "other"} == {""}


def test_raw_losses_are_averaged_as_they_are_shown():
    head, rows = read(as_csv(SERIES, View(averaged=4), "a"))
    assert "mean of 64 updates" in head[-1]
    assert float(rows[500][-1]) == pytest.approx(sum(SERIES.raw[497:501]) / 4)


def test_what_is_not_known_is_left_empty():
    _, rows = read(as_csv(Series((1, 2), (4.0, 3.0), (4.0, 2.0)), View(), 'a,"b"\n'))
    assert rows[1] == ['a,"b"\n', "2", "", "", "2", "3.0", repr(3 / math.log(2)), "2.0"]


def curves(text):
    """The polylines as lists of points, the plot's rectangle, and all words."""
    tree = ElementTree.fromstring(text)
    plot = {name: float(tree.find(f"{SVG}clipPath/{SVG}rect").get(name)) for name in ("x", "y", "width", "height")}
    lines = [
        [tuple(map(float, point.split(","))) for point in each.get("points").split()]
        for each in tree.iter(f"{SVG}polyline")
    ]
    return lines, plot, "\n".join("".join(each.itertext()) for each in tree.iter(f"{SVG}text"))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("log", [False, True])
def test_the_smooth_curve_lies_where_its_losses_do(scale, log):
    (line,), plot, words = curves(as_svg(SERIES, View(scale=scale, log=log), "goblet"))
    assert len(line) == len(SERIES.steps)
    xs = [x for x, _ in line]
    assert xs == sorted(xs)
    assert xs[-1] == pytest.approx(plot["x"] + plot["width"], abs=0.2)
    # Two losses tell the axis; every other one follows from them.
    y = dict(zip(SERIES.smooth, (y for _, y in line), strict=True))
    of = math.log if log else float
    a, b = SERIES.smooth[200], SERIES.smooth[-1]
    for loss in SERIES.smooth[::200]:
        expected = y[a] + (of(loss) - of(a)) / (of(b) - of(a)) * (y[b] - y[a])
        assert y[loss] == pytest.approx(expected, abs=0.05 + 0.002 * abs(expected))
    assert plot["y"] < y[b] < plot["y"] + plot["height"]
    assert f"{b:.3f} now" in words
    assert "3-gram" in words


def test_everything_that_is_drawn_is_named_and_names_are_words_alone():
    bad = Course("<script>&\x1b\x00", (1, 40_000), (3.0, 1.9), 25)
    text = as_svg(falling(overlay=bad, held_out=((40_000, 1.95),)), View(), '"</svg>')
    lines, _, words = curves(text)
    assert len(lines) == 2
    assert "<script>&" in words
    assert '"</svg>: loss' in words
    assert all(name in words for name in ("smooth", "raw", "sample", "saved", "held out", "epoch 2", "uniform ↑"))


def test_a_run_of_nothing_or_of_one_point_has_a_picture():
    for series in (Series(), Series((1,), (2.0,), (2.0,)), Series((1,), (math.nan,), (2.0,))):
        assert ElementTree.fromstring(as_svg(series, View(), "x")).tag == f"{SVG}svg"
        assert as_csv(series, View(), "x").count("\n") == 1 + len(series.steps)
