"""Pause and resume share a key; single updates are made only while paused; the screen's words follow the run."""

import pytest

from tests.tui.support import (
    MadeUpApp,
    begin,
    checked,
    done,
    live,
    painted,
    picture,
    sees,
    started,
    status,
    tell,
    unseen,
    until,
)
from tui_rnn.engine.events import Paused
from tui_rnn.engine.goal import Goal


@pytest.fixture
async def pilot():
    async with MadeUpApp().run_test(size=(100, 30)) as pilot:
        await begin(pilot)
        yield pilot


def footer(pilot):
    return painted(pilot).splitlines()[-1]


@pytest.mark.parametrize("key", ["space", "p"])
async def test_the_key_pauses_and_then_resumes(pilot, key):
    await pilot.press(key)
    await until(pilot, lambda: pilot.app.control.asked == ["pause"])
    assert pilot.app.control.paused
    await sees(pilot, "space go on", where=footer)
    await tell(pilot, Paused(500))
    await sees(pilot, "‖ PAUSED", where=status)
    await pilot.press(key)
    await until(pilot, lambda: pilot.app.control.asked == ["pause", "resume"])
    assert not pilot.app.control.paused
    await sees(pilot, "pause", where=footer)
    await sees(pilot, "▶ TRAINING", where=status)


async def test_paused_is_said_once_the_run_has_paused(pilot):
    """Until then an update may still be made."""
    await pilot.press("space")
    await sees(pilot, "TRAINING", where=status)
    await tell(pilot, Paused(501))
    await sees(pilot, "PAUSED", where=status)


async def test_a_pause_that_is_told_of_late_does_not_show_a_resumed_run_as_paused(pilot):
    """Two quick presses: the worker's word of the pause arrives after the second."""
    await pilot.press("space", "space")
    await tell(pilot, Paused(500))
    await sees(pilot, "▶ TRAINING", where=status)
    await sees(pilot, "pause", where=footer)


async def test_one_step_is_taken_only_while_paused(pilot):
    await pilot.press("n")
    await until(pilot, lambda: pilot.app.control.asked == [])
    await unseen(pilot, "n step", where=footer)
    await pilot.press("space")
    await tell(pilot, Paused(500))
    await sees(pilot, "n step", where=footer)
    await pilot.press("n", "n")
    assert pilot.app.asked("one step") == ["one step"] * 2
    await picture(pilot, live(502))
    await tell(pilot, Paused(502))
    await sees(pilot, "PAUSED", where=status)
    await sees(pilot, "502 of 1,000", where=status)
    await pilot.press("space", "n")
    assert len(pilot.app.asked("one step")) == 2


async def test_a_pause_during_the_first_check_is_shown_and_outlives_it(pilot):
    async with MadeUpApp().run_test(size=(100, 30)) as fresh:
        await tell(fresh, started())
        await sees(fresh, "CHECKING", where=status)
        await fresh.press("space")
        await tell(fresh, Paused(0), checked(), checked("complex"))
        await sees(fresh, "PAUSED", where=status)
        await fresh.press("space")
        await sees(fresh, "TRAINING", where=status)


@pytest.mark.parametrize("waits", [False, True], ids=["at once", "later"])
async def test_a_run_that_has_diverged_is_neither_paused_nor_resumed(pilot, waits):
    pilot.app.control.paused = waits  # the loop that serves requests afterwards has it so
    await tell(pilot, done(reason="diverged"))
    await unseen(pilot, "pause", "resume", "n step", where=footer)
    before = status(pilot)
    await pilot.press("space", "p", "n")
    assert pilot.app.control.asked == []
    assert status(pilot) == before


@pytest.mark.parametrize("waits", [False, True], ids=["at once", "later"])
@pytest.mark.parametrize("key", ["space", "p"])
async def test_a_run_that_is_done_goes_on_for_as_many_updates_again(pilot, waits, key):
    pilot.app.control.paused = waits
    await picture(pilot, live(1000))
    await tell(pilot, done())
    await unseen(pilot, "pause", "n step", where=footer)
    await pilot.press("n", key)
    assert pilot.app.control.asked == []
    assert pilot.app.control.take_goal() == Goal(2000)
    await tell(pilot, started(resumed_step=1000, config={"steps": 2000, "minutes": None}))
    await sees(pilot, "▶ TRAINING", where=status)
    await sees(pilot, "of 2,000", where=status)


async def test_the_eta_is_shown_only_in_training(pilot):
    await sees(pilot, "left", where=status)
    await pilot.press("space")
    await tell(pilot, Paused(500))
    await unseen(pilot, "left", where=status)
