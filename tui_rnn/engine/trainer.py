"""The trainer: it makes one update, and owns the numbers that an update reads and changes."""

from functools import cached_property
from math import isfinite, log
from typing import Any, Protocol

import numpy as np

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.best import BestModel
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.divergence import what_is_not_finite, why_diverged
from tui_rnn.engine.errors import Diverged
from tui_rnn.engine.events import StepDone
from tui_rnn.engine.held_out import HeldOutLoss
from tui_rnn.engine.history import LossHistory
from tui_rnn.engine.kernels import Kernel, make_kernel
from tui_rnn.engine.kinds import CheckpointKind
from tui_rnn.engine.loss_along import LossAlong
from tui_rnn.engine.model import Model
from tui_rnn.engine.optimizers import eta_at, make_optimizer
from tui_rnn.engine.orders import make_order
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.rng import stream
from tui_rnn.engine.text import check_fits
from tui_rnn.engine.windows import Order, Window

SMOOTHING = 0.999  # smooth_loss = 0.999 smooth_loss + 0.001 loss


class Witness(Protocol):
    """Is shown the gradient while an update is made, and changes nothing."""

    def saw_gradient(self, window: Window, g: Parameters) -> None:
        """The gradient of the window's loss, before clipping; to be copied."""

    def saw_clipped(self, g: Parameters, eta: float) -> None:
        """The gradient that the optimizer is about to take a step of `eta` along; to be copied."""


