"""A trainer's state: out of it as a snapshot, back into it, and digested."""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from tui_rnn.engine.checkpoint import Snapshot
from tui_rnn.engine.errors import Diverged
from tui_rnn.engine.history import LossHistory
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.windows import Place

if TYPE_CHECKING:
    from tui_rnn.engine.held_out import BestHeldOut
    from tui_rnn.engine.trainer import Best, Trainer

_HISTORY = "history."


def snapshot(trainer: "Trainer") -> Snapshot:
    """All a resumed run needs, by reference. Raises Diverged where it would lead, or has led, to no finite number."""
    if trainer.diverged:
        raise Diverged(f"not saved: {trainer.diverged}")
    arrays = {name: view for group, flat in _vectors(trainer) for name, view in _finite_views(trainer, group, flat)}
    arrays["hprev"] = trainer.state
    arrays.update({_HISTORY + name: array for name, array in trainer.history.arrays().items()})
    return _snapshot(trainer, "state", arrays)


def bests(trainer: "Trainer") -> Iterator[tuple[str, "Best | BestHeldOut", Callable[[], Snapshot]]]:
    """Each best model that is kept: its kind of checkpoint, what is known of it, and what makes its snapshot."""
    if trainer.held_out is not None:
        yield "best-held-out", trainer.held_out, lambda: best_held_out_snapshot(trainer)
    yield "best", trainer.best, lambda: best_snapshot(trainer)


def best_snapshot(trainer: "Trainer") -> Snapshot:
    """The best model alone, by reference. Raises Diverged where it is not finite."""
    arrays = dict(_finite_views(trainer, "theta", trainer.best.theta.flat))
    best = trainer.best
    return dataclasses.replace(_snapshot(trainer, "model", arrays), step=best.step, smooth_loss=best.smooth_loss)


def best_held_out_snapshot(trainer: "Trainer") -> Snapshot:
    """The best model by held-out loss alone, by reference. Raises Diverged where it is not finite."""
    best = trainer.held_out
    if best is None or best.step is None:
        raise ValueError("no model was measured on a held-out text")
    arrays = dict(_finite_views(trainer, "theta", best.theta.flat))
    # The smooth loss it had is not kept with it: best_held_out_loss is what it was chosen by.
    return dataclasses.replace(_snapshot(trainer, "model", arrays), step=best.step, smooth_loss=None)


def restore(trainer: "Trainer", snapshot: Snapshot) -> None:
    """Put a new trainer of the same config and corpus where the one of this snapshot stood."""
    for group, flat in _vectors(trainer):
        for name, view in Parameters(trainer.model.shapes, flat.dtype, flat).items():
            view[...] = snapshot.arrays[f"{group}.{name}"]
    trainer.state[...] = snapshot.arrays["hprev"]
    trainer.history = LossHistory.from_arrays(
        {name.removeprefix(_HISTORY): array for name, array in snapshot.arrays.items() if name.startswith(_HISTORY)}
    )
    trainer.order.restore(Place(snapshot.epochs, snapshot.position))
    trainer.step_count = snapshot.step
    trainer.smooth_loss = snapshot.smooth_loss
    if snapshot.best_smooth_loss is not None:
        best = trainer.best
        best.step, best.smooth_loss = snapshot.best_step, snapshot.best_smooth_loss
        best.saved = best.step == 0  # the file may be that of an earlier one
    if trainer.held_out is not None:
        by_held_out = trainer.held_out
        by_held_out.step, by_held_out.loss = snapshot.best_held_out_step, snapshot.best_held_out_loss
        by_held_out.latest, by_held_out.updates = snapshot.held_out_loss, snapshot.held_out_updates
        by_held_out.saved = by_held_out.step is None
    trainer.elapsed_seconds = snapshot.elapsed_seconds
    trainer.sampled_step = snapshot.sampled_step
    trainer.saved_step = snapshot.step


def sha256(trainer: "Trainer") -> str:
    """A digest of everything the next update depends on: equal digests, equal futures.

    (But for the clock, where a budget of minutes ends the run and spreads its schedule.)
    What was measured on a held-out text is no part of it: no update depends on that.
    Random streams hold no state of their own: they are made from the seed and a step when needed (streams.py).
    """
    place = trainer.order.place
    numbers = [trainer.config.seed, trainer.step_count, place.epochs, place.position, trainer.smooth_loss]
    digest = hashlib.sha256(json.dumps(numbers).encode())
    vectors = {"theta": trainer.theta.flat, "hprev": trainer.state, **trainer.optimizer.slots}
    for name, array in vectors.items():
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _vectors(trainer: "Trainer") -> Iterator[tuple[str, Array]]:
    """Every vector of theta's size that a state holds."""
    yield "theta", trainer.theta.flat
    yield "best", trainer.best.theta.flat
    if trainer.held_out is not None:
        yield "best_held_out", trainer.held_out.theta.flat
    yield from trainer.optimizer.slots.items()


def _finite_views(trainer: "Trainer", group: str, flat: Array) -> Iterator[tuple[str, Array]]:
    if not np.isfinite(flat).all():
        raise Diverged(f"{group} holds a number that is not finite after update {trainer.step_count}: lower --eta")
    for name, view in Parameters(trainer.model.shapes, flat.dtype, flat).items():
        yield f"{group}.{name}", view


def _snapshot(trainer: "Trainer", contents: str, arrays: dict[str, Array]) -> Snapshot:
    by_held_out = trainer.held_out
    return Snapshot(
        contents=contents,
        config=trainer.config,
        vocabulary=trainer.corpus.vocabulary.characters,
        corpus_characters=len(trainer.corpus),
        corpus_sha256=trainer.corpus.sha256,
        step=trainer.step_count,
        epochs=trainer.order.place.epochs,
        position=trainer.order.place.position,
        smooth_loss=trainer.smooth_loss,
        best_step=trainer.best.step,
        best_smooth_loss=trainer.best.smooth_loss if trainer.best.step else None,
        elapsed_seconds=trainer.elapsed_seconds,
        sampled_step=trainer.sampled_step,
        arrays=arrays,
        held_out_loss=by_held_out.latest if by_held_out else None,
        held_out_updates=by_held_out.updates if by_held_out else None,
        best_held_out_step=by_held_out.step if by_held_out else None,
        best_held_out_loss=by_held_out.loss if by_held_out else None,
    )
