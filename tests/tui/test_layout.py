"""Every size of terminal has a screen: what fits is shown, the rest is a tab away, and none fails."""

import random
from functools import partial

import pytest

from tests.tui.support import (
    MadeUpApp,
    begin,
    checked,
    in_front,
    live,
    painted,
    picture,
    sampled,
    sees,
    settled,
    shown,
    shows,
    started,
    status,
    tell,
    unseen,
    until,
)
from tui_rnn.tui.panels import PANELS
from tui_rnn.tui.panels.loss import LossChart

THIRD = in_front(range(3, 10))  # beside the samples of a normal screen
ALL = {in_front(place) for place in ((1,), (2,), (7,), (3, 4, 5, 6), (4, 5, 6), (8,), (9,))}
TITLES = [f"{panel.number} {panel.title}" for panel in PANELS.values() if panel.number in (1, 2, 8, 9)]


def named(pilot):
    """The panels' titles on the screen."""
    return {name for name in TITLES if name in painted(pilot)}


def lie_within(pilot, panels, size):
    """Whether none of the panels lies beside or below what the terminal shows."""
    regions = [pilot.app.training.query_one(f"#{name}").region for name in panels]
    return all(0 < region.right <= size[0] and 0 < region.bottom <= size[1] for region in regions)


async def at(pilot, width, height):
    await pilot.resize_terminal(width, height)
    await until(pilot, lambda: [len(painted(pilot).splitlines()), pilot.app.size] == [height, (width, height)])
    await pilot.pause()


FITS = {
    (80, 24): {"loss", "samples"},
    (60, 15): {"loss", "samples"},
    (99, 40): {"loss", "samples"},
    (120, 29): {"loss", "samples"},
    (120, 40): {"loss", "samples", THIRD},
    (100, 30): {"loss", "samples", THIRD},
    (200, 60): ALL,
    (160, 45): ALL,
    (50, 10): {"loss"},
    (59, 40): {"loss"},
    (120, 14): {"loss"},
    (1, 1): {"loss"},
}


@pytest.mark.parametrize(
    "size",
    [(120, 40), (1, 1), *(pytest.param(each, marks=pytest.mark.slow) for each in ((80, 24), (200, 60), (50, 10)))],
)
async def test_a_run_begins_with_the_panels_that_fit(size):
    async with MadeUpApp().run_test(size=size) as pilot:
        await shows(pilot, *FITS[size], only=True)
        await begin(pilot)
        await shows(pilot, *FITS[size], only=True)


async def test_the_panels_that_fit_are_shown_after_a_resize():
    async with MadeUpApp().run_test(size=(70, 20)) as pilot:
        await begin(pilot)
        for size, panels in FITS.items():
            await at(pilot, *size)
            await shows(pilot, *panels, only=True)
            if size != (1, 1):
                await until(pilot, partial(lie_within, pilot, panels, size))


async def test_every_panel_is_named_and_the_footer_stands_last():
    async with MadeUpApp().run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        for size in ((80, 24), (120, 40), (200, 60)):
            await at(pilot, *size)
            await until(pilot, lambda: len(named(pilot)) == len(TITLES))
            await until(pilot, lambda: painted(pilot).splitlines()[0].lstrip().startswith("▶ TRAINING"))
            await until(pilot, lambda: "pause" in painted(pilot).splitlines()[-1])


async def test_a_hidden_panel_comes_to_the_front_in_the_place_it_shares():
    async with MadeUpApp().run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        for size in ((80, 24), (120, 40)):
            await at(pilot, *size)
            await until(pilot, lambda size=size: len(shown(pilot)) == len(FITS[size]))
            for key, name in (("2", "samples"), ("8", "check"), ("9", "run")):
                await pilot.press(key)
                await shows(pilot, name)
                assert len(shown(pilot)) == len(FITS[size])
                await until(pilot, lambda: len(named(pilot)) == len(TITLES))


