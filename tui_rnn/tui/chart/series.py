"""What the loss chart is drawn of: plain numbers, all losses in nats per character."""

from dataclasses import dataclass

from tui_rnn.runs.course import Course


@dataclass(frozen=True, slots=True)
class Reference:
    """A level to compare with, as the loss of an n-gram model."""

    nats: float
    names: tuple[str, ...]  # of which the longest that there is room for is shown; the longest first


@dataclass(frozen=True, slots=True)
class Series:
    """One run's losses and marks. `steps`, `smooth` and `raw` are the history's points, in order of their steps."""

    steps: tuple[int, ...] = ()  # the last update of each point
    smooth: tuple[float, ...] = ()  # at that update
    raw: tuple[float, ...] = ()  # the mean over the point's updates
    stride: int = 1  # updates a point
    held_out: tuple[tuple[int, float], ...] = ()  # (step, loss)
    samples: tuple[int, ...] = ()  # steps
    saved: tuple[int, ...] = ()  # steps of checkpoints that hold the state
    adjusted: tuple[int, ...] = ()  # steps after which a hyperparameter was changed
    references: tuple[Reference, ...] = ()
    uniform: float | None = None  # ln K, the loss of guessing every character alike
    now: float | None = None  # the smooth loss after the latest update, which the last point may be older than
    best: tuple[int, float] | None = None  # (step, smooth loss)
    steps_per_epoch: float | None = None
    characters_per_step: int = 1  # T B
    seconds: tuple[tuple[float, float], ...] = ()  # (step, seconds trained), as far as they are known
    overlay: Course | None = None  # another run
