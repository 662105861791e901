"""What was told of a run, without a screen: its state, what of it is unsaved, and what stands in the status line."""

import math

import pytest

from tests.tui.support import checked, done, live, refused, saved, started
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import HeldOut, Paused
from tui_rnn.tui.panels.loss import ChartOptions
from tui_rnn.tui.so_far import SoFar

CONFIG = RunConfig.from_recipe("adagrad", "made-up.txt", steps=1000)


def after(*events, step=500, now=100.0, paused=False):
    so_far = SoFar(CONFIG, CONFIG.goal, "runs/made-up")
    for event in events:
        so_far.take(event, now, paused=paused)
    so_far.live = live(step)
    return so_far


def judged(step, loss):
    return HeldOut(step, loss, loss and loss / math.log(2), 3.5, 400)


TRAINING = (started(), checked(), checked("complex"))


@pytest.mark.parametrize(
    ("events", "paused", "state"),
    [
        ((), False, "reading"),
        (TRAINING[:1], False, "checking"),
        (TRAINING[:2], False, "checking"),
        (TRAINING, False, "training"),
        ((*TRAINING, Paused(500)), True, "paused"),
        ((*TRAINING, Paused(500)), False, "training"),  # it was resumed before that was told
        ((*TRAINING, Paused(500), checked("complex")), True, "paused"),
        ((*TRAINING, refused(500)), False, "training"),
        ((*TRAINING, refused(500, "final")), False, "saving"),
        ((*TRAINING, done(1000)), False, "done"),
        ((*TRAINING, done(500, "diverged")), False, "diverged"),
        ((*TRAINING, done(500, "stopped")), False, "saving"),
        ((*TRAINING, done(1000), Paused(1000)), True, "done"),
    ],
)
def test_the_state_follows_from_what_was_told(events, paused, state):
    assert after(*events, paused=paused).state == state


@pytest.mark.parametrize(
    ("events", "unsaved"),
    [
        (TRAINING, True),
        ((*TRAINING, saved(500)), False),
        ((*TRAINING, saved(400)), True),
        ((*TRAINING, saved(500, "best")), True),  # no state that the run can go on from
        ((*TRAINING, saved(400), done(500)), False),  # its last checkpoint is on its way
        ((*TRAINING, saved(400), refused(500), done(500)), True),
    ],
)
def test_unsaved_is_what_leaving_the_run_would_lose(events, unsaved):
    assert after(*events).is_unsaved == unsaved


def test_the_status_has_the_latest_of_each_figure():
    so_far = after(*TRAINING, saved(400), judged(400, 3.5), judged(450, 3.75), now=100.0)
    status = so_far.status(107.0)
    assert (status.state, status.step, status.smooth_loss) == ("training", 500, live(500).smooth_loss)
    assert (status.saved_seconds_ago, status.unsaved_steps) == (7, 100)
    assert (status.held_out, status.best_held_out) == (3.75, 3.5)


def test_a_checkpoint_of_before_this_process_has_a_step_and_no_age():
    so_far = after()
    so_far.take(saved(400), None, paused=False)
    status = so_far.status(107.0)
    assert (status.saved_seconds_ago, status.unsaved_steps) == (None, 100)


def test_a_held_out_loss_that_is_no_number_is_left_out_of_the_chart():
    so_far = after(*TRAINING, judged(400, None), judged(450, 4.0))
    assert ChartOptions().curves(so_far, live()).held_out == ((450, 4.0 * CONFIG.seq_length),)
