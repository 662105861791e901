"""Every optimizer is its published formula, the learning rate takes its course, and no clip hides an overflow."""

from math import cos, inf, nan, pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small import small_config
from tui_rnn.engine.config import CHOICES
from tui_rnn.engine.model import Model
from tui_rnn.engine.optimizers import clip, eta_at, make_optimizer, slot_names
from tui_rnn.engine.parameters import Parameters

ETA = 0.07


def sgd(theta, gradients):
    for g in gradients:
        theta = theta - ETA * g
    return theta


def adagrad(theta, gradients, memory=0.0):
    for g in gradients:
        memory = memory + g * g
        theta = theta - ETA * g / sqrt(memory + 2.0**-52)
    return theta


def rmsprop(theta, gradients):
    v = 0.0
    for g in gradients:
        v = 0.9 * v + 0.1 * g * g
        theta = theta - ETA * g / (sqrt(v) + 1e-8)
    return theta


def adam(theta, gradients):
    m = v = 0.0
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        theta = theta - ETA * (m / (1 - 0.9**t)) / (sqrt(v / (1 - 0.999**t)) + 1e-8)
    return theta


def nadam(theta, gradients):
    m = v = 0.0
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        ahead = (0.9 * m + 0.1 * g) / (1 - 0.9 ** (t + 1))
        theta = theta - ETA * ahead / (sqrt(v / (1 - 0.999**t)) + 1e-8)
    return theta


FORMULAE = {"sgd": sgd, "adagrad": adagrad, "rmsprop": rmsprop, "adam": adam, "nadam": nadam}


def made(config, theta):
    """The configured optimizer of a flat vector, in which U, W and b have an element each and V has the rest."""
    named = Parameters({"U": (1,), "W": (1,), "b": (1,), "V": (len(theta) - 3,)}, theta.dtype, theta)
    return make_optimizer(config, named, Model(2, 1).rates(config))


def walk(theta, gradients, **settings):
    """Where the configured optimizer takes theta over these gradients (updates, size), in float64."""
    config = small_config(dtype="float64", **settings)
    theta = theta.copy()
    optimizer = made(config, theta)
    for step, g in enumerate(gradients, 1):
        optimizer.update(theta, g.copy(), ETA, step)
    return theta


def made_up(seed, size=12):
    """A theta, and gradients from 1e-6 to 1e2 among which some are 0."""
    rng = np.random.default_rng(seed)
    gradients = rng.normal(size=(30, size)) * 10.0 ** rng.integers(-6, 3, size=(30, size))
    return rng.normal(size=size), gradients * (rng.random((30, size)) > 0.2)


@pytest.mark.parametrize("name", CHOICES["optimizer"])
@given(seed=st.integers(0, 2**32))
def test_an_optimizer_is_its_formula(name, seed):
    theta, gradients = made_up(seed)
    expected = [FORMULAE[name](*pair) for pair in zip(theta.tolist(), gradients.T.tolist(), strict=True)]
    np.testing.assert_allclose(walk(theta, gradients, optimizer=name), expected, rtol=1e-9, atol=1e-12)


