"""LSTM and GRU: both kernels beside PyTorch, by turns, one network after the other."""

from collections.abc import Callable
from itertools import product
from statistics import median
from typing import Any

from tui_rnn.bench import rivals
from tui_rnn.bench.measure import Figure, by_turns, ratio
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.kernels.choice import NUMBA, NUMPY, numba_is_installed
from tui_rnn.engine.trainer import Trainer

TORCH = "PyTorch"
SIZES = ((1, 100), (32, 100), (32, 256))  # streams and hidden units
# By how much the one is to be ahead of the other, with one stream and with many.
_LEAST = {(NUMPY, TORCH): (2.0, 1.5), (NUMBA, TORCH): (5.0, 1.5), (NUMBA, NUMPY): (1.9, 1.15)}


def gated(corpus: Corpus, seconds: float) -> list[Figure]:
    """Updates/s of the `adam` recipe in float32, and the promised ratios."""
    figures = []
    for cell, (B, m) in product(("lstm", "gru"), SIZES):
        group = f"{cell}, {B} stream{'s' if B > 1 else ''}, m = {m}"
        sizes: dict[str, Any] = {"cell": cell, "batch_size": B, "hidden_size": m}
        kernels = (NUMPY, NUMBA) if numba_is_installed() else (NUMPY,)
        configs = [RunConfig.from_recipe("adam", corpus.path or "text", kernel=kernel, **sizes) for kernel in kernels]
        trainers = [Trainer(config, corpus) for config in configs]
        works: dict[str, Callable[[], object]] = {}
        works.update(zip(kernels, (trainer.step for trainer in trainers), strict=True))
        if rivals.torch_version() is not None:
            works[TORCH] = rivals.training(configs[0], trainers[0].theta, corpus.indices)
        times = dict(zip(works, by_turns(list(works.values()), seconds), strict=True))
        figures += [Figure(name, 1 / median(taken), "updates/s", group=group) for name, taken in times.items()]
        figures += [
            Figure(f"{ours} / {theirs}", ratio(times[theirs], times[ours]), "x", least[B > 1], group=group)
            for (ours, theirs), least in _LEAST.items()
            if ours in times and theirs in times
        ]
    return figures
