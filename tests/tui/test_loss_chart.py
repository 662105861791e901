"""The loss chart as a widget: waits, draws, repaints rows that changed, and falls back to a sparkline."""

import math
from pathlib import Path

import pytest
from textual.app import App

from tui_rnn.tui import app as tui_app
from tui_rnn.tui.chart import Curves, draw
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.loss import LossChart

CURVES = Curves(range(1, 101), [100 - s / 2 for s in range(100)], [100 - s / 2 + s % 5 for s in range(100)], 107.9)


class Alone(App):
    """The chart by itself."""

    CSS_PATH = Path(tui_app.__file__).with_name("tui_rnn.tcss")

    def __init__(self, marker="braille"):
        super().__init__()
        self.marker = marker

    def compose(self):
        yield LossChart(ScreenOptions(self.marker))


def rows(pilot):
    chart = pilot.app.query_one(LossChart)
    return [strip.text for strip in chart.render_lines(chart.outer_size.region)]


async def show(pilot, curves):
    pilot.app.query_one(LossChart).curves = curves
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 20), (30, 3), (10, 1), (1, 1)])
async def test_before_the_first_step_it_says_that_it_waits(size):
    async with Alone().run_test(size=size) as pilot:
        text = "".join(rows(pilot))
        assert text.strip()[:10] in "Waiting for the first step"
        assert text.strip()
        assert {len(row) for row in rows(pilot)} == {size[0]}


@pytest.mark.parametrize("marker", ["braille", "hd", "dot", "ascii"])
async def test_every_row_fills_the_width(marker):
    async with Alone(marker).run_test(size=(80, 20)) as pilot:
        await show(pilot, CURVES)
        assert [len(row) for row in rows(pilot)] == [80] * 20
        assert len(set(rows(pilot))) > 10


@pytest.mark.parametrize("size", [(23, 20), (80, 4), (10, 1), (1, 1)])
async def test_a_small_chart_is_a_sparkline(size):
    async with Alone().run_test(size=size) as pilot:
        await show(pilot, CURVES)
        first, *rest = rows(pilot)
        assert set(first.strip()) <= set("▁▂▃▄▅▆▇█")
        assert first.strip()
        assert not "".join(rest).strip()


@pytest.mark.parametrize("loss", [math.nan, math.inf])
async def test_losses_that_are_not_finite_leave_the_others_drawn(loss):
    async with Alone().run_test(size=(80, 20)) as pilot:
        await show(pilot, Curves([1, 2, 3, 4], [100.0, 90.0, loss, loss], [100.0, loss, 90.0, loss], 107.9))
        assert [len(row) for row in rows(pilot)] == [80] * 20
        await show(pilot, Curves([1], [loss], [loss], 107.9))
        assert [len(row) for row in rows(pilot)] == [80] * 20
        assert pilot.app._exception is None


async def test_only_rows_that_changed_are_painted_again(monkeypatch):
    async with Alone().run_test(size=(80, 20)) as pilot:
        await show(pilot, CURVES)
        chart = pilot.app.query_one(LossChart)
        painted = []
        monkeypatch.setattr(chart, "refresh", lambda *regions, **_: painted.extend(regions))
        raw = [*CURVES.raw[:50], CURVES.raw[50] + 9, *CURVES.raw[51:]]
        chart.curves = after = Curves(CURVES.steps, CURVES.smooth, raw, 107.9)
        rows_before, rows_after = draw(CURVES, 80, 20), draw(after, 80, 20)
        assert {region.y for region in painted} == {y for y in range(20) if rows_before[y] != rows_after[y]}
        assert 0 < len(painted) < 8


async def test_the_colours_follow_the_theme():
    async with Alone().run_test(size=(80, 20)) as pilot:
        await show(pilot, CURVES)

        def colours():
            chart = pilot.app.query_one(LossChart)
            strips = chart.render_lines(chart.outer_size.region)
            return {segment.style.color for strip in strips for segment in strip if segment.style}

        dark = colours()
        assert len(dark) > 3  # axes, raw, smooth, uniform
        pilot.app.theme = "textual-light"
        await pilot.pause()
        assert not dark & colours()


async def test_a_marker_can_be_changed():
    async with Alone().run_test(size=(80, 20)) as pilot:
        await show(pilot, CURVES)
        pilot.app.query_one(LossChart).marker = "ascii"
        await pilot.pause()
        assert "".join(rows(pilot)).isascii()
