"""Which states of a run are on disk, by its checkpoint events, and what is asked before one that is not is left."""

from tui_rnn.engine.errors import counted
from tui_rnn.engine.events import Checkpointed, NotSaved, Started
from tui_rnn.engine.kinds import BEST_MODELS, CheckpointKind
from tui_rnn.tui.marks import Marks


class OnDisk:
    """Takes each of these events. All times come from the caller's one clock."""

    def __init__(self) -> None:
        self.steps = Marks[int](int)  # of the states that are saved
        self.saved_at: float | None = None  # when the last one was, in this process
        self.refused = ""  # why what is not saved was refused; empty where nothing is
        self._refused_kind: CheckpointKind | None = None  # of the checkpoint
        self._at_hand: int | None = None  # of a viewed run: the step of the newest state that can be read, 0 without

    @property
    def step(self) -> int:
        """Of the last state that is saved; 0 without one."""
        if self._at_hand is not None:
            return self._at_hand
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
            if self._at_hand is not None:
                self._at_hand = event.step
        # A best model that was saved says nothing of a state that was refused, which the disk may have no room for.
        if event.holds_the_state or event.kind == self._refused_kind:
            self.refused = ""

    def found(self, step: int | None) -> None:
        """Take this as the newest state that is saved, whatever was logged; None: none can be read."""
        self._at_hand = step or 0

    def not_saved(self, event: NotSaved) -> None:
        """The disk refused one."""
        self.refused, self._refused_kind = event.reason, event.kind

    def diverged(self) -> None:
        """Drop the refusal: the state is not worth saving any more. A refused best model has an event of its own."""
        self.refused = ""

    def question(self, step: int, diverged: bool) -> str:
        """What to ask about before the run at this step is left."""
        unsaved = step - self.step
        what = f"{counted(unsaved, 'update')} {'is' if unsaved == 1 else 'are'} not saved."
        if diverged or (unsaved <= 0 and self._refused_kind in BEST_MODELS):
            what = "The best model is not saved."
        if not self.refused and (diverged or unsaved <= 0):  # since it was asked; what is shown lags behind
            what = "All is saved."
        return f"{what}\nThe disk refused: {self.refused}. Saving waits until it takes them." if self.refused else what
