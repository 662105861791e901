"""The chart as drawn: where the curve lies, what is named, and nothing cut, at every size and for every number."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorType
from textual.theme import BUILTIN_THEMES

from tests.tui.chart.made_up import falling
from tui_rnn.runs.course import Course
from tui_rnn.tui.chart import dots
from tui_rnn.tui.chart.draw import draw
from tui_rnn.tui.chart.frame import averaged
from tui_rnn.tui.chart.series import Reference, Series
from tui_rnn.tui.chart.view import SCALES, View
from tui_rnn.tui.chart.y_range import smooth_at
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import INK, PAPER, Palette

P = Palette.of(INK, {})
BLOCKS = "▁▂▃▄▅▆▇█▀"


def drawn(series, width=116, height=19, palette=P, **view):
    grid = Grid(width, height, palette.text)
    return grid, draw(grid, palette, series, View(**view))


def ribbon(grid, frame, x, palette=P):
    """From and up to which eighth of the plot's height the curve is painted in a column."""
    eighths = []
    for y in range(frame.height):
        character, colour, background, _ = grid.rows[1 + y][frame.left + x]
        full = BLOCKS.find(character) + 1 if character in BLOCKS else 0
        if colour == palette.primary and character == "▀":
            eighths += range(y * 8, y * 8 + 4)
        elif colour == palette.primary and full:
            eighths += range(y * 8 + 8 - full, y * 8 + 8)
        elif background == palette.primary and full:
            eighths += range(y * 8, y * 8 + 8 - full)
    return eighths


