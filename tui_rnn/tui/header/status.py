"""What the header shows: the state of a run and its figures at one moment, as plain values."""

from dataclasses import dataclass, field

from tui_rnn.engine.goal import Goal

# A run's state: its glyph, its word, and the colour of both and of the bar.
STATES = {
    "reading": ("…", "READING", "$muted"),
    "checking": ("…", "CHECKING", "$text-accent"),
    "compiling": ("…", "COMPILING", "$text-accent"),
    "training": ("▶", "TRAINING", "$text-success"),
    "paused": ("‖", "PAUSED", "$text-warning"),
    "saving": ("…", "SAVING", "$text-accent"),
    "done": ("✓", "DONE", "$text-success"),
    "stopped": ("‖", "STOPPED", "$text-warning"),
    "cut off": ("╳", "CUT OFF", "$text-error"),
    "diverged": ("✖", "DIVERGED", "$text-error"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What the gradient check came to: of its methods the one that says most."""

    passed: bool
    error: float  # the worst norm-wise relative error
    parameter: str  # which has it


@dataclass(frozen=True, slots=True)
class Status:
    """A run at one moment. Losses are nats per character."""

    state: str = "reading"  # of STATES
    corpus: str = ""  # the path that was given
    size: str = ""  # of the text, in words
    recipe: str = ""
    step: int = 0
    goal: Goal = field(default_factory=lambda: Goal(0))
    is_viewed: bool = False  # only looked at: no key changes the run
    further: Goal | None = None  # of a run that is done and can go on: where space would lead
    elapsed_seconds: float = 0.0
    seq_length: int = 1
    batch_size: int = 1
    epoch: float = 0.0
    uniform: float | None = None  # ln K: what guessing every character alike costs
    smooth: float | None = None  # None before the first update
    recent: float | None = None  # mean of the last 50 updates
    lags: bool = False  # whether the smooth loss still lags behind the network
    best: float | None = None  # of the smooth loss
    best_step: int = 0
    held_out: float | None = None  # as last measured
    held_out_step: int = 0
    best_held_out: float | None = None
    updates_per_second: float | None = None
    saved_seconds_ago: float | None = None  # None: no checkpoint in this process yet
    saved_step: int = 0  # of the last checkpoint; 0: there is none
    unsaved_steps: int = 0
    unsaved_reason: str = ""  # why the last attempt to save failed
    checked: Checked | None = None
    compiling_seconds: int = 0  # that compiling the kernel takes, about; 0: it is not being compiled
    why_diverged: str = ""
    eta_back: float | None = None  # of a diverged run: the learning rate it would go back with

    @property
    def held_out_leads(self) -> bool:
        """Whether the held-out loss tells more of the network than the smooth loss: it lags less.

        It was measured in the second half of the run so far, while the smooth loss still remembers the beginning.
        """
        return self.lags and self.held_out is not None and 2 * self.held_out_step >= self.step
