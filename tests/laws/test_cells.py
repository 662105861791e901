"""All laws hold for every cell, one made up here too: what a cell says of itself is all that the rest asks.

The made-up one has what the vanilla recurrence has not: two gates, a state wider than h, a second recurrent parameter.
"""

import dataclasses
from itertools import islice
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.small import norm_wise, of, run_to, small_config, small_corpus, small_trainer, trained
from tui_rnn.engine.cells import CELLS, SIZES, Size
from tui_rnn.engine.cells.tape import Tape
from tui_rnn.engine.checkpoint import resumed_trainer, seal, state_snapshot, unseal
from tui_rnn.engine.control import Control, GradientCheckRequest, SampleRequest
from tui_rnn.engine.errors import CheckpointError, ConfigError
from tui_rnn.engine.evaluation import mean_loss
from tui_rnn.engine.events import GradientChecked, Sample
from tui_rnn.engine.gradcheck import COMPLEX, check_gradient
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Parameters
from tui_rnn.engine.sampling import generate, start
from tui_rnn.engine.state import digest
from tui_rnn.engine.writing import characters
from tui_rnn.headless import gradcheck

TOLERANCE = 1e-12


class Gated:
    """v_t = r v_{t-1} + h_{t-1} W + p_t, h_t = (1 + q_t) v_t, where a_t is (p_t, q_t) and the state (h_t, v_t)."""

    gates, input_parameters, recurrent_parameters, inner = 2, ("U", "b"), ("W", "r"), MappingProxyType({})

    def shapes(self, inputs, m):
        return {"U": (inputs, 2 * m), "W": (m, m), "r": (m,), "b": (2 * m,)}

    def deviations(self, inputs, m):
        return {"U": inputs**-0.5, "W": 0.1 * m**-0.5}

    def begin(self, theta, m):
        pass

    def state_width(self, m):
        return 2 * m

    def tape(self, T, B, m, dtype):
        return GatedTape(T, B, m, 2, dtype)

    def step(self, theta, a, state):
        (h, v), (p, q) = np.split(state, 2, -1), np.split(a, 2, -1)
        v = theta["r"] * v + h @ theta["W"] + p
        return (1 + q) * v, np.concatenate(((1 + q) * v, v), -1)


class GatedTape(Tape):
    @property
    def state(self):
        return self.states[-1]

    def forward(self, theta, state):
        self.states, self.H[0] = [state.copy()], np.split(state, 2, -1)[0]
        for t, a in enumerate(self.A):
            self.H[t + 1], after = Gated().step(theta, a, self.states[-1])
            self.states.append(after)

    def backward(self, theta):
        dv = dh_after = np.zeros_like(self.dH[0])
        for t in reversed(range(len(self.A))):
            q, v = np.split(self.A[t], 2, -1)[1], np.split(self.states[t + 1], 2, -1)[1]
            dh = self.dH[t] + dh_after
            dv = (1 + q) * dh + theta["r"] * dv
            self.dA[t] = np.concatenate((dv, v * dh), -1)
            dh_after = dv @ theta["W"].T

    def gradient(self, g):
        dv, before = np.split(self.dA, 2, -1)[0], np.split(np.stack(self.states[:-1]), 2, -1)[1]
        g["W"][...] = self.rows_before.T @ dv.reshape(len(self.rows_before), -1)
        g["r"][...] = (before * dv).sum((0, 1))


@pytest.fixture(autouse=True, params=[*CELLS, "gated"])
def cell(request, monkeypatch):
    """The name of each cell in turn, the made-up one among those that can be chosen."""
    monkeypatch.setitem(CELLS, "gated", Gated)
    monkeypatch.setitem(SIZES, "gated", Size(2, 1, 12))
    return request.param


def a_trainer(cell, updates=0, **options):
    return trained(small_trainer(cell=cell, **{"eta": 0.01, **options}), updates)


def problem(cell, T, B, K, m, seed):
    """A model with weights that bend the cell, a window, and a state that a text has been read with."""
    rng = np.random.default_rng(seed)
    model = Model(K, m, cell)
    theta = Parameters(model.shapes, np.float64)
    theta.flat[:] = rng.normal(0, 0.4, theta.flat.shape)
    x, y = rng.integers(0, K, (2, T, B))
    return model, theta, x, y, rng.uniform(-1, 1, (B, model.state_width))


def character_by_character(model, theta, x, y, states):
    """-log p_t[y_t] of each character (T, B) and the states after the last, by the cell's single step."""
    losses, after = np.empty(x.shape, theta.flat.dtype), []
    for stream, state in enumerate(states.astype(theta.flat.dtype)):
        for t in range(len(x)):
            o, state = model.step(theta, int(x[t, stream]), state)
            losses[t, stream] = np.log(np.exp(o).sum()) - o[y[t, stream]]
        after.append(state)
    return losses, np.stack(after)


