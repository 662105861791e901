"""Every kernel computes the same update: its gradient is the loss's, its steps the optimizer's, its faults the same.

Where numba is not installed its loops run uncompiled, on sizes small enough for that.
"""

import dataclasses
import math

import numpy as np
import pytest

from tests.laws.test_layers import _TORCH, in_torchs_order
from tests.small import TEXT, norm_wise, small_config, small_trainer, uncompiled
from tui_rnn.engine.errors import Diverged
from tui_rnn.engine.kernels.compiled import elementary, products
from tui_rnn.engine.kernels.compiled.kernel import CompiledKernel
from tui_rnn.engine.kernels.reference import NumPyKernel
from tui_rnn.engine.model import Model
from tui_rnn.engine.optimizers import make_optimizer
from tui_rnn.engine.parameters import Parameters

TOLERANCE = 1e-12
CELLS = ["rnn", "lstm", "gru"]
# (T, B, K, m): rows of four and of eight, some over, and the least that there can be
SHAPES = [(5, 1, 6, 4), (3, 1, 4, 9), (3, 5, 4, 9), (2, 4, 3, 8), (1, 1, 1, 1), (4, 2, 2, 1)]


@pytest.fixture(autouse=True)
def anywhere(monkeypatch):
    """Also where numba is not installed."""
    uncompiled(monkeypatch)


class Problem:
    """A network whose weights bend every tanh, a window, and a state in the middle of a text."""

    def __init__(self, cell, shape, layers=1, dtype="float64", **options):
        self.T, self.B, self.K, self.m = shape
        rng = np.random.default_rng(sum(shape))
        sizes = {"seq_length": self.T, "batch_size": self.B, "hidden_size": self.m}
        self.config = small_config(cell=cell, layers=layers, dtype=dtype, **sizes, **options)
        self.model = Model(self.K, self.m, cell, layers)
        self.theta = Parameters(self.model.shapes, dtype)
        self.theta.flat[:] = rng.normal(0, 0.5, self.theta.flat.shape)
        self.x, self.y = rng.integers(0, self.K, (2, self.T, self.B))
        self.state = rng.uniform(-1, 1, (self.B, self.model.state_width)).astype(dtype)

    def kernel(self, kind):
        """A kernel on this theta, and the gradient that it writes."""
        g = Parameters(self.model.shapes, self.theta.flat.dtype)
        optimizer = make_optimizer(self.config, self.theta, self.model.rates(self.config))
        return kind(self.config, self.model, self.theta, g, optimizer), g

    def slopes(self, scale):
        """The gradient of `scale` times the loss, by the complex step of the loss in NumPy."""
        found = Parameters(self.model.shapes, np.float64)
        theta, ws = self.theta.copy(np.complex128), self.model.workspace(self.T, self.B, np.complex128)
        for i in range(theta.flat.size):
            theta.flat[i] += 1e-20j
            loss = self.model.loss(theta, self.x, self.y, self.state.astype(np.complex128), ws)
            found.flat[i] = scale * loss.imag / 1e-20
            theta.flat[i] = self.theta.flat[i]
        return found


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("cell", CELLS)
def test_the_compiled_gradient_is_that_of_the_complex_step(cell, shape, layers):
    it = Problem(cell, shape, layers)
    kernel, g = it.kernel(CompiledKernel)
    kernel.loss_and_gradient(it.x, it.y, it.state, 0.25)
    expected = it.slopes(0.25)
    for name in g:
        assert norm_wise(g[name], expected[name]) < TOLERANCE, name


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("cell", CELLS)
def test_both_kernels_find_the_same_losses_states_and_gradients(cell, shape):
    it = Problem(cell, shape, layers=2, dropout=0.3)
    found = []
    for kind in (NumPyKernel, CompiledKernel):
        kernel, g = it.kernel(kind)
        kernel.drop(np.random.default_rng(1), 0.3)
        loss = kernel.loss_and_gradient(it.x, it.y, it.state, 1.0)
        found.append((loss, kernel.state.copy(), kernel.row_losses.copy(), g.flat))
    for ours, theirs in zip(*found, strict=True):
        assert norm_wise(ours, theirs) < TOLERANCE


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_products_of_any_shape_are_exact_on_whole_numbers_and_write_nothing_beside(dtype):
    """Rows and columns about the sizes of tiles and vectors, of a single row too; n about what is taken at once."""
    rng = np.random.default_rng(0)
    for n, rows in [(3, rows) for rows in range(1, 15)] + [(n, 5) for n in (1, 255, 256, 257, 600)]:
        for w in (1, 3, 4, 7, 8, 15, 16, 17, 31, 64, 65, 100, 129, 160, 161, 320, 321, 700):
            A, M, before = (rng.integers(-9, 10, shape).astype(dtype) for shape in ((rows, n), (n, w), (rows, w)))
            for product, left in ((products.add_product, A), (products.add_product_of_transposed, A.T.copy())):
                guarded = np.full(rows * w + 64, 7, dtype)
                O = guarded[32:-32].reshape(rows, w)
                O[...] = before
                product(left, M, O)
                assert np.array_equal(O, before + A @ M), (rows, n, w)
                assert (guarded[:32] == 7).all()
                assert (guarded[-32:] == 7).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_matrix_of_any_shape_is_transposed_and_multiplied_so(dtype):
    rng = np.random.default_rng(0)
    for n in (1, 4, 7, 8, 9, 15, 16, 17, 33, 100):
        for w in (1, 2, 8, 15, 16, 31, 40):
            M, A, O = (rng.integers(-9, 10, shape).astype(dtype) for shape in ((n, w), (3, w), (3, n)))
            M_T = products.room_for_transposed((n, w), dtype)
            M_T[...] = 7
            products.transpose(M, M_T)
            assert np.array_equal(M_T[:, :n], M.T), (n, w)
            assert (M_T[:, n:] == 7).all()
            for rows in (1, 3):
                found = O[:rows].copy()
                products.add_product(A[:rows], M_T, found)
                assert np.array_equal(found, O[:rows] + A[:rows] @ M.T), (rows, n, w)


