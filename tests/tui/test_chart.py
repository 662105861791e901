"""The chart's rows: round ticks, two points a column, no value that breaks it, every row exactly as wide as asked."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_rnn.engine.events import MOST_WHOLE
from tui_rnn.tui.chart import ROLES, Curves, _averaged, _thinned, draw, sparkline, step_text, ticks

MARKERS = ["braille", "hd", "dot", "ascii"]
LOSSES = st.floats(1e-3, 1e4)
ANYTHING = st.one_of(LOSSES, st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1e-300]))


def curves(count=500, **changes):
    steps = range(1, count + 1)
    smooth = [50 + 60 / (1 + step / 40) for step in steps]
    raw = [value + step % 7 - 3 for step, value in zip(steps, smooth, strict=True)]
    return Curves(**{"steps": steps, "smooth": smooth, "raw": raw, "uniform_loss": 107.9, **changes})


def text(rows):
    return ["".join(piece for piece, _ in row) for row in rows]


def cells(rows, role):
    """The places (x, y) of a role's visible characters."""
    found = set()
    for y, row in enumerate(rows):
        x = 0
        for piece, piece_role in row:
            found |= {(x + i, y) for i, c in enumerate(piece) if piece_role == role and c.strip("\u2800 ")}
            x += len(piece)
    return found


@pytest.mark.parametrize("marker", MARKERS)
@given(st.integers(24, 200), st.integers(5, 60), st.booleans(), st.sampled_from([1, 2, 3, 500]))
def test_every_row_is_exactly_as_wide_as_asked(marker, width, height, log, count):
    marks = {"samples": (1, 250), "checkpoints": (100,), "held_out": ((1, 108.0), (250, 70.0))}
    rows = draw(curves(count, log=log, **marks), width, height, marker)
    assert [len(line) for line in text(rows)] == [width] * height
    assert {role for row in rows for _, role in row} <= set(ROLES)
    assert not set("".join(text(rows))) & {"\x1b", "\n"}


@given(st.lists(st.tuples(ANYTHING, ANYTHING), max_size=40), st.booleans(), st.sampled_from([1.0, 0.2, 0.05]))
def test_no_loss_breaks_the_chart(losses, log, share):
    smooth, raw = [a for a, _ in losses], [b for _, b in losses]
    rows = draw(Curves(range(1, len(losses) + 1), smooth, raw, 107.9, log=log, shown=share), 60, 12)
    assert [len(line) for line in text(rows)] in ([], [60] * 12)


@pytest.mark.parametrize("huge", [1e30, 1e200, 1e300, 1.7e308])
@pytest.mark.parametrize("log", [False, True])
def test_not_even_a_loss_near_the_largest_number_breaks_it(huge, log):
    few = Curves([1, 2, 3], [50.0, huge, huge], [50.0, huge, huge], 107.9, log=log, averaged=4)
    assert [len(line) for line in text(draw(few, 60, 12))] == [60] * 12
    many = Curves(range(1, 1001), [50.0] + [huge] * 999, [huge] * 1000, 107.9, log=log)
    assert [len(line) for line in text(draw(many, 60, 12))] in ([], [60] * 12)


STEPS = st.one_of(st.integers(1, 5000), st.sampled_from([2**31, 2**53 + 1, MOST_WHOLE - 1, MOST_WHOLE]))
EDGES = [1.7e308, -1.7e308, 1e300, 1e100, 9.9e99, 1e30, 1e15, 5e-324, -5e-324, 1e-310, 0.0, -0.0, math.nan, math.inf]
EDGE = st.one_of(LOSSES, st.sampled_from(EDGES))
SIZES = [(1, 1), (24, 5), (30, 3), (60, 12), (250, 60)]


@given(
    st.lists(STEPS, max_size=30, unique=True).map(sorted),
    st.data(),
    st.sampled_from(SIZES),
    st.sampled_from(MARKERS),
)
def test_no_legal_number_breaks_the_chart_at_any_size(steps, data, size, marker):
    """Losses that no axis can hold, steps beyond the digits of a float, marks anywhere."""
    losses = st.lists(EDGE, min_size=len(steps), max_size=len(steps))
    marks = st.lists(STEPS, max_size=3).map(tuple)
    drawn = Curves(
        steps,
        *(data.draw(losses) for _ in "sr"),
        data.draw(st.none() | EDGE),
        *(data.draw(marks) for _ in "sc"),
        data.draw(st.lists(st.tuples(STEPS, EDGE), max_size=3).map(tuple)),
        **data.draw(st.fixed_dictionaries({"log": st.booleans(), "shown": st.sampled_from([1.0, 0.2, 0.05])})),
        averaged=data.draw(st.sampled_from([1, 4, 256])),
    )
    rows = draw(drawn, *size, marker)
    assert [len(line) for line in text(rows)] in ([], [size[0]] * size[1])
    assert len(sparkline(drawn.smooth, size[0])) <= size[0]


