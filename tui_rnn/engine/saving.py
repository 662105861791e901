"""When a run's state is saved besides the usual steps, and what is said and done where the disk refuses it."""

from collections.abc import Callable, Generator
from math import inf
from typing import TYPE_CHECKING, Protocol

from tui_rnn.engine.checkpoint import Snapshot
from tui_rnn.engine.errors import Diverged
from tui_rnn.engine.events import Checkpointed, Event, NotSaved, Warned

if TYPE_CHECKING:
    from tui_rnn.engine.trainer import Trainer

SAVE_SECONDS = 300.0  # the most that a power cut costs, where checkpoint_every updates take longer
RETRY_SECONDS = 5.0  # from a save that failed to the next attempt


class Store(Protocol):
    """Where checkpoints go."""

    def save(self, snapshot: Snapshot, kind: str) -> Checkpointed:
        """Put the snapshot on disk. Raises OSError where that fails, the previous checkpoint untouched."""


class Saver:
    """Saves a trainer's state and best models. A full disk does not end a run: what failed is tried again."""

    def __init__(self, trainer: "Trainer", store: Store | None, clock: Callable[[], float]) -> None:
        self._trainer, self._store, self._clock = trainer, store, clock
        self._due = clock() + SAVE_SECONDS if store is not None else inf
        self._refused = ""  # why the last attempt failed

    @property
    def unsaved(self) -> bool:
        """Whether the state is not on disk, and could be."""
        trainer = self._trainer
        return self._store is not None and trainer.step_count != trainer.saved_step and not trainer.diverged

    @property
    def overdue(self) -> bool:
        """Whether it is time to save out of turn."""
        return self.unsaved and self._clock() >= self._due

    def patience(self) -> float | None:
        """Seconds that a paused run may wait before `overdue`; None where nothing is to be tried again."""
        return max(0.0, self._due - self._clock()) if self._refused and self.unsaved else None

    def save(self, kind: str) -> Generator[Event, None, bool]:
        """Save the best models that are not on disk yet, then the state unless kind is "best"; or tell why not.

        An attempt to make good for one that failed (kind "timed") is silent where it fails for the same reason.
        Returns whether all is on disk. Raises Diverged where the state is not finite.
        """
        if self._store is None:
            return False
        trainer, store = self._trainer, self._store
        best, by_held_out = trainer.best, trainer.held_out
        try:
            if by_held_out is not None and not by_held_out.saved:
                yield store.save(trainer.best_held_out_snapshot(), "best-held-out")
                by_held_out.saved = True
            if best.step > best.saved_step:
                yield store.save(trainer.best_snapshot(), "best")
                best.saved_step = best.step
            if kind != "best":
                yield store.save(trainer.snapshot(), kind)
                trainer.saved_step = trainer.step_count
        except Diverged as error:
            if kind != "best":
                raise
            yield Warned(str(error))
            return False
        except OSError as error:
            self._due = self._clock() + RETRY_SECONDS
            before, self._refused = self._refused, error.strerror or str(error)
            if kind != "timed" or self._refused != before:
                yield self._not_saved(kind, error)
            return False
        self._due, self._refused = self._clock() + SAVE_SECONDS, ""
        return True

    def _not_saved(self, kind: str, error: OSError) -> NotSaved:
        where = f": {error.filename}" if error.filename else ""
        then = "make room, or put the folder back"
        if kind != "final":
            then = f"training goes on, and every {RETRY_SECONDS:g} s it is tried again"
        step = self._trainer.step_count
        return NotSaved(f"step {step} is not saved ({self._refused}{where}); {then}", step, kind, self._refused)
