"""The held-out judgement: how well a model in training foretells the end of the text, and the weights that did best."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, log
from typing import TYPE_CHECKING

import numpy as np

from tui_rnn.engine.control import Control
from tui_rnn.engine.evaluation import mean_losses
from tui_rnn.engine.events import Event, HeldOut
from tui_rnn.engine.parameters import Parameters
from tui_rnn.engine.services import BREATH

if TYPE_CHECKING:
    from tui_rnn.engine.trainer import Trainer

_SLICE = 4  # windows read between two breaths


@dataclass(slots=True)
class BestHeldOut:
    """A copy of the weights that had the lowest held-out loss so far, and what was measured last."""

    theta: Parameters
    step: int | None = None  # of the event that told of it; None before the first
    loss: float | None = None  # nats a character
    saved: bool = True  # whether this model is on disk
    latest: float | None = None  # the loss as last measured; None: never, or it was no finite number
    updates: int | None = None  # made when it was last measured


def evaluate(trainer: "Trainer", kind: str, control: Control) -> Iterator[Event]:
    """Measure the loss on the held-out text, unless that was done with these weights; ends early where stopped.

    It reads from states of zeros of its own and draws no random number, so training goes on as if it had not been.
    """
    best = trainer.held_out
    if best is None or best.updates == trainer.step_count:
        return
    loss = 0.0
    for windows, so_far in enumerate(mean_losses(trainer.model, trainer.theta, trainer.corpus.held_out)):
        if control.stopped:
            return
        loss = so_far
        if windows % _SLICE == 0:
            time.sleep(BREATH)
    step = trainer.step_count + (kind == "scheduled")
    best.updates, best.latest = trainer.step_count, loss if isfinite(loss) else None
    # A weight of a character that is not in the held-out text does not show in the loss.
    if best.latest is not None and (best.loss is None or loss < best.loss) and np.isfinite(trainer.theta.flat).all():
        np.copyto(best.theta.flat, trainer.theta.flat)
        best.step, best.loss, best.saved = step, loss, False
    yield HeldOut(
        step=step,
        nats_per_char=best.latest,
        bits_per_char=None if best.latest is None else best.latest / log(2),
        best_nats_per_char=best.loss,
        best_step=best.step,
        kind=kind,
    )
