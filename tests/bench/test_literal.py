"""What the engine is measured against computes the same thing: the same gradients, the same training."""

import numpy as np
import pytest

from tests import oracle
from tests.small import TEXT, norm_wise, small_trainer
from tui_rnn.bench.literal import LiteralLoop, columns, indexed_gradient, one_hot_gradient
from tui_rnn.engine.windows import Sequential

T = 5


@pytest.mark.parametrize("gradient", [one_hot_gradient, indexed_gradient])
def test_loss_gradient_and_hidden_state_are_the_oracles(gradient):
    trainer = small_trainer("adam", dtype="float64")
    window = Sequential(trainer.corpus.indices, T, 1).next()
    x, y = window.x[:, 0].tolist(), window.y[:, 0].tolist()
    h0 = np.linspace(-0.5, 0.5, 4)[:, None]
    theta = columns(trainer.theta)
    loss, g, h = gradient(theta, x, y, h0)
    expected_loss, hidden, _ = oracle.forward(theta, x, y, h0)
    assert loss == pytest.approx(expected_loss, rel=1e-13)
    assert norm_wise(h, hidden[-1]) < 1e-14
    for name, value in oracle.gradient(theta, x, y, h0).items():
        assert norm_wise(g[name], value) < 1e-13, name


def test_the_loop_trains_as_the_report_recipe_does():
    trainer = small_trainer("report", dtype="float64", seq_length=T)
    indices = trainer.corpus.indices.tolist()
    loop = LiteralLoop(columns(trainer.theta), indices, T, trainer.config.eta, 2.0**-52)
    for _ in range(3 * len(TEXT) // T):
        loss = loop.update()
        done = trainer.step()
        assert (loss, loop.smooth_loss) == pytest.approx((done.loss, done.smooth_loss), rel=1e-9)
    for name, value in columns(trainer.theta).items():
        assert norm_wise(loop.theta[name], value) < 1e-9, name
