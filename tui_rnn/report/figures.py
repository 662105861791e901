"""The figures: losses against updates, against the place in the text, and of several runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tui_rnn.report.curve import Epoch
from tui_rnn.report.drawing import styled
from tui_rnn.report.svg import COLOURS
from tui_rnn.wording import counted
from tui_rnn.wording import figure as figure_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tui_rnn.report.curve import Floats, Steps

_WIDTH = 7.4  # inches
_MOST_EPOCH_LABELS = 6
_DASHES: Sequence[str | tuple[float, tuple[float, ...]]] = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (6, 1.5, 1.5, 1.5)))
_RUN_COLOURS = ("accent", "second", "third", "fourth")
_LARGEST = 1e100  # of what is drawn: an axis to 1e300 has no inverse in the numbers of a computer
_LONGEST = 1e15  # seconds that are drawn
_LEAST_SPAN = 1e-9  # of an axis, as a part of its largest value or of 1
_MOST_TIMES = 20  # an axis reaches to so many times what is ordinary for a run, or a loss of 1e30 would flatten it all


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line: what a guess of that kind costs."""

    loss: float  # nats per character
    label: str
    note: str = ""  # a sentence on what it is


@dataclass(frozen=True, slots=True)
class LossPicture:
    """What the figure of one run's losses shows. Losses in nats, summed over seq_length."""

    steps: "Steps"  # (n,)
    smooth: "Floats"  # (n,)
    raw: "Floats"  # (n,), NaN where none was kept
    raw_label: str
    seq_length: int
    best: tuple[float, int] | None  # smooth loss and its step
    epoch_ends: Sequence[int]  # the update after which each epoch ends
    levels: Sequence[Level]
    published: Sequence[tuple[int, float]]  # step and smooth loss
    published_label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One run among several. Losses in nats per character."""

    letter: str
    label: str
    steps: "Steps"  # (n,)
    smooth: "Floats"  # (n,)
    seconds: "Floats"  # (k,)
    timed: "Floats"  # (k,) smooth loss at those seconds


def loss_figure(picture: LossPicture) -> "Figure":
    """Smooth and raw loss against update steps, the epochs, the best, and what simple guesses cost."""
    from matplotlib.figure import Figure

    T = picture.seq_length
    with styled():
        figure = Figure((_WIDTH, 4.1), layout="constrained")
        axes = figure.add_subplot()
        smooth, raw = drawable(picture.smooth), drawable(picture.raw)
        axes.plot(picture.steps, raw, color=COLOURS["soft"], lw=0.5, gid="raw", label=picture.raw_label)
        axes.plot(picture.steps, smooth, color=COLOURS["accent"], lw=1.7, gid="smooth", label="smooth loss")
        for level, dashes in zip(picture.levels, ((0, (6, 3)), (0, (2, 2))), strict=False):
            _level(axes, level, T * level.loss, dashes)
        if picture.published:
            steps, losses = zip(*picture.published, strict=True)
            axes.plot(
                steps, losses, "o", mfc="none", mec=COLOURS["second"], ms=4.5, mew=1.1, gid="published",
                label=picture.published_label, zorder=3,
            )  # fmt: skip
        if picture.best is not None and abs(picture.best[0]) <= _LARGEST:
            loss, step = picture.best
            label = f"lowest: {figure_text(loss, 2)} after update {step:,}"
            axes.plot([step], [loss], "D", color=COLOURS["ink"], ms=4, gid="best", label=label, zorder=4, clip_on=False)
        _limit(axes, picture)
        _epochs(axes, picture.epoch_ends)
        axes.set_xlabel("update steps")
        axes.set_ylabel(f"loss, summed over {counted(T, 'character')} (nats)")
        _thousands(axes)
        per_character = axes.secondary_yaxis("right", functions=(_times(1 / T), _times(T)))
        per_character.set_ylabel("nats per character")
        per_character.spines["right"].set_visible(False)
        axes.legend(loc="upper right", bbox_to_anchor=(1, 0.86 if picture.levels else 1), ncols=1)
    return figure


def position_figure(epochs: Sequence[Epoch], best: tuple[float, float] | None, T: int, where: str) -> "Figure":
    """Smooth loss, and the loss of each part of the text, against the place in the text; later epochs stronger.

    Losses in nats, summed over T; `best` is the lowest smooth loss and its place, from 0 to 1.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    parted = [epoch for epoch in epochs if np.isfinite(epoch.part_losses).any()]
    with styled():
        figure = Figure((_WIDTH, 5.0 if parted else 3.0), layout=ConstrainedLayoutEngine(hspace=0.06))
        above, *below = figure.subplots(2 if parted else 1, 1, sharex=True, squeeze=False)[:, 0]
        for epoch, strength in zip(epochs, _strengths(len(epochs)), strict=True):
            style = {"color": COLOURS["accent"], "alpha": strength, "label": f"epoch {epoch.number}"}
            above.plot(
                100 * epoch.places, drawable(epoch.smooth), lw=0.8 + strength, gid=f"smooth-{epoch.number}", **style
            )
            if below and np.isfinite(epoch.part_losses).any():
                edges = np.linspace(0, 100, len(epoch.part_losses) + 1)
                shown = drawable(np.append(epoch.part_losses, epoch.part_losses[-1]))
                below[0].step(edges, shown, where="post", lw=0.6 + 0.7 * strength, gid=f"parts-{epoch.number}", **style)
        if best is not None and abs(best[0]) <= _LARGEST:
            loss, place = best
            above.plot([100 * place], [loss], "D", color=COLOURS["ink"], ms=4, gid="best", label="lowest")
        above.set_title("smooth loss, which follows the text by about 1,000 updates", loc="left")
        above.set_ylabel(f"nats, sum over {T}")
        above.legend(loc="upper right", ncols=min(5, len(epochs) + 1))
        _ceiling(above, [epoch.smooth for epoch in epochs])
        if below:
            share = "each hundredth" if len(parted[0].part_losses) == 100 else f"each {len(parted[0].part_losses)}th"
            below[0].set_title(f"loss, averaged over {share} of the text", loc="left")
            below[0].set_ylabel(f"nats, sum over {T}")
            _ceiling(below[0], [epoch.part_losses for epoch in parted])
        last = below[0] if below else above
        last.set_xlim(0, 100)
        last.set_xlabel(f"place in {where}, per cent")
    return figure


