"""When a scheduled sample is due: before update 1 and before every Nth, or at even parts of a budget of time."""

from tui_rnn.engine.config import SAMPLED_BY_TIME
from tui_rnn.engine.trainer import Trainer

PARTS = 20  # of the budget; a sample is taken at the beginning of each
# Parts of sample_every and of the run: updates after a scheduled sample within which the end of a run needs no other.
_SOON, _LATE = 0.05, 0.01


class SampleTimes:
    """Asked before each update. `seconds` are those trained so far; without a budget of time they play no part."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        # The part of the budget that the last sample stands for; where the run goes on, it has its sample.
        self._part: int | None = None

    def is_due(self, seconds: float) -> bool:
        """Whether the next update is the first, one of every sample_every, or the first of a part of the budget."""
        next_step, part = self._trainer.step_count + 1, int(self._parts_at(seconds))
        if self._part is None:
            self._part = part
        return next_step == 1 or next_step % self._trainer.hyperparameters.sample_every == 0 or part > self._part

    def taken(self, seconds: float) -> None:
        """A sample is written by now: where less than half of a part is left, it stands for the next one as well."""
        self._part = int(self._parts_at(seconds) + 0.5)

    @property
    def has_just_been(self) -> bool:
        """Whether a scheduled sample was taken before the latest update, or few before it."""
        trainer, every = self._trainer, self._trainer.hyperparameters.sample_every
        few = max(1, int(min(_SOON * every, _LATE * trainer.step_count)))
        return trainer.sampled_step > 0 and trainer.step_count - (trainer.sampled_step - 1) <= few

    def _parts_at(self, seconds: float) -> float:
        """Parts of the budget that have passed by then; always 0 where samples are taken by updates."""
        minutes = self._trainer.config.minutes
        if minutes is None or self._trainer.hyperparameters.sample_every != SAMPLED_BY_TIME:
            return 0.0
        return seconds * PARTS / (60 * minutes)
