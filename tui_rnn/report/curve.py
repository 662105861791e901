"""The losses of a run as arrays: against update steps, and against the place in the text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.checkpoint import Snapshot
from tui_rnn.engine.recent import recent_means
from tui_rnn.engine.text import updates_per_epoch
from tui_rnn.report.log import Log
from tui_rnn.runs.course import loss_points

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]

MOST_POINTS = 5000  # of one curve, above what a checkpoint's history holds
MOST_EPOCHS = 8  # overlaid in the figure by position
PARTS = 100  # of the text, over each of which the loss is averaged
_LEAST_PARTS = 10
_POINTS_A_PART = 3
_WHOLE = 0.6  # of a part's updates that its points must stand for


@dataclass(frozen=True, slots=True)
class Curve:
    """Losses in nats, summed over seq_length; steps ascend. A loss that was not kept is a NaN."""

    steps: Steps  # (n,)
    smooth: Floats  # (n,) smooth loss after that update
    raw: Floats  # (n,) mean loss of the `stride` updates up to it
    stride: int  # updates a point of raw stands for; 1: raw is of single updates
    from_checkpoint: bool  # else from progress events
    logged: Mapping[int, float]  # smooth losses of the progress events, by step

    def at(self, step: int) -> float | None:
        """The smooth loss after this update as it was logged, else at the nearest point within a hundredth of it."""
        if step in self.logged or not len(self.steps):
            return self.logged.get(step)
        nearest = int(np.abs(self.steps - step).argmin())
        return float(self.smooth[nearest]) if abs(int(self.steps[nearest]) - step) * 100 <= step else None

    def recent_at(self, step: int) -> float | None:
        """The mean of the last 50 updates by this one, or by the nearest point within a hundredth of it."""
        known = np.isfinite(self.raw)
        steps = self.steps[known]
        if not self.from_checkpoint or not len(steps):
            return None
        nearest = int(np.abs(steps - step).argmin())
        if abs(int(steps[nearest]) - step) * 100 > step:
            return None
        return recent_means(self.raw[known][: nearest + 1].tolist(), self.stride)[-1]

    def thinned(self, most: int) -> "Curve":
        """The same with about so many points at the most, chosen as `kept_points` does."""
        kept = kept_points(self.smooth, most)
        return replace(self, steps=self.steps[kept], smooth=self.smooth[kept], raw=self.raw[kept])


def kept_points(losses: Floats, most: int) -> NDArray[np.intp]:
    """About so many places in these losses, evenly chosen, the lowest and both ends among them; or all there are."""
    if len(losses) <= most:
        return np.arange(len(losses))
    return np.union1d(np.linspace(0, len(losses) - 1, most).round().astype(np.intp), losses.argmin())


def curve_of(state: Snapshot | None, log: Log) -> Curve:
    """The loss history in a checkpoint and the progress events after it; without a checkpoint, the events alone.

    The first point is the loss of the first window, where the smooth loss starts.
    """
    points = loss_points(state, log.progress.values(), log.done)
    if (first := log.samples.get(1)) is not None and first.smooth_loss is not None:
        points.setdefault(1, (first.smooth_loss, first.smooth_loss))
    stride = 1 if state is None else int(state.arrays["history.pending"][0])
    steps = sorted(points)
    curve = Curve(
        steps=np.array(steps, np.int64),
        smooth=np.array([points[step][0] for step in steps], np.float64),
        raw=np.array([points[step][1] for step in steps], np.float64),
        stride=max(1, stride),
        from_checkpoint=state is not None,
        logged={progress.step: progress.smooth_loss for progress in log.progress.values()},
    )
    return curve.thinned(MOST_POINTS)  # a log may hold an event for every update


@dataclass(frozen=True, slots=True)
class Epoch:
    """One reading of the text. Places run from 0, its beginning, to 1."""

    number: int  # from 1
    places: Floats  # (n,) where the windows of these points begin
    smooth: Floats  # (n,)
    part_losses: Floats  # (parts,) mean loss in each equal part of the text, NaN where nothing was read


def epochs_of(curve: Curve, characters: int, T: int, B: int) -> list[Epoch]:
    """The epochs of a run, the latest and at the most MOST_EPOCHS, evenly chosen; none where one is a few points.

    Update s begins (s - 1) mod n windows into a part, where n windows fit; with B > 1 each place is B places at once.
    """
    n = updates_per_epoch(characters, T, B)
    parts = min(PARTS, n // curve.stride // _POINTS_A_PART)
    if n < 1 or parts < _LEAST_PARTS or len(curve.steps) < 2:
        return []
    epoch, window = np.divmod(curve.steps - 1, n)
    middle = curve.steps - (curve.stride + 1) / 2  # updates before the middle one of those a raw point stands for
    raw_epoch = middle // n
    raw_part = np.minimum(parts - 1, (middle % n) * parts // n).astype(int)
    found = np.unique(epoch)
    chosen = found[np.unique(np.linspace(0, len(found) - 1, MOST_EPOCHS).round().astype(int))]
    averaged = curve.from_checkpoint & np.isfinite(curve.raw)
    overlaid = []
    for number in chosen.tolist():
        here, raw_here = epoch == number, (raw_epoch == number) & averaged
        counts = np.bincount(raw_part[raw_here], minlength=parts)
        sums = np.bincount(raw_part[raw_here], weights=curve.raw[raw_here], minlength=parts)
        whole = counts * curve.stride >= _WHOLE * n / parts  # a part just begun says nothing yet
        losses = np.divide(sums, counts, out=np.full(parts, np.nan), where=whole)
        overlaid.append(Epoch(number + 1, window[here] / n, curve.smooth[here], losses))
    return overlaid
