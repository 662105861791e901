"""The figures of a sweep: curves with bands, every seed of every setting, and what each option's values reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import TYPE_CHECKING

from tui_rnn.report.drawing import styled
from tui_rnn.report.figures import drawable
from tui_rnn.report.svg import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tui_rnn.sweeps.bands import Band

WIDTH = 7.4  # inches
_COLOURS = ("accent", "second", "third", "fourth")
_DASHES = ("-", (0, (5, 1.5)))
MOST_COLOURED = 6  # settings that have a look of their own; of more the best four, and the others are grey
_MANY = 4
_ROW = 0.26  # inches of a setting in the figure of seeds
_FAR = 4.0  # an axis of losses reaches so many times the way from the best to the median one


@dataclass(frozen=True, slots=True)
class Curve:
    """One setting in the figure of curves."""

    label: str
    bands: "Sequence[Band | None]"  # one for each of the figure's axes


@dataclass(frozen=True, slots=True)
class Dots:
    """One setting in the figure of seeds. Losses in nats per character."""

    label: str
    losses: Sequence[float]
    lower: float | None  # quartile; infinite where runs did not learn
    median: float | None
    upper: float | None
    untrained: int  # runs that diverged or went off course


@dataclass(frozen=True, slots=True)
class Values:
    """One option in the figure of options."""

    title: str
    labels: Sequence[str]
    is_ordered: bool  # numbers, between which a line means something
    means: Sequence[float]
    error: float | None  # of each mean, by the seeds' spread
    runs: Sequence[Sequence[float]]  # the losses behind each mean


def curves_figure(curves: Sequence[Curve], places: Sequence[str], loss: str) -> "Figure":
    """Median and quartiles over the seeds of each setting, the best first; an axis under another for each of places."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    coloured = len(curves) if len(curves) <= MOST_COLOURED else _MANY
    with styled():
        figure = Figure((WIDTH, 3.9 if len(places) == 1 else 6.6), layout=ConstrainedLayoutEngine(hspace=0.06))
        every = figure.subplots(len(places), 1, squeeze=False)[:, 0]
        for number, (axes, place) in enumerate(zip(every, places, strict=True)):
            shown = [(rank, curve, curve.bands[number]) for rank, curve in enumerate(curves)]
            for rank, curve, band in reversed(shown):  # the best on top
                if band is not None:
                    _band(axes, band, rank, curve.label, is_coloured=rank < coloured)
            _from_the_fall(axes, [band for rank, _, band in shown if band is not None and rank < coloured])
            axes.set_xlabel(place)
            axes.set_ylabel(f"{loss}, nats per character")
            thousands(axes)
        handles, labels = every[0].get_legend_handles_labels()
        if coloured < len(curves):
            (others,) = every[0].plot([], [], color=COLOURS["muted"], lw=0.8, alpha=0.5)
            handles, labels = [others, *handles], [f"{len(curves) - coloured:,} others", *labels]
        if len(curves) > 1:
            every[0].legend(handles[::-1], labels[::-1], loc="upper right")
    return figure


