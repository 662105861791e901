"""Which state and models of a run are on disk, when to save out of turn, and what happens where the disk refuses."""

from collections.abc import Generator
from math import inf
from typing import Protocol

from tui_rnn.engine.checkpoint import Snapshot, best_snapshot, state_snapshot
from tui_rnn.engine.clock import RunClock
from tui_rnn.engine.errors import Diverged
from tui_rnn.engine.events import Checkpointed, Event, NotSaved, Warned
from tui_rnn.engine.kinds import CheckpointKind
from tui_rnn.engine.trainer import Trainer

FIRST_SECONDS = 30.0  # from the start of a process to its first save out of turn
SAVE_SECONDS = 300.0  # from a save to the next: the most that a power cut costs, where checkpoint_every takes longer
RETRY_SECONDS = 5.0  # from a save that failed to the next attempt

_MODELS = {
    CheckpointKind.BEST: "the best model",
    CheckpointKind.BEST_HELD_OUT: "the best model by held-out loss",
}


class Store(Protocol):
    """Where checkpoints go."""

    def save(self, snapshot: Snapshot, kind: CheckpointKind) -> Checkpointed:
        """Put the snapshot on disk. Raises OSError where that fails, the previous checkpoint untouched."""


class Saver:
    """Saves a trainer's state and best models. A full disk does not end a run: what failed is tried again."""

    def __init__(
        self, trainer: Trainer, store: Store | None, clock: RunClock | None = None, *, resumed: bool = False
    ) -> None:
        """Without a store nothing is saved. `resumed`: the state, though perhaps not a best model, is on disk.

        `clock` is the run's: it tells the time trained, and when a save out of turn is due.
        """
        self._trainer, self._store, self._clock = trainer, store, clock or RunClock()
        self._due = self._clock.now() + FIRST_SECONDS if store is not None else inf
        self._refused: tuple[str, str] | None = None  # what failed in the last attempt, and why
        self._saved_state = self._state if resumed else None
        self._saved_models: dict[CheckpointKind, float | None] = {}  # the loss of each best model on disk, by kind

    @property
    def saved_step(self) -> int | None:
        """At which the state on disk stands; None where there is none."""
        return self._saved_state and self._saved_state[0]

    @property
    def has_state(self) -> bool:
        """Whether the state on disk is the trainer's."""
        return self._saved_state == self._state

    def has_best(self, kind: CheckpointKind) -> bool:
        """Whether the best model of this kind, if there is one, is on disk."""
        best = self._trainer.best_models()[kind]
        return best.step is None or (kind in self._saved_models and self._saved_models[kind] == best.loss)

    @property
    def unsaved(self) -> bool:
        """Whether the state, or after a divergence a best model, still has to be written to disk."""
        if self._store is None or not self._trainer.diverged:
            return self._store is not None and not self.has_state
        return not all(map(self.has_best, self._trainer.best_models()))

    @property
    def overdue(self) -> bool:
        """Whether it is time to save out of turn."""
        return self.unsaved and self._clock.now() >= self._due

    @property
    def waits(self) -> bool:
        """Whether the disk refused the last attempt, and the next one is not due yet."""
        return self._refused is not None and self._clock.now() < self._due

    def patience(self) -> float | None:
        """Seconds that a run which makes no updates may wait before `overdue`; None where nothing is refused."""
        return max(0.0, self._due - self._clock.now()) if self._refused and self.unsaved else None

    def save(self, kind: CheckpointKind) -> Generator[Event, None, bool]:
        """Save the best models that are not on disk yet, then the state unless kind is BEST; NotSaved says why not.

        A checkpoint that was not asked for is refused in silence where the one before it was, for the same reason.
        Returns whether all is on disk that can be. Raises Diverged where the state is not finite.
        """
        if self._store is None:
            return False
        trainer, store = self._trainer, self._store
        elapsed_seconds = self._clock.elapsed_seconds
        try:
            for name, best in trainer.best_models().items():
                if not self.has_best(name):
                    try:
                        yield store.save(best_snapshot(trainer, name, elapsed_seconds), name)
                    except Diverged as error:  # there is nothing to save
                        if kind != CheckpointKind.BEST:
                            raise
                        yield Warned(str(error))
                    self._saved_models[name] = best.loss
            if kind != CheckpointKind.BEST:
                yield store.save(state_snapshot(trainer, elapsed_seconds), kind)
                self._saved_state = self._state
        except OSError as error:
            self._due = self._clock.now() + RETRY_SECONDS
            what = name if trainer.diverged else "the last state" if kind == CheckpointKind.FINAL else "the state"
            reason = error.strerror or str(error)
            before, self._refused = self._refused, (what, reason)
            if kind == CheckpointKind.REQUESTED or self._refused != before:
                yield self._not_saved(name if trainer.diverged else kind, reason, error.filename)
            return False
        self._due, self._refused = self._clock.now() + SAVE_SECONDS, None
        return True

    @property
    def _state(self) -> tuple[int, object]:
        """What differs between the trainer's state and an earlier one: updates and adjustments change it."""
        return self._trainer.step_count, self._trainer.hyperparameters

    def _not_saved(self, kind: CheckpointKind, reason: str, path: object) -> Warned:
        step, why = self._trainer.step_count, f"{reason}: {path}" if path else reason
        if not self.unsaved:
            return Warned(f"this checkpoint of step {step} is not written ({why}); what was saved before stays")
        then = "make room, or put the folder back"
        if kind != CheckpointKind.FINAL:
            then = f"it is tried again every {RETRY_SECONDS:g} s"
        what = _MODELS[kind] if self._trainer.diverged else f"step {step}"
        return NotSaved(f"{what} is not saved ({why}); {then}", step, kind, reason)
