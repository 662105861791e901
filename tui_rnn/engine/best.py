"""The best model: a copy of the weights that had the lowest loss of some kind so far."""

from dataclasses import dataclass

import numpy as np

from tui_rnn.engine.parameters import Parameters


@dataclass(slots=True)
class BestModel:
    """Its weights, with the step and the loss they had; step and loss are None before the first offer."""

    theta: Parameters
    step: int | None = None
    loss: float | None = None

    def offer(self, theta: Parameters, step: int, loss: float) -> bool:
        """Copy theta if this loss, a finite one, is the lowest so far; whether it is."""
        if self.loss is not None and not loss < self.loss:
            return False
        np.copyto(self.theta.flat, theta.flat)
        self.step, self.loss = step, loss
        return True
