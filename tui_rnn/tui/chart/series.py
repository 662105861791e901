"""What the loss chart is drawn of: plain numbers, all losses in nats per character."""

from dataclasses import dataclass, replace

from tui_rnn.engine.hopeless import is_hopeless
from tui_rnn.engine.recent import recent_means, smooth_loss_lags
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
    recent: float | None = None  # the mean loss of the last 50 updates
    by_recent: bool = False  # whether `smooth` and the overlay are means of the last 50 updates

    @property
    def is_off_course(self) -> bool:
        """Whether its loss is far above that of guessing every character alike."""
        now = self.now if self.now is not None or not self.smooth else self.smooth[-1]
        return now is not None and self.uniform is not None and is_hopeless(now, self.uniform)


def comparable(series: Series, by_recent: Course | None) -> Series:
    """The series as it can stand beside its overlay: where the smooth loss of either lags, both by their recent loss.

    `by_recent` is the overlay so. The curve stays the smooth one where the overlay's recent loss is not known.
    """
    other = series.overlay
    if other is None or by_recent is None or not other.recent or not series.steps:
        return series
    if not (other.lags or smooth_loss_lags(series.steps[-1])):
        return series
    means = tuple(recent_means(series.raw, series.stride))
    return replace(series, smooth=means, now=series.recent, best=None, overlay=by_recent, by_recent=True)
