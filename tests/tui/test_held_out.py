"""The screen of a run with a holdout: the latest and the best held-out loss, its marks on the chart, its legend."""

import math

import pytest

from tests.tui.support import MadeUpApp, begin, live, painted, picture, sees, started, status, tell, unseen, words
from tui_rnn.engine.events import Checkpointed, HeldOut
from tui_rnn.tui.header.big import big
from tui_rnn.tui.messages import RunPast
from tui_rnn.tui.panels.loss import LossChart
from tui_rnn.tui.panels.run import RunPanel


def held_out(step, nats, best=None, best_step=1, kind="scheduled"):
    bits = None if nats is None else nats / math.log(2)
    return HeldOut(step, nats, bits, nats if best is None else best, best_step, kind)


@pytest.fixture
async def pilot():
    async with MadeUpApp(holdout=0.1).run_test(size=(200, 60)) as pilot:
        await begin(pilot)
        yield pilot


async def test_the_latest_and_the_best_stand_in_the_status_line_and_the_run_panel(pilot):
    await pilot.press("9", "m")  # all of the run panel
    await tell(pilot, held_out(1, 4.317), held_out(250, 2.031, 1.988, 200))
    await sees(pilot, "nats/char held out", "step 250", where=status)  # early in the run it is the headline
    assert all(row in status(pilot) for row in big("2.031"))
    text = words(str(pilot.app.training.query_one(RunPanel).text.content))
    assert "held out its last tenth, 88,224 characters" in text
    assert "held out 1.988, step 200" in text
    assert "held out 2.031, step 250" in text


async def test_the_chart_marks_them_where_the_smooth_loss_has_the_same_scale(pilot):
    await unseen(pilot, "▲")
    await tell(pilot, held_out(1, 4.317), held_out(250, 2.031))
    await sees(pilot, "▲ held out")
    assert pilot.app.training.query_one(LossChart).series.held_out == ((1, 4.317), (250, 2.031))
    assert painted(pilot).count("▲") == 2  # one on the chart, one in its legend: the first lies far above the range


async def test_a_loss_that_is_not_finite_is_said_and_not_drawn(pilot):
    await pilot.press("9", "m")
    await tell(pilot, held_out(1, 4.317), held_out(250, None, 4.317, 1))
    await sees(pilot, "held out: no finite loss", "held out 4.317, step 1", where=lambda p: words(painted(p)))
    await pilot.press("m")
    assert pilot.app.training.query_one(LossChart).series.held_out == ((1, 4.317),)


async def test_what_was_told_before_this_process_is_shown_too(pilot):
    await tell(pilot, RunPast([held_out(100, 2.5)]))
    await sees(pilot, "▲ held out", "held out")


async def test_at_80_columns_the_held_out_loss_and_the_last_checkpoints_age_are_both_there():
    async with MadeUpApp(holdout=0.1).run_test(size=(80, 24)) as pilot:
        await tell(pilot, Checkpointed(250, "periodic", "step.ckpt"))
        await begin(pilot)
        await tell(pilot, held_out(250, 2.031))
        await sees(pilot, "2.031 nats/char held out", where=status)
        await sees(pilot, "▲ held out", "● saved")


async def test_the_best_model_by_held_out_loss_is_no_state_that_a_run_can_go_on_from():
    async with MadeUpApp(holdout=0.1).run_test(size=(200, 60)) as pilot:
        await begin(pilot)
        await tell(pilot, Checkpointed(250, "best-held-out", "best-held-out.ckpt"))
        await sees(pilot, "best model by held-out loss saved, step 250")
        assert "not yet" in status(pilot)


async def test_a_run_without_a_holdout_says_nothing_of_it():
    async with MadeUpApp().run_test(size=(200, 60)) as pilot:
        await tell(pilot, started())
        await begin(pilot)
        await picture(pilot, live(600))
        await unseen(pilot, "held")
