"""The gradient is the loss's: proved by the complex step, by a literal oracle and by PyTorch, in every shape tried."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests import oracle
from tests.small import norm_wise
from tui_rnn.engine.gradcheck import CENTRAL, COMPLEX, check_gradient
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Parameters

TOLERANCE = 1e-12
ORDER = ["b", "c", "U", "W", "V"]  # of the report's table

seeds = st.integers(0, 2**32 - 1)


def shapes(test):
    """Over windows of T by B characters, alphabets of K and m hidden units, each down to the least there can be."""
    drawn = given(T=st.integers(1, 7), B=st.integers(1, 4), K=st.integers(2, 9), m=st.integers(2, 8), seed=seeds)
    return drawn(example(T=1, B=1, K=2, m=1, seed=1)(example(T=9, B=1, K=5, m=1, seed=2)(test)))


@dataclass
class Problem:
    """A model with weights large enough to bend every tanh, and a window that starts in the middle of a text."""

    T: int
    B: int
    K: int
    m: int
    seed: int

    def __post_init__(self):
        rng = np.random.default_rng(self.seed)
        self.model = Model(self.K, self.m)
        self.theta = Parameters(self.model.shapes, np.float64)
        self.theta.flat[:] = rng.normal(0, 0.5, self.theta.flat.shape)
        self.x, self.y = rng.integers(0, self.K, (2, self.T, self.B))
        self.h0 = rng.uniform(-1, 1, (self.B, self.m))

    def engine(self, scale=1.0, dtype=np.float64):
        """Loss, gradient and last hidden state as the engine gives them."""
        g = Parameters(self.model.shapes, dtype)
        ws = self.model.workspace(self.T, self.B, dtype)
        h0 = self.h0.astype(dtype)
        loss = self.model.loss_and_gradient(self.theta.copy(dtype), self.x, self.y, h0, ws, g, scale)
        return loss, g, ws.state

    def oracle(self):
        """The same of the oracle: means over the streams, matrices before columns."""
        theta = oracle.columns(self.theta)
        streams = [(self.x[:, i], self.y[:, i], self.h0[i]) for i in range(self.B)]
        runs = [oracle.forward(theta, *stream) for stream in streams]
        gradients = [oracle.gradient(theta, *stream) for stream in streams]
        mean = {name: np.mean([g[name] for g in gradients], axis=0) for name in theta}
        return np.mean([loss for loss, _, _ in runs]), mean, np.stack([h[-1][:, 0] for _, h, _ in runs])


def errors(analytic, expected):
    """The norm-wise error of every parameter, `expected` in the oracle's form."""
    return {name: norm_wise(value, expected[name]) for name, value in oracle.columns(analytic).items()}


def largest(named):
    return max(named.values())


@shapes
def test_gradient_matches_complex_step(T, B, K, m, seed):
    it = Problem(T, B, K, m, seed)
    check = check_gradient(it.model, it.theta, it.x, it.y, np.random.default_rng(0), method=COMPLEX)
    rows = [row for row in check if row is not None]
    assert [row.parameter for row in rows] == ORDER
    assert [row.checked for row in rows] == [it.theta[name].size for name in ORDER]
    assert max(row.relative_error for row in rows) <= TOLERANCE
    assert {row.verdict for row in rows} == {"pass"}


@shapes
def test_gradient_matches_complex_step_of_the_oracle_from_any_hidden_state(T, B, K, m, seed):
    it = Problem(T, B, K, m, seed)
    theta = oracle.columns(it.theta)
    slope = {name: np.zeros_like(value) for name, value in theta.items()}
    for name, value in theta.items():
        for element in np.ndindex(value.shape):
            moved = {**theta, name: value.astype(complex)}
            moved[name][element] += 1e-20j
            losses = [oracle.forward(moved, it.x[:, i], it.y[:, i], it.h0[i])[0] for i in range(B)]
            slope[name][element] = np.mean(losses).imag / 1e-20
    assert largest(errors(it.engine()[1], slope)) <= TOLERANCE


@shapes
def test_loss_gradient_and_hidden_state_are_the_oracles(T, B, K, m, seed):
    it = Problem(T, B, K, m, seed)
    loss, g, h = it.engine()
    expected_loss, expected_g, expected_h = it.oracle()
    assert loss == pytest.approx(expected_loss, rel=1e-13)
    assert largest(errors(g, expected_g)) <= TOLERANCE
    assert norm_wise(h, expected_h) <= TOLERANCE


@pytest.mark.parametrize(("K", "T", "B"), [(2, 6, 90), (255, 12, 1), (256, 4, 128), (257, 12, 3), (300, 12, 1)])
def test_gradient_of_both_ways_to_sum_the_rows_of_u_is_the_oracles(K, T, B):
    it = Problem(T, B, K, m=3, seed=K)
    it.x[2:4] = it.x[0]  # characters that come again
    if K > 259:  # between two of them, one that is the same in its last 8 bits
        it.x[:3] = [[3], [259], [3]]
    assert (it.model.workspace(T, B, np.float64).stack.one_hot is None) == (K > 256 or T * B > 512)
    assert largest(errors(it.engine()[1], it.oracle()[1])) <= TOLERANCE