@pytest.mark.parametrize("size", [(116, 19), (78, 10), (128, 34)])
def test_the_ribbon_lies_on_the_curve_solid_and_unbroken(size):
    series = falling()
    grid, frame = drawn(series, *size)
    checked = 0
    for x in range(frame.width):
        eighths = ribbon(grid, frame, x)
        if not eighths or grid.rows[1 + eighths[0] // 8][frame.left + x][0] == "▲":
            continue
        assert eighths == list(range(eighths[0], eighths[-1] + 1)), x
        loss = float(smooth_at(series, [frame.axis.step_at(x)])[0])
        at = frame.y(loss) * frame.height * 8
        assert eighths[0] - 8 <= at <= eighths[-1] + 9, (x, at, eighths)
        checked += 1
    assert checked > 0.75 * frame.width


@pytest.mark.parametrize("size", [(116, 19), (128, 34)])
def test_the_curve_of_a_long_run_covers_half_the_height(size):
    grid, frame = drawn(falling(60_000, 3750), *size)
    rows = {e // 8 for x in range(frame.width) for e in ribbon(grid, frame, x)}
    assert max(rows) - min(rows) + 1 >= frame.height / 2


def test_what_lies_above_the_range_is_not_drawn_along_the_edge():
    grid, frame = drawn(falling())
    first = next(x for x in range(frame.width) if ribbon(grid, frame, x))
    assert first > 3
    assert smooth_at(falling(), [frame.axis.step_at(first - 3)])[0] > frame.high


def test_everything_is_named_beside_the_plot_in_the_order_of_its_value():
    series = falling(held_out=((40_000, 1.95),), overlay=Course("adam-1125", (1, 30_000), (4.0, 1.632)))
    grid, frame = drawn(series, 128, 34)
    words = [row[frame.left + frame.width + 1 :].strip() for row in grid.text()[1:-2]]
    named = [line for line in words if " " in line and not line.endswith("bits/char")]
    values = [float(line.split()[0]) for line in named]
    assert values == sorted(values, reverse=True)
    assert f"{series.smooth[-1]:.3f} now ▴" in named
    assert {"1.950 held out", "1.632 other at 30k", "4.317 uniform ↑", "1.822 3-gram"} <= set(named)
    rows = {float(line.split()[0]): row for row, line in enumerate(words) if line and line not in named}
    assert len(rows) >= 3
    assert [line for line in words if "bits" in line] == [f"{max(rows):g} bits/char"], "beside its first figure alone"
    assert "bits" not in grid.text()[0], "a heading over nats"
    assert all(row == frame.row(value * math.log(2)) for value, row in rows.items())


def test_marks_stand_where_they_belong():
    series = falling(held_out=((40_000, 1.95),))
    grid, frame = drawn(series)
    rail, axis = grid.text()[0], grid.text()[-2]
    for step in (10_000, 20_000, 30_000, 40_000):
        assert rail[frame.left + frame.axis.column(step)] == "◆"
        assert axis[frame.left + frame.axis.column(step)] == "●"
    assert rail[frame.left] == "◆"  # before update 1
    column = frame.axis.column(40_000)
    assert grid.text()[1 + frame.row(1.95)][frame.left + column] == "▲"
    assert rail[frame.left + frame.axis.column(35_290)] == "┬"
    assert "epoch 2" in grid.text()[frame.height]


def test_a_best_loss_that_lies_behind_us_is_marked_under_the_curve():
    series = falling()
    steps = np.array(series.steps)
    smooth = np.where(steps < 20_000, series.smooth, np.array(series.smooth) + 0.2)
    before = int(np.flatnonzero(steps < 20_000)[-1])
    series = replace(series, smooth=tuple(smooth), best=(int(steps[before]), float(smooth[before])))
    grid, frame = drawn(series)
    row = grid.text()[2 + frame.row(series.best[1])]
    assert row[frame.left + frame.axis.column(series.best[0])] == "▴"
    assert "best" in row
    assert "now ▴" not in "\n".join(grid.text())


def test_now_is_called_the_best_only_where_its_figure_is():
    series = falling()
    step, now = series.steps[-2], series.smooth[-1]
    for best, is_best in ((now, True), (now - 0.0001, True), (now - 0.003, False)):
        shown = "\n".join(drawn(replace(series, best=(step, best)))[0].text())
        assert ("now ▴" in shown) == (f"{best:.3f}" == f"{now:.3f}"), best
        assert is_best == ("now ▴" in shown)


def test_no_word_lies_over_another_or_over_the_curve():
    series = falling()
    steps = np.array(series.steps)
    for share in np.linspace(0.1, 0.99, 40):
        best = int(share * (len(steps) - 1))
        smooth = np.full(len(steps), 2.0)
        smooth[best] = 1.9
        for per_epoch in (2000.0, 5300.0, 35_000.0):
            marked = replace(series, smooth=tuple(smooth), best=(int(steps[best]), 1.9), steps_per_epoch=per_epoch)
            grid, frame = drawn(marked, 78, 10)
            for row in grid.text()[1 : 1 + frame.height]:
                plot = row[frame.left : frame.left + frame.width]
                letters = re.findall("[a-z]+(?: [0-9]+)?", plot)
                assert all(re.fullmatch("epoch [0-9]+|best", word) for word in letters), plot


def test_the_cursor_stands_at_its_step_on_the_curve():
    series = falling()
    step = series.steps[1700]
    grid, frame = drawn(series, cursor=step)
    column = frame.left + frame.axis.column(step)
    assert grid.text()[1 + frame.row(series.smooth[1700])][column] == "●"
    assert sum(row[column] == "│" for row in grid.text()) > frame.height / 3


def test_raw_losses_are_a_band_behind_the_curve():
    grid, frame = drawn(falling())
    behind = [cell for row in grid.rows[1:-2] for cell in row[frame.left : frame.left + frame.width]]
    assert sum(P.band in cell[1:3] for cell in behind) > 0.1 * len(behind)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("log", [False, True])
def test_every_scale_draws_a_curve_and_says_what_it_counts(scale, log):
    grid, frame = drawn(falling(), scale=scale, log=log)
    assert sum(bool(ribbon(grid, frame, x)) for x in range(frame.width)) > 0.7 * frame.width
    assert {"steps": "steps", "log": "steps, log"}.get(scale, scale) in grid.text()[-1]


def test_a_part_of_the_run_fills_the_plot():
    grid, frame = drawn(falling(), first=20_000, last=30_000)
    assert frame.axis.column(19_000) is None
    assert sum(bool(ribbon(grid, frame, x)) for x in range(frame.width)) > 0.9 * frame.width


def test_in_ascii_nothing_else_is_drawn():
    series = falling(held_out=((40_000, 1.95),), overlay=Course("other", (1, 30_000), (4.0, 1.632)))
    grid, _ = drawn(series, marker="ascii", cursor=series.steps[1000])
    text = "\n".join(grid.text())
    assert text.isascii()
    assert set("#:*o^|") <= set(text)


@pytest.mark.parametrize("marker", ["braille", "hd", "dot", "ascii"])
@pytest.mark.parametrize("width", range(34, 200, 11))
def test_no_size_leaves_a_row_short_or_long(marker, width):
    series = falling(held_out=((40_000, 1.95),))
    for height in (6, 11, 36):
        grid, _ = drawn(series, width, height, marker=marker)
        assert [len(row) for row in grid.text()] == [width] * height


LOSSES = st.one_of(
    st.floats(0, 10),
    st.floats(min_value=0, allow_nan=False, allow_infinity=False),
    st.sampled_from([math.nan, math.inf, 0.0, 5e-324, 1.7e308]),
)


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_no_number_that_a_log_can_hold_ends_the_chart(data):
    points = data.draw(st.integers(1, 40))
    losses = st.lists(LOSSES, min_size=points, max_size=points)
    steps = sorted(data.draw(st.sets(st.integers(1, 2**62), min_size=points, max_size=points)))
    series = Series(
        steps=tuple(steps),
        smooth=tuple(data.draw(losses)),
        raw=tuple(data.draw(losses)),
        held_out=((steps[-1], data.draw(LOSSES)),),
        samples=(1, steps[-1]),
        saved=(steps[0],),
        uniform=data.draw(LOSSES),
        best=(steps[-1], data.draw(LOSSES)),
        steps_per_epoch=data.draw(st.sampled_from([None, 0.5, 1e3, 1e18])),
        overlay=Course("other", (1.0, float(steps[-1])), (data.draw(LOSSES), data.draw(LOSSES))),
    )
    scale, log, whole = data.draw(st.sampled_from(SCALES)), data.draw(st.booleans()), data.draw(st.booleans())
    grid = Grid(78, 10, P.text)
    draw(grid, P, series, View(scale=scale, log=log, whole=whole))
    assert [len(row) for row in grid.text()] == [78] * 10


@given(
    st.lists(st.sampled_from([0.0, 5e-324, 1.0, 1e15, 1e300, 1.7e308]), min_size=2, max_size=6).map(sorted),
    st.lists(st.sampled_from([1, 5, 2**31, 2**53, 2**62]), min_size=1, unique=True).map(sorted),
    st.booleans(),
)
def test_no_time_that_a_checkpoint_can_hold_ends_the_chart(seconds, steps, log):
    """The scale of seconds goes on from the time that an earlier process told of."""
    known = tuple((10 * place, each) for place, each in enumerate(seconds, 1))
    losses = tuple(2.0 + 1 / step for step in steps)
    grid, frame = drawn(Series(tuple(steps), losses, losses, seconds=known), 78, 10, scale="seconds", log=log)
    assert [len(row) for row in grid.text()] == [78] * 10
    assert frame.axis.low < frame.axis.high < math.inf


def test_a_raw_loss_that_was_huge_is_forgotten_once_it_is_out_of_the_average():
    series = Series((1, 2, 3, 4), (2.0,) * 4, (1e30, 2.0, 3.0, 4.0))
    assert averaged(series, 2).raw == (1e30, 5e29, 2.5, 3.5)
    assert averaged(series, 256).raw[0] == 1e30


@pytest.mark.parametrize("theme", [INK, PAPER])
@pytest.mark.parametrize("colourless", [False, True])
def test_words_can_be_read_on_their_background(theme, colourless):
    palette = Palette.of(theme, {}, colourless=colourless)
    contrast = {role: _contrast(getattr(palette, role), palette.background) for role in ("text", "muted", "dim")}
    assert contrast["text"] >= 7
    assert contrast["muted"] >= 7
    assert contrast["dim"] >= 4.5


def _contrast(first, second):
    """W3C's contrast ratio of two colours."""

    def luminance(colour):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        r, g, b = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_a_line_of_dots_is_the_line():
    bits = dots.polyline([0, 1], [0, 1], (0, 1), (0, 1), 20, 10)
    assert bits.shape == (40, 40)
    ys, xs = np.nonzero(bits)
    assert set(xs) == set(range(40))
    assert np.abs((39 - ys) - xs).max() <= 1


@given(st.data())
def test_a_canvas_of_the_rows_that_a_line_goes_through_has_the_dots_of_the_whole(data):
    width, height = data.draw(st.integers(1, 60)), data.draw(st.integers(1, 30))
    low, high = 1.7, 1.7 + data.draw(st.floats(0.01, 5))
    xs = np.linspace(0, 100, 2 * width)
    middle, swing = data.draw(st.floats(0, 1)), data.draw(st.floats(0, 1))
    ys = low + (high - low) * np.clip(middle + swing * np.sin(xs / data.draw(st.floats(1, 40))), 0, 1)
    given_ = (xs.tolist(), ys.tolist(), (0, 100), (low, high), width, height)
    assert (dots.polyline(*given_) == dots._canvas(*given_)).all()


@given(st.data())
def test_a_live_line_has_the_dots_that_plotext_sets(data):
    width, height = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 20))
    ys = data.draw(st.lists(st.floats(-0.5, 1.5), max_size=12))  # also outside the canvas
    xs = sorted(data.draw(st.lists(st.floats(0, 100), min_size=len(ys), max_size=len(ys))))
    given_ = (xs, ys, (0, 100), (0, 1), width, height)
    expected = dots._canvas(*given_) if ys else np.zeros((4 * height, 2 * width), bool)
    assert (dots.live_polyline(*given_) == expected).all()


