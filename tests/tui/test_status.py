"""The status line says the run's state in a word and a glyph, then its figures, and cuts none of them in two."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest
from textual.app import App

from tests.tui.support import (
    MadeUpApp,
    begin,
    done,
    live,
    picture,
    refused,
    saved,
    sees,
    started,
    status,
    tell,
    unseen,
    words,
)
from tui_rnn.engine.events import Paused
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.tui.screens import training
from tui_rnn.tui.status import Status, StatusLine

FULL = Status(
    state="training",
    step=12_345,
    goal=Goal(100_000),
    seq_length=25,
    epoch=0.35,
    smooth_loss=51.32,
    best_smooth_loss=50.5,
    updates_per_second=1234.0,
    saved_seconds_ago=42.0,
)


class Alone(App):
    """The status line by itself."""

    CSS = "StatusLine {height: 2}"

    def compose(self):
        yield StatusLine()


async def rows(shown, width):
    """The two rows at this width."""
    async with Alone().run_test(size=(width, 4)) as pilot:
        line = pilot.app.query_one(StatusLine)
        line.status = shown
        await pilot.pause()
        return [strip.text.rstrip() for strip in line.render_lines(line.size.region)]


@pytest.fixture
async def pilot():
    async with MadeUpApp().run_test(size=(100, 30)) as pilot:
        await begin(pilot)
        yield pilot


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("reading", "Reading corpus…"),
        ("checking", "CHECKING"),
        ("training", "▶ TRAINING"),
        ("paused", "‖ PAUSED"),
        ("saving", "SAVING"),
        ("done", "✓ DONE"),
        ("diverged", "✖ DIVERGED"),
    ],
)
async def test_every_state_is_a_word_and_a_glyph(state, text):
    assert text in (await rows(Status(state=state), 80))[0]


async def test_all_figures_are_shown_where_they_fit():
    first, second = await rows(FULL, 140)
    for part in ("▶ TRAINING", "step 12,345 of 100,000", "12 %", "ETA 1:11", "1,234 updates/s"):
        assert part in first
    for part in (
        "smooth loss 51.32",
        "2.053 nats/char",
        "2.962 bits/char",
        "epoch 0.35",
        "✓ saved 42 s ago",
        "best 50.50",
    ):
        assert part in second


@pytest.mark.parametrize("width", [1, 5, 12, 20, 40, 60, 80, 120])
async def test_what_does_not_fit_falls_off_the_end_whole(width):
    full = await rows(FULL, 200)
    for narrow, wide in zip(await rows(FULL, width), full, strict=False):
        assert len(narrow) <= width
        assert wide.startswith(narrow)
        rest = wide[len(narrow) :]
        assert not narrow.strip() or not rest or rest.startswith("   ")


async def test_a_run_begins_without_figures():
    first, second = await rows(Status(state="checking", goal=Goal(1000)), 120)
    assert "step 0 of 1,000" in first
    assert second.strip() == ""


async def test_a_run_without_steps_has_no_bar_to_divide_by():
    assert "step 0 of 0" in (await rows(Status(state="done", goal=Goal(0)), 120))[0]


TIMED = replace(FULL, goal=Goal(UNLIMITED, 0.5), elapsed_seconds=12.0)


async def test_a_budget_is_shown_as_time_and_no_steps_are_a_bound():
    first, _ = await rows(TIMED, 140)
    assert "▶ TRAINING   step 12,345   12 s of 30 s   ━" in first
    for part in (" 40 %", "ETA 18 s", "1,234 updates/s"):
        assert part in first
    assert "000,000" not in first


async def test_a_budget_bar_and_eta_fit_into_80_columns():
    first, _ = await rows(TIMED, 80)
    for part in ("12 s of 30 s", "40 %", "ETA 18 s"):
        assert part in first


@pytest.mark.parametrize(("seconds", "part", "eta"), [(3.0, 12, "27 s"), (15.0, 50, "15 s")])
async def test_bar_and_eta_follow_whichever_bound_is_further(seconds, part, eta):
    shown = replace(FULL, goal=Goal(100_000, 0.5), elapsed_seconds=seconds)
    first, _ = await rows(shown, 140)
    for text in ("step 12,345 of 100,000", f"{seconds:.0f} s of 30 s", f" {part} %", f"ETA {eta}"):
        assert text in first


async def test_the_time_that_is_left_is_known_before_the_rate():
    first, _ = await rows(replace(TIMED, updates_per_second=None), 140)
    assert "ETA 18 s" in first
    assert "ETA" not in (await rows(replace(FULL, updates_per_second=None), 140))[0]


async def test_a_spent_budget_fills_the_bar():
    first, _ = await rows(replace(TIMED, state="done", elapsed_seconds=30.2), 140)
    assert "30 s of 30 s" in first
    assert "━" * 12 + " 100 %" in first
    assert "ETA" not in first


async def test_the_time_trained_is_that_of_the_latest_picture():
    async with MadeUpApp(minutes=2.0).run_test(size=(120, 30)) as pilot:
        await begin(pilot)
        await picture(pilot, live(250, elapsed_seconds=90.0))
        text = words(status(pilot))
        for part in ("step 250 of 1,000", "1:30 of 2:00", "75 %"):
            assert part in text


@pytest.mark.parametrize("loss", [math.nan, math.inf])
async def test_a_loss_that_is_not_finite_is_shown_as_it_is(loss):
    assert str(loss) in (await rows(Status(state="diverged", step=1, smooth_loss=loss), 120))[1]


async def test_the_figures_are_those_of_the_latest_picture(pilot):
    await picture(pilot, live(750, smooth_loss=51.25, epoch=0.5, updates_per_second=50.0))
    text = words(status(pilot))
    for part in ("step 750 of 1,000", "75 %", "51.25", "2.050 nats/char", "epoch 0.50", "50 updates/s", "ETA 5 s"):
        assert part in text


async def test_the_age_of_the_last_checkpoint_is_told(pilot, monkeypatch):
    now = SimpleNamespace(monotonic=lambda: now.seconds, seconds=1000.0)
    monkeypatch.setattr(training, "time", now)
    await sees(pilot, "not saved yet", where=status)
    await tell(pilot, saved(500))
    await sees(pilot, "✓ saved 0 s ago", where=status)
    now.seconds += 187
    pilot.app.training.poll()
    await pilot.pause()
    await sees(pilot, "✓ saved 3:07 ago", where=status)


async def test_a_checkpoint_that_failed_is_told_until_one_succeeds(pilot):
    await tell(pilot, saved(200), refused(500))
    await sees(pilot, "✖ unsaved for 300 steps: No space left on device", where=status)
    await tell(pilot, saved(500))
    await unseen(pilot, "unsaved", where=status)


async def test_a_checkpoint_that_failed_is_told_even_in_80_columns():
    for reason in ("No space left on device", "Read-only file system", "x" * 200):
        full = await rows(replace(FULL, unsaved_steps=10_000, unsaved_reason=reason), 80)
        assert "✖ unsaved" in "".join(full)


async def test_the_states_follow_what_is_told(pilot):
    async with MadeUpApp().run_test(size=(100, 30)) as fresh:
        await sees(fresh, "Reading corpus…", where=status)
        await tell(fresh, started())
        await sees(fresh, "CHECKING", where=status)
        await begin(fresh)
        await sees(fresh, "▶ TRAINING", where=status)
        fresh.app.control.pause()
        await tell(fresh, Paused(500))
        await sees(fresh, "‖ PAUSED", where=status)
        await tell(fresh, done(500, "stopped"))
        await sees(fresh, "SAVING", where=status)
    await tell(pilot, done(reason="diverged"))
    await sees(pilot, "✖ DIVERGED", where=status)
