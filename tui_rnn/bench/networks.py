"""What networks learn in the same time: nats/char on a text held out, beside what counting reaches on it."""

from collections.abc import Mapping
from statistics import median
from typing import Any

from tui_rnn.bench.measure import Figure, by_turns
from tui_rnn.bench.recipe import HELD_OUT, SEEDS, bare_trainer, held_out_loss
from tui_rnn.engine import ngram
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.loop import run
from tui_rnn.engine.trainer import Trainer

NETWORKS: Mapping[str, Mapping[str, Any]] = {
    "fast": {"recipe": "fast"},
    "wide": {"recipe": "wide"},
    "lstm": {"recipe": "lstm"},
    "gru": {"recipe": "gru"},
    "gru, two layers": {"recipe": "gru", "layers": 2, "hidden_size": 160},
}
TIMES = (10, 60, 600)  # seconds
_ENDLESS = 1_000_000_000
_MEASURED = 10.0  # seconds that each network's speed is measured for


def networks(corpus: Corpus, seconds: float) -> list[Figure]:
    """Medians over the seeds, for each of the times up to `seconds`; the shortest in any case.

    A time stands for the updates that the network makes in it. How many those are is measured first, in turns, so that
    what else the machine is doing falls on all alike and cannot cut one network's training short.
    """
    works = [_trainer(options, corpus, seed=0, steps=_ENDLESS).step for options in NETWORKS.values()]
    speeds = [1 / median(taken) for taken in by_turns(works, _MEASURED)]
    parts = corpus.holding_out(HELD_OUT)
    counted = ngram.losses(parts.train, parts.held_out, len(corpus.vocabulary))
    figures = []
    for time in [time for time in TIMES if time <= max(seconds, TIMES[0])]:
        group = f"{time} s, {HELD_OUT:.0%} held out, {len(SEEDS)} seeds"
        for (name, options), speed in zip(NETWORKS.items(), speeds, strict=True):
            steps = max(1, round(speed * time))
            losses = [_learned(_trainer(options, corpus, seed, steps)) for seed in SEEDS]
            note = f"{steps:,} updates; seeds: " + " ".join(f"{loss:.4f}" for loss in losses)
            figures.append(Figure(name, median(losses), "nats/char", note=note, group=group))
        figures += [Figure(f"{n}-gram", loss, "nats/char", group=group) for n, loss in enumerate(counted, start=1)]
    return figures


def _trainer(options: Mapping[str, Any], corpus: Corpus, seed: int, steps: int) -> Trainer:
    path = corpus.path or "text"
    config = RunConfig.from_recipe(corpus=path, seed=seed, steps=steps, holdout=HELD_OUT, **options)
    return bare_trainer(config, corpus)


def _learned(trainer: Trainer) -> float:
    """The held-out loss in nats/char, once it has trained to its end."""
    for _ in run(trainer, Control(), trainer.config.steps):
        pass
    return held_out_loss(trainer)