def test_a_loss_that_was_huge_is_forgotten_once_it_is_out_of_the_average():
    assert _averaged([1e30, 50.0, 51.0, 52.0], 2)[2:] == [50.5, 51.5]
    assert _averaged([50.0, 1e30, 0.0, 50.0, 51.0, 52.0], 3)[4:] == pytest.approx([101 / 3, 51.0])


def test_nothing_finite_draws_nothing():
    assert draw(Curves(), 60, 12) == []
    assert draw(Curves([1, 2], [math.nan, math.inf], [1.0, 1.0], 107.9), 60, 12) == []


def test_only_ascii_is_drawn_with_the_ascii_marker():
    rows = draw(curves(samples=(1,), checkpoints=(250,), held_out=((300, 90.0),)), 80, 20, "ascii")
    assert "".join(text(rows)).isascii()
    assert "*" in "".join(text(rows))
    assert "x" in "".join(text(rows))
    assert "o" in "".join(text(rows))


def test_a_loss_that_falls_is_drawn_from_the_upper_left_to_the_lower_right():
    smooth = sorted(cells(draw(curves(), 100, 20), "smooth"))
    left, right = smooth[0], smooth[-1]
    assert left[1] < 6
    assert right[1] > 14
    assert right[0] - left[0] > 80


def test_the_uniform_guess_is_one_line_and_left_out_of_a_zoom():
    (row,) = {y for _, y in cells(draw(curves(), 100, 20), "uniform")}
    assert row < 5
    assert not cells(draw(curves(shown=0.5), 100, 20), "uniform")
    assert not cells(draw(curves(uniform_loss=None), 100, 20), "uniform")


def test_marks_stand_at_their_steps():
    rows = draw(curves(samples=(1, 250), checkpoints=(500,)), 100, 20)
    samples, checkpoints = sorted(cells(rows, "sample")), cells(rows, "checkpoint")
    assert len(samples) == 2
    assert samples[0][0] < 10
    assert 45 < samples[1][0] < 60
    ((x, y),) = checkpoints
    assert x > 95
    assert y > 15


def test_held_out_losses_stand_at_their_steps_and_heights():
    """A loss above the curve is drawn above it, one below it below."""
    plain = draw(curves(), 100, 20)
    rows = draw(curves(held_out=((125, 90.0), (400, 56.0))), 100, 20)
    (x1, y1), (x2, y2) = sorted(cells(rows, "held-out"))
    assert 22 < x1 < 35
    assert 75 < x2 < 90
    above, below = (min(y for cx, y in cells(plain, "smooth") if cx == x) for x in (x1, x2))
    assert y1 < above
    assert abs(y2 - below) <= 1
    assert "▲" in "".join(text(rows))
    assert not cells(plain, "held-out")


def test_a_held_out_loss_beyond_the_curves_makes_room_for_itself():
    for loss in (10.0, 300.0):
        ((_, y),) = cells(draw(curves(held_out=((250, loss),)), 100, 20), "held-out")
        assert y in (0, 1, 2) if loss > 200 else y > 15


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf, 1e300])
def test_a_held_out_loss_that_no_axis_holds_is_left_out(loss):
    assert draw(curves(held_out=((250, loss),)), 100, 20) == draw(curves(), 100, 20)


def test_marks_beyond_what_is_shown_are_left_out():
    rows = draw(curves(samples=(1, 490), checkpoints=(1,), held_out=((1, 99.0),), shown=0.1), 100, 20)
    assert len(cells(rows, "sample")) == 1
    assert not cells(rows, "held-out")
    assert not cells(rows, "checkpoint")


def test_a_zoom_shows_the_latest_steps():
    last_row = text(draw(curves(shown=0.2), 100, 20))[-1]
    labels = [int(label) for label in last_row.split()]
    assert min(labels) >= 400
    assert max(labels) <= 500


