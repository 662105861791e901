"""What of a run is on disk, and why the rest is not: for the status line, the chart, the question before quitting."""

from tui_rnn.engine.errors import counted
from tui_rnn.engine.events import Checkpointed, NotSaved, Started


class Kept:
    """Follows what is told of checkpoints. Times are those of the clock that whoever tells of them reads."""

    def __init__(self) -> None:
        self.steps: list[int] = []  # of the states that are saved
        self.saved_at: float | None = None  # when the last one was, in this process
        self.refused = ""  # why what is not saved was refused; empty where nothing is
        self._refused_kind = ""  # of the checkpoint

    @property
    def step(self) -> int:
        """Of the last state that is saved; 0 without one."""
        return self.steps[-1] if self.steps else 0

    def begun(self, event: Started) -> None:
        """A run that goes on from another run's checkpoint has its state on disk too."""
        if event.resumed_step and event.resumed_step not in self.steps:
            self.steps.append(event.resumed_step)

    def saved(self, event: Checkpointed, now: float | None = None) -> None:
        """A checkpoint is on disk; without a time it was before this process began."""
        if event.holds_the_state:
            self.steps.append(event.step)
            self.saved_at = now
        # A best model that was saved says nothing of a state that was refused, which the disk may have no room for.
        if event.holds_the_state or event.kind == self._refused_kind:
            self.refused = ""

    def not_saved(self, event: NotSaved) -> None:
        """The disk refused one."""
        self.refused, self._refused_kind = event.reason, event.kind

    def diverged(self) -> None:
        """The state is nothing to save any more; a best model that is refused is told of next."""
        self.refused = ""

    def question(self, step: int, diverged: bool) -> str:
        """What to ask about before the run at this step is left."""
        unsaved = step - self.step
        what = f"{counted(unsaved, 'update')} {'is' if unsaved == 1 else 'are'} not saved."
        if diverged or (unsaved <= 0 and self._refused_kind.startswith("best")):
            what = "The best model is not saved."
        if not self.refused and (diverged or unsaved <= 0):  # since it was asked; what is shown lags behind
            what = "All is saved."
        return f"{what}\nThe disk refused: {self.refused}. Saving waits until it takes them." if self.refused else what
