"""The held-out loss: how well a model in training foretells the end of the text, and the weights that did best."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, log

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.best import BestModel
from tui_rnn.engine.evaluation import mean_losses
from tui_rnn.engine.events import HeldOut
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Parameters

_SLICE = 4  # windows read between two looks up
_TRAINED_PER_HELD_OUT = 2  # characters at least, between two measurements


@dataclass(slots=True)
class HeldOutLoss:
    """What was measured last on the text that is not trained on, and the model for which it was lowest."""

    best: BestModel  # its step is the one that its HeldOut event names; its loss is in nats per character
    latest: float | None = None  # nats per character, as last measured; None: never, or not a finite number
    updates: int | None = None  # updates made when it was last measured

    def is_due(self, updates: int, characters_per_update: int, held_out_characters: int) -> bool:
        """Whether so much was trained on since the last measurement that another one may cost what it does.

        That is twice as many characters as it reads, so that a recipe with frequent samples is not slowed down by it.
        """
        if self.updates is None:
            return True
        read = (updates - self.updates) * characters_per_update
        return read > 0 and read >= _TRAINED_PER_HELD_OUT * held_out_characters

    def measure(
        self, model: Model, theta: Parameters, text: NDArray[np.unsignedinteger], updates: int, kind: str
    ) -> Iterator[HeldOut | None]:
        """Measure the loss on the held-out text: None now and then, and at last what it is.

        It reads from states of zeros of its own and draws no random number, so training goes on as if it had not been.
        """
        loss = 0.0
        for windows, loss_so_far in enumerate(mean_losses(model, theta, text)):
            loss = loss_so_far
            if windows % _SLICE == 0:
                yield None
        step = updates + (kind == "scheduled")
        self.updates, self.latest = updates, loss if isfinite(loss) else None
        # A weight of a character that is not in the held-out text does not show in the loss.
        if self.latest is not None and np.isfinite(theta.flat).all():
            self.best.offer(theta, step, loss)
        yield HeldOut(
            step=step,
            nats_per_char=self.latest,
            bits_per_char=None if self.latest is None else self.latest / log(2),
            best_nats_per_char=self.best.loss,
            best_step=self.best.step,
            kind=kind,
        )