class Trainer:
    """One model in training. It knows of no thread, no clock, no request and no disk."""

    def __init__(self, config: RunConfig, corpus: Corpus, theta: Parameters | None = None) -> None:
        """A run at its beginning, with these weights, or with random ones drawn from the config's seed.

        Raises CorpusError where the corpus is too short for the config's windows and their order.
        """
        self.config = config
        self.hyperparameters = Hyperparameters.of(config)
        check_fits("the corpus", len(corpus), config)
        self.corpus = corpus.holding_out(config.holdout)
        self.order: Order = make_order(config, self.corpus.train)
        self.model = Model.from_config(config, len(corpus.vocabulary))
        dtype = np.dtype(config.dtype)
        if theta is None:
            theta = self.model.init(stream(config.seed, "init"), dtype, config.init, config.sig)
        self.theta = theta
        self.optimizer = make_optimizer(config, self.theta, self.model.rates(config))
        self.state: Array = self.model.zero_state(config.batch_size, dtype)  # (B, S), carried from window to window
        self._zeros = self.state.copy()  # the state of a fresh start
        self.step_count = 0
        self.smooth_loss: float | None = None  # None before the first update
        self.best = BestModel(self.theta.copy())  # by smooth loss
        self.held_out = HeldOutLoss(BestModel(self.theta.copy())) if config.holdout else None
        self.history = LossHistory()
        T, B = config.seq_length, config.batch_size
        self.loss_along = LossAlong(len(self.corpus.train), T, B, dtype, self.order)
        self.diverged = ""  # why no further update can be made
        self.between_updates = True  # false while an update is under way, and where one was broken off
        self.sampled_step = 0  # the update before which the last scheduled sample was taken
        self.requested_samples = 0  # written whole: the number of each names its random stream
        self.gradient = Parameters(self.model.shapes, dtype)
        self._scale = 1.0 / config.seq_length if config.reduction == "mean" else 1.0

    @cached_property
    def kernel(self) -> Kernel:
        """What computes the updates. It is made for the first of them: a trainer that makes none needs none."""
        return make_kernel(self.config, self.model, self.theta, self.gradient, self.optimizer)

    @property
    def has_kernel(self) -> bool:
        """Whether the kernel is made."""
        return "kernel" in vars(self)

    def best_models(self) -> dict[CheckpointKind, BestModel]:
        """Each best model that is kept, by the kind of its checkpoint."""
        by_held_out = {} if self.held_out is None else {CheckpointKind.BEST_HELD_OUT: self.held_out.best}
        return {**by_held_out, CheckpointKind.BEST: self.best}

    @property
    def uniform_loss(self) -> float:
        """T ln K nats: the loss of guessing every character alike."""
        return self.config.seq_length * log(len(self.corpus.vocabulary))

    def step(self, elapsed_seconds: float = 0.0, witness: Witness | None = None) -> StepDone:
        """Make one update. Raises Diverged, the state as it was before it, where a number is not finite.

        `elapsed_seconds` are those trained so far: a learning rate's schedule over a budget of time reads them.
        A `witness` is shown the gradient.
        """
        config, order, kernel, hyperparameters = self.config, self.order, self.kernel, self.hyperparameters
        self.between_updates = False
        place, window = order.place, order.next()
        before = self._zeros if window.fresh else self.state
        if config.dropout:
            kernel.drop(stream(config.seed, "dropout", self.step_count), config.dropout)
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is caught by name, below
            loss = kernel.loss_and_gradient(window.x, window.y, before, self._scale)
            if witness is not None:
                witness.saw_gradient(window, self.gradient)
            if not isfinite(loss) or not kernel.clip(hyperparameters.clip, hyperparameters.clip_norm):
                self.diverged = self._why_diverged(window, loss)
                order.restore(place)
                self.between_updates = True
                raise Diverged(self.diverged)
            self.smooth_loss = (
                loss if self.smooth_loss is None else SMOOTHING * self.smooth_loss + (1 - SMOOTHING) * loss
            )
            self.step_count += 1
            # The weights this loss was measured with, so a finite loss vouches for them.
            self.best.offer(self.theta, self.step_count, self.smooth_loss)
            eta = eta_at(self.step_count, config, elapsed_seconds, eta=hyperparameters.eta)
            if witness is not None:
                witness.saw_clipped(kernel.clipped_gradient, eta)
            kernel.descend(eta, self.step_count)
        self.state[...] = kernel.state
        self.history.append(self.step_count, loss, self.smooth_loss)
        self.loss_along.add(window, place, kernel.row_losses)
        self.between_updates = True
        return StepDone(self.step_count, loss, self.smooth_loss)

    def adjust(self, name: str, value: Any) -> None:
        """Change a hyperparameter from the next update on. Raises ConfigError, with nothing changed."""
        self.hyperparameters = self.hyperparameters.with_value(self.config, name, value)

    @property
    def adjusted(self) -> dict[str, Any]:
        """The hyperparameters that differ from the configuration."""
        return self.hyperparameters.adjusted_from(self.config)

    @adjusted.setter
    def adjusted(self, adjusted: dict[str, Any]) -> None:
        self.hyperparameters = Hyperparameters.of(self.config, adjusted)

    def reading(self) -> tuple[Array, int]:
        """State (S,), a copy, and character from which the first stream reads on."""
        window = self.order.peek()
        state = np.zeros_like(self.state[0]) if window.fresh else self.state[0].copy()
        return state, int(window.x[0, 0])

    @property
    def recent_nats_per_char(self) -> float | None:
        """The mean loss of the last 50 updates, nats per character; None before the first."""
        recent = self.history.recent()
        return None if recent is None else recent / self.config.seq_length

    def smooth_loss_or_first(self) -> float:
        """The smooth loss; before the first update the loss of the first window, where the smooth loss will start."""
        if self.smooth_loss is not None:
            return self.smooth_loss
        T, B = self.config.seq_length, self.config.batch_size
        window, ws = self.order.peek(), self.model.workspace(T, B, self.config.dtype)
        return self.model.loss(self.theta, window.x, window.y, self.state, ws)

    def _why_diverged(self, window: Window, loss: float) -> str:
        T, B = self.config.seq_length, self.config.batch_size
        begin = window.places[0]
        text = self.corpus.vocabulary.decode(self.corpus.train[begin : begin + T])
        what = what_is_not_finite(loss, self.gradient)
        eta = self.hyperparameters.eta
        return why_diverged(self.step_count + 1, what, text, begin, B, self.theta, self.gradient, eta)
