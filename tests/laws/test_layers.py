"""The laws for layers one above another, and for what is dropped between them: of every cell, in every shape tried."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.test_cells import character_by_character, slopes
from tests.small import norm_wise, of, run_to, small_config, small_corpus, small_trainer, trained
from tui_rnn.engine.cells import CELLS
from tui_rnn.engine.checkpoint import resumed_trainer, seal, state_snapshot, unseal
from tui_rnn.engine.control import Control, GradientCheckRequest
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.evaluation import mean_loss
from tui_rnn.engine.events import COMPLEX, GradientChecked
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Parameters
from tui_rnn.engine.state import digest

TOLERANCE = 1e-12
cells = pytest.mark.parametrize("cell", CELLS)
few = settings(max_examples=8)
sizes = given(
    L=st.integers(1, 3), T=st.integers(1, 5), B=st.integers(1, 3), K=st.integers(2, 5), m=st.integers(1, 3),
    seed=st.integers(0, 99),
)  # fmt: skip


def problem(cell, L, T, B, K, m, seed):
    rng = np.random.default_rng(seed)
    model = Model(K, m, cell, L)
    theta = Parameters(model.shapes, np.float64)
    theta.flat[:] = rng.normal(0, 0.4, theta.flat.shape)
    x, y = rng.integers(0, K, (2, T, B))
    return model, theta, x, y, rng.uniform(-1, 1, (B, model.state_width))


def engine(model, theta, x, y, states, ws):
    g = Parameters(model.shapes, np.float64)
    loss = model.loss_and_gradient(theta, x, y, states, ws, g)
    return loss, g


@cells
@few
@sizes
def test_gradient_matches_complex_step(cell, L, T, B, K, m, seed):
    it = problem(cell, L, T, B, K, m, seed)
    _, g = engine(*it, it[0].workspace(T, B, np.float64))
    expected = slopes(*it)
    assert max(norm_wise(g[name], expected[name]) for name in g) <= TOLERANCE


@cells
@few
@sizes
def test_a_window_at_once_is_its_characters_one_by_one(cell, L, T, B, K, m, seed):
    model, theta, x, y, states = problem(cell, L, T, B, K, m, seed)
    ws = model.workspace(T, B, np.float64)
    loss = model.loss(theta, x, y, states, ws)
    losses, after = character_by_character(model, theta, x, y, states)
    assert loss == pytest.approx(losses.sum() / B, rel=1e-12)
    assert norm_wise(ws.state, after) <= TOLERANCE


_TORCH = {"rnn": ("RNN", ["W"]), "lstm": ("LSTM", ["g", "i", "f", "o"]), "gru": ("GRU", ["r", "z", "n"])}
_TORCHS_ORDER = {"rnn": ["W"], "lstm": ["i", "f", "g", "o"], "gru": ["r", "z", "n"]}


def in_torchs_order(cell, array):
    """The columns of an array, gate by gate, as PyTorch has them."""
    names = _TORCH[cell][1]
    parts = dict(zip(names, np.split(array, len(names), -1), strict=True))
    return np.concatenate([parts[name] for name in _TORCHS_ORDER[cell]], -1)


@cells
@few
@sizes
def test_loss_and_gradient_are_those_of_pytorch(cell, L, T, B, K, m, seed):
    torch = pytest.importorskip("torch")
    model, theta, x, y, states = problem(cell, L, T, B, K, m, seed)
    loss, g = engine(model, theta, x, y, states, model.workspace(T, B, np.float64))
    net = getattr(torch.nn, _TORCH[cell][0])(K, m, num_layers=L, dtype=torch.float64)
    weights = dict(net.named_parameters())
    places = []  # (of the engine's gradient, of PyTorch's parameter)
    for layer in range(L):
        own = {name: theta[name if layer == 0 else f"{name}{layer + 1}"] for name in CELLS[cell]().shapes(K, m)}
        slope = {name: g[name if layer == 0 else f"{name}{layer + 1}"] for name in own}
        for torchs, name in (("weight_ih", "U"), ("weight_hh", "W"), ("bias_ih", "b")):
            weight = weights[f"{torchs}_l{layer}"]
            weight.data[:] = torch.tensor(in_torchs_order(cell, own[name]).T)
            places.append((in_torchs_order(cell, slope[name]).T, weight))
        weights[f"bias_hh_l{layer}"].data[:] = 0
        if cell == "gru":
            weights[f"bias_hh_l{layer}"].data[2 * m :] = torch.tensor(own["d"])
            places.append((slope["d"], weights[f"bias_hh_l{layer}"]))
    V, c = (torch.tensor(theta[name], requires_grad=True) for name in "Vc")
    places += [(g["V"], V), (g["c"], c)]
    by_layer = np.stack(np.split(states, L, -1))  # (L, B, state of one layer)
    if cell == "lstm":
        before = tuple(torch.tensor(np.ascontiguousarray(part)) for part in np.split(by_layer, 2, -1))
    else:
        before = torch.tensor(by_layer)
    H, _ = net(torch.nn.functional.one_hot(torch.tensor(x), K).double(), before)
    expected = (
        torch.nn.functional.cross_entropy((H @ V + c).reshape(-1, K), torch.tensor(y).ravel(), reduction="sum") / B
    )
    expected.backward()
    assert loss == pytest.approx(expected.item(), rel=1e-13)
    for ours, weight in places:
        torchs = weight.grad.numpy()
        assert norm_wise(ours, torchs[2 * m :] if ours.shape != torchs.shape else torchs) <= TOLERANCE


@cells
@pytest.mark.parametrize("options", [{"layers": 2}, {"layers": 3, "dropout": 0.3, "recipe": "fast", "batch_size": 2}])
def test_a_resumed_run_ends_as_one_that_was_never_stopped(cell, options):
    given = {"eta": 0.01, **options}
    whole = trained(small_trainer(cell=cell, **given), 15)
    parted = resumed_trainer(
        unseal(seal(state_snapshot(trained(small_trainer(cell=cell, **given), 6)))), small_corpus()
    )
    assert digest(trained(parted, 9)) == digest(whole)


@cells
def test_the_gradient_check_beside_training_knows_all_layers(cell):
    trainer, control = small_trainer(cell=cell, layers=2, dtype="float64", init="scaled"), Control()
    control.post(GradientCheckRequest(COMPLEX, most_elements=9))
    (checked,) = of(GradientChecked, run_to(trainer, 2, control))
    assert checked.passed
    assert [row.parameter for row in checked.rows] == trainer.model.table_order
    assert {"U2", "W2", "b2"} <= set(trainer.model.table_order)


def test_an_upper_layer_learns_at_the_rates_of_the_first():
    model = Model.from_config(small_config(cell="gru", layers=2, eta_recurrent=0.5, eta_input=3.0), 5)
    assert model.rates(small_config(eta_recurrent=0.5, eta_input=3.0)) == dict.fromkeys(
        ("U", "b", "U2", "b2"), 3.0
    ) | dict.fromkeys(("W", "d", "W2", "d2"), 0.5)


# What is dropped


def dropping(part, L=3, T=4, B=2, m=3):
    it = problem("rnn", L, T, B, 4, m, seed=5)
    ws = it[0].workspace(T, B, np.float64)
    ws.stack.drop(np.random.default_rng(1), part)
    return it, ws


def test_what_is_dropped_is_zero_and_the_rest_keeps_the_mean():
    _, ws = dropping(0.25, T=200, B=20, m=8)
    (mask, other) = ws.stack.masks
    assert set(np.unique(mask)) == {0.0, 1 / 0.75}
    assert mask.mean() == pytest.approx(1.0, abs=0.02)
    assert not np.array_equal(mask, other)


def test_the_gradient_through_what_is_dropped_is_that_of_the_network_that_is_left():
    (model, theta, x, y, states), ws = dropping(0.4)
    _, g = engine(model, theta, x, y, states, ws)
    masks = [mask.reshape(*x.shape, -1) for mask in ws.stack.masks]

    def loss(theta):
        """The textbook's recurrence, layer by layer."""
        H = theta["U"][x] + theta["b"]
        for layer, suffix in enumerate(["", "2", "3"]):
            A = H if layer == 0 else (H * masks[layer - 1]) @ theta["U" + suffix] + theta["b" + suffix]
            h, out = states[:, layer * 3 : layer * 3 + 3], []
            for a in A:
                h = np.tanh(h @ theta["W" + suffix] + a)
                out.append(h)
            H = np.stack(out)
        O = H @ theta["V"] + theta["c"]
        at_target = np.take_along_axis(O, y[..., np.newaxis], -1)[..., 0]
        return (np.log(np.exp(O).sum(-1)) - at_target).sum() / x.shape[1]

    for name in theta:
        expected = np.empty(theta[name].size)
        for element in range(expected.size):
            moved = theta.copy(np.complex128)
            moved[name].flat[element] += 1e-20j
            expected[element] = loss(moved).imag / 1e-20
        assert norm_wise(g[name].ravel(), expected) <= TOLERANCE


