"""What the chart shows as files for others: its points as CSV, the chart itself as an SVG on paper's colours."""

import csv
import io
import math
from collections.abc import Iterable, Iterator
from html import escape

import numpy as np

from tui_rnn.engine.recent import RECENT_UPDATES
from tui_rnn.runs.course import Course
from tui_rnn.tui.chart.frame import Frame, averaged, drawable, epoch_columns, frame_for
from tui_rnn.tui.chart.gutter import rungs_beside
from tui_rnn.tui.chart.overlay import placed_on
from tui_rnn.tui.chart.round_numbers import tick_texts, y_ticks
from tui_rnn.tui.chart.scales import Scale, scale_of
from tui_rnn.tui.chart.series import Series
from tui_rnn.tui.chart.signs import SIGNS
from tui_rnn.tui.chart.view import View
from tui_rnn.tui.chart.y_range import Band
from tui_rnn.tui.palette import PAPER, Palette

WIDTH, HEIGHT = 960, 540  # pixels of the picture
_LEFT, _TOP, _RIGHT, _FOOT = 64, 56, 190, 64  # of them around the plot
_COLUMNS, _ROWS = 126, 30  # of the chart that the picture is computed as


def as_csv(series: Series, view: View, name: str) -> str:
    """The points that are shown as rows, those of an overlay after the run's own; the units stand in the header.

    A value that is not known is empty. Raw losses are means over as many updates as the header says.
    """
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    updates = series.stride * view.averaged
    means = "of each update" if updates == 1 else f"mean of {updates} updates"
    smooth = tuple(f"{_loss_of(series)} ({unit})" for unit in ("nats/char", "bits/char"))
    rows.writerow(
        ("run", "step", "epoch", "time trained (s)", "characters read", *smooth, f"raw loss (nats/char; {means})")
    )
    shown = averaged(series, view.averaged)
    rows.writerows(_rows(shown, name, shown.raw, view))
    if series.overlay is not None:
        rows.writerows(_rows(series.overlay, series.overlay.name, None, view))
    return written.getvalue()


def _rows(run: Series | Course, name: str, raw: Iterable[float] | None, view: View) -> Iterator[tuple[object, ...]]:
    last = math.inf if view.last is None else view.last
    scales = [scale_of(run, kind) for kind in ("epochs", "seconds", "characters")]
    for step, smooth, loss in zip(run.steps, run.smooth, raw or ("",) * len(run.steps), strict=True):
        if view.first <= step <= last:
            units = (_rounded(scale, step) for scale in scales)
            yield name, step, *units, smooth, smooth / math.log(2), loss


def _loss_of(series: Series) -> str:
    """What its curve shows."""
    return f"mean of the last {RECENT_UPDATES} updates" if series.by_recent else "smooth loss"


def _rounded(scale: Scale | None, step: float) -> str:
    return "" if scale is None else f"{float(scale.value(step)):.10g}"


def as_svg(series: Series, view: View, name: str) -> str:
    """The chart as it is shown: scales, part of the run, curves, marks and levels. It needs nothing from elsewhere."""
    series = drawable(series)
    palette = Palette.of(PAPER, {})
    drawn = "".join(_drawn(series, view, palette)) if series.steps else ""
    how = _loss_of(series) if series.by_recent else "smooth over 1,000 updates"
    title = f"{name}: loss per character, {how}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="Helvetica,Arial,sans-serif" font-size="12" fill="{palette.text}">'
        f'<rect width="100%" height="100%" fill="{palette.background}"/>'
        f'<text x="{_LEFT}" y="26" font-size="15" font-weight="bold">{_plain(title)}</text>{drawn}</svg>\n'
    )


