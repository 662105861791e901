"""The history of a run of any length fits in bounded memory and loses no minimum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_rnn.engine.history import CAPACITY, LossHistory


def losses(updates, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(50, 9, updates), rng.normal(50, 3, updates)


def filled(raw, smooth, history=None, first=1):
    history = history or LossHistory()
    for step, (loss, smooth_loss) in enumerate(zip(raw.tolist(), smooth.tolist(), strict=True), first):
        history.append(step, loss, smooth_loss)
    return history


def test_a_short_history_is_every_update():
    raw, smooth = losses(CAPACITY - 1)
    history = filled(raw, smooth)
    assert history.steps == list(range(1, CAPACITY))
    assert history.raw == raw.tolist()
    assert history.smooth == history.lowest == smooth.tolist()


@pytest.mark.parametrize("updates", [CAPACITY, CAPACITY + 1, 3 * CAPACITY, 9 * CAPACITY + 77])
def test_a_long_history_is_points_of_equally_many_updates(updates):
    raw, smooth = losses(updates)
    history = filled(raw, smooth)
    n, stride = len(history.steps), history.stride
    assert CAPACITY / 2 <= n < CAPACITY
    assert updates - stride < n * stride <= updates
    assert history.steps == list(range(stride, n * stride + 1, stride))
    whole = slice(n * stride)
    assert history.smooth == smooth[stride - 1 : n * stride : stride].tolist()
    assert history.lowest == smooth[whole].reshape(n, stride).min(1).tolist()
    np.testing.assert_allclose(history.raw, raw[whole].reshape(n, stride).mean(1))


@given(dip=st.integers(0, 4 * CAPACITY - 1))
def test_thinning_keeps_every_minimum(dip):
    smooth = np.full(4 * CAPACITY, 50.0)
    smooth[dip] = 1.0
    history = filled(smooth, smooth)
    place = history.lowest.index(1.0)
    assert history.steps[place] - history.stride < dip + 1 <= history.steps[place]
    assert history.lowest.count(1.0) == 1


@pytest.mark.parametrize("updates", [0, 1, CAPACITY - 1, CAPACITY, CAPACITY + 1, 2 * CAPACITY + 2, 5 * CAPACITY + 3])
def test_a_history_goes_on_from_its_arrays_as_if_never_stopped(updates):
    raw, smooth = losses(6 * CAPACITY)
    stopped = filled(raw[:updates], smooth[:updates])
    resumed = LossHistory.from_arrays(stopped.arrays())
    filled(raw[updates:], smooth[updates:], resumed, first=updates + 1)
    whole = filled(raw, smooth)
    assert resumed.stride == whole.stride
    for name, array in whole.arrays().items():
        assert np.array_equal(resumed.arrays()[name], array), name


def test_the_arrays_are_finite_before_anything_happened():
    assert all(np.isfinite(array).all() for array in LossHistory().arrays().values())
