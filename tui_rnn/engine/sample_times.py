"""When a scheduled sample is due: before update 1 and before every Nth, or at even parts of a budget of time."""

from tui_rnn.engine.config import SAMPLED_BY_TIME
from tui_rnn.engine.trainer import Trainer

PARTS = 20  # of the budget; a sample is taken at the beginning of each


class SampleTimes:
    """Asked before each update. `seconds` are those trained so far; without a budget of time they play no part."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        # The part of the budget that the last sample was taken in; where the run goes on, it has its sample.
        self._part: int | None = None

    def is_due(self, seconds: float) -> bool:
        """Whether the next update is the first, one of every sample_every, or the first of a part of the budget."""
        next_step, part = self._trainer.step_count + 1, self._part_at(seconds)
        if self._part is None:
            self._part = part
        return next_step == 1 or next_step % self._trainer.hyperparameters.sample_every == 0 or part > self._part

    def taken(self, seconds: float) -> None:
        """A sample was taken."""
        self._part = self._part_at(seconds)

    def _part_at(self, seconds: float) -> int:
        """The part of the budget these seconds lie in; always 0 where samples are taken by updates."""
        minutes = self._trainer.config.minutes
        if minutes is None or self._trainer.hyperparameters.sample_every != SAMPLED_BY_TIME:
            return 0
        return int(seconds * PARTS / (60 * minutes))
