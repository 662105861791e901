"""What computes an update: the NumPy that the rest of the engine is written in, or the same compiled by numba."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np

    from tui_rnn.engine.config import RunConfig
    from tui_rnn.engine.model import Model
    from tui_rnn.engine.optimizers import Optimizer
    from tui_rnn.engine.parameters import Array, Parameters
    from tui_rnn.engine.windows import Indices


class Kernel(Protocol):
    """The arithmetic of one run's updates, on the run's own theta, gradient g and optimizer, which it was made with."""

    @property
    def state(self) -> "Array":
        """The state (B, S) after the window; to be copied before the next one."""

    @property
    def row_losses(self) -> "Array":
        """The loss in nats of each row (T B,) of the window."""

    def drop(self, rng: "np.random.Generator", part: float) -> None:
        """From now on leave out this part of what each layer hands to the one above it: `Unrolled.drop`."""

    def loss_and_gradient(self, x: "Indices", y: "Indices", state: "Array", scale: float) -> float:
        """The loss as `Model.loss` gives it, from the state (B, S); the gradient of `scale` times it overwrites g."""

    def clip(self, limit: float | None, norm_limit: float | None) -> bool:
        """Clip g as `optimizers.clip` does, now or in `descend`; False where it has a NaN or its square overflows."""

    @property
    def clipped_gradient(self) -> "Parameters":
        """The gradient that `descend` will take a step down, after `clip`."""

    def descend(self, eta: float, step: int) -> None:
        """Change theta and the optimizer's slots by g, with learning rate eta, at update `step` (from 1)."""


def make_kernel(
    config: "RunConfig", model: "Model", theta: "Parameters", g: "Parameters", optimizer: "Optimizer"
) -> Kernel:
    """The kernel that the configuration names. What it is made of is imported here, and compiled when first used."""
    if config.kernel == "numba":
        from tui_rnn.engine.kernels.compiled.kernel import CompiledKernel

        return CompiledKernel(config, model, theta, g, optimizer)
    from tui_rnn.engine.kernels.reference import NumPyKernel

    return NumPyKernel(config, model, theta, g, optimizer)
