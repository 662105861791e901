"""Scales and limits of the chart, held to NumPy's own quantiles and to what has to be seen."""

import math
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.chart.made_up import falling
from tui_rnn.runs.course import Course
from tui_rnn.tui.chart.draw import draw
from tui_rnn.tui.chart.round_numbers import step_text, tick_texts, ticks, y_ticks
from tui_rnn.tui.chart.scales import x_axis
from tui_rnn.tui.chart.view import SCALES, View
from tui_rnn.tui.chart.y_range import band, limits, smooth_at
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import INK, Palette

WIDTH = 94
RUNS = {
    "30 updates": falling(30, 30),
    "300 updates": falling(300, 300),
    "2,000 updates": falling(2000, 2000),
    "60,000 updates": falling(60_000, 3750),
    "held out": falling(6000, 3000, held_out=((1, 4.31), (500, 3.4), (3000, 2.7), (6000, 2.4))),
    "overlay": falling(6000, 3000, overlay=Course("other", (1, 3000), (4.0, 1.5))),
}


def seen(series, kind="steps", **options):
    axis = x_axis(series, kind, WIDTH)
    raw = band(series, axis)
    return axis, raw, *limits(series, axis, raw, **options)


@pytest.mark.parametrize("run", RUNS)
def test_the_last_the_best_and_the_held_out_loss_lie_within_the_limits(run):
    series = RUNS[run]
    _, _, low, high = seen(series)
    assert low < series.smooth[-1] < high
    assert low < series.best[1] < high
    for step, loss in series.held_out[-1:]:
        assert low < loss < high, step
    if series.overlay:
        assert low < series.overlay.smooth[-1] < high


@pytest.mark.parametrize("run", RUNS)
def test_three_quarters_of_the_curve_are_drawn_at_least(run):
    series = RUNS[run]
    axis, _, _, high = seen(series)
    columns = [c for c in range(WIDTH) if series.steps[0] <= axis.step_at(c) <= series.steps[-1]]
    drawn = [c for c in columns if smooth_at(series, [axis.step_at(c)])[0] <= high]
    assert len(drawn) >= 0.75 * len(columns) - 1


def test_the_first_fall_does_not_set_the_range_unless_all_is_asked_for():
    series = RUNS["60,000 updates"]
    assert seen(series)[3] < 2.5 < 4 < seen(series, whole=True)[3]


def off_course(**changes):
    """A run that begins at the loss of guessing, 4.317, and is thrown to 200 nats a character by its first updates."""
    calm = falling(6000, 3000)
    thrown = [4.4 if step < 10 else 200 + 50 * (loss - 2) for step, loss in zip(calm.steps, calm.smooth, strict=True)]
    raw = [loss + 20 * ((7 * k) % 5 - 2) for k, loss in enumerate(thrown)]
    return replace(calm, smooth=tuple(thrown), raw=tuple(raw), best=(2, 4.4), now=thrown[-1], **changes)


def test_the_range_of_a_run_off_course_is_not_that_of_its_beginning():
    """Its best loss is its first, which would have the axis begin at 0 and all else in its upper half."""
    series = off_course()
    *_, low, high = seen(series)
    late = [loss for step, loss in zip(series.steps, series.raw, strict=True) if step >= 0.06 * 6000]
    assert 0.8 * np.quantile(late, 0.1) < low < min(late) + 20
    assert low < series.smooth[-1] < high
    assert seen(series, whole=True)[2] < 4.4  # all of it, where that is asked for
    assert seen(replace(series, uniform=150.0))[2] < 4.4  # not so far above guessing


def test_beside_a_run_off_course_guessing_alone_is_named():
    """What counting reaches lies in one row, at the foot, and none of it is what such a run has to get back to."""
    for whole in (False, True):
        grid = Grid(120, 20, "#ffffff")
        draw(grid, Palette.of(INK, {}), off_course(), View(whole=whole))
        words = "\n".join(grid.text())
        assert "gram" not in words
        assert re.search(r"4\.317 uniform( ↓)?", words)
        assert "-" not in words


def test_a_logarithmic_scale_begins_at_step_10_with_all_losses():
    series = RUNS["60,000 updates"]
    axis, _, _, high = seen(series, "log")
    assert axis.first == 10
    assert high > max(loss for step, loss in zip(series.steps, series.smooth, strict=True) if step >= 16)


