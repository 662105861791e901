"""Contenders train the same network; PyTorch's training follows the engine's where it is installed."""

import pytest

from tests.small import small_corpus, small_trainer, uncompiled
from tui_rnn.bench import gated, jax_rival, rivals, speed

TEXT = "it was the best of times, it was the worst of times; " * 30


def test_figures_of_all_contenders_and_the_promised_ratios(monkeypatch):
    monkeypatch.setattr(rivals, "torch_version", lambda: None)
    monkeypatch.setattr(speed, "numba_is_installed", lambda: False)
    monkeypatch.setattr(jax_rival, "jax_is_installed", lambda: False)
    corpus = small_corpus(TEXT)
    figures = speed.speed(corpus, seconds=0.01)
    by_name = {(f.name, f.unit): f for f in figures}
    names = [c.name for c in speed.contenders(corpus)]
    assert names == [
        "literal loop, float64",
        "adagrad, float64",
        "adagrad, float32",
        "adam, float32",
        "fast, float32",
        "batch of 32, float32",
    ]
    for contender in speed.contenders(corpus):
        updates, characters = (by_name[contender.name, unit].value for unit in ("updates/s", "characters/s"))
        assert characters / updates == pytest.approx(contender.characters)
    held = {f.name: f.bound for f in figures if f.bound is not None}
    assert held == {
        "adagrad, float64 / literal loop, float64": 3.5,
        "adagrad, float32 / literal loop, float64": 5,
        "batch of 32, float32: useful work": 50,
    }


def test_the_compiled_kernel_stands_beside_numpys_where_there_is_one(monkeypatch):
    uncompiled(monkeypatch)
    tiny = {"hidden_size": 4, "seq_length": 5}
    networks = {"adagrad, float32": ("adagrad", tiny), "gru, batch of 1": ("adagrad", {"cell": "gru", **tiny})}
    monkeypatch.setattr(speed, "_BOTH", networks)
    names = [c.name for c in speed.compiled_contenders(small_corpus(TEXT))]
    assert names == ["adagrad, float32, numba", "gru, batch of 1, numba", "gru, batch of 1"]


@pytest.mark.parametrize(("recipe", "cell"), [("adagrad", "rnn"), ("adam", "rnn"), ("adam", "lstm")])
def test_pytorch_trains_as_the_recipe_does(recipe, cell):
    pytest.importorskip("torch")
    trainer = small_trainer(recipe, TEXT, dtype="float64", batch_size=3, memory_start=1.0, cell=cell)
    update = rivals.training(trainer.config, trainer.theta.copy(), trainer.corpus.indices)
    theirs = [update() for _ in range(9)]
    assert theirs == pytest.approx([trainer.step().loss for _ in range(9)], rel=1e-7)


def test_pytorchs_gru_begins_as_ours_does():
    """And then its second bias is trained whole, where ours is of the candidate alone."""
    pytest.importorskip("torch")
    trainer = small_trainer("adam", TEXT, dtype="float64", batch_size=3, cell="gru")
    update = rivals.training(trainer.config, trainer.theta.copy(), trainer.corpus.indices)
    assert update() == pytest.approx(trainer.step().loss, rel=1e-12)
    assert update() == pytest.approx(trainer.step().loss, rel=1e-2)


def test_lstm_and_gru_are_held_to_what_is_promised(monkeypatch):
    def by_turns(works, _):
        """Every work is done once, and takes its place among them in seconds, the last round twice as long."""
        assert [work.__self__.config.kernel for work in works[:2]] == ["numpy", "numba"]
        losses.append([work() for work in works])
        return [[k, k, 2 * k] for k in range(1, 1 + len(works))]

    losses = []
    uncompiled(monkeypatch)
    monkeypatch.setattr(gated, "SIZES", ((1, 4), (3, 4)))
    monkeypatch.setattr(gated, "numba_is_installed", lambda: True)
    monkeypatch.setattr(gated, "by_turns", by_turns)
    monkeypatch.setattr(rivals, "torch_version", lambda: "2")
    monkeypatch.setattr(rivals, "training", lambda config, theta, indices: lambda: (config, len(indices)))
    figures = gated.gated(small_corpus(TEXT), seconds=0.01)
    groups = ["lstm, 1 stream, m = 4", "lstm, 3 streams, m = 4", "gru, 1 stream, m = 4", "gru, 3 streams, m = 4"]
    assert [figure.group for figure in figures[::6]] == groups
    for group, done in zip(groups, losses, strict=True):
        (numpy, numba, (config, read)) = done
        assert numpy.loss == pytest.approx(numba.loss, rel=1e-5)
        assert (config.cell, config.batch_size) == (group[:4].strip(","), int(group.split(", ")[1][0]))
        assert (config.hidden_size, config.recipe, config.dtype, read) == (4, "adam", "float32", len(TEXT))
        least = (2.0, 5.0, 1.9) if "1 stream" in group else (1.5, 1.5, 1.15)
        assert [(f.name, f.value, f.unit, f.bound) for f in figures if f.group == group] == [
            ("numpy", 1.0, "updates/s", None),
            ("numba", 0.5, "updates/s", None),
            ("PyTorch", 1 / 3, "updates/s", None),
            ("numpy / PyTorch", 3.0, "x", least[0]),
            ("numba / PyTorch", 1.5, "x", least[1]),
            ("numba / numpy", 0.5, "x", least[2]),
        ]


def test_jax_trains_as_the_adagrad_recipe_does():
    pytest.importorskip("jax")
    trainer = small_trainer("adagrad", TEXT, memory_start=1.0)
    begun = trainer.theta.copy(), trainer.corpus.indices
    ours = [trainer.step().loss for _ in range(9)]
    update = jax_rival.training(trainer.config, *begun)
    assert [update() for _ in range(9)] == pytest.approx(ours, rel=1e-4)
    assert jax_rival.scanned(trainer.config, *begun, 9)() == pytest.approx(ours[-1], rel=1e-4)
