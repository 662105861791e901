"""How fast the quick recipes learn: seconds to the report's best loss, and what 30 s make of a text held out."""

import time
from statistics import median

from tui_rnn.bench.measure import Figure
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.evaluation import mean_loss
from tui_rnn.engine.events import StepDone
from tui_rnn.engine.loop import run
from tui_rnn.engine.trainer import Trainer

REPORTS_BEST = 1.555  # nats a character, the smooth loss of the report's best model
HELD_OUT = 0.1  # of the text, its end; what is left is trained on
SEEDS = range(5)
_SHORT, _LONG = 3 / 60, 0.5  # minutes


def recipe(corpus: Corpus, name: str, most: float) -> list[Figure]:
    """Medians over five seeds of the recipe of this name, held to `most` nats/char. About three minutes of training."""
    short = [_train(corpus, name, seed, _SHORT) for seed in SEEDS]
    long = [_train(corpus, name, seed, _LONG) for seed in SEEDS]
    losses = [held_out_loss(trainer) for trainer, _ in long]
    smooth = [(trainer.smooth_loss or 0.0) / trainer.config.seq_length for trainer, _ in long]
    diverged = sum(bool(trainer.diverged) for trainer, _ in [*short, *long])
    m = long[0][0].config.hidden_size
    label = f"{name}, m = {m}"
    seeds = "seeds: " + " ".join(f"{loss:.4f}" for loss in losses)
    reached = median(seconds for _, seconds in short)
    return [
        Figure(f"{label}: 3 s, until a smooth loss of {REPORTS_BEST}", reached, "s", 3.0 if m == 100 else None, False),
        Figure(f"{label}: 30 s, held out", median(losses), "nats/char", most, False, note=seeds),
        Figure(f"{label}: 30 s, smooth loss", median(smooth), "nats/char"),
        Figure(f"{label}: 30 s", median(trainer.step_count for trainer, _ in long), "updates"),
        Figure(f"{label}: seeds that diverged", diverged, "seeds", 0, False),
    ]


def _train(corpus: Corpus, name: str, seed: int, minutes: float) -> tuple[Trainer, float]:
    """The trainer after so many minutes, and the seconds to the report's best loss; infinite where it never came."""
    config = RunConfig.from_recipe(name, corpus.path, seed=seed, minutes=minutes, holdout=HELD_OUT)
    trainer = bare_trainer(config, corpus)
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