async def test_a_click_on_a_tab_brings_its_panel_to_the_front():
    async with MadeUpApp().run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        for size in ((80, 24), (120, 40)):
            await pilot.press("8")
            await at(pilot, *size)
            await until(pilot, lambda: "run" not in shown(pilot) and len(named(pilot)) == len(TITLES))
            rows = painted(pilot).splitlines()
            y = next(y for y, row in enumerate(rows) if "9 Run" in row)
            await pilot.click(offset=(rows[y].index("9 Run") + 2, y))
            await pilot.pause()
            await shows(pilot, "run")
            await until(pilot, lambda: pilot.app.focused.id == "run")


async def test_a_small_terminal_has_the_status_and_a_sparkline():
    async with MadeUpApp().run_test(size=(50, 10)) as pilot:
        await begin(pilot)
        for size in ((50, 10), (59, 10), (30, 14), (120, 14), (23, 6)):
            await at(pilot, *size)
            await sees(pilot, "▶ TRAINING")
            await until(pilot, lambda: set(painted(pilot)) & set("▁▂▃▄▅▆▇█┤"))  # a sparkline, or a chart where one fits


@pytest.mark.parametrize("size", [(1, 1), pytest.param((80, 1), marks=pytest.mark.slow), (25, 8)])
async def test_even_the_smallest_terminal_works(size):
    async with MadeUpApp().run_test(size=size) as pilot:
        await begin(pilot)
        await tell(pilot, sampled(500, "Emma said nothing." * 20))
        await pilot.press("8", "m", "escape", "s", "escape", "question_mark", "escape", "q", "escape")
        await picture(pilot, live(600))
        assert pilot.app._exception is None
        await until(pilot, lambda: pilot.app.screen is pilot.app.training)


async def test_what_was_shown_is_there_again_after_the_terminal_was_small():
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        await pilot.press("4")
        before = await settled(pilot)
        await at(pilot, 1, 1)
        await at(pilot, 50, 10)
        await shows(pilot, *{"loss"}, only=True)
        await at(pilot, 120, 40)
        await until(pilot, lambda: painted(pilot) == before)


async def test_a_storm_of_sizes_ends_in_a_whole_screen():
    sizes = random.Random(0)
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        expected = painted(pilot)
        for step in range(6):
            await at(pilot, sizes.randint(1, 220), sizes.randint(1, 70))
            if step % 4 == 1:
                await picture(pilot, live(500 + step))
        await at(pilot, 120, 40)
        await picture(pilot, live(500))
        await until(pilot, lambda: painted(pilot) == expected)


async def test_a_chart_is_drawn_to_the_place_it_has():
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        chart = pilot.app.training.query_one(LossChart)
        for size in ((80, 24), (200, 60), (120, 40), (70, 20)):
            await at(pilot, *size)
            rows = [strip.text for strip in chart.render_lines(chart.outer_size.region)]
            assert {len(row) for row in rows} == {chart.outer_size.width}
            frame = chart._frame
            assert frame.left + frame.width + frame.gutter == chart.content_size.width


async def test_before_there_is_anything_each_panel_says_what_it_waits_for():
    async with MadeUpApp().run_test(size=(200, 60)) as pilot:
        text = painted(pilot)
        for waiting in ("Reading corpus…", "The curve begins with", "The first sample is written", "Checking…"):
            assert waiting in text
        await tell(pilot, started())
        await sees(pilot, "CHECKING", where=status)
        await unseen(pilot, "Reading corpus…")
        await tell(pilot, checked())
        await unseen(pilot, "Checking…")
        await tell(pilot, sampled())
        await unseen(pilot, "The first sample is written")
        await picture(pilot, live(5))
        await unseen(pilot, "The curve begins with")


async def test_a_waiting_text_is_on_the_screen_at_every_size():
    async with MadeUpApp().run_test(size=(80, 24)) as pilot:
        for size in ((80, 24), (120, 40)):
            await at(pilot, *size)
            await pilot.press("2")
            await sees(pilot, "READING", "The curve begins with", "The first sample is written")
            await pilot.press("8")
            await sees(pilot, "Checking…")
