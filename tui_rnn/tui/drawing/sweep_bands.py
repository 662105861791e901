"""The courses of a setting's seeds as one curve, their median, in a band from quartile to quartile."""

from collections.abc import Sequence
from dataclasses import replace

from tui_rnn.runs.course import Course

_POINTS = 200  # of a band, evenly over the logarithm of the characters read

Band = tuple[tuple[float, float, float], ...]  # (characters read, lower and upper quartile of the loss)


def seeds_band(courses: Sequence[Course]) -> tuple[Course, Band] | None:
    """The median course and the band around it, where all seeds have a part in them; None of fewer than two.

    Losses are linear between a course's points, over the logarithm of the characters read.
    """
    import numpy as np

    known = [each for each in courses if len(each.steps) > 1]
    if len(known) < 2:
        return None
    places = [np.log10(np.maximum(1.0, np.array(each.steps) * each.characters_per_step)) for each in known]
    begin, end = max(float(each[0]) for each in places), min(float(each[-1]) for each in places)
    if not begin < end:
        return None
    at = np.linspace(begin, end, _POINTS)
    losses = np.array([np.interp(at, x, each.smooth) for x, each in zip(places, known, strict=True)])  # (seeds, points)
    lower, median, upper = np.quantile(losses, (0.25, 0.5, 0.75), axis=0)
    read, per_step = 10.0**at, known[0].characters_per_step
    steps, smooth = tuple((read / per_step).tolist()), tuple(median.tolist())
    recent = tuple(zip(steps, smooth, strict=True)) if all(each.recent for each in known) else ()
    course = replace(known[0], steps=steps, smooth=smooth, seconds=(), recent=recent)
    return course, tuple(zip(read.tolist(), lower.tolist(), upper.tolist(), strict=True))
