"""A sweep trained on the screen: what happens is announced, quitting stops all runs and says how to go on."""

import pytest

from tests.tui.support import sees, until
from tests.tui.sweep_support import MadeUpConductor, MadeUpReader
from tui_rnn.engine.errors import RunError
from tui_rnn.sweeps.events import JobEnded, JobRetried, SweepDone, SweepWaits
from tui_rnn.sweeps.spec import JobResult, Status
from tui_rnn.tui.destinations import ToView
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.screens.quit import QuitScreen
from tui_rnn.tui.sweep_app import SweepTrainApp


def an_app(**more):
    """The app, and what conducts its sweep."""
    reader = MadeUpReader()
    conductor = MadeUpConductor(reader.plan)
    return SweepTrainApp("sweeps/made up", lambda: conductor, ScreenOptions(), lambda: reader, **more), conductor


def notices(app):
    return [each.message for each in app._notifications]


async def test_what_happens_is_announced_and_quitting_asks_stops_and_says_how_to_go_on():
    app, conductor = an_app()
    job = conductor.plan.jobs[2]
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "▶ TRAINING", "9 of 12 runs")
        conductor.to_tell.put(JobRetried(job, JobResult(job.name, "waiting", reason="killed \x1b[2J"), 1, 3))
        conductor.to_tell.put(JobEnded(job, JobResult(job.name, Status.FAILED, reason="given up after 3 attempts")))
        conductor.to_tell.put(SweepWaits("no space left"))
        await until(pilot, lambda: len(notices(app)) == 3)
        assert notices(app) == [
            f"{job.name}: killed ␛[2J: attempt 2 of 3 follows",
            f"{job.name}: given up after 3 attempts",
            "Waiting: no space left",
        ]
        app.leave_for(ToView("elsewhere"))
        await until(pilot, lambda: any("The sweep is in training" in each for each in notices(app)))
        assert not app.control.stopped
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, QuitScreen))
        await sees(pilot, "1 run in training: stop", "tui-rnn sweep 'sweeps/made up'", "Stop and quit (q)")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.sweep)
        assert not conductor.stopped.is_set()
        await pilot.press("ctrl+c", "q")
        await until(pilot, lambda: app._exit)
    assert conductor.stopped.is_set()
    assert app.exit_code == 0
    assert app.last_words == ["Stopped with 9 of 12 runs done, 1 failed: tui-rnn sweep 'sweeps/made up' goes on"]


@pytest.mark.parametrize(("failed", "code"), [(0, 0), (1, 1)])
async def test_a_sweep_that_is_trained_stays_until_its_user_leaves(failed, code):
    app, conductor = an_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "TRAINING")
        conductor.to_tell.put(SweepDone({"finished": 12 - failed, "failed": failed}, is_stopped=False))
        await until(pilot, lambda: any("All runs have ended" in each for each in notices(app)))
        assert not app._exit
        await pilot.press("q")  # nothing trains: there is nothing to ask
        await until(pilot, lambda: app._exit)
    again = ["tui-rnn: 1 run failed: tui-rnn sweep 'sweeps/made up' tries again"]
    assert (app.exit_code, app.last_words) == (code, again if failed else [])


async def test_where_nobody_can_press_a_key_it_closes_when_it_is_trained():
    app, conductor = an_app(is_attended=False)
    async with app.run_test(size=(80, 24)) as pilot:
        conductor.to_tell.put(SweepDone({"finished": 12}, is_stopped=False))
        await until(pilot, lambda: app._exit)


async def test_a_signal_stops_it_and_a_sweep_that_cannot_begin_says_why():
    app, conductor = an_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "TRAINING")
        app.end_for(15)
        await until(pilot, lambda: app._exit)
    assert (conductor.stopped.is_set(), app.caught_signal, app.exit_code) == (True, 15, 0)

    def refuse():
        raise RunError("the disk is gone: name another folder")

    app = SweepTrainApp("sweeps/a", refuse, ScreenOptions(), MadeUpReader)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app._exit)
    assert (app.exit_code, app.last_words) == (2, ["tui-rnn: the disk is gone: name another folder"])