def _band(axes: "Axes", band: "Band", rank: int, label: str, *, is_coloured: bool) -> None:
    if not is_coloured:
        axes.plot(band.x, drawable(band.median), color=COLOURS["muted"], lw=0.7, alpha=0.4, gid=f"median-{rank}")
        return
    colour, dashes = COLOURS[_COLOURS[rank % len(_COLOURS)]], _DASHES[rank // len(_COLOURS) % len(_DASHES)]
    if band.runs > 1:
        axes.fill_between(
            band.x, drawable(band.lower), drawable(band.upper), color=colour, alpha=0.18, lw=0, gid=f"band-{rank}"
        )
    axes.plot(band.x, drawable(band.median), color=colour, ls=dashes, lw=1.5, label=label, gid=f"median-{rank}")


def _from_the_fall(axes: "Axes", bands: "Sequence[Band]") -> None:
    """Leave the steep beginning out, about the first quarter of the way, which would press all the rest flat."""
    lows = [float(band.lower.min()) for band in bands]
    highs = [float(sorted(band.median)[3 * len(band.median) // 4]) for band in bands]
    if lows and all(map(isfinite, (*lows, *highs))):
        margin = max(1e-9, max(highs) - min(lows))
        axes.set_ylim(min(lows) - 0.06 * margin, max(highs) + 0.25 * margin)


def seeds_figure(settings: Sequence[Dots], loss: str) -> "Figure":
    """A row for each setting, the best on top: a dot a seed, a bar between the quartiles, a line at the median."""
    from matplotlib.figure import Figure

    with styled():
        figure = Figure((WIDTH, 0.95 + _ROW * max(2, len(settings))), layout="constrained")
        axes = figure.add_subplot()
        low, high = limits([loss for each in settings for loss in each.losses])
        for place, each in enumerate(settings):
            colour = COLOURS["accent" if place == 0 else "ink"]
            y = -place
            if len(each.losses) > 1 and each.lower is not None and each.upper is not None:
                right = min(each.upper, high)
                axes.plot(
                    [min(each.lower, high), right], [y, y], color=COLOURS["soft"], lw=6, solid_capstyle="butt", zorder=1
                )
            inside = [value for value in each.losses if value <= high]
            axes.plot(inside, [y] * len(inside), "o", ms=4.5, mfc="none", mec=colour, mew=1.0, gid=f"seeds-{place}")
            if each.median is not None and each.median <= high:
                axes.plot(
                    [each.median] * 2, [y - 0.34, y + 0.34], color=colour, lw=1.6, zorder=3, gid=f"median-{place}"
                )
            _beyond(axes, each, y, high)
        axes.set_yticks([-place for place in range(len(settings))], [each.label for each in settings])
        axes.tick_params(axis="y", labelcolor=COLOURS["ink"])
        axes.set_ylim(-len(settings) + 0.4, 0.6)
        axes.set_xlim(low, high)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(f"{loss}, nats per character")
    return figure


def limits(losses: Sequence[float]) -> tuple[float, float]:
    """An axis for most of these losses: it reaches some times as far above the lowest as the middle one does."""
    ordered = sorted(losses)
    if not ordered:
        return 0.0, 1.0
    low = ordered[0]
    high = min(ordered[-1], low + _FAR * max(ordered[len(ordered) // 2] - low, 1e-6 + 0.01 * abs(low)))
    margin = 0.04 * (high - low) or max(0.01, 0.01 * abs(low))
    return low - margin, high + margin


def _beyond(axes: "Axes", each: Dots, y: float, high: float) -> None:
    """What lies beyond the axis's end, in words there."""
    far = [f"{value:.2f} →" for value in sorted(each.losses) if value > high]
    words = [*far[:3], *([f"{each.untrained} not trained"] if each.untrained else [])]
    if words:
        axes.annotate(
            "  ".join(words), (high, y), (-3, 0), textcoords="offset points", ha="right", va="center",
            color=COLOURS["second"], fontsize=7.5, gid="beyond",
        )  # fmt: skip


def options_figure(options: Sequence[Values], loss: str) -> "Figure":
    """For each option the mean loss of its values over all settings and seeds that have them, and the runs behind."""
    from matplotlib.figure import Figure

    with styled():
        figure = Figure((WIDTH if len(options) > 1 else 0.6 * WIDTH, 2.9), layout="constrained")
        every = figure.subplots(1, len(options), sharey=True, squeeze=False)[0]
        for axes, option in zip(every, options, strict=True):
            for place, losses in enumerate(option.runs):
                axes.plot([place] * len(losses), losses, "o", ms=3, mfc=COLOURS["soft"], mec="none", alpha=0.7)
            axes.errorbar(
                range(len(option.means)), option.means, yerr=option.error, color=COLOURS["accent"],
                lw=1.4 if option.is_ordered else 0, marker="D", ms=4, capsize=3, elinewidth=1.0, gid="means",
            )  # fmt: skip
            axes.set_xticks(range(len(option.labels)), option.labels)
            axes.set_xlim(-0.5, len(option.labels) - 0.5)
            axes.grid(visible=False, axis="x")
            axes.set_title(option.title, loc="left")
        low, high = limits([loss for option in options for losses in option.runs for loss in losses])
        means = [mean + (option.error or 0.0) for option in options for mean in option.means]
        every[0].set_ylim(low, max(high, max(means) + 0.04 * (max(means) - low)))
        every[0].set_ylabel(f"{loss}, nats per character")
    return figure


def thousands(axes: "Axes") -> None:
    """Write the numbers of the lower axis with thousands apart, millions as a word."""
    from matplotlib.ticker import FuncFormatter

    def text(x: float, _: int) -> str:
        if abs(x) >= 1e6 and x < inf:
            return f"{x / 1e6:g} million"
        return f"{x:,.0f}" if abs(x) >= 10 or x == int(x) else f"{x:g}"

    axes.xaxis.set_major_formatter(FuncFormatter(text))
