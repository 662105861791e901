"""The courses of a setting's runs as one curve: the median over its seeds and their quartiles, point by point."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_rnn.runs.followed import FollowedRun
from tui_rnn.sweeps.answer import Group, Judge

Floats = NDArray[np.float64]
_POINTS = 240  # of a band
_LEAST_MEASURED = 4  # held-out losses that make a curve


@dataclass(frozen=True, slots=True)
class Course:
    """The loss of one run after so many updates. Nats per character."""

    steps: Floats  # (n,) ascending
    loss: Floats  # (n,)
    seconds: Floats  # (n,) of training by then


@dataclass(frozen=True, slots=True)
class Band:
    """The losses of several runs at the same places."""

    x: Floats  # (n,)
    lower: Floats  # (n,) quartile
    median: Floats  # (n,)
    upper: Floats  # (n,) quartile
    runs: int


def drawn_loss(groups: Sequence[Group]) -> Judge:
    """The loss whose course is drawn: the one that judges, unless it was measured too seldom to make a curve."""
    judge = groups[0].judge if groups else Judge.SMOOTH
    if judge != Judge.HELD_OUT:
        return judge
    measured = [len(row.followed.log.held_out) for group in groups for row in group.rows if row.followed is not None]
    return Judge.HELD_OUT if measured and max(measured) >= _LEAST_MEASURED else Judge.RECENT


def course_of(run: FollowedRun, loss: Judge) -> Course | None:
    """The course of this loss in one run, as far as its log says; None of fewer than two points."""
    log, T = run.log, run.config.seq_length
    progress = log.progress
    if loss == Judge.HELD_OUT:
        points = [(event.updates, event.nats_per_char) for event in log.held_out if event.nats_per_char is not None]
    elif loss == Judge.RECENT:
        points = [(each.step, each.recent_nats_per_char) for each in progress if each.recent_nats_per_char is not None]
    else:
        points = [(step, smooth / T) for step, smooth in log.course]
        if log.done is not None and log.done.smooth_loss is not None and log.done.step > (points or [(0, 0.0)])[-1][0]:
            points.append((log.done.step, log.done.smooth_loss / T))
    if len(points) < 2:
        return None
    steps, losses = np.array(points, np.float64).T
    clock = [(0.0, 0.0), *((float(each.step), each.elapsed_seconds) for each in progress)]
    if log.done is not None:
        clock.append((float(log.done.step), log.done.elapsed_seconds))
    return Course(steps, losses, np.interp(steps, *np.array(clock).T))


def band_of(curves: Sequence[tuple[Floats, Floats]]) -> Band | None:
    """The band over these (x, loss), each linear between its points; None of none.

    It reaches from where the last of them begins to where the first of them ends, so that all have a part in it.
    """
    if not curves:
        return None
    begin, end = max(x[0] for x, _ in curves), min(x[-1] for x, _ in curves)
    if not begin < end:
        return None
    x = np.linspace(begin, end, _POINTS)
    losses = np.array([np.interp(x, *curve) for curve in curves])  # (runs, points)
    lower, median, upper = np.quantile(losses, (0.25, 0.5, 0.75), axis=0)
    return Band(x, lower, median, upper, len(curves))


def at(curve: tuple[Floats, Floats], x: float) -> float | None:
    """The loss there, linear between its points; None where the curve does not reach."""
    places, losses = curve
    return float(np.interp(x, places, losses)) if places[0] <= x <= places[-1] else None