def comparison_figure(lines: Sequence[Line], levels: Sequence[Level], name: str = "smooth loss") -> "Figure":
    """These losses of several runs, in nats per character, against updates and against seconds of training."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    timed = any(len(line.seconds) > 1 for line in lines)
    with styled():
        figure = Figure((_WIDTH, 6.6 if timed else 3.8), layout=ConstrainedLayoutEngine(hspace=0.06))
        above, *below = figure.subplots(2 if timed else 1, 1, squeeze=False)[:, 0]
        for number, line in enumerate(lines):
            style = {
                "color": COLOURS[_RUN_COLOURS[number % len(_RUN_COLOURS)]],
                "ls": _DASHES[number // len(_RUN_COLOURS) % len(_DASHES)],
                "lw": 1.5,
            }
            above.plot(line.steps, drawable(line.smooth), gid=f"steps-{line.letter}", label=line.label, **style)
            if below and len(line.seconds) > 1:
                seconds = drawable(line.seconds, _LONGEST)
                below[0].plot(seconds, drawable(line.timed), gid=f"seconds-{line.letter}", label=line.label, **style)
        for level, dashes in zip(levels, ((0, (6, 3)), (0, (2, 2))), strict=False):
            _level(above, level, level.loss, dashes)
        _reach(above, [line.smooth for line in lines], [level.loss for level in levels], 0.06)
        above.set_xlabel("update steps")
        _thousands(above)
        above.legend(loc="upper right", bbox_to_anchor=(1, 0.9))
        if below:
            below[0].set_xlabel("seconds of training")
            _ceiling(below[0], [line.timed for line in lines if len(line.timed)])
        for axes in (above, *below):
            axes.set_ylabel(f"{name}, nats per character")
    return figure


def _times(factor: float) -> Callable[[Any], Any]:
    return lambda losses: losses * factor


def _level(axes: "Axes", level: Level, height: float, dashes: tuple[float, tuple[float, ...]]) -> None:
    axes.axhline(height, color=COLOURS["muted"], lw=0.8, ls=dashes, gid="level")
    axes.annotate(
        level.label, (0.995, height), (0, 2), xycoords=("axes fraction", "data"), textcoords="offset points",
        ha="right", va="bottom", color=COLOURS["muted"], fontsize=7.5,
    )  # fmt: skip


def _epochs(axes: "Axes", ends: Sequence[int]) -> None:
    for number, end in enumerate(ends, 1):
        axes.axvline(end, color=COLOURS["muted"], lw=0.5, ls=(0, (1, 2)), gid=f"epoch-{number}")
        if len(ends) > _MOST_EPOCH_LABELS:
            continue
        axes.annotate(
            f"epoch {number} ends", (end, 0.42), (-2, 0), xycoords=("data", "axes fraction"),
            textcoords="offset points", rotation=90, ha="right", va="bottom", color=COLOURS["muted"], fontsize=7,
        )  # fmt: skip


def _limit(axes: "Axes", picture: LossPicture) -> None:
    """Show all of the smooth loss and the lines; of the raw loss what lies within some way around them."""
    T = picture.seq_length
    others = [*(T * level.loss for level in picture.levels), *(loss for _, loss in picture.published)]
    raw = _finite(picture.raw)
    _reach(axes, [picture.smooth], others, 0.05, [float(np.quantile(raw, 0.002))] if len(raw) else [])
    if len(picture.steps):
        axes.set_xlim(0, max(2, int(picture.steps[-1]) * 1.01))


def _reach(
    axes: "Axes", curves: Sequence["Floats"], others: Sequence[float], margin: float, below: Sequence[float] = ()
) -> None:
    """Have the axis hold these curves and what else stands there; a curve that flies off is cut, and said to be.

    What is ordinary is where a curve begins, its median, and what else stands there. `below` may only lower the foot.
    """
    held = [found for curve in curves if len(found := _finite(curve))]
    values = [*others, *(float(each) for curve in held for each in (curve.min(), curve.max()))]
    ordinary = [abs(float(each)) for curve in held for each in (curve[0], np.median(curve))]
    bound = min(_LARGEST, _MOST_TIMES * max([*ordinary, *map(abs, others)], default=0.0) or 1.0)
    low, high = max(min([*values, *below], default=0.0), -bound), min(max(values, default=1.0), bound)
    axes.set_ylim(*_spread(low, high, margin, margin))
    highest = max((float(curve[np.isfinite(curve)].max(initial=-np.inf)) for curve in curves), default=-np.inf)
    if highest > high:
        axes.annotate(
            f"cut: it rises to {highest:.2e}", (0.01, 1), (0, -2), xycoords="axes fraction",
            textcoords="offset points", va="top", color=COLOURS["muted"], fontsize=7.5, gid="cut",
        )  # fmt: skip


def _ceiling(axes: "Axes", losses: Sequence["Floats"]) -> None:
    """Leave out the steep beginning, which would press all the rest flat."""
    values = _finite(np.concatenate(losses))
    if len(values):
        high = float(np.quantile(values, 0.96)) if len(values) > 20 else float(values.max())
        axes.set_ylim(*_spread(float(values.min()), high, 0.06, 0.24))


def _spread(low: float, high: float, below: float, above: float) -> tuple[float, float]:
    """The limits of an axis that holds these two, with margins that are parts of what lies between them."""
    if high - low < _LEAST_SPAN * max(1.0, abs(low), abs(high)):
        margin = max(1.0, 0.05 * abs(high))
        return low - margin, high + margin
    return low - below * (high - low), high + above * (high - low)


def drawable(values: "Floats", most: float = _LARGEST) -> "Floats":
    """The values, NaN in place of those that no axis can hold."""
    return np.where(np.abs(values) <= most, values, np.nan)


def _finite(values: "Floats") -> "Floats":
    return values[np.abs(values) <= _LARGEST]  # false for a NaN


def _strengths(count: int) -> list[float]:
    """From faint to full, the last the strongest."""
    return [1.0] if count == 1 else [0.3 + 0.7 * number / (count - 1) for number in range(count)]


def _thousands(axes: "Axes") -> None:
    from matplotlib.ticker import FuncFormatter

    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}" if abs(x) < 1e9 else f"{x:.3g}"))
