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

    def __init__(
        self, trainer: "Trainer", store: Store | None, clock: Callable[[], float], *, was_refused: bool = False
    ) -> None:
        """`was_refused`: what is not saved yet was refused a moment ago."""
        self._trainer, self._store, self._clock = trainer, store, clock
        self._due = clock() + (RETRY_SECONDS if was_refused else SAVE_SECONDS) if store is not None else inf
        self._refused = "as before" if was_refused else ""  # why the last attempt failed
        self._last_refused = ""  # its kind

    @property
    def unsaved(self) -> bool:
        """Whether something is not on disk that could be: the state, or, where it has diverged, a best model."""
        trainer, by_held_out = self._trainer, self._trainer.held_out
        if self._store is None or not trainer.diverged:
            return self._store is not None and trainer.step_count != trainer.saved_step
        return trainer.best.step > trainer.best.saved_step or (by_held_out is not None and not by_held_out.saved)

    @property
    def overdue(self) -> bool:
        """Whether it is time to save out of turn."""
        return self.unsaved and self._clock() >= self._due

    @property
    def waits(self) -> bool:
        """Whether the disk refused the last attempt, and the next one is not due yet."""
        return bool(self._refused) and self._clock() < self._due

    def patience(self) -> float | None:
        """Seconds that a run which makes no updates may wait before `overdue`; None where nothing is refused."""
        return max(0.0, self._due - self._clock()) if self._refused and self.unsaved else None

    def save(self, kind: str) -> Generator[Event, None, bool]:
        """Save the best models that are not on disk yet, then the state unless kind is "best"; or tell why not.

        A checkpoint that was not asked for is refused in silence where the one before it was, for the same reason.
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
            best.saved_step = best.step  # there is nothing to save
            if by_held_out is not None:
                by_held_out.saved = True
            return False
        except OSError as error:
            self._due = self._clock() + RETRY_SECONDS
            before, self._refused = self._refused, error.strerror or str(error)
            if kind == "requested" or self._refused != before or (kind == "final" != self._last_refused):
                yield self._not_saved(kind, error)
            self._last_refused = kind
            return False
        self._due, self._refused, self._last_refused = self._clock() + SAVE_SECONDS, "", ""
        return True

    def _not_saved(self, kind: str, error: OSError) -> Warned:
        step, why = self._trainer.step_count, self._refused + (f": {error.filename}" if error.filename else "")
        if not self.unsaved:
            return Warned(f"this checkpoint of step {step} is not written ({why}); what was saved before stays")
        then = "make room, or put the folder back"
        if kind != "final":
            then = f"it is tried again every {RETRY_SECONDS:g} s"
        what = "the best model" if self._trainer.diverged else f"step {step}"
        return NotSaved(f"{what} is not saved ({why}); {then}", step, kind, self._refused)
