"""The recent loss is the mean of the last updates' losses, the same after a resume; the smooth loss lags at first."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small import run_to, small_trainer
from tui_rnn.engine.events import Done, Progress, StepDone
from tui_rnn.engine.history import CAPACITY, LossHistory
from tui_rnn.engine.recent import LAGS_BEFORE, RECENT_UPDATES, comparable_loss, recent_means, smooth_loss_lags


def filled(losses, history=None, first=1):
    history = history or LossHistory()
    for step, loss in enumerate(losses, first):
        history.append(step, loss, loss)
    return history


@given(st.lists(st.floats(0, 100), min_size=1, max_size=200))
def test_it_is_the_mean_of_the_last_50_losses_or_of_all(losses):
    assert filled(losses).recent() == pytest.approx(np.mean(losses[-RECENT_UPDATES:]))


def test_there_is_none_before_the_first_update():
    assert LossHistory().recent() is None


@pytest.mark.parametrize("updates", [CAPACITY, CAPACITY + 1, 3 * CAPACITY + 2, 17 * CAPACITY + 5, 66 * CAPACITY + 40])
def test_where_points_are_longer_it_is_the_mean_of_whole_ones(updates):
    losses = np.random.default_rng(updates).normal(50, 10, updates)
    history = filled(losses)
    covered = next(n for n in range(RECENT_UPDATES, updates) if (updates - n) % history.stride == 0)
    assert covered < RECENT_UPDATES + history.stride
    assert history.recent() == pytest.approx(np.mean(losses[-covered:]))


@pytest.mark.parametrize("stop", [1, 49, 50, 333, CAPACITY + 3])
def test_a_resumed_run_has_exactly_the_recent_loss_of_one_that_was_not_stopped(stop):
    losses = np.random.default_rng(0).normal(50, 10, stop + 137)
    resumed = LossHistory.from_arrays(filled(losses[:stop]).arrays())
    assert filled(losses[stop:], resumed, stop + 1).recent() == filled(losses).recent()


def test_progress_and_the_end_tell_it_in_nats_per_character():
    trainer = small_trainer()
    events = run_to(trainer, 120, progress_every=30)
    losses = [event.loss for event in events if isinstance(event, StepDone)]
    told = [(event.step, event.recent_nats_per_char) for event in events if isinstance(event, Progress | Done)]
    assert [step for step, _ in told] == [30, 60, 90, 120, 120]
    for step, nats in told:
        assert nats == pytest.approx(np.mean(losses[max(0, step - 50) : step]) / trainer.config.seq_length)


def test_the_smooth_loss_lags_while_it_remembers_the_first_loss():
    """Less than 1 % of the first loss is left at the end, and then a fall of 3 nats shows as less than 0.03."""
    assert log(0.01) > LAGS_BEFORE * log(0.999)
    assert [smooth_loss_lags(step) for step in (0, 1, 2, LAGS_BEFORE - 1, LAGS_BEFORE)] == [
        False,
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(("stride", "points"), [(1, 50), (2, 25), (16, 4), (64, 1)])
def test_the_recent_loss_of_every_point_is_the_mean_over_so_many_updates(stride, points):
    means = np.random.default_rng(0).random(120)
    expected = [np.mean(means[max(0, end - points) : end]) for end in range(1, 121)]
    assert recent_means(means.tolist(), stride) == pytest.approx(expected)


def test_networks_are_compared_by_the_recent_loss_only_while_the_smooth_one_lags():
    assert comparable_loss(620, 3.2, 1.75) == 1.75
    assert comparable_loss(620, 3.2, None) == 3.2
    assert comparable_loss(1, 4.3, 4.2) == 4.3
    assert comparable_loss(LAGS_BEFORE, 2.0, 1.9) == 2.0
