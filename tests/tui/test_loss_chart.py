"""The loss panel: it waits, draws what is new, reads logged values at a cursor, zooms, and repaints what changed."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App
from textual.content import Content
from textual.events import MouseScrollDown, MouseScrollLeft, MouseScrollUp

from tests.tui.chart.made_up import falling
from tests.tui.support import live, saved
from tui_rnn.engine.config import RunConfig
from tui_rnn.runs.course import Course
from tui_rnn.tui import app as tui_app
from tui_rnn.tui.chart.export import as_csv, as_svg
from tui_rnn.tui.palette import INK
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.loss import LossChart
from tui_rnn.tui.run_state import RunState

CONFIG = RunConfig.from_recipe("adagrad", "made-up.txt")
SERIES = falling(4600, 2300, samples=(1, 1000), saved=(2000,), steps_per_epoch=2000.0)


class Alone(App):
    """The chart by itself."""

    CSS_PATH = Path(tui_app.__file__).with_name("tui_rnn.tcss")

    def __init__(self, marker="braille"):
        super().__init__()
        self.chart = LossChart(ScreenOptions(marker))

    def compose(self):
        yield self.chart

    def on_mount(self):
        self.register_theme(INK)
        self.theme = "ink"

    def show(self, series):
        self.chart.series = series
        self.chart._show()


def rows(pilot):
    chart = pilot.app.chart
    return [strip.text for strip in chart.render_lines(chart.outer_size.region)]


def plain(title):
    """A title without its colours."""
    return Content.from_markup(title).plain


async def show(pilot, series):
    pilot.app.show(series)
    await pilot.pause()


@pytest.fixture
async def pilot():
    async with Alone().run_test(size=(116, 19)) as pilot:
        await show(pilot, SERIES)
        yield pilot


@pytest.mark.parametrize("size", [(80, 20), (30, 3), (10, 1), (1, 1)])
async def test_before_the_first_update_it_says_that_it_waits(size):
    async with Alone().run_test(size=size) as pilot:
        text = "".join(rows(pilot)).strip()
        assert text
        assert LossChart.waiting.startswith(text)
        assert {len(row) for row in rows(pilot)} == {size[0]}


@pytest.mark.parametrize("size", [(33, 20), (80, 5), (10, 1), (1, 1)])
async def test_a_small_chart_is_a_sparkline(size):
    async with Alone().run_test(size=size) as pilot:
        await show(pilot, SERIES)
        words = [row.strip() for row in rows(pilot) if row.strip()]
        assert len(words) == 1
        assert set(words[0]) <= set("▁▂▃▄▅▆▇█")


async def test_only_rows_that_changed_are_painted_again(pilot, monkeypatch):
    painted = []
    monkeypatch.setattr(LossChart, "refresh", lambda chart, *regions, **_: painted.append(regions))
    pilot.app.show(SERIES)
    assert painted == []
    more = falling(4600, 2300, samples=(1, 1000, 3000), saved=(2000,), steps_per_epoch=2000.0)
    pilot.app.show(more)  # one mark more, on the rail
    assert [region.y for regions in painted for region in regions] == [0]


async def test_the_colours_follow_the_theme(pilot):
    def colours():
        chart = pilot.app.chart
        strips = chart.render_lines(chart.outer_size.region)
        return {segment.style.color for strip in strips for segment in strip if segment.style}

    dark = colours()
    assert len(dark) > 5
    pilot.app.theme = "textual-light"
    await pilot.pause()
    assert not dark & colours()


async def test_the_cursor_reads_logged_values_and_none_between_them(pilot):
    chart = pilot.app.chart
    by_step = dict(zip(SERIES.steps, zip(SERIES.smooth, SERIES.raw, strict=True), strict=True))
    seen = []
    chart.action_cursor(-1)  # the last one
    assert chart.view.cursor == SERIES.steps[-1]
    for columns in (-1, -1, -5, 3, -100_000, 1, 40, 100_000, 1):
        chart.action_cursor(columns)
        step = chart.view.cursor
        smooth, raw = by_step[step]  # a point of the history
        heading = plain(chart.border_title)
        assert f"step {step:,}" in heading
        assert f"{smooth:.3f} nats  {smooth / math.log(2):.3f} bits  raw {raw:.2f}" in heading
        assert f"epoch {step * 100 // 2000 / 100:.2f}" in heading  # not 1.00 before the first is read
        seen.append(step)
    assert seen[0] > seen[1] > seen[2] < seen[3]
    assert seen[4] == SERIES.steps[0] < seen[5] < seen[6] < seen[7] == seen[8] == SERIES.steps[-1]


@pytest.mark.parametrize(("pressed", "place"), [("home", 0), ("end", -1), ("left", -1), ("right", -1)])
async def test_the_first_key_of_the_cursor_puts_it_to_an_end_of_the_history(pilot, pressed, place):
    chart = pilot.app.chart
    chart.focus()
    await pilot.press(pressed)
    assert chart.view.cursor == SERIES.steps[place]


async def test_leaving_puts_the_cursor_away_once(pilot):
    chart = pilot.app.chart
    chart.action_cursor(-1)
    assert chart.action_leave()
    assert not chart.action_leave()
    assert "per character" in plain(chart.border_title)


async def test_zooming_halves_what_is_shown_at_the_end_or_around_the_cursor(pilot):
    chart = pilot.app.chart
    chart.action_zoom(1)
    assert (chart.view.first, chart.view.last) == (2300, None)  # goes on with the run
    chart.action_all()
    assert (chart.view.first, chart.view.last) == (0, None)
    chart.action_cursor_at(0)
    chart.action_cursor(40)
    cursor = chart.view.cursor
    for _ in range(3):
        chart.action_zoom(1)
    assert chart.view.last - chart.view.first == pytest.approx(4600 / 8)
    assert chart.view.first <= cursor <= chart.view.last
    for _ in range(20):
        chart.action_zoom(1)
    shown = [step for step in SERIES.steps if chart.view.first <= step <= chart.view.last]
    assert len(shown) >= 10
    for _ in range(20):
        chart.action_zoom(-1)
    assert (chart.view.first, chart.view.last) == (0, None)


async def test_the_view_follows_a_cursor_that_leaves_it(pilot):
    chart = pilot.app.chart
    chart.action_zoom(1)
    chart.action_zoom(1)
    chart.action_cursor(-1)
    chart.action_cursor_at(0)
    assert chart.view.first <= SERIES.steps[0] <= chart.view.last


async def test_all_of_it_means_all_steps_and_then_all_losses(pilot):
    chart = pilot.app.chart
    before = chart._frame.high
    chart.action_all()
    assert chart._frame.high > max(SERIES.smooth) > before
    chart.action_all()
    assert chart._frame.high == before


async def test_the_scales_take_turns_and_those_the_run_has_not_are_left_out(pilot):
    chart = pilot.app.chart
    seen = []
    for _ in range(5):
        chart.action_scale()
        seen.append(chart.view.scale)
    assert seen == ["log", "epochs", "seconds", "characters", "steps"]
    await show(pilot, falling(seconds=(), steps_per_epoch=None))
    chart.action_scale()
    chart.action_scale()
    assert chart.view.scale == "characters"


async def test_raw_losses_are_averaged_over_more_or_fewer_points(pilot):
    chart = pilot.app.chart
    for change, averaged in ((1, 4), (1, 16), (-1, 4), (0, 1), (-1, 1)):
        chart.action_average(change)
        assert chart.view.averaged == averaged


async def test_a_click_puts_the_cursor_there_and_the_wheel_zooms(pilot):
    chart = pilot.app.chart
    frame = chart._frame
    await pilot.click(LossChart, offset=(frame.left + 50, 9))
    assert frame.axis.column(chart.view.cursor) in (49, 50)
    await pilot.click(LossChart, offset=(1, 9))  # the axis
    assert frame.axis.column(chart.view.cursor) in (49, 50)


async def test_the_legend_names_what_is_drawn_and_nothing_else(pilot):
    legend = plain(pilot.app.chart.border_subtitle)
    assert "sample" in legend
    assert "saved" in legend
    assert "held out" not in legend
    await show(pilot, falling(4600, 4600, samples=(), held_out=((4000, 2.0),)))
    legend = plain(pilot.app.chart.border_subtitle)
    assert "sample" not in legend
    assert "▲ held out" in legend


def test_the_series_of_a_run_is_its_history_per_character():
    run = RunState(CONFIG, CONFIG.goal, "runs/made-up")
    assert run.series().steps == ()
    run.take(saved(400), 1.0, paused=False)
    run.picture = live(500)
    series = run.series()
    assert series.steps == live(500).steps
    assert series.smooth == pytest.approx([loss / 25 for loss in live(500).smooth])
    assert series.saved == (400,)
    assert series.best == (live(500).best_step, live(500).best_smooth_loss / 25)
    assert series.stride == 5
    assert series.now == 52.5 / 25


async def test_in_ascii_the_legend_is_ascii_too():
    async with Alone("ascii").run_test(size=(116, 19)) as pilot:
        other = Course("b", (1, 4000), (3.0, 2.0))
        marked = {"held_out": ((4000, 2.0),), "saved": (2000,), "overlay": other}
        await show(pilot, falling(4600, 2300, **marked))
        legend = "  ".join(part.plain for part in pilot.app.chart.footing)
        assert legend.isascii()
        text = "".join(rows(pilot))
        for sign in ("#", ":", ".", "*", "o", "x"):
            assert f"{sign} " in legend
            assert sign in text


async def test_another_run_is_laid_over_by_name_until_it_is_put_away(pilot):
    chart = pilot.app.chart
    other = Course("\x1b[31mlong ago", (1, 3000), (4.0, 1.9))
    chart.overlay(other)
    assert chart.series.overlay.smooth == other.smooth
    assert "long ago" in chart._border_subtitle.plain
    assert "\x1b" not in chart._border_subtitle.plain + "".join(rows(pilot))
    assert any("1.900" in row for row in rows(pilot))
    run = RunState(CONFIG, CONFIG.goal, "runs/made-up")
    run.picture = live(500)
    chart.look(run)  # a new picture, the same overlay
    assert chart.series.overlay.smooth == other.smooth
    chart.overlay(None)
    assert "long ago" not in chart._border_subtitle.plain


async def test_beside_a_run_that_lags_both_are_drawn_by_their_recent_losses(pilot):
    chart = pilot.app.chart
    raw, points = chart.series.raw, -(-50 // chart.series.stride)
    chart.overlay(Course("lstm", (1, 620), (4.3, 3.233), recent=((1, 4.3), (620, 1.752))))
    assert chart.series.smooth == pytest.approx(
        [sum(raw[max(0, end - points) : end]) / min(end, points) for end in range(1, len(raw) + 1)]
    )
    assert chart.series.overlay.smooth == (4.3, 1.752)
    assert "mean of the last 50 updates" in chart.heading[0].plain
    assert "recent" in chart.footing[0].plain
    assert "mean of the last 50 updates (nats/char)" in as_csv(chart.series, chart.view, "a")
    assert "mean of the last 50 updates" in as_svg(chart.series, chart.view, "a")
    run = RunState(CONFIG, CONFIG.goal, "runs/made-up")
    run.picture = replace(live(500), recent_loss=40.0)
    chart.look(run)
    assert (chart.series.now, chart.series.by_recent) == (40.0 / 25, True)
    chart.overlay(None)
    assert chart.series.smooth == run.series().smooth
    long = Course("long", (1, 60_000), (4.3, 1.8), recent=((1, 4.3), (60_000, 1.7)))
    await show(pilot, falling(60_000, 3000))
    chart.overlay(long)
    assert (chart.series.by_recent, chart.series.overlay.smooth) == (False, long.smooth)


async def test_the_wheel_zooms_around_the_pointer_and_with_shift_goes_along_the_run(pilot):
    chart = pilot.app.chart
    for _ in range(3):  # four steps a column
        chart.action_zoom(1)
    chart.action_zoom(-1)
    frame = chart._frame
    column = frame.width // 4
    under = frame.axis.step_at(column)
    chart.action_zoom(1, under)
    assert chart.view.last - chart.view.first == pytest.approx(4600 / 8)
    assert chart._frame.axis.column(under) in (column - 1, column, column + 1)
    first, last = chart.view.first, chart.view.last
    x, y = chart.content_region.x + frame.left + 5, chart.content_region.y + 4
    sizes = []
    for kind, shift in (
        (MouseScrollUp, True),
        (MouseScrollUp, True),
        (MouseScrollDown, True),
        (MouseScrollLeft, False),
    ):
        wheel = kind(chart, x, y, 0, 0, 0, shift, False, False, x, y)
        chart.post_message(wheel)
        await pilot.pause()
        sizes.append((first - chart.view.first) / (last - first))
    assert sizes == pytest.approx([0.5, 1, 0.5, 1])
    assert chart.view.last - chart.view.first == pytest.approx(last - first)


async def test_going_on_ends_at_the_end_of_the_run_and_going_back_at_its_beginning(pilot):
    chart = pilot.app.chart
    chart.focus()
    chart.action_zoom(1)
    chart.action_zoom(1)
    for _ in range(9):
        await pilot.press("shift+left")
    assert (chart.view.first, chart.view.last) == (0, 1150)
    for _ in range(9):
        await pilot.press("shift+right")
    assert (chart.view.first, chart.view.last) == (3450, None)


async def test_what_is_shown_is_kept_as_files_that_replace_none(pilot, tmp_path):
    chart = pilot.app.chart
    chart.focus()
    await pilot.press("w")
    assert "no curve" in said(pilot)[-1]
    chart._run = str(tmp_path)
    chart.action_zoom(1)
    names = {"loss-00004600.csv", "loss-00004600.svg"}
    for expected in (names, names | {"loss-00004600-2.csv", "loss-00004600-2.svg"}):
        await pilot.press("w")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert {path.name for path in (tmp_path / "charts").iterdir()} == expected
    assert (tmp_path / "charts" / "loss-00004600.csv").read_text() == as_csv(SERIES, chart.view, tmp_path.name)
    assert (tmp_path / "charts" / "loss-00004600.svg").read_text() == as_svg(SERIES, chart.view, tmp_path.name)
    assert str(tmp_path / "charts" / "loss-00004600-2.svg") in said(pilot)[-1]
    (tmp_path / "file").touch()
    chart._run = str(tmp_path / "file")
    await pilot.press("w")
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    assert "Not saved: " in said(pilot)[-1]


def said(pilot):
    """What the notices said, in order."""
    return [notice.message for notice in pilot.app._notifications]
