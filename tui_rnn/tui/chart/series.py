"""What the loss chart is drawn of: plain numbers, all losses in nats per character."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """A level to compare with, as the loss of an n-gram model."""

    nats: float
    name: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """The smooth curve of another run."""

    name: str
    steps: tuple[float, ...]  # on the chart's own scale of steps
    smooth: tuple[float, ...]


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
    references: tuple[Reference, ...] = ()
    uniform: float | None = None  # ln K, the loss of guessing every character alike
    best: tuple[int, float] | None = None  # (step, smooth loss)
    steps_per_epoch: float | None = None
    characters_per_step: int = 1  # T B
    seconds: tuple[tuple[int, float], ...] = ()  # (step, seconds trained), as far as they are known
    overlay: Overlay | None = None

    def has_scale(self, kind: str) -> bool:
        """Whether x can count these: epochs where the text is read in order, seconds where they are known."""
        return bool(self.steps_per_epoch) if kind == "epochs" else kind != "seconds" or len(self.seconds) > 1
