"""One update shown whole: what it read, what each character cost, its gradient before and after clipping, its change.

A witness stands by while the trainer makes the update, so that the figures are of the update that is made and of no
other. It copies, and changes nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import Observed, StepDone
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.trainer import Trainer
from tui_rnn.engine.windows import Window

NAME = "one_update"  # under which it is observed


@dataclass(frozen=True, slots=True)
class ParameterUpdate:
    """What the update did to one parameter; norms are Euclidean."""

    name: str
    shape: tuple[int, ...]
    gradient: float  # norm, before clipping
    clipped: float  # norm, after it
    cut: int  # numbers that elementwise clipping changed
    change: float  # norm of theta after - theta before
    weights: float  # norm of theta before

    @property
    def ratio(self) -> float | None:
        """Update over weights; None where the parameter was zero."""
        return self.change / self.weights if self.weights else None


@dataclass(frozen=True, slots=True, eq=False)
class OneUpdate:
    """An update that was made while paused. The array is read-only."""

    step: int  # its number
    texts: tuple[str, ...]  # of each stream T + 1 characters: those read, and the one after them
    losses: NDArray[np.float64]  # (T, B): - log p_t[y_t] in nats of the character after each that was read
    fresh: bool  # whether the state began at zero
    loss: float  # nats, summed over T, mean over B
    smooth_before: float | None  # None before the first update
    smooth_loss: float
    eta: float  # of this update
    parameters: tuple[ParameterUpdate, ...]  # in the order of the report's table
    config: RunConfig
    hyperparameters: Hyperparameters  # those in force

    @property
    def gradient(self) -> float:
        """The norm of the whole gradient before clipping."""
        return _norm_of([each.gradient for each in self.parameters])

    @property
    def clipped(self) -> float:
        """The norm of the whole gradient after clipping."""
        return _norm_of([each.clipped for each in self.parameters])


class Witness:
    """Records one update of a trainer."""

    def __init__(self, trainer: Trainer) -> None:
        """To be made before the update."""
        self._trainer = trainer
        self._before, self._smooth_before = trainer.theta.copy(np.float64), trainer.smooth_loss
        self._window: Window | None = None
        self._gradient: Parameters = trainer.gradient
        self._clipped: Parameters = trainer.gradient
        self._eta = 0.0

    def saw_gradient(self, window: Window, g: Parameters) -> None:
        """The gradient of the window's loss, before clipping."""
        self._window, self._gradient = window, g.copy(np.float64)

    def saw_clipped(self, g: Parameters, eta: float) -> None:
        """The gradient that the optimizer is about to take a step of `eta` along."""
        self._clipped, self._eta = g.copy(np.float64), eta

    def observed(self, done: StepDone) -> Observed:
        """The update, for the screen."""
        return Observed(done.step, NAME, self.tells(done))

    def tells(self, done: StepDone) -> OneUpdate:
        """The update, once it is made and before the next one."""
        trainer, window = self._trainer, self._window
        assert window is not None
        vocabulary, (T, B) = trainer.corpus.vocabulary, window.x.shape
        read = np.concatenate((window.x, window.y[-1:])).T  # (B, T + 1)
        losses = trainer.kernel.row_losses.reshape(T, B).astype(np.float64)
        losses.flags.writeable = False
        return OneUpdate(
            step=done.step,
            texts=tuple(vocabulary.decode(stream) for stream in read),
            losses=losses,
            fresh=window.fresh,
            loss=done.loss,
            smooth_before=self._smooth_before,
            smooth_loss=done.smooth_loss,
            eta=self._eta,
            parameters=tuple(map(self._of, trainer.model.table_order)),
            config=trainer.config,
            hyperparameters=trainer.hyperparameters,
        )

    def _of(self, name: str) -> ParameterUpdate:
        before, gradient, clipped = self._before[name], self._gradient[name], self._clipped[name]
        limit = self._trainer.hyperparameters.clip
        return ParameterUpdate(
            name=name,
            shape=before.shape,
            gradient=_norm(gradient),
            clipped=_norm(clipped),
            cut=0 if limit is None else int((np.abs(gradient) > limit).sum()),
            change=_norm(self._trainer.theta[name] - before),
            weights=_norm(before),
        )


def _norm(values: Array) -> float:
    return float(np.linalg.norm(values))


def _norm_of(norms: list[float]) -> float:
    return float(np.linalg.norm(norms))
