"""Updates and characters a second: the recipes, the tutorials' literal loop, PyTorch and JAX, by turns."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from tui_rnn.bench import jax_rival, rivals
from tui_rnn.bench.literal import LiteralLoop, columns
from tui_rnn.bench.measure import Figure, by_turns, ratio
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.kernels.choice import NUMBA, NUMPY, numba_is_installed
from tui_rnn.engine.trainer import Trainer

# The batch behind the claims: the 2026 handout's optional task, in the form most programs use.
_BATCH: dict[str, Any] = {
    "seq_length": 25,
    "batch_size": 32,
    "optimizer": "adam",
    "eta_recurrent": 1.0,
    "eta_input": 1.0,
}


_SCANNED = 500  # updates that JAX makes in one call


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that trains, an update a call."""

    name: str
    update: Callable[[], object]
    characters: int  # read by one update
    updates: int = 1  # made by a call


def contenders(corpus: Corpus) -> list[Contender]:
    """Everyone, on the same text with the same weights to begin with."""
    adagrad, adagrad64, adam, fast, batch = (
        Trainer(RunConfig.from_recipe(recipe, corpus.path or "text", **options), corpus)
        for recipe, options in (
            ("adagrad", {}),
            ("adagrad", {"dtype": "float64"}),
            ("adam", {}),
            ("fast", {}),
            ("fast", _BATCH),
        )
    )
    T = adagrad.config.seq_length
    eta, eps = adagrad.config.eta, 2.0**-52
    loop = LiteralLoop(columns(adagrad64.theta), corpus.indices.tolist(), T, eta, eps)
    found = [
        Contender("literal loop, float64", loop.update, T),
        Contender("adagrad, float64", adagrad64.step, T),
        Contender("adagrad, float32", adagrad.step, T),
        Contender("adam, float32", adam.step, T),
        Contender("fast, float32", fast.step, fast.config.seq_length * fast.config.batch_size),
        Contender("batch of 32, float32", batch.step, T * batch.config.batch_size),
    ]
    if rivals.torch_version() is not None:
        for name, trainer in (("PyTorch, float32", adagrad), ("PyTorch, batch of 32, float32", batch)):
            work = rivals.training(trainer.config, trainer.theta, corpus.indices)
            found.append(Contender(name, work, T * trainer.config.batch_size))
    if jax_rival.jax_is_installed():
        work = jax_rival.training(adagrad.config, adagrad.theta, corpus.indices)
        found.append(Contender("JAX jit, float32", work, T))
        work = jax_rival.scanned(adagrad.config, adagrad.theta, corpus.indices, _SCANNED)
        found.append(Contender("JAX scan, float32", work, T, _SCANNED))
    return found + (compiled_contenders(corpus) if numba_is_installed() else [])


# How much quicker the compiled kernel is at the least, where that is more than by 1.15 times.
_LEAST = {"adagrad, float32": 2.0, "adam, float32": 2.0, "adagrad, float64": 1.3}

# By label: the networks that both kernels train, the compiled one beside that in NumPy.
_BOTH: dict[str, tuple[str, dict[str, Any]]] = {
    "adagrad, float32": ("adagrad", {}),
    "adagrad, float64": ("adagrad", {"dtype": "float64"}),
    "adam, float32": ("adam", {}),
    "fast, float32": ("fast", {}),
    "batch of 32, float32": ("fast", _BATCH),
    "lstm, batch of 1, float32": ("adagrad", {"cell": "lstm"}),
    "gru, batch of 1, float32": ("adagrad", {"cell": "gru"}),
}


def compiled_contenders(corpus: Corpus) -> list[Contender]:
    """The same trainers with the kernel of numba, and those in NumPy that have no place among the others."""
    found = []
    for name, (recipe, options) in _BOTH.items():
        for kernel in (NUMBA, NUMPY) if "batch of 1" in name else (NUMBA,):
            config = RunConfig.from_recipe(recipe, corpus.path or "text", kernel=kernel, **options)
            label = f"{name}, numba" if kernel == NUMBA else name
            work = Trainer(config, corpus).step
            work()  # compiled now, and not while it is timed
            found.append(Contender(label, work, config.seq_length * config.batch_size))
    return found


def speed(corpus: Corpus, seconds: float) -> list[Figure]:
    """Updates/s and characters/s of every contender, and the promised ratios; about 8 x `seconds`, 17 with numba."""
    found = contenders(corpus)
    calls = by_turns([c.update for c in found], seconds)
    times = {c.name: [call / c.updates for call in of_c] for c, of_c in zip(found, calls, strict=True)}
    figures = [Figure(c.name, 1 / median(times[c.name]), "updates/s") for c in found]
    figures += [Figure(c.name, c.characters / median(times[c.name]), "characters/s") for c in found]
    promised = [
        ("adagrad, float64", "literal loop, float64", 3.5),
        ("adagrad, float32", "literal loop, float64", 5.0),
        ("adagrad, float32", "PyTorch, float32", 6.0),
        ("batch of 32, float32", "PyTorch, batch of 32, float32", 2.2),
    ]
    promised += [
        ("adagrad, float32, numba", "PyTorch, float32", 14.0),
        ("adagrad, float32, numba", "JAX scan, float32", 1.5),
    ]
    promised += [(f"{name}, numba", name, 1.9 if "batch of 1" in name else _LEAST.get(name, 1.15)) for name in _BOTH]
    for ours, theirs, bound in promised:
        if ours in times and theirs in times:
            figures.append(Figure(f"{ours} / {theirs}", ratio(times[theirs], times[ours]), "x", bound))
    K, m = len(corpus.vocabulary), RunConfig.from_recipe("fast", "text", **_BATCH).hidden_size
    useful = 6 * (m * m + m * K)  # multiplications and additions of the products with W and V, forward and back
    batch = next(c for c in found if c.name == "batch of 32, float32")
    rate = batch.characters / median(times[batch.name]) * useful / 1e9
    figures.append(Figure("batch of 32, float32: useful work", rate, "GFLOP/s", 50.0))
    return figures