def test_dots_and_braille_are_the_same():
    bits = np.random.default_rng(0).random((8, 6)) < 0.5
    rows = dots.characters(bits)
    for y, row in enumerate(rows):
        for x, character in enumerate(row):
            code = 0 if character == " " else ord(character) - 0x2800
            for bit, (down, right) in enumerate(dots.PLACES):
                assert bool(code >> bit & 1) == bits[4 * y + down, 2 * x + right]


@pytest.mark.parametrize("size", [(78, 8), (78, 10), (116, 19), (128, 34)])
def test_every_dashed_level_is_named_and_no_label_lies_over_another(size):
    for held_out in range(12, 24):
        other = Course("other", (1, 6000), (4.0, 1.85))
        levels = tuple(Reference(1.7 + 0.09 * place, (f"{place}-gram",)) for place in range(1, 20))
        series = falling(6000, 3000, held_out=((5900, held_out / 10),), overlay=other, references=levels)
        grid, frame = drawn(series, *size, log=bool(held_out % 2))
        gutter = [row[frame.left + frame.width + 1 :].rstrip() for row in grid.text()[1:-2]]
        named = {frame.row(float(words.split()[0])) for words in gutter if words.endswith("-gram")}
        edge = [row[frame.left + frame.width - 4 : frame.left + frame.width] for row in grid.text()[1:-2]]
        assert {row for row, cells in enumerate(edge) if "╌" in cells} <= named, "\n".join(grid.text())
        assert all(re.fullmatch(r"|\d\.\d+( bits|/char)*|\d\.\d{3} \S.*", words) for words in gutter), gutter
        assert sum(" now" in words for words in gutter) == 1


