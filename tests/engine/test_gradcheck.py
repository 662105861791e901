"""The gradient check makes the report's table, on copies, in slices, and says fail where it cannot say pass."""

from pathlib import Path

import numpy as np
import pytest

from tests.small import small_corpus
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.gradcheck import CENTRAL, COMPLEX, check_gradient, check_text
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Parameters
from tui_rnn.engine.text import read_text

STAND_IN = Path(__file__).parents[2] / "corpora" / "goblet.txt"
ORDER = ["b", "c", "U", "W", "V"]


@pytest.fixture
def small():
    """A model of 11 characters and 6 units, its weights, and a window of 8 in which not every character stands."""
    corpus = small_corpus()
    model = Model(len(corpus.vocabulary), 6)
    text = corpus.indices[:9].astype(np.intp)[:, None]
    return model, model.init(np.random.default_rng(0), np.float64, sig=0.3), text[:-1], text[1:]


def rows(check):
    return {row.parameter: row for row in check if row is not None}


def rng(seed=0):
    return np.random.default_rng(seed)


def test_the_reports_table_comes_out():
    """m = 100, sig = 0.01, the first 25 characters; measured: b 2e-9, c 3e-10, U 4e-9, W 1e-7, V 8e-9."""
    corpus = Corpus.from_source(read_text(STAND_IN))
    model = Model(len(corpus.vocabulary), 100)
    theta = model.init(rng(), np.float64)
    *_, table = check_text(model, theta, corpus.indices, 25, rng(), method=CENTRAL, most_elements=150)
    assert [row.parameter for row in table.rows] == ORDER
    assert [row.shape for row in table.rows] == [(100,), (75,), (75, 100), (100, 100), (100, 75)]
    assert [row.checked for row in table.rows] == [100, 75, 150, 150, 150]
    assert table.passed
    assert (table.method, table.delta, table.hidden_size, table.seq_length) == ("central", 1e-4, 100, 25)
    for row in table.rows:
        assert 0 < row.relative_error < 1e-6  # the truncation of central differences is seen, and is small
        assert row.max_absolute_error < 1e-6


def test_the_complex_step_has_no_truncation_error_at_any_delta(small):
    for delta in (1e-8, 1e-20, 1e-100):
        for row in rows(check_gradient(*small, rng(), method=COMPLEX, delta=delta)).values():
            assert row.relative_error < 1e-13


def test_central_differences_err_with_the_square_of_delta(small):
    errors = [rows(check_gradient(*small, rng(), method=CENTRAL, delta=d))["W"].relative_error for d in (1e-1, 1e-2)]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.2)


@pytest.mark.parametrize("method", [CENTRAL, COMPLEX])
def test_the_weights_are_checked_on_a_copy(small, method):
    before = small[1].flat.copy()
    rows(check_gradient(*small, rng(), method=method))
    assert np.array_equal(small[1].flat, before)


def test_a_check_looks_up_at_least_every_25_elements(small):
    model, theta, _, _ = small
    between, longest, checked = 0, 0, 0
    evaluate = model.loss

    def counted(*arguments):
        nonlocal between
        between += 1
        return evaluate(*arguments)

    model.loss = counted
    for row in check_gradient(*small, rng(), method=COMPLEX):
        longest, between = max(longest, between), 0
        checked += row.checked if row else 0
    assert checked == theta.flat.size
    assert longest <= 26  # one of them is the analytic gradient's


def test_a_draw_of_the_elements_is_the_generators(small):
    def drawn(seed):
        return rows(check_gradient(*small, rng(seed), most_elements=7))

    assert drawn(1) == drawn(1) != drawn(2)
    assert {name: row.checked for name, row in drawn(1).items()} == dict.fromkeys(ORDER, 7) | {"b": 6}


@pytest.mark.parametrize("method", [CENTRAL, COMPLEX])
def test_a_gradient_that_is_not_a_number_fails(small, method):
    model = small[0]
    for name in ORDER:
        g = Parameters(model.shapes, np.float64)
        model.loss_and_gradient(small[1], *small[2:], np.zeros((1, 6)), model.workspace(8, 1, np.float64), g)
        g[name].flat[0] = np.nan
        assert rows(check_gradient(*small, rng(), method=method, gradient=g))[name].verdict == "fail"


def test_a_gradient_of_zeros_fails_everywhere(small):
    table = rows(check_gradient(*small, rng(), gradient=Parameters(small[0].shapes, np.float64)))
    assert {row.verdict for row in table.values()} == {"fail"}
    assert {row.relative_error for row in table.values()} == {1.0}


def test_a_weight_the_window_does_not_use_is_no_error(small):
    model, theta, x, y = small
    x = np.zeros_like(x)  # of the rows of U only the first is used
    table = rows(check_gradient(model, theta, x, y, rng(), method=COMPLEX))
    assert table["U"].verdict == "pass"
    assert table["U"].max_relative_error < 1e-10
    one = rows(check_gradient(model, theta, x[:1], y[:1], rng(), method=COMPLEX))  # from h0 = 0 it uses nothing of W
    assert (one["W"].verdict, one["W"].relative_error) == ("pass", 0)


def test_the_worst_element_is_told_by_its_place_in_the_parameter(small):
    model, theta, x, y = small
    g = Parameters(model.shapes, np.float64)
    model.loss_and_gradient(theta, x, y, np.zeros((1, 6)), model.workspace(8, 1, np.float64), g)
    g["W"][4, 2] += 0.25
    row = rows(check_gradient(*small, rng(), method=COMPLEX, gradient=g))["W"]
    assert row.max_index == (4, 2)
    assert row.max_absolute_error == pytest.approx(0.25)
    true = g["W"][4, 2] - 0.25
    assert row.max_relative_error == pytest.approx(0.25 / (abs(true) + abs(true + 0.25)))
    difference, size = 0.25, np.linalg.norm(g["W"])
    g["W"][4, 2] = true
    assert row.relative_error == pytest.approx(difference / (size + np.linalg.norm(g["W"])))


def test_the_worst_of_a_draw_is_told_by_its_place_too(small):
    model, theta, x, y = small
    g = Parameters(model.shapes, np.float64)
    model.loss_and_gradient(theta, x, y, np.zeros((1, 6)), model.workspace(8, 1, np.float64), g)
    g["W"][3:] *= -1
    row = rows(check_gradient(*small, rng(), method=COMPLEX, most_elements=12, gradient=g))["W"]
    assert row.checked == 12
    assert row.max_index[0] >= 3


def test_the_check_of_a_text_is_of_its_first_characters_from_a_state_of_zeros(small):
    model, theta, x, y = small
    *_, table = check_text(model, theta, small_corpus().indices, 8, rng(), method=COMPLEX)
    assert table.rows == tuple(rows(check_gradient(model, theta, x, y, rng(), method=COMPLEX)).values())
    *_, other = check_text(model, theta, small_corpus().indices[1:], 8, rng(), method=COMPLEX)
    assert other.rows != table.rows


@pytest.mark.parametrize(("cost", "often"), [(10**7, 25), (0, 1)])
def test_the_caller_looks_up_the_more_often_the_larger_the_vocabulary(small, monkeypatch, cost, often):
    monkeypatch.setattr("tui_rnn.engine.gradcheck._SLICE_COST", cost)
    found = list(check_gradient(*small, np.random.default_rng(0)))
    assert found.count(None) == sum(array.size // often for array in small[1].values())