class _Paper:
    """Where values lie on the picture, and its shapes."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.left, self.right = _LEFT, WIDTH - _RIGHT
        self.top, self.foot = _TOP, HEIGHT - _FOOT

    def x(self, values: float) -> float:
        """Of a value of the scale."""
        axis = self.frame.axis
        return self.left + (values - axis.low) / (axis.high - axis.low) * (self.right - self.left)

    def x_of(self, step: float) -> float | None:
        """Of a step; None outside the plot."""
        axis = self.frame.axis
        return self.x(float(axis.value(step))) if axis.first <= step <= axis.last else None

    def y(self, loss: float) -> float:
        """Of a loss, outside the plot too."""
        return self.top + self.frame.y(loss) * (self.foot - self.top)

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
        """A straight line."""
        return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{more}/>'

    def curve(self, values: Iterable[float], losses: Iterable[float], more: str) -> str:
        """A line through these points, cut at the plot's edges."""
        points = " ".join(f"{self.x(v):.1f},{self.y(y):.1f}" for v, y in zip(values, losses, strict=True))
        return f'<polyline clip-path="url(#plot)" fill="none" points="{points}" {more}/>'

    def words(self, x: float, y: float, words: str, colour: str, more: str = "") -> str:
        """A line of text whose middle is at y."""
        return f'<text x="{x:.1f}" y="{y + 4:.1f}" fill="{colour}"{more}>{_plain(words)}</text>'

    def mark(self, x: float, y: float, shape: str, colour: str) -> str:
        """A diamond, a circle, or a triangle, perhaps upside down."""
        if shape == "circle":
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
        around = {
            "diamond": ((0, -5), (5, 0), (0, 5), (-5, 0)),
            "triangle": ((0, -5), (5, 4), (-5, 4)),
            "upside down": ((0, 5), (5, -4), (-5, -4)),
        }[shape]
        points = " ".join(f"{x + right:.1f},{y + down:.1f}" for right, down in around)
        return f'<polygon points="{points}" fill="{colour}"/>'


def _drawn(series: Series, view: View, palette: Palette) -> Iterator[str]:
    frame, raw = frame_for(series, view, _COLUMNS, _ROWS + 3)
    paper = _Paper(frame)
    size = f'width="{paper.right - paper.left}" height="{paper.foot - paper.top}"'
    yield f'<clipPath id="plot"><rect x="{paper.left}" y="{paper.top}" {size}/></clipPath>'
    yield from _axes(paper, series, palette)
    yield _band(paper, raw, palette)
    yield from _levels(paper, series, palette)
    if series.overlay is not None and (other := placed_on(series.overlay, frame.axis)) is not None:
        yield paper.curve(*other, f'stroke="{palette.overlay}" stroke-width="1.5" stroke-dasharray="5 3"')
    values = frame.axis.value(np.array(series.steps, float))
    yield paper.curve(values, series.smooth, f'stroke="{palette.primary}" stroke-width="2.5" stroke-linejoin="round"')
    yield from _marks(paper, series, palette)
    yield from _legend(series, palette)


def _axes(paper: _Paper, series: Series, palette: Palette) -> Iterator[str]:
    frame = paper.frame
    losses = [loss for loss in y_ticks(frame.low, frame.high, _ROWS) if frame.shows(loss)]
    for loss, words in zip(losses, tick_texts(losses), strict=True):
        yield paper.line(paper.left, paper.y(loss), paper.right, paper.y(loss), palette.hair)
        yield paper.words(paper.left - 8, paper.y(loss), words, palette.muted, ' text-anchor="end"')
    for epoch, _ in epoch_columns(frame, series):
        if (x := paper.x_of((epoch - 1) * (series.steps_per_epoch or 0))) is not None:
            yield paper.line(x, paper.top, x, paper.foot, palette.faint, ' stroke-dasharray="1 4"')
            yield paper.words(x + 4, paper.foot - 8, f"epoch {epoch}", palette.dim)
    yield paper.line(paper.left, paper.foot, paper.right, paper.foot, palette.faint)
    yield paper.line(paper.left, paper.top, paper.right, paper.top, palette.faint)
    for step, words in frame.axis.round_steps():
        if (x := paper.x_of(max(step, frame.axis.first))) is not None:
            yield paper.line(x, paper.foot, x, paper.foot + 5, palette.dim)
            yield paper.words(x, paper.foot + 15, words, palette.muted, ' text-anchor="middle"')
    yield paper.words(paper.right + 12, paper.foot + 15, frame.axis.name, palette.muted)
    yield paper.words(paper.left - 8, paper.top - 14, "nats", palette.muted, ' text-anchor="end"')


