"""What an instrument looks at: a network and its texts at one moment, copied, while training goes on."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.checkpoint import Snapshot, resumed_trainer
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.loss_along import LossAlong
from tui_rnn.engine.model import Model
from tui_rnn.engine.optimizers import Optimizer
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.trainer import Trainer
from tui_rnn.engine.windows import Sequential, Window
from tui_rnn.engine.writing import network, weights


@dataclass(frozen=True, slots=True)
class Subject:
    """The network after so many updates. `corpus` and `model` never change; all other arrays are copies.

    `optimizer` and `loss_along` are the trainer's own: what an instrument needs of them it takes before its first
    piece of work is over.
    """

    step: int  # updates made
    config: RunConfig
    hyperparameters: Hyperparameters  # those in force
    model: Model
    theta: Parameters
    corpus: Corpus
    window: Window  # the one that training reads next
    state: Array  # (B, S), before that window
    elapsed_seconds: float = 0.0  # trained so far: a schedule over a budget of time reads them
    optimizer: Callable[[], Optimizer] | None = None  # a copy of it as it is now; None of a saved model
    loss_along: LossAlong | None = None  # None of a saved model

    @classmethod
    def of(cls, trainer: Trainer, elapsed_seconds: float = 0.0) -> "Subject":
        """The trainer between two updates, after so many seconds of training."""
        window = trainer.order.peek()
        return cls(
            step=trainer.step_count,
            config=trainer.config,
            hyperparameters=trainer.hyperparameters,
            model=trainer.model,
            theta=trainer.theta.copy(),
            corpus=trainer.corpus,
            window=window,
            state=np.zeros_like(trainer.state) if window.fresh else trainer.state.copy(),
            elapsed_seconds=elapsed_seconds,
            optimizer=lambda: deepcopy(trainer.optimizer),
            loss_along=trainer.loss_along,
        )

    @classmethod
    def of_saved(cls, snapshot: Snapshot, corpus: Corpus) -> "Subject":
        """A saved model: with all of a run's state as it stood in training, else as it reads the text's beginning.

        `corpus` is the run's text, nothing held out yet. Raises CorpusError where it is too short for the windows.
        """
        if snapshot.contents == "state":
            subject = cls.of(resumed_trainer(snapshot, corpus), snapshot.state.elapsed_seconds)
            return replace(subject, loss_along=None)  # of what was read before it was saved, nothing is known
        config, model = snapshot.config, network(snapshot)
        corpus = corpus.holding_out(config.holdout)
        theta = weights(snapshot)
        return cls(
            step=snapshot.state.step,
            config=config,
            hyperparameters=Hyperparameters.of(config, snapshot.state.adjusted),
            model=model,
            theta=theta,
            corpus=corpus,
            window=Sequential(corpus.train, config.seq_length, config.batch_size).peek(),
            state=model.zero_state(config.batch_size, theta.flat.dtype),
        )

    @property
    def unseen(self) -> NDArray[np.unsignedinteger]:
        """The held-out text; without one the last tenth of the text. A view: a long text is not copied."""
        if self.has_unseen:
            return self.corpus.held_out
        return self.corpus.train[-max(1, len(self.corpus) // 10) :]

    @property
    def has_unseen(self) -> bool:
        """Whether `unseen` is text that the network was never trained on."""
        return len(self.corpus.held_out) > 0