@pytest.mark.parametrize("points", [8, 9, 40, 500, 4000])
def test_the_band_is_the_middle_80_percent_of_a_column_and_its_neighbours(points):
    series = falling(points * 4, points)
    axis = x_axis(series, "steps", WIDTH)
    found = band(series, axis)
    steps, raw = np.array(series.steps), np.array(series.raw)
    places = np.minimum((steps / series.steps[-1] * WIDTH).astype(int), WIDTH - 1)
    checked = 0
    for column, low, high in zip(found.columns, found.low, found.high, strict=True):
        near = raw[np.abs(places - column) <= 1]
        if len(near) >= 8:
            assert (low, high) == pytest.approx(np.quantile(near, [0.1, 0.9]))
            checked += 1
    assert checked or points < 100
    assert points < 8 or len(found.columns)


def test_a_run_of_few_points_has_no_band():
    series = falling(7, 7)
    assert len(band(series, x_axis(series, "steps", WIDTH)).columns) == 0


@pytest.mark.parametrize("kind", SCALES)
@given(step=st.integers(10, 46_000))
def test_a_step_and_its_place_on_a_scale_lead_to_each_other(kind, step):
    axis = x_axis(falling(), kind, WIDTH)
    assert float(axis.steps(axis.value(step))) == pytest.approx(step, rel=1e-6)


@pytest.mark.parametrize("kind", SCALES)
def test_every_scale_covers_the_plot_from_edge_to_edge(kind):
    series = falling()
    axis = x_axis(series, kind, WIDTH)
    columns = axis.columns(list(range(max(1, int(axis.first)), series.steps[-1] + 1, 7)))
    assert columns.min() == 0
    assert columns.max() == WIDTH - 1
    assert (np.diff(columns) >= 0).all()
    assert axis.column(series.steps[-1]) == WIDTH - 1


def test_epochs_seconds_and_characters_are_what_they_say():
    series = falling()
    assert float(x_axis(series, "epochs", WIDTH).value(35_289.7)) == pytest.approx(1)
    assert float(x_axis(series, "characters", WIDTH).value(1000)) == 25_000
    assert float(x_axis(series, "seconds", WIDTH).value(23_000)) == pytest.approx(10)


def test_a_scale_that_the_run_has_not_is_that_of_steps():
    series = falling(seconds=(), steps_per_epoch=None)
    assert {x_axis(series, kind, WIDTH).kind for kind in ("seconds", "epochs", "steps", "nonsense")} == {"steps"}


@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e6), most=st.integers(1, 30))
def test_ticks_are_round_numbers_within_their_limits(low, span, most):
    found = ticks(low, low + span, most)
    assert len(found) <= most + 1
    assert all(low - 1e-6 * span <= tick <= low + span * (1 + 1e-6) for tick in found)
    for a, b in pairwise(found):
        step = f"{b - a:.3e}"
        assert step[0] in "12459" or len(found) < 3, step


@pytest.mark.parametrize("rows", [4, 7, 9, 16, 33])
def test_the_losses_axis_has_three_ticks_at_least(rows):
    assert len(y_ticks(1.72, 2.31, rows)) >= 3


def test_ticks_are_written_with_as_many_decimals_as_tell_them_apart():
    assert tick_texts([1.8, 2.0, 2.2]) == ["1.8", "2.0", "2.2"]
    assert tick_texts([1.85, 1.90, 1.95]) == ["1.85", "1.90", "1.95"]
    assert tick_texts([1.0]) == ["1.0"]
    assert tick_texts([0, 5, 10]) == ["0.0", "5.0", "10.0"]
    assert tick_texts([0, 100, 200]) == ["0", "100", "200"]
    assert tick_texts([52_500, 55_000]) == ["52.5k", "55k"]
    assert tick_texts([9500, 10_000, 1e6]) == ["9500", "10k", "1M"]
    assert tick_texts([2e30, 4e30]) == ["2e+30", "4e+30"]


@pytest.mark.parametrize(("step", "text"), [(0, "0"), (500, "500"), (20_000, "20k"), (1_500_000, "1.5M"), (3e9, "3G")])
def test_steps_are_short(step, text):
    assert step_text(step) == text


def test_infinite_losses_do_not_reach_the_limits():
    series = falling(2000, 2000, held_out=((1000, math.inf), (2000, 2.0)))
    assert all(map(math.isfinite, seen(series)[2:]))


@pytest.mark.parametrize("part", [(0, 46_000), (10_000, 46_000), (5000, 5600), (44_000, 45_500), (45_900, 46_000)])
def test_a_part_of_a_logarithmic_scale_has_round_ticks_too(part):
    axis = x_axis(falling(), "log", WIDTH, *part)
    found = axis.round_steps()
    assert 2 <= len(found) <= 15
    assert all(axis.first <= step <= axis.last and step_text(step) == words for step, words in found)
    assert len({words for _, words in found}) == len(found)
    assert len(axis.ticks()) == len(found)