def _band(paper: _Paper, raw: Band, palette: Palette) -> str:
    steps = [paper.left + (column + 0.5) / paper.frame.width * (paper.right - paper.left) for column in raw.columns]
    upper = [f"{x:.1f},{paper.y(loss):.1f}" for x, loss in zip(steps, raw.high, strict=True)]
    lower = [f"{x:.1f},{paper.y(loss):.1f}" for x, loss in zip(steps, raw.low, strict=True)]
    return f'<polygon clip-path="url(#plot)" points="{" ".join([*upper, *lower[::-1]])}" fill="{palette.band}"/>'


def _levels(paper: _Paper, series: Series, palette: Palette) -> Iterator[str]:
    """The words beside the plot as on the screen, and a line for each level within it."""
    frame = paper.frame
    ladder = rungs_beside(frame, SIGNS, series)
    named = [rung.value for _, rung in ladder]
    for level in series.references:
        if frame.shows(level.nats) and level.nats in named:
            y = paper.y(level.nats)
            yield paper.line(paper.right - 40, y, paper.right, y, palette.dim, ' stroke-dasharray="3 3"')
    for row, rung in ladder:
        y = paper.top + (row + 0.5) / frame.height * (paper.foot - paper.top)
        bold = ' font-weight="bold"' if rung.bold else ""
        yield paper.words(paper.right + 12, y, rung.words, getattr(palette, rung.role), bold)


def _marks(paper: _Paper, series: Series, palette: Palette) -> Iterator[str]:
    first = paper.frame.axis.first
    for step in series.samples:  # that before update 1 begins every scale
        if (x := paper.x_of(max(step, first) if step <= 1 else step)) is not None:
            yield paper.mark(x, paper.top, "diamond", palette.accent)
    for step in series.adjusted:
        if (x := paper.x_of(max(step, first))) is not None:
            yield paper.mark(x, paper.top, "upside down", palette.text)
    for step in series.saved:
        if (x := paper.x_of(step)) is not None:
            yield paper.mark(x, paper.foot, "circle", palette.success)
    for step, loss in series.held_out:
        if (x := paper.x_of(step)) is not None and paper.frame.shows(loss):
            yield paper.mark(x, paper.y(loss), "triangle", palette.secondary)


def _legend(series: Series, palette: Palette) -> Iterator[str]:
    """What is drawn, and nothing else, in the colour of its curve or mark."""
    means = "" if series.stride == 1 else f" (means of {series.stride})"
    parts = [
        ("━", "recent" if series.by_recent else "smooth", palette.primary),
        ("█", f"raw{means}, middle 80 %", palette.mixed("band", "primary", 0.2)),
    ]
    parts += [("╌", series.overlay.name, palette.overlay)] if series.overlay else []
    parts += [("◆", "sample", palette.accent)] if series.samples else []
    parts += [("●", "saved", palette.success)] if series.saved else []
    parts += [("▼", "changed", palette.text)] if series.adjusted else []
    parts += [("▲", "held out", palette.secondary)] if series.held_out else []
    spans = (f'<tspan fill="{colour}" dx="12">{glyph}</tspan> {_plain(name)}' for glyph, name, colour in parts)
    yield f'<text x="{_LEFT - 12}" y="{HEIGHT - 18}" fill="{palette.muted}">{"".join(spans)}</text>'


def _plain(words: str) -> str:
    """The words as XML holds them."""
    return escape("".join(character for character in words if character.isprintable()))