@given(seed=st.integers(0, 2**32), memory=st.floats(0, 100))
def test_adagrad_starts_at_the_memory_it_is_given(seed, memory):
    theta, gradients = made_up(seed)
    expected = [adagrad(*pair, memory) for pair in zip(theta.tolist(), gradients.T.tolist(), strict=True)]
    np.testing.assert_allclose(walk(theta, gradients, memory_start=memory), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", CHOICES["optimizer"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_optimizer_updates_in_place_and_keeps_the_dtype(name, dtype):
    theta = np.ones(5, dtype)
    optimizer = made(small_config(optimizer=name), theta)
    slots = dict(optimizer.slots)
    optimizer.update(theta, np.full(5, 0.5, dtype), ETA, 1)
    assert theta.dtype == dtype
    assert (theta < 1).all()
    for slot, array in optimizer.slots.items():
        assert array is slots[slot]
        assert array.dtype == dtype
        assert array.any()


@pytest.mark.parametrize("name", CHOICES["optimizer"])
@given(seed=st.integers(0, 2**32))
def test_u_w_and_b_take_their_multiple_of_eta(name, seed):
    theta, gradients = made_up(seed)
    rates = {"eta_recurrent": 0.25, "eta_input": 3.0}
    plain, rated = (walk(theta, gradients[:1], optimizer=name, **settings) - theta for settings in ({}, rates))
    expected = plain * ([3.0, 0.25, 3.0] + [1.0] * (len(theta) - 3))
    np.testing.assert_allclose(rated, expected, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("name", CHOICES["optimizer"])
def test_the_slots_are_named_before_there_is_an_optimizer(name):
    assert slot_names(name) == tuple(made(small_config(optimizer=name), np.ones(5)).slots)


@pytest.mark.parametrize("name", CHOICES["optimizer"])
def test_a_weight_without_gradient_is_not_moved(name):
    theta = np.array([1.0, 2.0, 3.0, 4.0])
    moved = walk(theta, np.tile([0.0, 1.0, 0.0, 0.0], (5, 1)), optimizer=name)
    assert moved[[0, 2, 3]].tolist() == [1, 3, 4]
    assert moved[1] < 2


def test_eta_is_constant_unless_told():
    config = small_config(eta=0.3, steps=100)
    assert {eta_at(step, config) for step in range(1, 201)} == {0.3}


def test_eta_rises_linearly_over_the_warm_up():
    config = small_config(eta=0.5, warmup=10)
    assert [eta_at(step, config) for step in range(1, 13)] == pytest.approx(
        [0.05 * k for k in range(1, 11)] + [0.5] * 2
    )


def test_eta_falls_by_a_cosine_to_a_hundredth_and_stays_there():
    config = small_config(eta=2.0, warmup=10, steps=110, schedule="cosine")
    for step in range(11, 111):
        half_wave = (1 + cos(pi * (step - 10) / 100)) / 2
        assert eta_at(step, config) == pytest.approx(0.02 + 1.98 * half_wave)
    assert eta_at(10, config) == 2.0
    assert eta_at(60, config) == pytest.approx(1.01)
    assert [eta_at(step, config) for step in (110, 111, 10**6)] == pytest.approx([0.02] * 3)


@pytest.mark.parametrize("warmup", [5, 6, 100])
def test_a_warm_up_as_long_as_the_run_is_no_error(warmup):
    config = small_config(eta=1.0, warmup=warmup, steps=5, schedule="cosine")
    assert [eta_at(step, config) for step in range(1, 6)] == pytest.approx([k / warmup for k in range(1, 6)])


def test_with_a_budget_the_cosine_is_as_far_as_steps_or_time_whichever_is_further():
    config = small_config(eta=2.0, warmup=10, steps=110, minutes=0.5, schedule="cosine")
    unlimited = small_config(eta=2.0, warmup=10, minutes=0.5, schedule="cosine")
    assert eta_at(60, config, 15.0) == pytest.approx(1.01)  # half of either
    assert eta_at(60, config, 3.0) == pytest.approx(1.01)
    assert eta_at(11, config, 15.0) == pytest.approx(1.01)
    assert eta_at(10**6, unlimited, 15.0) == pytest.approx(1.01)
    assert [eta_at(11, unlimited, seconds) for seconds in (30.0, 31.0, 1e9)] == pytest.approx([0.02] * 3)


def test_the_warm_up_is_of_steps_whatever_the_time():
    config = small_config(eta=1.0, warmup=10, minutes=0.5, schedule="cosine")
    assert [eta_at(step, config, 29.0) for step in range(1, 11)] == [step / 10 for step in range(1, 11)]


@given(st.integers(1, 300), st.floats(0, 1e6), st.sampled_from(CHOICES["schedule"]))
def test_without_a_budget_the_time_changes_no_eta(step, seconds, schedule):
    config = small_config(eta=0.3, warmup=20, steps=200, schedule=schedule)
    assert eta_at(step, config, seconds) == eta_at(step, config)


vectors = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8).map(np.array)


@given(vectors, st.floats(1e-3, 1e3))
def test_an_elementwise_clip_is_the_nearest_number_within_the_limit(g, limit):
    expected = [max(-limit, min(limit, x)) for x in g.tolist()]
    assert clip(g, limit) is True
    assert g.tolist() == expected


@given(vectors, st.floats(1e-3, 1e3))
def test_a_norm_clip_shortens_and_never_turns(g, limit):
    before = g.copy()
    assert clip(g, None, limit) is True
    norm = sqrt(sum(x * x for x in before.tolist()))
    np.testing.assert_allclose(g, before * min(1, limit / norm) if norm else before, rtol=1e-12)


def test_the_elementwise_clip_comes_before_the_norm():
    g = np.array([30.0, -4.0, 0.0])
    clip(g, 3.0, 1.0)
    np.testing.assert_allclose(g, np.array([3, -3, 0]) / sqrt(18))


def test_no_clip_leaves_the_gradient_as_it_is():
    g = np.array([1e100, -5.0])
    assert clip(g, None) is True
    assert g.tolist() == [1e100, -5]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bad", [nan, inf, -inf, 1e25, -1e25])
@pytest.mark.parametrize("limits", [(None, None), (5.0, None), (None, 1.0), (5.0, 1.0)])
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_number_that_is_not_finite_is_refused_and_never_clipped_to_a_plain_one(dtype, bad, limits, place):
    if dtype == np.float64 and abs(bad) == 1e25:
        bad *= 1e130  # its square overflows in this dtype
    g = np.array([9.0, -0.5, 0.25, 0.125], dtype)
    g[place] = bad
    before = g.copy()
    with np.errstate(over="ignore"):
        assert clip(g, *limits) is False
    assert np.array_equal(g, before, equal_nan=True)


def test_two_infinities_of_either_sign_are_refused():
    assert clip(np.array([inf, -inf]), 5.0) is False
