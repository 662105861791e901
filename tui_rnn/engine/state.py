"""A trainer's state: out of it as a snapshot, back into it, and digested."""

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tui_rnn.engine.checkpoint import Snapshot
from tui_rnn.engine.errors import Diverged
from tui_rnn.engine.history import LossHistory
from tui_rnn.engine.parameters import Array, Parameters

if TYPE_CHECKING:
    from tui_rnn.engine.trainer import Trainer

_HISTORY = "history."


def snapshot(trainer: "Trainer") -> Snapshot:
    """All a resumed run needs, by reference. Raises Diverged where it would lead, or has led, to no finite number."""
    if trainer.diverged:
        raise Diverged(f"not saved: {trainer.diverged}")
    arrays = {name: view for group, flat in _vectors(trainer) for name, view in _finite_views(trainer, group, flat)}
    arrays["hprev"] = trainer.hprev
    arrays.update({_HISTORY + name: array for name, array in trainer.history.arrays().items()})
    return _snapshot(trainer, "state", arrays)


def best_snapshot(trainer: "Trainer") -> Snapshot:
    """The best model alone, by reference. Raises Diverged where it is not finite."""
    arrays = dict(_finite_views(trainer, "theta", trainer.best.theta.flat))
    best = trainer.best
    return dataclasses.replace(_snapshot(trainer, "model", arrays), step=best.step, smooth_loss=best.smooth_loss)


def restore(trainer: "Trainer", snapshot: Snapshot) -> None:
    """Put a new trainer of the same config and corpus where the one of this snapshot stood."""
    for group, flat in _vectors(trainer):
        for name, view in Parameters(trainer.model.shapes, flat.dtype, flat).items():
            view[...] = snapshot.arrays[f"{group}.{name}"]
    trainer.hprev[...] = snapshot.arrays["hprev"]
    trainer.history = LossHistory.from_arrays(
        {name.removeprefix(_HISTORY): array for name, array in snapshot.arrays.items() if name.startswith(_HISTORY)}
    )
    trainer.windows.epochs, trainer.windows.position = snapshot.epochs, snapshot.position
    trainer.step_count = snapshot.step
    trainer.smooth_loss = snapshot.smooth_loss
    if snapshot.best_smooth_loss is not None:
        trainer.best.step, trainer.best.smooth_loss = snapshot.best_step, snapshot.best_smooth_loss
    trainer.elapsed_seconds = snapshot.elapsed_seconds
    trainer.sampled_step = snapshot.sampled_step


def sha256(trainer: "Trainer") -> str:
    """A digest of everything the next update depends on: equal digests, equal futures.

    (But for the clock, where a budget of minutes ends the run and spreads its schedule.)
    Random streams hold no state of their own: they are made from the seed and a step when needed (streams.py).
    """
    windows = trainer.windows
    numbers = [trainer.config.seed, trainer.step_count, windows.epochs, windows.position, trainer.smooth_loss]
    digest = hashlib.sha256(json.dumps(numbers).encode())
    vectors = {"theta": trainer.theta.flat, "hprev": trainer.hprev, **trainer.optimizer.slots}
    for name, array in vectors.items():
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _vectors(trainer: "Trainer") -> Iterator[tuple[str, Array]]:
    """Every vector of theta's size that a state holds."""
    yield "theta", trainer.theta.flat
    yield "best", trainer.best.theta.flat
    yield from trainer.optimizer.slots.items()


def _finite_views(trainer: "Trainer", group: str, flat: Array) -> Iterator[tuple[str, Array]]:
    if not np.isfinite(flat).all():
        raise Diverged(f"{group} holds a number that is not finite after update {trainer.step_count}: lower --eta")
    for name, view in Parameters(trainer.model.shapes, flat.dtype, flat).items():
        yield f"{group}.{name}", view


def _snapshot(trainer: "Trainer", contents: str, arrays: dict[str, Array]) -> Snapshot:
    return Snapshot(
        contents=contents,
        config=trainer.config,
        vocabulary=trainer.corpus.vocabulary.characters,
        corpus_characters=len(trainer.corpus),
        corpus_sha256=trainer.corpus.sha256,
        step=trainer.step_count,
        epochs=trainer.windows.epochs,
        position=trainer.windows.position,
        smooth_loss=trainer.smooth_loss,
        best_step=trainer.best.step,
        best_smooth_loss=trainer.best.smooth_loss if trainer.best.step else None,
        elapsed_seconds=trainer.elapsed_seconds,
        sampled_step=trainer.sampled_step,
        arrays=arrays,
    )