@pytest.mark.parametrize("size", [(78, 8), (78, 10), (116, 19)])
def test_no_level_outside_the_range_is_named_at_the_dashes_of_one_within(size):
    named = 0
    for top in np.arange(1.9, 2.6, 0.03):
        levels = tuple(Reference(nats, (name,)) for nats, name in ((3.0, "a"), (top, "b"), (1.7, "c"), (1.2, "d")))
        grid, frame = drawn(falling(references=levels), *size)
        for row in grid.text()[1:-2]:
            words = row[frame.left + frame.width :].strip()
            named += words[-1:] in ("↑", "↓")
            assert not ("╌" in row and words[-1:] in ("↑", "↓")), "\n".join(grid.text())
    assert named > 10


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light"])
def test_under_a_theme_of_the_terminals_own_colours_no_other_is_painted(name):
    palette = Palette.of(BUILTIN_THEMES[name], {})
    series = falling(held_out=((40_000, 1.95),), overlay=Course("other", (1, 30_000), (4.0, 1.632)))
    grid, frame = drawn(series, palette=palette, cursor=series.steps[1000])
    strips = [grid.strip(y, palette.background, palette.terminal) for y in range(grid.height)]
    looks = {segment.style for strip in strips for segment in strip}
    assert {look.color.type for look in looks} <= {ColorType.STANDARD, ColorType.DEFAULT}
    assert {look.bgcolor for look in looks} == {None}
    assert len({look.color.name for look in looks}) >= 5
    text = "".join(grid.text())
    assert "░" in text
    assert not set("▁▂▃▅▆▇") & set(text)
    assert sum(bool(ribbon(grid, frame, x, palette)) for x in range(frame.width)) > 0.75 * frame.width


def test_the_loss_named_now_is_the_latest_though_the_last_point_is_older():
    grid, frame = drawn(falling(now=1.2031))
    (row,) = (y for y, words in enumerate(grid.text()) if " now" in words)
    assert "1.203 now" in grid.text()[row]
    assert row == 1 + frame.row(1.2031)
    assert frame.shows(1.2031)


def test_one_loss_alone_stands_on_a_scale_whose_figures_fit():
    one = replace(falling(), steps=(1,), smooth=(4.1745425,), raw=(4.1745425,), now=4.1745425, best=(1, 4.1745425))
    grid, frame = drawn(replace(one, samples=(), saved=(), held_out=()), 76, 12)
    figures = [row[: frame.left].strip() for row in grid.text()[1:10] if row[: frame.left].strip()]
    assert figures
    assert all(4.1 < float(each) < 4.2 for each in figures)
