"""Sampling draws what its definition says: the softmax at a temperature, cut to the nucleus, from its own stream."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracle
from tests.small import small_trainer, trained
from tui_rnn.engine.errors import ConfigError, UnknownCharacter
from tui_rnn.engine.sampling import check_sampling, cumulative, draw, generate, start

outputs = st.lists(st.floats(-30, 30), min_size=1, max_size=12).map(np.array)
temperatures = st.floats(0.05, 20)


def softmax(o, temperature=1.0):
    e = np.exp(np.subtract(o, max(o)) / temperature)
    return e / e.sum()


def drawn_with(o, temperature, top_p):
    """The probability of every character."""
    running = cumulative(o, temperature, top_p)
    return np.diff(running, prepend=0) / running[-1]


@given(outputs, temperatures)
def test_without_a_nucleus_it_is_the_softmax(o, temperature):
    np.testing.assert_allclose(drawn_with(o, temperature, 1.0), softmax(o, temperature), rtol=1e-9, atol=1e-12)


@given(outputs, temperatures, st.floats(0.01, 0.999))
def test_the_nucleus_is_the_smallest_set_of_likeliest_characters_that_reaches_top_p(o, temperature, top_p):
    p = softmax(o, temperature)
    found = drawn_with(o, temperature, top_p)
    kept = [k for k in range(len(p)) if found[k] > 0]
    total = sum(p[k] for k in kept)
    assert total >= top_p - 1e-12
    assert total - min(p[k] for k in kept) < top_p + 1e-12  # without the least of them it is not reached
    assert all(p[k] >= p[j] - 1e-15 for k in kept for j in range(len(p)) if j not in kept)
    np.testing.assert_allclose(found[kept], p[kept] / total, rtol=1e-9)


@pytest.mark.parametrize(
    ("top_p", "kept"), [(0.3, [1]), (0.5, [1]), (0.51, [1, 3]), (0.79, [1, 3]), (0.81, [0, 1, 3]), (0.96, [0, 1, 2, 3])]
)
def test_the_nucleus_of_known_probabilities(top_p, kept):
    p = np.array([0.15, 0.5, 0.05, 0.3])
    expected = [p[k] / p[kept].sum() if k in kept else 0 for k in range(4)]
    np.testing.assert_allclose(drawn_with(np.log(p), 1.0, top_p), expected, atol=1e-12)


@given(outputs, st.floats(0, 1, exclude_max=True), st.floats(0.01, 1))
def test_a_temperature_of_zero_is_the_likeliest_and_of_equals_the_first(o, u, top_p):
    assert draw(cumulative(o, 0.0, top_p), u) == o.tolist().index(max(o))


@given(outputs, st.floats(0.01, 1), st.floats(0, 1, exclude_max=True))
def test_a_low_temperature_nears_the_likeliest(o, top_p, u):
    o = np.round(o)  # no two nearly equal
    assert o[draw(cumulative(o, 1e-3, top_p), u)] == max(o)


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from([0.0, 0.0, 1e-300, 0.25, 1.0, 3.0]), min_size=1, max_size=8).filter(any),
    st.floats(0, 1, exclude_max=True) | st.sampled_from([0.0, np.nextafter(1, 0)]),
)
def test_a_character_that_counts_zero_is_never_drawn(weights, u):
    assert weights[draw(np.cumsum(weights), u)] > 0


def test_a_draw_splits_the_unit_interval_in_the_order_of_the_characters():
    running = np.cumsum([1.0, 0.0, 2.0, 1.0])
    assert [draw(running, u) for u in (0, 0.24, 0.25, 0.5, 0.74, 0.75, 0.99)] == [0, 0, 2, 2, 2, 3, 3]


@pytest.mark.parametrize(("temperature", "top_p"), [(1.0, 1.0), (0.5, 1.0), (2.0, 1.0), (1.0, 0.8)])
def test_frequencies_are_the_probabilities(temperature, top_p):
    rng = np.random.default_rng(5)
    o = rng.normal(0, 1.5, 8)
    p = softmax(o, temperature)
    if top_p < 1:
        likeliest = np.argsort(-p)
        p[likeliest[np.searchsorted(np.cumsum(p[likeliest]), top_p) + 1 :]] = 0
        p /= p.sum()
    n = 20_000
    running = cumulative(o, temperature, top_p)
    seen = np.bincount([draw(running, u) for u in rng.random(n)], minlength=8)
    possible = p > 0
    assert seen[~possible].sum() == 0
    chi_square = ((seen - n * p)[possible] ** 2 / (n * p)[possible]).sum()
    assert chi_square < 24.3  # exceeded once in a thousand by 7 degrees of freedom; the seed is fixed


def test_outputs_beyond_the_range_of_exp_are_no_overflow():
    assert drawn_with(np.array([1e4, -1e4, 1e4]), 0.1, 1.0).tolist() == [0.5, 0, 0.5]
    assert drawn_with(np.array([1e38, -1e38], np.float32), 1.0, 0.9).tolist() == [1, 0]


@pytest.mark.parametrize("temperature", [-0.1, float("nan"), float("inf")])
def test_a_temperature_that_is_no_temperature_is_refused(temperature):
    with pytest.raises(ConfigError, match="--temperature"):
        check_sampling(temperature, 1.0)


@pytest.mark.parametrize("top_p", [0, -0.1, 1.01, float("nan")])
def test_a_top_p_that_is_no_probability_is_refused(top_p):
    with pytest.raises(ConfigError, match="--top-p"):
        check_sampling(1.0, top_p)


@pytest.mark.parametrize(("temperature", "top_p"), [(0, 1), (1e-3, 1e-3), (100, 0.5)])
def test_every_other_pair_is_accepted(temperature, top_p):
    check_sampling(temperature, top_p)


@pytest.fixture
def model():
    """A network of 6 units that learned a little, in float64."""
    return trained(small_trainer(hidden_size=6, dtype="float64", eta=0.3), 40)


def written(model, h, x, seed=0, length=300, **options):
    return list(islice(generate(model.model, model.theta, h, x, np.random.default_rng(seed), **options), length))


def test_the_same_seed_writes_the_same_and_another_seed_another(model):
    h = np.zeros(6)
    assert written(model, h, 3, seed=1) == written(model, h, 3, seed=1) != written(model, h, 3, seed=2)


def test_at_temperature_zero_the_text_is_the_oracles_likeliest_characters_from_any_hidden_state(model):
    theta, h, x = oracle.columns(model.theta), np.linspace(-0.5, 0.5, 6), 2
    expected = []
    for _ in range(300):
        _, states, p = oracle.forward(theta, [x], [0], h)
        h, x = states[-1], int(p[0].argmax())
        expected.append(x)
    assert written(model, np.linspace(-0.5, 0.5, 6), 2, temperature=0.0) == expected


def test_sampling_changes_neither_the_hidden_state_nor_the_weights(model):
    h = np.linspace(-0.5, 0.5, 6)
    before = (h.copy(), model.theta.flat.copy())
    written(model, h, 3)
    assert np.array_equal(h, before[0])
    assert np.array_equal(model.theta.flat, before[1])


def test_a_prime_is_read_before_the_first_character_is_written(model):
    prime = "so it goes"
    theta, indices = oracle.columns(model.theta), model.corpus.vocabulary.encode(prime).tolist()
    _, states, _ = oracle.forward(theta, indices[:-1], indices[1:], np.zeros(6))
    h, x = start(model.model, model.theta, model.corpus.vocabulary, prime)
    np.testing.assert_allclose(h, states[-1][:, 0], rtol=1e-12)
    assert x == indices[-1]


@pytest.mark.parametrize(("text", "first"), [("b\nab\na", "\n"), ("cbcb", "b")])
def test_without_a_prime_it_starts_on_a_new_line_or_on_the_first_character(text, first):
    trainer = small_trainer(text=text, seq_length=2)
    h, x = start(trainer.model, trainer.theta, trainer.corpus.vocabulary)
    assert not h.any()
    assert trainer.corpus.vocabulary.characters[x] == first


def test_a_prime_with_an_unknown_character_is_refused(model):
    with pytest.raises(UnknownCharacter, match="'Z'"):
        start(model.model, model.theta, model.corpus.vocabulary, "so Zit")


@pytest.mark.parametrize("temperature", [5e-324, 1e-300, 1e-6, 1e308])
def test_every_temperature_that_is_accepted_writes(model, temperature):
    check_sampling(temperature, 1.0)
    text = written(model, np.zeros(6), 3, temperature=temperature)
    assert len(text) == 300
    assert (text == written(model, np.zeros(6), 3, temperature=0.0)) == (temperature < 1)