@shapes
def test_gradient_matches_autograd(T, B, K, m, seed):
    torch = pytest.importorskip("torch")
    it = Problem(T, B, K, m, seed)
    theta = {name: torch.tensor(value, requires_grad=True) for name, value in it.theta.items()}
    h, loss = torch.tensor(it.h0), torch.zeros((), dtype=torch.float64)
    for x, y in zip(it.x, it.y, strict=True):
        h = torch.tanh(h @ theta["W"] + theta["U"][torch.tensor(x)] + theta["b"])
        loss = loss + torch.nn.functional.cross_entropy(h @ theta["V"] + theta["c"], torch.tensor(y))
    loss.backward()
    found, g, _ = it.engine()
    assert found == pytest.approx(loss.item(), rel=1e-13)
    assert max(norm_wise(g[name], value.grad.numpy()) for name, value in theta.items()) <= TOLERANCE


@shapes
def test_gradient_of_the_mean_is_that_of_the_sum_over_t(T, B, K, m, seed):
    it = Problem(T, B, K, m, seed)
    loss, g, _ = it.engine()
    loss_of_mean, g_of_mean, _ = it.engine(scale=1 / T)
    assert loss_of_mean == loss  # reported losses are summed whatever the objective
    np.testing.assert_allclose(g_of_mean.flat * T, g.flat, rtol=1e-12, atol=1e-14)


@shapes
def test_gradient_of_float32_is_that_of_float64_up_to_rounding(T, B, K, m, seed):
    it = Problem(T, B, K, m, seed)
    _, g, _ = it.engine(dtype=np.float32)
    assert g.flat.dtype == np.float32
    assert norm_wise(g.flat, it.engine()[1].flat) <= 1e-5


@pytest.mark.parametrize("K", [9, 300])
def test_a_window_leaves_nothing_behind_for_the_next(K):
    it, other = Problem(6, 2, K, 5, seed=1), Problem(6, 2, K, 5, seed=2)
    ws = it.model.workspace(6, 2, np.float64)
    g = Parameters(it.model.shapes, np.float64)
    it.model.loss_and_gradient(other.theta, other.x, other.y, other.h0, ws, g)
    loss = it.model.loss_and_gradient(it.theta, it.x, it.y, it.h0, ws, g)
    expected_loss, expected_g, _ = it.engine()
    assert loss == expected_loss
    assert np.array_equal(g.flat, expected_g.flat)


@pytest.mark.parametrize("method", [CENTRAL, COMPLEX])
@pytest.mark.parametrize("wrong", ORDER)
def test_a_gradient_check_goes_red_for_a_wrong_sign_in_any_one_parameter(wrong, method):
    it = Problem(T=5, B=2, K=7, m=4, seed=3)
    it.h0[:] = 0  # as the check has it
    g = it.engine()[1]
    np.negative(g[wrong], out=g[wrong])
    assert _failed(it, g, method) == [wrong]


@pytest.mark.parametrize("method", [CENTRAL, COMPLEX])
@pytest.mark.parametrize("wrong", ORDER)
def test_a_gradient_check_goes_red_for_one_wrong_element_and_names_it(wrong, method):
    it = Problem(T=5, B=2, K=7, m=4, seed=4)
    it.h0[:] = 0
    g = it.engine()[1]
    place = np.unravel_index(np.abs(g[wrong]).argmax(), g[wrong].shape)
    g[wrong][place] *= -1
    rows = _rows(it, g, method)
    assert [row.parameter for row in rows if row.verdict == "fail"] == [wrong]
    row = rows[ORDER.index(wrong)]
    assert row.max_index == tuple(map(int, place))
    assert row.max_relative_error == pytest.approx(1, abs=1e-6)
    assert row.max_absolute_error == pytest.approx(2 * abs(g[wrong][place]), rel=1e-5)


def test_a_gradient_check_goes_red_where_the_gradient_does_not_go_back_through_time():
    it = Problem(T=5, B=1, K=7, m=4, seed=5)
    it.h0[:] = 0
    short = {name: np.zeros(value.shape) for name, value in it.theta.items()}
    theta, h = oracle.columns(it.theta), np.zeros(4)
    for t in range(it.T):  # each step's loss by itself: the sum is the gradient without its recurrent term
        for name, value in oracle.gradient(theta, it.x[t : t + 1, 0], it.y[t : t + 1, 0], h).items():
            short[name] += value.T.reshape(short[name].shape)
        h = oracle.forward(theta, it.x[t : t + 1, 0], it.y[t : t + 1, 0], h)[1][-1]
    g = Parameters(it.model.shapes, np.float64)
    for name, value in short.items():
        g[name][...] = value
    assert _failed(it, g, COMPLEX) == ["b", "U", "W"]  # c and V have no such term


def _rows(it, g, method):
    check = check_gradient(it.model, it.theta, it.x, it.y, np.random.default_rng(0), method=method, gradient=g)
    return [row for row in check if row is not None]


def _failed(it, g, method):
    return [row.parameter for row in _rows(it, g, method) if row.verdict == "fail"]
