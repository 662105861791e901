"""What stands in the rim of the loss chart: what it is of, or the values at the cursor; names of what is drawn."""

import math
from bisect import bisect_left

from textual.content import Content

from tui_rnn.engine.recent import LAGS_BEFORE, RECENT_UPDATES
from tui_rnn.tui.chart.series import Series
from tui_rnn.tui.chart.signs import signs_for
from tui_rnn.tui.chart.view import View
from tui_rnn.tui.palette import Palette
from tui_rnn.wording import epoch_text, figure

_BY_RECENT = f"mean of the last {RECENT_UPDATES} updates: below {LAGS_BEFORE:,} the smooth loss lags"
_WIDE = 96  # columns of a chart from which names stand in full


def heading(series: Series, view: View) -> tuple[Content, ...]:
    """What the chart is of; with a cursor the logged values there."""
    cursor = view.cursor
    if cursor is None or not series.steps:
        parts = [f"per character, {_BY_RECENT if series.by_recent else 'smooth over 1,000 updates'}"]
        if series.steps and (view.first or view.last is not None):
            last = series.steps[-1] if view.last is None else view.last
            parts.append(f"steps {view.first:,.0f} to {last:,.0f}")
        if view.averaged > 1:
            parts.append(f"raw: mean of {view.averaged} points")
        if view.log:
            parts.append("log of the loss")
        return tuple(map(Content, parts))
    at = min(bisect_left(series.steps, cursor), len(series.steps) - 1)
    nats = series.smooth[at]
    per_epoch = series.steps_per_epoch
    epoch = (Content(f"epoch {epoch_text(series.steps[at] / per_epoch)}"),) if per_epoch else ()
    return (
        Content.styled(f"step {series.steps[at]:,}", "b $text-accent"),
        Content.styled(f"{figure(nats, 3)} nats", "b $text-primary"),
        Content.styled(f"{figure(nats / math.log(2), 3)} bits", "$foreground"),
        Content(f"raw {figure(series.raw[at], 2)}"),
        *epoch,
    )


def legend(series: Series, view: View, palette: Palette, width: int) -> tuple[Content, ...]:
    """Names of what is drawn, and of nothing else; shorter on a narrow chart."""
    narrow = width < _WIDE
    if not series.steps:
        return ()
    raw = "raw" if narrow else "raw" if series.stride == 1 else f"raw, means of {series.stride}"
    signs = signs_for(view.marker, palette)
    behind = "$primary" if palette.terminal else "$primary 35%"
    parts = [
        (signs.smooth, "$primary", "recent" if series.by_recent else "smooth"),
        (signs.band, behind, raw if narrow else f"{raw}, middle 80 %"),
    ]
    if series.overlay:
        parts.append((signs.overlay, "$secondary", series.overlay.name))
    if series.samples:
        parts.append((signs.sample, "$text-accent", "sample"))
    if series.saved:
        parts.append((signs.saved, "$text-success", "saved"))
    if series.adjusted:
        parts.append((signs.adjusted, "$text", "changed"))
    if series.held_out:
        parts.append((signs.held_out, "$text-secondary", "held out"))
    return tuple(Content.assemble((glyph, style), f" {name}") for glyph, style, name in parts)