def test_nothing_is_dropped_where_the_network_is_judged_or_writes():
    trainer = trained(small_trainer(layers=2, dropout=0.5, eta=0.01), 20)
    theta = trainer.theta.copy()
    losses = {mean_loss(trainer.model, theta, trainer.corpus.train) for _ in range(2)}
    plain = small_trainer(layers=2)
    assert losses == {mean_loss(plain.model, theta, plain.corpus.train)}


def test_dropping_has_a_stream_of_its_own_and_changes_the_training():
    ends = {
        digest(trained(small_trainer(layers=2, dropout=part, eta=0.01, seed=seed), 9))
        for part, seed in ((0.0, 0), (0.3, 0), (0.4, 0), (0.3, 1))
    }
    assert len(ends) == 4
    begun = small_trainer(layers=2, dropout=0.3), small_trainer(layers=2)
    assert np.array_equal(*(trainer.theta.flat for trainer in begun))


def test_each_update_drops_others():
    trainer, found = small_trainer(layers=2, dropout=0.5), []
    for _ in range(4):
        trainer.step()
        found.append(trainer.kernel.workspace.stack.masks[0].tobytes())
    assert len(set(found)) == 4


@pytest.mark.parametrize("settings", [{"dropout": 0.2}, {"layers": 2, "dropout": 0.95}, {"layers": 2, "dropout": -0.1}])
def test_a_part_that_cannot_be_dropped_is_refused(settings):
    with pytest.raises(ConfigError, match="--dropout"):
        small_config(**settings)