def test_a_log_scale_gives_small_losses_more_room():
    """From 1000 to 1 by a constant factor: a straight line on a log scale, a hook on a linear one."""
    steps = range(1, 301)
    losses = [1000 * 10 ** (-step / 100) for step in steps]

    def middle(log):
        places = cells(draw(Curves(steps, losses, losses, None, log=log), 100, 21), "smooth")
        return min(y for x, y in places if 50 <= x <= 54)

    assert 6 < middle(True) < 14
    assert middle(False) > 15


def test_a_flat_loss_is_drawn():
    flat = Curves([1, 2, 3], [50.0] * 3, [50.0] * 3, None)
    for log in (False, True):
        assert cells(draw(Curves(flat.steps, flat.smooth, flat.raw, None, log=log), 60, 12), "smooth")


def test_a_spike_of_the_raw_loss_flattens_nothing():
    spiked = curves()
    raw = [*spiked.raw[:-1], 1e6]
    calm = cells(draw(curves(), 100, 20), "smooth")
    assert len(calm & cells(draw(curves(raw=raw), 100, 20), "smooth")) > 0.9 * len(calm)


@given(st.floats(0, 1e6), st.floats(1e-6, 10), st.integers(1, 20))
def test_ticks_are_round_evenly_spaced_and_within(low, part, most):
    span = part * max(low, 1e-3)
    high = low + span
    found = ticks(low, high, most)
    assert len(found) <= most + 1
    assert all(low - 1e-6 * span <= tick <= high + 1e-6 * span for tick in found)
    gaps = {float(f"{b - a:.6g}") for a, b in pairwise(found)}
    assert len({f"{gap:.3g}" for gap in gaps}) <= 1
    for gap in gaps:
        assert f"{gap:.3e}"[0] in "125"


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 100, 5, [0, 20, 40, 60, 80, 100]),
        (48, 110, 4, [60, 80, 100]),
        (0, 1, 2, [0, 0.5, 1]),
        (1, 500, 6, [100, 200, 300, 400, 500]),
        (5, 5, 3, [5]),
        (0, math.inf, 3, [0]),
    ],
)
def test_ticks_of_some_axes(low, high, most, expected):
    assert ticks(low, high, most) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("step", "told"), [(0, "0"), (500, "500"), (20_000, "20k"), (1_500, "1.5k"), (1_500_000, "1.5M")]
)
def test_steps_are_told_in_short(step, told):
    assert step_text(step) == told


@given(st.lists(LOSSES, min_size=1, max_size=400), st.integers(1, 100))
def test_thinning_keeps_at_most_so_many_points_their_mean_and_the_last_step(values, most):
    steps, thinned = _thinned(range(len(values)), values, most)
    assert len(steps) == len(thinned) <= most
    assert steps[-1] == len(values) - 1
    assert steps == sorted(set(steps))
    assert min(values) - 1e-9 <= min(thinned)
    assert max(thinned) <= max(values) * (1 + 1e-9)
    sizes = [b - a for a, b in zip([-1, *steps], steps, strict=False)]
    assert sum(size * mean for size, mean in zip(sizes, thinned, strict=True)) == pytest.approx(sum(values))


def test_few_points_are_all_kept():
    assert _thinned([1, 2, 3], [5.0, 6.0, 7.0], 3) == ([1, 2, 3], [5.0, 6.0, 7.0])


def test_two_points_a_column_are_drawn(monkeypatch):
    import plotext

    counts = []
    plot = plotext.plot
    monkeypatch.setattr(plotext, "plot", lambda x, y, **more: counts.append(len(x)) or plot(x, y, **more))
    draw(curves(4000), 60, 12)
    assert len(counts) == 2
    assert all(60 <= count <= 120 for count in counts)


@given(st.lists(LOSSES, max_size=60), st.integers(1, 20))
def test_a_running_mean_is_the_mean_of_the_last_few(values, window):
    expected = [sum(values[max(0, i - window + 1) : i + 1]) / min(i + 1, window) for i in range(len(values))]
    assert _averaged(values, window) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(st.lists(ANYTHING, max_size=100), st.integers(0, 40))
def test_a_sparkline_fits_and_is_made_of_blocks(values, width):
    line = sparkline(values, width)
    assert len(line) <= width
    assert set(line) <= set("▁▂▃▄▅▆▇█")
    assert bool(line) == (width > 0 and any(map(math.isfinite, values)))


def test_a_sparkline_falls_with_its_values():
    assert sparkline([8, 7, 6, 5, 4, 3, 2, 1], 8) == "█▇▆▅▄▃▂▁"
    assert sparkline([5, 5], 8) == "▁▁"
