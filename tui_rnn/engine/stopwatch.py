"""Time trained and updates a second, pauses left out, on a clock that never jumps."""

from collections.abc import Callable
from math import log
from typing import TYPE_CHECKING

from tui_rnn.engine.control import Control
from tui_rnn.engine.events import Progress, StepDone

if TYPE_CHECKING:
    from tui_rnn.engine.trainer import Trainer


class Stopwatch:
    """Runs from when it is made; goes on from the time that a resumed trainer had."""

    def __init__(self, trainer: "Trainer", control: Control, clock: Callable[[], float]) -> None:
        self._trainer, self._control, self._clock = trainer, control, clock
        self._start = clock() - control.waited_seconds - trainer.elapsed_seconds
        self._last = (trainer.step_count, trainer.elapsed_seconds)

    def read(self) -> float:
        """Seconds trained so far in all, also written into the trainer for its checkpoint."""
        self._trainer.elapsed_seconds = self._clock() - self._start - self._control.waited_seconds
        return self._trainer.elapsed_seconds

    def progress(self, done: StepDone) -> Progress:
        """Where the run stands, with the rate since the last call."""
        now = self.read()
        step_before, before = self._last
        self._last = (done.step, now)
        rate = (done.step - step_before) / (now - before) if now > before else None
        config, order = self._trainer.config, self._trainer.order
        nats = done.smooth_loss / config.seq_length
        return Progress(
            step=done.step,
            epoch=order.epoch,
            position=order.place.position,
            loss=done.loss,
            smooth_loss=done.smooth_loss,
            nats_per_char=nats,
            bits_per_char=nats / log(2),
            updates_per_second=rate,
            characters_per_second=rate and rate * config.seq_length * config.batch_size,
            elapsed_seconds=now,
        )