@pytest.mark.parametrize("cell", CELLS)
def test_the_compiled_gradient_is_that_of_pytorch(cell):
    torch = pytest.importorskip("torch")
    it = Problem(cell, (5, 3, 6, 4))
    kernel, g = it.kernel(CompiledKernel)
    net = getattr(torch.nn, _TORCH[cell][0])(it.K, it.m, dtype=torch.float64)
    with torch.no_grad():
        for torchs, name in (("weight_ih_l0", "U"), ("weight_hh_l0", "W"), ("bias_ih_l0", "b")):
            value = in_torchs_order(cell, it.theta[name])
            getattr(net, torchs)[...] = torch.tensor(np.ascontiguousarray(value.T))
        net.bias_hh_l0[...] = 0
        if cell == "gru":
            net.bias_hh_l0[-it.m :] = torch.tensor(it.theta["d"])
    V, c = (torch.tensor(it.theta[name], requires_grad=True) for name in "Vc")
    states = [torch.tensor(part)[None] for part in np.split(it.state, it.state.shape[1] // it.m, 1)]
    x = torch.nn.functional.one_hot(torch.tensor(it.x), it.K).double()
    h, _ = net(x, tuple(states) if len(states) > 1 else states[0])
    targets = torch.tensor(it.y).reshape(-1)
    loss = torch.nn.functional.cross_entropy(h.reshape(-1, it.m) @ V + c, targets, reduction="sum") / it.B
    loss.backward()
    assert kernel.loss_and_gradient(it.x, it.y, it.state, 1.0) == pytest.approx(loss.item(), rel=TOLERANCE)
    assert norm_wise(g["V"], V.grad.numpy()) < TOLERANCE
    for torchs, name in (("weight_ih_l0", "U"), ("weight_hh_l0", "W")):
        assert norm_wise(in_torchs_order(cell, g[name]).T, getattr(net, torchs).grad.numpy()) < TOLERANCE, name


@pytest.mark.parametrize("clip", [{"clip": 0.05}, {"clip_norm": 0.1}, {"clip": 0.05, "clip_norm": 0.1}], ids=str)
@pytest.mark.parametrize("optimizer", ["adagrad", "adam", "nadam", "rmsprop", "sgd"])
def test_both_kernels_train_alike_over_epochs(optimizer, clip):
    options = {"optimizer": optimizer, "eta": 0.01, "dtype": "float64", "batch_size": 2, "init": "scaled"}
    options |= {"eta_recurrent": 0.5, "eta_input": 2.0, "clip": 0, **clip}
    ours, theirs = (small_trainer(kernel=kernel, **options) for kernel in ("numba", "numpy"))
    for _ in range(20):
        assert ours.step().loss == pytest.approx(theirs.step().loss, rel=1e-9)
    assert ours.order.place.epochs > 3
    assert norm_wise(ours.theta.flat, theirs.theta.flat) < 1e-9
    assert norm_wise(ours.best.theta.flat, theirs.best.theta.flat) < 1e-9
    for name, slot in theirs.optimizer.slots.items():
        assert norm_wise(ours.optimizer.slots[name], slot) < 1e-9, name
    assert np.allclose(ours.state, theirs.state, rtol=1e-9)
    assert np.allclose(ours.loss_along.this_epoch.sums, theirs.loss_along.this_epoch.sums)


@pytest.mark.parametrize("cell", CELLS)
def test_both_kernels_train_alike_in_float32(cell):
    ours, theirs = (small_trainer("adam", cell=cell, kernel=kernel) for kernel in ("numba", "numpy"))
    for _ in range(20):
        assert ours.step().loss == pytest.approx(theirs.step().loss, rel=1e-5)
    assert ours.theta.flat.dtype == np.float32


@pytest.mark.parametrize("clip", [(None, None), (0.05, None), (None, 0.1), (0.05, 0.1)], ids=str)
def test_both_kernels_clip_alike(clip):
    it, clipped = Problem("rnn", SHAPES[0]), []
    for kind in (CompiledKernel, NumPyKernel):
        kernel, _ = it.kernel(kind)
        kernel.loss_and_gradient(it.x, it.y, it.state, 1.0)
        assert kernel.clip(*clip)
        clipped.append(kernel.clipped_gradient.flat)
    assert norm_wise(*clipped) < TOLERANCE


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "break_it",
    [
        lambda trainer: trainer.theta["V"].fill(1e300 if trainer.theta.flat.dtype == np.float64 else 1e38),
        lambda trainer: trainer.theta["V"].fill(np.nan),
        lambda trainer: trainer.theta["W"].__setitem__((0, 0), np.nan),
    ],
    ids=["V overflows", "V is no number", "one number of W"],
)
def test_what_is_not_finite_is_found_by_both_kernels_and_named_in_the_same_words(break_it, dtype):
    told = []
    for kernel in ("numba", "numpy"):
        trainer = small_trainer(kernel=kernel, dtype=dtype)
        trainer.step()
        break_it(trainer)
        before, place = trainer.theta.flat.copy(), trainer.order.place
        with pytest.raises(Diverged) as raised:
            trainer.step()
        assert np.array_equal(trainer.theta.flat, before, equal_nan=True)
        assert (trainer.step_count, trainer.order.place) == (1, place)
        told.append(str(raised.value).partition(";")[0])
    assert told[0] == told[1]


def test_a_gradient_whose_square_overflows_is_refused():
    it = Problem("rnn", SHAPES[0], dtype="float32")
    for size, finite in ((1e20, False), (1e10, True), (np.nan, False), (-np.inf, False)):
        for kind in (CompiledKernel, NumPyKernel):
            kernel, g = it.kernel(kind)
            g.flat[3] = size
            with np.errstate(over="ignore", invalid="ignore"):
                assert kernel.clip(5.0, None) is finite


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tanh_and_exp_are_as_exact_as_they_say(dtype):
    bound = 4e-7 if dtype == np.float32 else 1e-15
    z = np.concatenate([np.linspace(-20, 20, 801), np.geomspace(1e-30, 1, 100), [0.0]]).astype(dtype)
    expected, found = np.tanh(z.astype(np.float64)), z.copy()
    elementary.tanh_all(found)
    assert (np.abs(found - expected) <= bound * np.abs(expected)).all()
    below = np.linspace(0, -86, 801).astype(dtype)
    expected, found = np.exp(below.astype(np.float64)), below.copy()
    elementary.exp_all(found)
    assert (np.abs(found - expected) <= bound * expected).all()
    assert found[0] == 1


def test_no_number_stays_no_number():
    for function in (elementary.tanh_all, elementary.exp_all):
        z = np.array([-1, np.nan, -2], np.float32)
        with np.errstate(invalid="ignore"):
            function(z)
        assert np.isnan(z).tolist() == [False, True, False]


def test_far_below_the_highest_output_a_probability_is_nothing_and_no_fault():
    z = np.array([0, -100, -1e30], np.float32)
    elementary.exp_all(z)
    assert z[0] == 1
    assert (z[1:] < 1e-37).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_outputs_too_large_for_exp_have_the_losses_of_numpy(dtype):
    found = []
    for kind in (CompiledKernel, NumPyKernel):
        it = Problem("rnn", SHAPES[2], dtype=dtype)
        it.theta["V"][...] *= 500
        kernel, g = it.kernel(kind)
        loss = kernel.loss_and_gradient(it.x, it.y, it.state, 1.0)
        found.append((loss, kernel.row_losses.copy(), g.flat))
    assert found[0][0] > 100
    for ours, theirs in zip(*found, strict=True):
        assert norm_wise(ours, theirs) < (1e-5 if dtype == "float32" else TOLERANCE)


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
def test_a_thousand_losses_follow_those_of_numpy(cell):
    """Of the adam recipe, in float32: AdaGrad's first steps are so large that rounding grows within some updates."""
    pytest.importorskip("numba")
    text = "".join(chr(97 + n) for n in np.random.default_rng(0).integers(0, 20, 5_000) % 13) + TEXT
    sizes = {"hidden_size": 100, "seq_length": 25, "cell": cell}
    ours, theirs = (small_trainer("adam", text, kernel=kernel, **sizes) for kernel in ("numba", "numpy"))
    for _ in range(1_000):
        assert math.isclose(ours.step().loss, theirs.step().loss, rel_tol=1e-4)


def test_the_kernel_is_no_part_of_the_digest_but_of_the_configuration():
    config = small_config(kernel="numba")
    assert config.to_json()["kernel"] == "numba"
    assert dataclasses.replace(config, kernel="numpy") == small_config()
