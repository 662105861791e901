"""What the quick recipes learn: medians over seeds, held to what their kernel is to reach."""

from functools import partial

import pytest

from tests.small import small_config, small_corpus, trained, uncompiled
from tui_rnn.bench import recipe
from tui_rnn.engine.corpus import Corpus

TEXT = "it was the best of times, it was the worst of times; " * 30


@pytest.mark.parametrize(("kernel", "bounds"), [("numpy", [None, 3.0, 1.30, 0]), ("numba", [2.0, 2.0, 1.29, 0])])
def test_a_recipe_is_held_to_what_its_kernel_is_to_reach(monkeypatch, kernel, bounds):
    uncompiled(monkeypatch)
    monkeypatch.setattr(recipe, "SEEDS", range(3))
    config = partial(small_config, "fast", kernel=kernel, holdout=0.1, seq_length=5, batch_size=2, steps=9)
    asked = []

    def train(corpus: Corpus, name: str, seed: int, seconds: float):
        asked.append((seconds, seed))
        trainer = recipe.bare_trainer(config(seed=seed), corpus)
        trained(trainer, 2)
        return trainer, seconds + seed

    monkeypatch.setattr(recipe, "_train", train)
    figures = recipe.recipe(small_corpus(TEXT), "fast")
    assert asked == [(seconds, seed) for seconds in (2, 3, 30) for seed in range(3)]
    assert [f.value for f in figures[:2]] == [3, 4]
    assert [f.bound for f in figures if f.bound is not None or f.unit == "s"] == bounds
    assert figures[0].name == f"fast, m = {config().hidden_size}, {kernel}: 2 s, until a smooth loss of 1.555"
