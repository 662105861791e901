"""The reference kernel: what one update computes, in NumPy, as model.py and optimizers.py say it."""

import numpy as np

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.model import Model
from tui_rnn.engine.optimizers import Optimizer, clip
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.windows import Indices


class NumPyKernel:
    """See engine/kernels: Kernel."""

    def __init__(self, config: RunConfig, model: Model, theta: Parameters, g: Parameters, optimizer: Optimizer) -> None:
        self._theta, self._g, self._model, self._optimizer = theta, g, model, optimizer
        self.workspace = model.workspace(config.seq_length, config.batch_size, theta.flat.dtype)

    @property
    def state(self) -> Array:
        """The state (B, S) after the window; to be copied before the next one."""
        return self.workspace.state

    @property
    def row_losses(self) -> Array:
        """The loss in nats of each row (T B,)."""
        return self.workspace.row_losses

    def drop(self, rng: np.random.Generator, part: float) -> None:
        """From now on leave out this part of what each layer hands to the one above it."""
        self.workspace.stack.drop(rng, part)

    def loss_and_gradient(self, x: Indices, y: Indices, state: Array, scale: float) -> float:
        """The loss in nats, summed over T and averaged over B; the gradient of `scale` times it overwrites g."""
        return self._model.loss_and_gradient(self._theta, x, y, state, self.workspace, self._g, scale)

    def clip(self, limit: float | None, norm_limit: float | None) -> bool:
        """Clip g; False, with g as it was, where it has a NaN or its square overflows."""
        return clip(self._g.flat, limit, norm_limit)

    @property
    def clipped_gradient(self) -> Parameters:
        """g itself."""
        return self._g

    def descend(self, eta: float, step: int) -> None:
        """Change theta and the optimizer's slots by g, at update `step` (from 1)."""
        self._optimizer.update(self._theta.flat, self._g.flat, eta, step)
