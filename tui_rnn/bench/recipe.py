"""How fast the quick recipes learn: seconds to the report's best loss, and what 30 s make of a text held out.

With the kernel that `auto` takes here.
"""

import time
from collections.abc import Mapping
from statistics import median

from tui_rnn.bench.measure import Figure
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.evaluation import mean_loss
from tui_rnn.engine.events import StepDone
from tui_rnn.engine.kernels.choice import AUTO, NUMBA, NUMPY
from tui_rnn.engine.loop import run
from tui_rnn.engine.trainer import Trainer

REPORTS_BEST = 1.555  # nats a character, the smooth loss of the report's best model
HELD_OUT = 0.1  # of the text, its end; what is left is trained on
SEEDS = range(5)
_SHORT, _LONG = (2, 3), 30  # seconds
# What is to be reached, with the kernels numpy and numba: the report's best by `fast`, after so many seconds of a run
# of 2 or 3, None where it need not be; and the loss of the text held out.
_MOST_SECONDS: Mapping[str, Mapping[int, float | None]] = {NUMPY: {2: None, 3: 3.0}, NUMBA: {2: 2.0, 3: 2.0}}
_MOST_LOSS: Mapping[str, Mapping[str, float]] = {
    "fast": {NUMPY: 1.30, NUMBA: 1.29},
    "wide": {NUMPY: 1.20, NUMBA: 1.20},
}


def recipe(corpus: Corpus, name: str) -> list[Figure]:
    """Medians over five seeds of the recipe of this name. About three minutes of training."""
    short = {seconds: [_train(corpus, name, seed, seconds) for seed in SEEDS] for seconds in _SHORT}
    long = [_train(corpus, name, seed, _LONG) for seed in SEEDS]
    losses = [held_out_loss(trainer) for trainer, _ in long]
    smooth = [(trainer.smooth_loss or 0.0) / trainer.config.seq_length for trainer, _ in long]
    trained = [trainer for of_seeds in (*short.values(), long) for trainer, _ in of_seeds]
    config = long[0][0].config
    m, kernel = config.hidden_size, config.kernel
    label = f"{name}, m = {m}, {kernel}"
    seeds = "seeds: " + " ".join(f"{loss:.4f}" for loss in losses)
    figures = []
    for seconds, of_seeds in short.items():
        reached = median(until for _, until in of_seeds)
        bound = _MOST_SECONDS[kernel][seconds] if name == "fast" else None
        title = f"{label}: {seconds} s, until a smooth loss of {REPORTS_BEST}"
        figures.append(Figure(title, reached, "s", bound, False))
    return [
        *figures,
        Figure(f"{label}: {_LONG} s, held out", median(losses), "nats/char", _MOST_LOSS[name][kernel], False, seeds),
        Figure(f"{label}: {_LONG} s, smooth loss", median(smooth), "nats/char"),
        Figure(f"{label}: {_LONG} s", median(trainer.step_count for trainer, _ in long), "updates"),
        Figure(f"{label}: seeds that diverged", sum(bool(trainer.diverged) for trainer in trained), "seeds", 0, False),
    ]


def _train(corpus: Corpus, name: str, seed: int, seconds: float) -> tuple[Trainer, float]:
    """The trainer after so many seconds, and those to the report's best loss; infinite where it never came.

    What the kernel has to compile is compiled before.
    """
    minutes = seconds / 60
    config = RunConfig.from_recipe(name, corpus.path, kernel=AUTO, seed=seed, minutes=minutes, holdout=HELD_OUT)
    trainer = bare_trainer(config, corpus)
    if config.kernel == NUMBA:
        bare_trainer(config, corpus).step()
    enough = REPORTS_BEST * trainer.config.seq_length
    reached, since = float("inf"), time.monotonic()
    for event in run(trainer, Control(), trainer.config.steps, max_minutes=minutes):
        if isinstance(event, StepDone) and reached == float("inf") and event.smooth_loss <= enough:
            reached = time.monotonic() - since
    return trainer, reached


def bare_trainer(config: RunConfig, corpus: Corpus) -> Trainer:
    """A trainer that does nothing but train: no held-out loss on the way, no sample before the first update."""
    trainer = Trainer(config, corpus)
    trainer.held_out = None
    trainer.sampled_step = 1
    return trainer


def held_out_loss(trainer: Trainer) -> float:
    """The loss of its weights as they are on the text held out, nats per character."""
    return mean_loss(trainer.model, trainer.theta, trainer.corpus.held_out)
