"""A trainer's state: captured, put back into another trainer, and digested.

Each field of TrainingState says where the trainer keeps it, and that is the one place it is written: capture, restore,
the checkpoint's metadata and its checks all go by these fields. The arrays have their table in `arrays` and `layout`.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.config import RunConfig, finite
from tui_rnn.engine.errors import Diverged
from tui_rnn.engine.history import CAPACITY, LossHistory
from tui_rnn.engine.model import Model
from tui_rnn.engine.optimizers import slot_names
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.trainer import Trainer
from tui_rnn.engine.windows import Place

_HISTORY = "history."
_ORDER = "order.place"
_MOST = 2**62  # above any count


def _kept(place: str) -> Any:
    """A field whose value the trainer keeps at this place: an attribute, or one of an attribute's; None without it."""
    return field(metadata={"place": place})


@dataclass(frozen=True, slots=True)
class TrainingState:
    """What a resumed run needs besides its arrays. A field of type int holds a count."""

    step: int = _kept("step_count")
    epochs: int = _kept(f"{_ORDER}.epochs")
    position: int = _kept(f"{_ORDER}.position")
    smooth_loss: float | None = _kept("smooth_loss")
    best_step: int | None = _kept("best.step")
    best_smooth_loss: float | None = _kept("best.loss")
    # All None where nothing is held out, and before it is first measured
    held_out_loss: float | None = _kept("held_out.latest")  # nats a character; None where that is no finite number
    held_out_updates: int | None = _kept("held_out.updates")  # made when it was measured
    best_held_out_step: int | None = _kept("held_out.best.step")
    best_held_out_loss: float | None = _kept("held_out.best.loss")
    sampled_step: int = _kept("sampled_step")
    adjusted: Mapping[str, Any] = _kept("adjusted")  # hyperparameters that differ from the configuration
    elapsed_seconds: float = 0.0  # of the run's clock

    def check(self, config: RunConfig) -> None:
        """Raise ValueError or ConfigError for a value of the wrong kind or out of range."""
        for each in dataclasses.fields(self):
            _check(each.name, each.type, getattr(self, each.name))
        if (self.best_step is None) != (self.best_smooth_loss is None):
            raise ValueError("a best loss without its step, or a step without its loss")
        if (self.best_held_out_step is None) != (self.best_held_out_loss is None):
            raise ValueError("a best held-out loss without its step, or a step without its loss")
        Hyperparameters.of(config, self.adjusted)


_PLACES = {each.name: each.metadata["place"] for each in dataclasses.fields(TrainingState) if each.metadata}


def _check(name: str, kind: Any, value: Any) -> None:
    if value is None and kind in (int | None, float | None):
        return
    if kind in (int, int | None):
        sound = type(value) is int and 0 <= value < _MOST
    elif kind in (float, float | None):
        sound = finite(value)
    else:
        sound = isinstance(value, dict)
    if not sound:
        raise ValueError(f"{name} {value!r}")


def capture(trainer: Trainer, elapsed_seconds: float) -> TrainingState:
    """The state as it stands between two updates."""
    values = {name: _at(trainer, place) for name, place in _PLACES.items()}
    return TrainingState(**values, elapsed_seconds=elapsed_seconds)


def restore(trainer: Trainer, state: TrainingState, arrays: Mapping[str, Array]) -> None:
    """Put a trainer of the same config and corpus where the one of this state stood."""
    for group, flat in _vectors(trainer):
        for name, view in Parameters(trainer.model.shapes, flat.dtype, flat).items():
            view[...] = arrays[f"{group}.{name}"]
    trainer.state[...] = arrays["state"]
    trainer.history = LossHistory.from_arrays(
        {name.removeprefix(_HISTORY): array for name, array in arrays.items() if name.startswith(_HISTORY)}
    )
    for name, place in _PLACES.items():
        *path, attribute = place.split(".")
        owner = _at(trainer, ".".join(path)) if path else trainer
        if owner is not None and not place.startswith(_ORDER):
            setattr(owner, attribute, getattr(state, name))
    trainer.order.restore(Place(state.epochs, state.position))  # which alone sets where it stands


