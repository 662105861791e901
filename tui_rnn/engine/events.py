"""What a run tells the world: frozen, plain, with units, never a live array.

`as_record` (event_records.py) turns one into the JSON object of the command line's contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from tui_rnn.engine.kinds import BEST_MODELS, CheckpointKind, Ending
from tui_rnn.engine.words import Words

CENTRAL, COMPLEX = "central", "complex"  # the methods of the gradient check


@dataclass(frozen=True, slots=True)
class Event:
    """`event` is its name in events.jsonl; an event without one is for the screen alone."""

    event: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Started(Event):
    """A process begins to train this run."""

    event: ClassVar[str] = "start"
    version: str
    run: str  # the run directory
    corpus: Mapping[str, Any]  # path, characters, vocab_size, sha256
    config: Mapping[str, Any]  # every option by its long name
    parameters: int
    uniform_loss: float  # nats, T ln K: what guessing every character alike costs
    resumed_from: str | None  # the checkpoint, or None for a new run
    resumed_step: int = 0


@dataclass(frozen=True, slots=True)
class StepDone(Event):
    """One update was made."""

    step: int  # updates so far; the first is 1
    loss: float  # nats, summed over seq_length, mean over the batch
    smooth_loss: float  # 0.999 * previous + 0.001 * loss


@dataclass(frozen=True, slots=True)
class Compiling(Event):
    """The kernel is being compiled, which takes about so many seconds, once; no update is made before."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Compiled(Event):
    """The kernel that was being compiled is ready."""


@dataclass(frozen=True, slots=True)
class Paused(Event):
    """The loop waits, after this many updates."""

    event: ClassVar[str] = "paused"
    step: int


@dataclass(frozen=True, slots=True)
class Continued(Event):
    """The loop waits no longer: the first update after a pause is made, after this many."""

    event: ClassVar[str] = "continued"
    step: int


@dataclass(frozen=True, slots=True)
class Progress(Event):
    """Where the run stands, every so many updates."""

    event: ClassVar[str] = "progress"
    step: int
    epoch: float  # texts read so far
    position: int  # characters into the text (of each stream)
    loss: float  # nats, summed over seq_length, mean over the batch
    smooth_loss: float
    nats_per_char: float  # smooth_loss / seq_length
    bits_per_char: float
    updates_per_second: float | None  # since the last Progress, pauses left out
    characters_per_second: float | None
    elapsed_seconds: float  # trained in all, pauses left out
    recent_nats_per_char: float | None = None  # mean of the last 50 updates (recent.py)


@dataclass(frozen=True, slots=True)
class SamplePiece(Event):
    """A few characters of a sample that is being written."""

    request: int  # the SampleRequest's number
    text: str
    bits: float = 0.0  # the surprise of its characters, added up


@dataclass(frozen=True, slots=True)
class Sample(Event):
    """The network wrote this."""

    event: ClassVar[str] = "sample"
    step: int  # scheduled: the update it was taken before; else the updates made
    smooth_loss: float | None
    temperature: float
    top_p: float
    text: str
    kind: str  # "scheduled", "requested", or "final": at the end of the run
    model: str  # "live" or "best"
    prime: str = ""
    request: int = 0
    # The mean surprise of the characters drawn, -log2 p_t with p_t = softmax(o_t) over the whole alphabet, whatever
    # temperature and top_p they were drawn with. The prime is no part of it. None: not measured.
    bits_per_char: float | None = None
    recent_nats_per_char: float | None = None  # of the live weights: mean of the last 50 updates (recent.py)

    @property
    def updates(self) -> int:
        """Made when it was written."""
        return self.step - (self.kind == "scheduled")


@dataclass(frozen=True, slots=True)
class InheritedSample(Sample):
    """A sample of a run that this one is a branch of, from before it branched off: to be shown, never logged here."""

    by: str = ""  # the folder of the run whose network wrote it


@dataclass(frozen=True, slots=True)
class NGramsCounted(Event):
    """What n-gram models reach that are counted on nine tenths of the text and judged by its last tenth."""

    losses: tuple[float, ...]  # nats per character, by order from 1


@dataclass(frozen=True, slots=True)
class BookRead(Event):
    """What is known of the text itself: the characters that the network can read, and the words it is made of."""

    characters: str
    words: Words | None  # of the part that is trained on; None until they are counted, and where there are none


@dataclass(frozen=True, slots=True)
class Viewed(Event):
    """What is at hand of a run that is only looked at."""

    saved_step: int | None  # of the newest state on disk that can be read; None without one
    characters: int | None = None  # of its text; None where neither log nor checkpoint says
    why_unseen: str = ""  # why no instrument can look at its network; empty where one can


