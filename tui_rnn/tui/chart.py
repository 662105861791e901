"""Loss curves as rows of styled text: thinned, scaled and drawn by plotext. No widget, no colour: roles only.

plotext's figure is global state, so `draw` is called from the screen's thread alone.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Row = list[tuple[str, str]]  # pieces of (text, role)

ROLES = ("frame", "raw", "smooth", "uniform", "sample", "checkpoint", "held-out")
# Colours stand for roles on the way through plotext; the widget gives a role its colour in the theme at hand.
_COLOR = {role: number for number, role in enumerate(ROLES)}
_PIECE = re.compile(r"\x1b\[38;5;(\d+)m(.*?)\x1b\[0m|([^\x1b]+)|\x1b\[0m")
_ASCII = str.maketrans("┌┐└┘─│┤├┬┴┼◆●", "++++-|++++++o")
_ASCII_MARKS = {"sample": "*", "checkpoint": "o", "held-out": "x"}
_MARKS = {"sample": "◆", "checkpoint": "●", "held-out": "▲"}
_LARGEST = 1e100  # a loss above it would overflow on the way to its place on the axis
_SMALLEST = 1e-100  # likewise, on a log scale
_MOST_TIMES = 1e6
_LEAST_SPAN = 1e-9  # of an axis, as a part of its end
_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Curves:
    """What is to be drawn. Losses are sums over seq_length, in nats."""

    steps: Sequence[int] = ()
    smooth: Sequence[float] = ()
    raw: Sequence[float] = ()
    uniform_loss: float | None = None
    samples: Sequence[int] = field(default=())  # steps with a mark
    checkpoints: Sequence[int] = field(default=())
    held_out: Sequence[tuple[int, float]] = field(default=())  # steps and the losses there, scaled as the others
    log: bool = False
    shown: float = 1.0  # the last part of the steps that is drawn
    averaged: int = 1  # points of the raw loss averaged into one


def draw(curves: Curves, width: int, height: int, marker: str = "braille") -> list[Row]:
    """`height` rows of `width` cells with axes; fewer curves where there is nothing finite to draw."""
    import plotext

    steps, smooth_losses, raw_losses = _finite(curves)
    if not steps:
        return []
    scale: Callable[[float], float] = math.log10 if curves.log else float
    most = 2 * width  # two points a column are all that can be told apart
    smooth = _thinned(steps, smooth_losses, most)
    raw = _thinned(steps, _averaged(raw_losses, curves.averaged), most)
    uniform = curves.uniform_loss if curves.shown == 1 and _drawable(curves.uniform_loss or 0, True) else None
    first = 0 if curves.shown == 1 else steps[0]
    last = max(steps[-1], first + max(1, int(first * _LEAST_SPAN)))
    held_out = [(s, loss) for s, loss in curves.held_out if first <= s <= last and _drawable(loss, curves.log)]
    if len(held_out) > most:
        apart = set(_apart([s for s, _ in held_out], first, last, most))
        held_out = [(s, loss) for s, loss in held_out if s in apart]
    judged = [loss for _, loss in held_out]
    tops = [*smooth[1], *judged, *([uniform] if uniform is not None else [])]
    low, high = min(*smooth[1], *raw[1], *judged), max(tops)
    raw = raw[0], [min(value, high) for value in raw[1]]  # a spike runs along the upper edge and flattens nothing
    if high - low < _LEAST_SPAN * max(1.0, abs(high)):
        margin = max(0.5, _LEAST_SPAN * abs(high))
        low, high = low / 2 if 0 < low <= 1 else low - margin, high + margin
    y_ticks = [tick for tick in ticks(low, high, max(2, height // 3)) if not curves.log or tick > 0]
    x_ticks = [int(tick) for tick in ticks(first, last, max(2, width // 16)) if tick == int(tick)]

    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(width, height)
    plotext.theme("clear")
    plot_marker = {"ascii": "."}.get(marker, marker)
    marks = _ASCII_MARKS if marker == "ascii" else _MARKS
    if uniform is not None:
        plotext.horizontal_line(scale(uniform), color=_COLOR["uniform"])
    plotext.plot(raw[0], list(map(scale, raw[1])), marker=plot_marker, color=_COLOR["raw"])
    plotext.plot(
        smooth[0], list(map(scale, smooth[1])), marker="#" if marker == "ascii" else marker, color=_COLOR["smooth"]
    )
    samples = _apart([step for step in curves.samples if first <= step <= last], first, last, most)
    checkpoints = _apart([step for step in curves.checkpoints if first <= step <= last], first, last, most)
    if samples:  # on the curve
        values = [scale(_value_at(step, *smooth)) for step in samples]
        plotext.scatter(samples, values, marker=marks["sample"], color=_COLOR["sample"])
    if checkpoints:  # along the lower edge, so that one does not hide a sample of the same step
        values = [scale(low)] * len(checkpoints)
        plotext.scatter(checkpoints, values, marker=marks["checkpoint"], color=_COLOR["checkpoint"])
    if held_out:  # last, so that it is seen where it comes to lie on the curve
        values = [scale(loss) for loss in judged]
        plotext.scatter([step for step, _ in held_out], values, marker=marks["held-out"], color=_COLOR["held-out"])
    plotext.xlim(first, last)
    plotext.ylim(scale(low), scale(high))
    plotext.xticks(x_ticks, [step_text(tick) for tick in x_ticks])
    plotext.yticks([scale(tick) for tick in y_ticks], [f"{tick:g}" for tick in y_ticks])
    text = plotext.build()
    if marker == "ascii":
        text = text.translate(_ASCII)
    return [_row(line, width) for line in text.split("\n")[:height]]


def sparkline(values: Sequence[float], width: int) -> str:
    """The values in one row of blocks, the latest at the right."""
    finite = [value for value in values if _drawable(value, False)]
    if not finite or width < 1:
        return ""
    _, thinned = _thinned(range(len(finite)), finite, width)
    low, high = min(thinned), max(thinned)
    span = (high - low) or 1
    return "".join(_BLOCKS[round((value - low) / span * (len(_BLOCKS) - 1))] for value in thinned)


def ticks(low: float, high: float, most: int) -> list[float]:
    """At the most `most` round numbers in [low, high], a step of 1, 2 or 5 times a power of ten apart."""
    rough = (high - low) / max(1, most)
    if rough < _SMALLEST or not math.isfinite(rough):
        return [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in (1, 2, 5, 10) if nice * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def step_text(step: float) -> str:
    """`500`, `20k`, `1.5M`."""
    if abs(step) >= 1e12:
        return f"{step:.2g}"
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if abs(step) >= size:
            return f"{step / size:g}{unit}"
    return f"{step:g}"


def _finite(curves: Curves) -> tuple[Sequence[int], Sequence[float], Sequence[float]]:
    """The steps, smooth and raw losses to draw: the last part that is shown, without what no axis can hold."""
    if not curves.steps:
        return (), (), ()
    begin = curves.steps[-1] - curves.shown * (curves.steps[-1] - curves.steps[0])
    shown = slice(bisect_left(curves.steps, min(begin, curves.steps[-1])), None)
    steps, smooth, raw = curves.steps[shown], curves.smooth[shown], curves.raw[shown]
    # Nearly always all can be drawn; to find that out by sum, min and max makes no thousands of tuples.
    if all(math.isfinite(sum(v)) and _drawable(min(v), curves.log) and _drawable(max(v), False) for v in (smooth, raw)):
        return steps, smooth, raw
    points = zip(steps, smooth, raw, strict=True)
    kept = [p for p in points if _drawable(p[1], curves.log) and _drawable(p[2], curves.log)]
    return [p[0] for p in kept], [p[1] for p in kept], [p[2] for p in kept]


def _drawable(loss: float, log: bool) -> bool:
    """Whether an axis can hold this loss."""
    return (_SMALLEST if log else -_LARGEST) < loss < _LARGEST


def _thinned(steps: Sequence[int], values: Sequence[float], most: int) -> tuple[list[int], list[float]]:
    """At the most `most` points, each the mean of its neighbours; the last stays the last."""
    size = -(-len(steps) // max(1, most))
    if size <= 1:
        return list(steps), list(values)
    ends = range(len(steps) % size or size, len(steps) + 1, size)
    starts = [0, *ends][:-1]
    return (
        [steps[end - 1] for end in ends],
        [sum(values[start:end]) / (end - start) for start, end in zip(starts, ends, strict=True)],
    )


def _apart(steps: list[int], first: int, last: int, most: int) -> list[int]:
    """The steps; of more than can be told apart, the last one in each of so many equal parts of the axis."""
    if len(steps) <= most:
        return steps
    return list({(step - first) * most // (last - first + 1): step for step in steps}.values())


def _averaged(values: Sequence[float], window: int) -> Sequence[float]:
    """Each value with the window - 1 before it, averaged."""
    if window <= 1:
        return values
    averages, running = [], 0.0
    for index, value in enumerate(values):
        gone = values[index - window] if index >= window else 0.0
        running += value - gone
        if abs(gone) > _MOST_TIMES * abs(running):  # a loss so large that it took the digits of the others with it
            running = math.fsum(values[max(0, index - window + 1) : index + 1])
        averages.append(running / min(index + 1, window))
    return averages


def _value_at(step: int, steps: list[int], values: list[float]) -> float:
    """The curve's value at its last point not after `step`, or its first."""
    return values[max(0, bisect_right(steps, step) - 1)]


def _row(line: str, width: int) -> Row:
    row: Row = []
    for color, colored, plain in _PIECE.findall(line):
        if plain or colored:
            row.append((plain, "frame") if plain else (colored, ROLES[int(color)]))
    missing = width - sum(len(text) for text, _ in row)
    return [*row, (" " * missing, "frame")] if missing > 0 else row