def slopes(model, theta, x, y, states):
    """The gradient by the complex step of the loss that `character_by_character` gives."""
    found = Parameters(model.shapes, np.float64)
    for element in range(theta.flat.size):
        moved = theta.copy(np.complex128)
        moved.flat[element] += 1e-20j
        found.flat[element] = character_by_character(model, moved, x, y, states)[0].sum().imag / x.shape[1] / 1e-20
    return found


sizes = given(
    T=st.integers(1, 5), B=st.integers(1, 3), K=st.integers(2, 5), m=st.integers(1, 3), seed=st.integers(0, 99)
)
few = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])


@few
@sizes
@example(T=1, B=1, K=2, m=1, seed=0)
def test_gradient_matches_complex_step_from_any_state(cell, T, B, K, m, seed):
    model, theta, x, y, states = problem(cell, T, B, K, m, seed)
    g = Parameters(model.shapes, np.float64)
    model.loss_and_gradient(theta, x, y, states, model.workspace(T, B, np.float64), g)
    expected = slopes(model, theta, x, y, states)
    assert max(norm_wise(g[name], expected[name]) for name in g) <= TOLERANCE


@few
@sizes
def test_the_gradient_check_passes_for_every_parameter(cell, T, B, K, m, seed):
    model, theta, x, y, _ = problem(cell, T, B, K, m, seed)
    rows = [row for row in check_gradient(model, theta, x, y, np.random.default_rng(0), method=COMPLEX) if row]
    assert [row.parameter for row in rows] == model.table_order
    assert sorted(model.table_order) == sorted(theta)
    assert {row.verdict for row in rows} == {"pass"}


@few
@sizes
def test_a_window_at_once_is_its_characters_one_by_one(cell, T, B, K, m, seed):
    model, theta, x, y, states = problem(cell, T, B, K, m, seed)
    ws = model.workspace(T, B, np.float64)
    for _ in range(2):  # a workspace keeps nothing of the window before
        loss = model.loss(theta, x, y, states, ws)
    losses, after = character_by_character(model, theta, x, y, states)
    np.testing.assert_allclose(ws.row_losses.reshape(T, B), losses, rtol=1e-11, atol=1e-13)
    assert loss == pytest.approx(losses.sum() / B, rel=1e-12)
    assert norm_wise(ws.state, after) <= TOLERANCE


def test_a_gradient_check_goes_red_for_a_wrong_sign_in_any_one_parameter(cell):
    model, theta, x, y, _ = problem(cell, T=4, B=2, K=5, m=3, seed=3)
    for wrong in theta:
        g = Parameters(model.shapes, np.float64)
        model.loss_and_gradient(theta, x, y, model.zero_state(2, np.float64), model.workspace(4, 2, np.float64), g)
        np.negative(g[wrong], out=g[wrong])
        rows = check_gradient(model, theta, x, y, np.random.default_rng(0), method=COMPLEX, gradient=g)
        assert [row.parameter for row in rows if row and row.verdict == "fail"] == [wrong]


@pytest.mark.parametrize("k", [0, 3, 7, 12])
@pytest.mark.parametrize("options", [{}, {"recipe": "fast", "batch_size": 2, "holdout": 0.2}])
def test_a_resumed_run_ends_as_one_that_was_never_stopped(cell, options, k):
    whole = a_trainer(cell, 20, **options)
    stopped = a_trainer(cell, k, **options)
    parted = resumed_trainer(unseal(seal(state_snapshot(stopped))), small_corpus())
    assert digest(parted) == digest(stopped)
    assert digest(trained(parted, 20 - k)) == digest(whole)


def test_the_carried_state_is_in_the_digest_and_in_the_checkpoint(cell):
    trainer = a_trainer(cell, 10, batch_size=2)
    before, snapshot = digest(trainer), unseal(seal(state_snapshot(trainer)))
    S = Model.from_config(trainer.config, 2).state_width
    assert snapshot.arrays["state"].shape == trainer.state.shape == (2, S)
    for place in np.ndindex(trainer.state.shape):
        trainer.state[place] += 1
        assert digest(trainer) != before
        trainer.state[place] = snapshot.arrays["state"][place]
    assert digest(trainer) == before


@pytest.mark.parametrize("name", ["state", "theta.U", "best.W"])
def test_a_checkpoint_of_other_shapes_is_refused(cell, name):
    snapshot = state_snapshot(a_trainer(cell, 3))
    other = np.zeros((*snapshot.arrays[name].shape[:-1], snapshot.arrays[name].shape[-1] + 1), np.float32)
    with pytest.raises(CheckpointError, match=name):
        unseal(seal(dataclasses.replace(snapshot, arrays={**snapshot.arrays, name: other})))


def test_training_lowers_the_loss_and_looking_does_not_change_it(cell):
    plain, looked = (a_trainer(cell, dtype="float64", holdout=0.2, sample_every=every) for every in (1000, 7))
    first = mean_loss(plain.model, plain.theta, plain.corpus.train)
    control = Control()
    for request in (SampleRequest(9, model="best", prime="so"), GradientCheckRequest(COMPLEX, most_elements=5)):
        control.post(request)
    events = run_to(looked, 300, control)
    assert all(checked.passed for checked in of(GradientChecked, events))
    assert len(of(Sample, events)) > 40
    assert run_to(plain, 300)[-1].state_sha256 == events[-1].state_sha256
    assert mean_loss(plain.model, plain.theta, plain.corpus.train) < 0.95 * first