@dataclass(frozen=True, slots=True)
class HeldOut(Event):
    """How well the network foretells the part of the text that it is not trained on."""

    event: ClassVar[str] = "held_out"
    step: int  # scheduled: of the sample it was measured with, the update before which; final: the updates made
    nats_per_char: float | None  # None where it is no finite number
    bits_per_char: float | None
    best_nats_per_char: float | None
    best_step: int | None
    kind: str = "scheduled"  # or "final"

    @property
    def updates(self) -> int:
        """Made when it was measured."""
        return self.step - (self.kind == "scheduled")


@dataclass(frozen=True, slots=True)
class GradientRow:
    """The verdict on one parameter."""

    parameter: str
    shape: tuple[int, ...]
    checked: int  # elements compared: all of them, or a seeded draw
    relative_error: float  # ||analytic - numeric|| / (||analytic|| + ||numeric||) over the checked elements
    max_relative_error: float  # |a - n| / (|a| + |n|) of the worst element: says little where both are about 1e-9
    max_index: tuple[int, ...]  # where that element stands
    max_absolute_error: float  # the largest |a - n|
    verdict: str  # "pass" or "fail"


@dataclass(frozen=True, slots=True)
class GradientChecked(Event):
    """The gradient check's table."""

    event: ClassVar[str] = "gradient_check"
    method: str
    delta: float
    hidden_size: int
    seq_length: int
    passed: bool
    rows: tuple[GradientRow, ...]
    step: int | None = None  # updates that were made when it was checked; None of a check that belongs to no run

    @property
    def worst(self) -> GradientRow:
        """The row that fails, or else the one with the largest norm-wise error."""
        return max(self.rows, key=lambda row: (row.verdict != "pass", row.relative_error))


@dataclass(frozen=True, slots=True)
class Checkpointed(Event):
    """A checkpoint is on disk, synced."""

    event: ClassVar[str] = "checkpoint"
    step: int
    kind: CheckpointKind
    path: str

    @property
    def holds_the_state(self) -> bool:
        """Whether a run can go on from it: a best model alone cannot be resumed."""
        return self.kind not in BEST_MODELS


@dataclass(frozen=True, slots=True)
class Adjusted(Event):
    """A hyperparameter was changed, or was not."""

    event: ClassVar[str] = "adjusted"
    name: str
    value: Any  # from the next update on
    before: Any  # until then; None where there is no such hyperparameter
    step: int  # updates made when it was applied or refused
    requested_at: int | None = None  # updates made when it was asked for, as far as the asker knew
    refused_because: str | None = None


@dataclass(frozen=True, slots=True)
class Observed(Event):
    """What an instrument saw of the network."""

    step: int  # updates made
    name: str  # of the instrument
    value: Any  # frozen


@dataclass(frozen=True, slots=True)
class Finding(Event):
    """Something in the network that keeps it from learning well, reported once in a run."""

    event: ClassVar[str] = "finding"
    step: int  # updates made
    name: str  # "saturated", "beat", "reach", "update" or "clipped"
    value: float | None  # the figure that was beyond its threshold; None where it is no finite number
    message: str  # what was found
    remedy: str  # what to do, or what follows from it


@dataclass(frozen=True, slots=True)
class Warned(Event):
    """Something a user should know that does not end the run."""

    event: ClassVar[str] = "warning"
    message: str


@dataclass(frozen=True, slots=True)
class NotFinite(Warned):
    """The run diverged: why no further update can be made."""


@dataclass(frozen=True, slots=True)
class NotSaved(Warned):
    """The disk refused a checkpoint; the one before is untouched."""

    step: int
    kind: CheckpointKind  # of the checkpoint that was to be
    reason: str  # in the system's words


@dataclass(frozen=True, slots=True)
class Done(Event):
    """The run has ended in this process."""

    event: ClassVar[str] = "done"
    step: int
    reason: Ending
    smooth_loss: float | None
    best_smooth_loss: float | None
    best_step: int
    elapsed_seconds: float
    state_sha256: str
    saved: bool = True  # whether this state is on disk
    best_saved: bool = True  # whether the best model is; without one it is not
    held_out_nats_per_char: float | None = None  # as last measured; None where nothing is held out
    best_held_out_nats_per_char: float | None = None
    best_held_out_step: int | None = None
    recent_nats_per_char: float | None = None  # mean of the last 50 updates (recent.py)
