"""After a divergence the screen offers to go back to the last good checkpoint with half the learning rate."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.tui.support import MadeUpApp, begin, done, painted, refused, saved, sees, started, status, tell, until
from tests.tui.test_full_stack import OPTIONS, SETTINGS, job, screen, state, training
from tests.tui.test_full_stack import folder as folder  # a fixture
from tui_rnn.engine.events import NotFinite
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.trainer import Trainer
from tui_rnn.runs.branch import branched_job
from tui_rnn.runs.job import resumed_job
from tui_rnn.tui import program
from tui_rnn.tui.app import TuiRnnApp
from tui_rnn.tui.messages import Ended
from tui_rnn.tui.screens.diverged import DivergedScreen

WHY = "diverged at update 501: the loss is nan on characters 5 to 10 ('so it'); |theta| = inf, |g| = nan; lower --eta"


@pytest.fixture
async def pilot():
    async with MadeUpApp().run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        yield pilot


async def diverge(pilot, *before):
    await tell(pilot, *before, NotFinite(WHY), done(500, "diverged"))


def asks(pilot):
    return isinstance(pilot.app.screen, DivergedScreen)


async def test_it_is_offered_with_the_step_the_rate_and_why(pilot):
    await diverge(pilot, saved(400))
    await until(pilot, lambda: asks(pilot))
    await sees(pilot, "diverged at update 501: the loss is nan", "Go back to step 400 with eta 0.05 (half)")


async def test_where_nothing_is_saved_it_is_to_begin_again(pilot):
    await diverge(pilot)
    await sees(pilot, "Begin again with eta 0.05", "Begin again (e)")


async def test_taking_it_ends_this_run_and_goes_on(pilot):
    await diverge(pilot, saved(400))
    await until(pilot, lambda: asks(pilot))
    await pilot.press("e")
    await until(pilot, lambda: pilot.app.control.asked == [("stop", "stopped", True)])
    assert pilot.app.goes_back
    await tell(pilot, Ended())
    await until(pilot, lambda: pilot.app._exit)


@pytest.mark.parametrize("key", ["escape", "enter"])
async def test_staying_leaves_the_screen_to_look_at_and_the_key_for_later(pilot, key):
    await diverge(pilot, saved(400))
    await until(pilot, lambda: asks(pilot))
    await pilot.press(key)
    await until(pilot, lambda: not asks(pilot))
    await sees(pilot, "✖ DIVERGED", where=status)
    await sees(pilot, "e go back")  # in the footer
    assert not pilot.app.goes_back
    await pilot.press("e")
    await until(pilot, lambda: asks(pilot))
    await pilot.press("tab", "enter")
    await until(pilot, lambda: pilot.app.goes_back)


async def test_quitting_at_the_offer_quits(pilot):
    await diverge(pilot, saved(400))
    await until(pilot, lambda: asks(pilot))
    await pilot.press("q")
    await until(pilot, lambda: pilot.app.control.asked == [("stop", "stopped", True)])
    assert not pilot.app.goes_back


async def test_the_key_does_nothing_in_a_run_that_is_well(pilot):
    assert "Go back" not in painted(pilot)
    await pilot.press("e")
    await pilot.pause()
    assert not asks(pilot)


async def test_under_another_screen_it_waits_for_its_key(pilot):
    await pilot.press("question_mark")
    await diverge(pilot, saved(400))
    assert not asks(pilot)
    await pilot.press("escape", "e")
    await until(pilot, lambda: asks(pilot))


async def test_a_run_that_was_branched_counts_its_updates_from_there():
    async with MadeUpApp().run_test(size=(80, 24)) as pilot:
        await tell(pilot, started(resumed_from="runs/other/checkpoints/last.ckpt", resumed_step=400))
        await begin(pilot)
        await pilot.press("q")
        await sees(pilot, "100 updates are not saved")


async def test_the_real_run_goes_on_from_its_last_good_checkpoint(monkeypatch, capsys):
    """With the real worker: update 61 comes to no number, until the learning rate is halved."""
    step = Trainer.step

    def wild(trainer, *elapsed):
        if trainer.step_count == 60 and trainer.hyperparameters.eta == 0.1:
            trainer.theta["V"][:] = float("inf")
        return step(trainer, *elapsed)

    monkeypatch.setattr(Trainer, "step", wild)
    app = screen(job("wild", checkpoint_every=25))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: asks(pilot))
        await sees(pilot, "Go back to step 50 with eta 0.05")
        await pilot.press("e")
        await until(pilot, lambda: pilot.app._exit)
    assert app.goes_back
    assert app.exit_code == 3
    assert "go back with  tui-rnn resume wild --eta 0.05, as a new run" in "\n".join(app.last_words)
    app._job.directory.release()
    again = screen(branched_job("wild", 0.05, "tame", None, dict(OPTIONS)))
    async with again.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: state(pilot) == "done")
        assert training(pilot).run.picture.step == SETTINGS["steps"]
        await pilot.press("q")
        await until(pilot, lambda: pilot.app._exit)
    (first, *_) = map(json.loads, Path("tame", "events.jsonl").read_text().splitlines())
    assert (first["resumed_step"], first["config"]["eta"]) == (50, 0.05)
    resumed_job("wild", None, dict(OPTIONS)).directory.release()  # and that one stays


@pytest.mark.parametrize(("goes_back", "signal"), [(True, None), (False, None), (True, 15)])
def test_train_goes_on_with_half_the_learning_rate_until_one_is_left(monkeypatch, capsys, goes_back, signal):
    shown = []

    def show(app):
        shown.append(app._job)
        assert app._job.directory._lock.is_locked
        app.goes_back, app.caught_signal = goes_back and len(shown) < 3, signal
        app.exit_code = 3

    monkeypatch.setattr(TuiRnnApp, "run", show)
    code = program.train(job("wild"))
    assert code == 3
    expected = [0.1, 0.05, 0.025] if goes_back and signal is None else [0.1]
    assert [each.hyperparameters.eta for each in shown] == expected
    assert all(
        each.options["eta"] == each.hyperparameters.eta and each.options["fps"] == OPTIONS["fps"] for each in shown
    )
    assert len({each.run for each in shown}) == len(shown)
    assert not any(each.directory._lock.is_locked for each in shown)


async def test_a_refused_checkpoint_is_not_why_it_diverged(pilot):
    await diverge(pilot, saved(400), refused(450))
    await sees(pilot, "diverged at update 501: the loss is nan")


def test_where_it_cannot_go_back_that_is_said_with_the_code_of_the_divergence(monkeypatch, capsys):
    def show(app):
        app.goes_back, app.exit_code = True, 3
        Path("wild", "config.json").write_text("[]")

    monkeypatch.setattr(TuiRnnApp, "run", show)
    assert program.train(job("wild")) == 3
    err = capsys.readouterr().err
    assert "the run could not go back: " in err
    assert "by hand: tui-rnn resume wild --eta 0.05 --run DIR" in err


def test_it_goes_back_to_the_goal_at_hand(monkeypatch):
    goals = []

    def show(app):
        goals.append(app._job.goal)
        app.goes_back = len(goals) == 1

    monkeypatch.setattr(TuiRnnApp, "run", show)
    wild = job("wild")
    wild.manifest = replace(wild.manifest, goal=Goal(50))
    program.train(wild)
    assert goals == [Goal(50), Goal(50)]


async def test_another_learning_rate_can_be_typed_and_a_wrong_one_is_refused(pilot):
    await diverge(pilot, saved(400))
    await until(pilot, lambda: asks(pilot))
    pilot.app.screen.query_one(Input).focus()
    for typed, fault in (("-1", "eta -1"), ("nan", "eta nan"), ("", "no number is given"), ("a lot", "'a lot' is no")):
        pilot.app.screen.query_one(Input).value = typed
        await pilot.press("enter")
        await sees(pilot, fault)
        assert asks(pilot)
    pilot.app.screen.query_one(Input).value = ""
    await pilot.press("1", "e", "minus", "3", "enter")
    await until(pilot, lambda: pilot.app.goes_back)
    assert pilot.app.eta_back == 0.001


def test_the_branch_begins_with_the_learning_rate_that_was_typed(monkeypatch):
    shown = []

    def show(app):
        shown.append(app._job.hyperparameters.eta)
        app.goes_back, app.eta_back = len(shown) == 1, 0.0125

    monkeypatch.setattr(TuiRnnApp, "run", show)
    program.train(job("wild"))
    assert shown == [0.1, 0.0125]