def test_a_sample_is_written_by_the_cells_step_from_the_state_after_the_prime(cell):
    trainer = a_trainer(cell, 40, dtype="float64")
    model, theta, vocabulary = trainer.model, trainer.theta, trainer.corpus.vocabulary
    state, x = start(model, theta, vocabulary, "so it")
    assert state.shape == (model.state_width,)
    before = state.copy()
    found = list(islice(generate(model, theta, state, x, np.random.default_rng(0), temperature=0.0), 20))
    assert np.array_equal(state, before)
    read = vocabulary.encode("so it").tolist()
    for index in found:  # the window so far says which character is the likeliest next
        x = np.array(read)[:, np.newaxis]
        ws = model.workspace(len(read), 1, np.float64)
        model.loss(theta, x, x, model.zero_state(1, np.float64), ws)
        assert index == ws.O[-1].argmax()
        read.append(index)


def test_a_saved_model_writes_as_it_did_when_it_was_saved(cell):
    trainer = a_trainer(cell, 30)
    snapshot = unseal(seal(state_snapshot(trainer)))
    resumed = resumed_trainer(snapshot, small_corpus())
    written = ["".join(islice(characters(state_snapshot(each), prime="so"), 50)) for each in (trainer, resumed)]
    assert written[0] == written[1]
    assert len(set(written[0])) > 3


def test_each_parameter_learns_at_the_rate_of_its_kind(cell):
    config = small_config(cell=cell, eta_recurrent=0.25, eta_input=2.0)
    model = Model.from_config(config, 5)
    kinds = {"U": 2.0, "b": 2.0, "W": 0.25, "r": 0.25, "d": 0.25}  # V and c, of the readout, take eta as it is
    assert model.rates(config) == {name: rate for name, rate in kinds.items() if name in model.shapes}
    plain, rated = (
        a_trainer(cell, 0, optimizer="sgd", dtype="float64", **rates)
        for rates in ({}, {"eta_recurrent": 0.25, "eta_input": 2.0})
    )
    begun = plain.theta.copy()
    trained(plain, 1), trained(rated, 1)
    for name in begun:
        moved = rated.theta[name] - begun[name]
        np.testing.assert_allclose(moved, kinds.get(name, 1.0) * (plain.theta[name] - begun[name]), atol=1e-15)


def test_its_sizes_are_those_it_says(cell):
    it, inputs, m, T, B = CELLS[cell](), 5, 3, 4, 2
    shapes, tape = it.shapes(inputs, m), it.tape(T, B, m, np.float32)
    assert (shapes["U"], shapes["b"]) == ((inputs, it.gates * m), (it.gates * m,))
    assert sorted(it.input_parameters + it.recurrent_parameters) == sorted(shapes)
    assert tape.A.shape == tape.dA.shape == (T, B, it.gates * m)
    theta = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    tape.A[:] = 0
    tape.forward(theta, np.zeros((B, it.state_width(m)), np.float32))
    assert tape.state.shape == (B, it.state_width(m))
    h, state = it.step(theta, tape.A[0, 0], tape.state[0])
    assert (h.shape, state.shape) == ((m,), (it.state_width(m),))


def test_the_initial_values_are_the_cells(cell):
    model = Model(40, 30, cell)
    theta = model.init(np.random.default_rng(0), np.float64, "scaled")
    deviations = {**CELLS[cell]().deviations(40, 30), "V": 30**-0.5}
    for name in theta:
        if name in deviations:
            assert theta[name].std() == pytest.approx(deviations[name], rel=0.1)
        else:
            forget = cell == "lstm" and name == "b"  # of g, i, f, o
            assert theta[name].sum() == theta[name][60:90].sum() == 30 * forget


def test_the_command_checks_it_by_name(cell, capsys):
    assert gradcheck.check(None, cell, 4, 5, 0, "complex", None, as_json=False) == 0
    rows = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert [row for row in rows if row in Model(2, 1, cell).shapes] == Model(2, 1, cell).table_order


def test_a_name_of_no_cell_is_refused_with_those_there_are(cell):
    with pytest.raises(ConfigError, match=f"--cell 'lstmm' is not known: choose .*{cell}"):
        small_config(cell="lstmm")


def test_a_large_network_is_checked_on_a_smaller_one_of_its_cell(cell):
    trainer, control = a_trainer(cell, hidden_size=101), Control()
    control.post(GradientCheckRequest(most_elements=30))
    (checked,) = of(GradientChecked, run_to(trainer, 1, control))
    assert (checked.hidden_size, checked.passed) == (100, True)
    assert [row.parameter for row in checked.rows] == trainer.model.table_order