def state_arrays(trainer: Trainer) -> dict[str, Array]:
    """All arrays of a state by name, by reference. Raises Diverged where one is not finite, or the run has diverged."""
    if trainer.diverged:
        raise Diverged(f"not saved: {trainer.diverged}")
    found = {name: view for group, flat in _vectors(trainer) for name, view in _finite_views(trainer, group, flat)}
    found["state"] = trainer.state
    found.update({_HISTORY + name: array for name, array in trainer.history.arrays().items()})
    return found


def model_arrays(trainer: Trainer, theta: Parameters) -> dict[str, Array]:
    """The arrays of a model alone by name, by reference. Raises Diverged where one is not finite."""
    return dict(_finite_views(trainer, "theta", theta.flat))


def layout(config: RunConfig, vocab_size: int, points: int | None) -> dict[str, tuple[tuple[int, ...], str]]:
    """Shape and dtype of each array of a state with a history of so many points; of a model alone for None."""
    model, groups = Model.from_config(config, vocab_size), ["theta"]
    expected: dict[str, tuple[tuple[int, ...], str]] = {}
    if points is not None:
        groups += ["best", *(["best_held_out"] if config.holdout else []), *slot_names(config.optimizer)]
        expected["state"] = ((config.batch_size, model.state_width), config.dtype)
        for name in ("steps", "smooth", "lowest", "raw"):
            expected[_HISTORY + name] = ((min(points, CAPACITY),), "int64" if name == "steps" else "float64")
        expected[_HISTORY + "pending"] = ((4,), "float64")
    for group in groups:
        expected.update({f"{group}.{name}": (shape, config.dtype) for name, shape in model.shapes.items()})
    return expected


def digest(trainer: Trainer) -> str:
    """A sha256 of everything the next update depends on: equal digests, equal futures.

    (But for the clock, where a budget of minutes ends the run and spreads its schedule.)
    What was measured on a held-out text is no part of it: no update depends on that. Hyperparameters are, where they
    are not those of the configuration. Random streams hold no state of their own: they are made from the seed and a
    step when needed (rng.py).
    """
    place = trainer.order.place
    numbers = [trainer.config.seed, trainer.step_count, place.epochs, place.position, trainer.smooth_loss]
    found = hashlib.sha256(json.dumps(numbers).encode())
    if trainer.adjusted:
        found.update(json.dumps(trainer.adjusted, sort_keys=True).encode())
    vectors = {"theta": trainer.theta.flat, "hprev": trainer.state, **trainer.optimizer.slots}
    for name, array in vectors.items():
        found.update(f"{name} {array.dtype} {array.shape}".encode())
        found.update(array.tobytes())
    return found.hexdigest()


def _at(owner: Any, place: str) -> Any:
    """The attribute at a place such as "best.step"; None where one on the way is None."""
    return reduce(lambda found, name: None if found is None else getattr(found, name), place.split("."), owner)


def _vectors(trainer: Trainer) -> Iterator[tuple[str, Array]]:
    """Every vector of theta's size that a state holds."""
    yield "theta", trainer.theta.flat
    yield "best", trainer.best.theta.flat
    if trainer.held_out is not None:
        yield "best_held_out", trainer.held_out.best.theta.flat
    yield from trainer.optimizer.slots.items()


def _finite_views(trainer: Trainer, group: str, flat: Array) -> Iterator[tuple[str, Array]]:
    if not np.isfinite(flat).all():
        raise Diverged(f"{group} holds a number that is not finite after update {trainer.step_count}: lower --eta")
    for name, view in Parameters(trainer.model.shapes, flat.dtype, flat).items():
        yield f"{group}.{name}", view
