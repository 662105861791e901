"""One update shown whole: held to the tutorial's loop, which makes it from the same weights; training untouched."""

import threading

import numpy as np
import pytest

from tests import oracle
from tests.small import of, run_to, small_corpus, small_trainer, trained
from tui_rnn.engine.control import Control
from tui_rnn.engine.events import Observed, StepDone
from tui_rnn.engine.loop import run
from tui_rnn.engine.one_update import Witness
from tui_rnn.engine.state import digest

RECIPES = {
    "adagrad": {"recipe": "adagrad", "clip": 0.2, "init": "scaled"},
    "adam": {"recipe": "adam", "batch_size": 3, "seq_length": 4},
    "T = 1": {"recipe": "adagrad", "seq_length": 1},
}


def seen(trainer):
    witness = Witness(trainer)
    return witness.tells(trainer.step(0.0, witness))


def tutorial(trainer):
    """The tutorial's loop where the trainer stands at its beginning."""
    config = trainer.config
    return oracle.Training(
        oracle.columns(trainer.theta),
        small_corpus().indices,
        config.seq_length,
        optimizer=config.optimizer,
        eta=config.eta,
        clip=config.clip,
        mean=config.reduction == "mean",
        batch=config.batch_size,
    )


@pytest.mark.parametrize("name", RECIPES)
def test_its_figures_are_those_of_the_tutorials_update(name):
    trainer = small_trainer(dtype="float64", **RECIPES[name])
    loop = tutorial(trainer)
    for _ in range(3):
        loop.step()
    update = seen(trained(trainer, 3))
    T, B, scale = loop.T, len(loop.parts), loop.T if loop.mean else 1
    before, e = {k: v.copy() for k, v in loop.theta.items()}, loop.e
    streams = [(part[e : e + T], part[e + 1 : e + T + 1], h) for part, h in zip(loop.parts, loop.hprev, strict=True)]
    g = {k: np.zeros_like(v) for k, v in before.items()}
    for b, (x, y, h0) in enumerate(streams):
        _, _, p = oracle.forward(before, x, y, h0)
        assert update.losses[:, b] == pytest.approx([-np.log(p[t][y[t], 0]) for t in range(T)], rel=1e-9)
        characters = small_corpus().vocabulary.characters
        assert update.texts[b] == "".join(characters[k] for k in [*x, y[-1]])
        for k, value in oracle.gradient(before, x, y, h0).items():
            g[k] += value / B / scale
    smooth = loop.smooth_loss
    loss, smooth_after = loop.step()
    assert (update.step, update.smooth_before) == (4, pytest.approx(smooth))
    assert (update.loss, update.smooth_loss) == (pytest.approx(loss), pytest.approx(smooth_after))
    assert update.eta == trainer.config.eta
    limit = loop.limit or np.inf
    for each in update.parameters:
        value = g[each.name]
        assert each.gradient == pytest.approx(np.linalg.norm(value))
        assert each.clipped == pytest.approx(np.linalg.norm(np.clip(value, -limit, limit)))
        assert each.cut == (np.abs(value) > limit).sum()
        assert each.weights == pytest.approx(np.linalg.norm(before[each.name]))
        change = np.linalg.norm(loop.theta[each.name] - before[each.name])
        assert each.change == pytest.approx(change, rel=1e-6)
        assert each.ratio == pytest.approx(change / np.linalg.norm(before[each.name]), rel=1e-6)
    assert update.gradient == pytest.approx(np.sqrt(sum((v**2).sum() for v in g.values())))
    if name == "adagrad":
        assert sum(each.cut for each in update.parameters) > 0
        assert update.clipped < update.gradient


def test_the_first_update_has_no_smooth_loss_before_it_and_moves_biases_from_zero():
    update = seen(small_trainer(clip_norm=0.01))
    assert update.smooth_before is None
    assert update.smooth_loss == update.loss
    assert update.fresh
    assert {each.name: each.ratio for each in update.parameters}["c"] is None
    assert update.clipped == pytest.approx(0.01, rel=1e-4)
    assert update.gradient > 0.01


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"recipe": "wide", "batch_size": 3},
        {"cell": "lstm", "layers": 2, "dropout": 0.5},
        {"cell": "gru", "recipe": "adam"},
    ],
    ids=str,
)
def test_an_update_is_the_same_whether_it_is_looked_at_or_not(settings):
    trainer, other = (small_trainer(hidden_size=4, **settings) for _ in range(2))
    for _ in range(4):
        seen(trainer)
    assert digest(trainer) == digest(trained(other, 4))
    assert len(seen(trainer).parameters) == len(trainer.theta)


def test_the_loop_shows_each_single_step_and_no_other():
    trainer, control, updates = small_trainer(), Control(paused=True), []
    control.one_step()
    at_last = threading.Timer(20, control.stop)  # a loop that waits for a key that never comes
    at_last.start()
    for event in run(trainer, control, 10):
        if isinstance(event, Observed):
            assert event.name == "one_update"
            assert event.step == event.value.step
            updates.append(event.step)
            control.one_step() if len(updates) < 3 else control.resume()
        if isinstance(event, StepDone) and event.step == 6:
            control.stop()
    at_last.cancel()
    assert updates == [1, 2, 3]
    assert trainer.step_count == 6
    assert not of(Observed, run_to(small_trainer(), 5))


def test_an_alphabet_of_one_and_of_wide_characters():
    alone = seen(small_trainer(text="a" * 20))
    assert alone.losses == pytest.approx(np.zeros((5, 1)))
    assert alone.gradient == 0
    assert seen(small_trainer(text="天地玄黃宇宙洪荒日月盈昃")).texts[0] == "天地玄黃宇宙"
