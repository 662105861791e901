"""How fast the `fast` recipe learns: seconds to the report's best loss, and what 30 s make of a text held out."""

import time
from statistics import median

from tui_rnn.bench.figures import Figure
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.errors import Diverged
from tui_rnn.engine.evaluation import mean_loss
from tui_rnn.engine.events import StepDone
from tui_rnn.engine.trainer import Trainer, run

REPORTS_BEST = 1.555  # nats a character, the smooth loss of the report's best model
HELD_OUT = 0.1  # of the text, its end; what is left is trained on
SEEDS = range(5)
_SHORT, _LONG = 3 / 60, 0.5  # minutes


def recipe(corpus: Corpus, **options: object) -> list[Figure]:
    """Medians over five seeds of `fast` with these options. About three minutes of training."""
    m = RunConfig.from_recipe("fast", corpus.path, **options).hidden_size
    held_out = len(corpus) - int(len(corpus) * HELD_OUT)
    part = Corpus(corpus.path, corpus.sha256, corpus.vocabulary, corpus.indices[:held_out])
    short = [_train(part, seed, _SHORT, options) for seed in SEEDS]
    long = [_train(part, seed, _LONG, options) for seed in SEEDS]
    losses = [mean_loss(trainer.model, trainer.theta, corpus.indices[held_out:]) for trainer, _ in long]
    smooth = [(trainer.smooth_loss or 0.0) / trainer.config.seq_length for trainer, _ in long]
    seeds = " ".join(f"{loss:.4f}" for loss in losses)
    bound = 1.30 if m == 100 else 1.26
    return [
        Figure(
            f"m = {m}: to a smooth loss of {REPORTS_BEST} in a run of 3 s", median(s for _, s in short), "s", 3.0, False
        ),
        Figure(f"m = {m}: smooth loss after 30 s", median(smooth), "nats/char"),
        Figure(f"m = {m}: held out, after 30 s", median(losses), "nats/char", bound, False, note=f"seeds: {seeds}"),
        Figure(f"m = {m}: updates in 30 s", median(trainer.step_count for trainer, _ in long), "updates"),
        Figure(f"m = {m}: seeds that diverged", sum(bool(t.diverged) for t, _ in [*short, *long]), "seeds", 0, False),
    ]


def _train(corpus: Corpus, seed: int, minutes: float, options: dict[str, object]) -> tuple[Trainer, float]:
    """The trainer after so many minutes, and the seconds to the report's best loss; infinite where it never came."""
    trainer = Trainer(RunConfig.from_recipe("fast", corpus.path, seed=seed, minutes=minutes, **options), corpus)
    enough = REPORTS_BEST * trainer.config.seq_length
    reached, since = float("inf"), time.monotonic()
    control = Control()
    trainer.sampled_step = 1  # no sample before the first update
    try:
        for event in run(trainer, control, trainer.config.steps):
            if isinstance(event, StepDone) and reached == float("inf") and event.smooth_loss <= enough:
                reached = time.monotonic() - since
    except Diverged:
        pass
    return trainer, reached
