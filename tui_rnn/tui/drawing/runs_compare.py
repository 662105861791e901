"""Runs beside one another on a grid: their curves over the characters they read, and what differs between them."""

import dataclasses
import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.cells import cell_len

from tui_rnn.engine.config import SAMPLED_BY_TIME, RunConfig
from tui_rnn.runs.course import Course, comparable
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.chart.ladder import Rung, placed
from tui_rnn.tui.chart.round_numbers import step_text, tick_texts, y_ticks
from tui_rnn.tui.drawing.run_row import RunRow
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.wording import changes_text, duration_text, figure

LEFT, RIGHT = 6, 16  # columns of the losses' axis, and of the words beside the plot
_SPAN = 30.0  # times the first characters that are shown are the last of the run that read the fewest
_WORDS = 5  # rows that a table leaves for what a run wrote
_SIGNS = "*+xo"  # of the curves in ASCII, the chosen run's first
_BY_RECENT = (
    "mean of the last 50 updates: below 5,000 the smooth loss lags",
    "mean of the last 50 updates",
    "last 50 updates",
)
_DRAWN = 0.75  # of a curve's columns, at least

# Names of settings, as the field's symbols, and the order in which those that differ are listed; others follow.
_NAMES = {
    "corpus": "text",
    "recipe": "recipe",
    "cell": "cell",
    "optimizer": "optimizer",
    "eta": "eta",
    "hidden_size": "m",
    "seq_length": "T",
    "batch_size": "B",
    "memory_start": "memory",
    "schedule": "schedule",
    "holdout": "held out part",
    "seed": "seed",
}
_OF_THE_COURSE = ("steps", "minutes")  # told by the updates that were made
_NOT_OF_LEARNING = ("sample_every", "sample_length", "checkpoint_every")


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the runs that stand beside one another."""

    row: RunRow
    label: str  # short, and its own
    colour: str
    course: Course | None = None  # None: not read yet
    band: tuple[tuple[float, float, float], ...] = ()  # (characters read, quartiles of the loss) around the course


def labels(rows: Sequence[RunRow]) -> list[str]:
    """A short name for each: the one its user gave, else its recipe; where two are alike, the end of their folder's."""
    short = [row.name if row.line.name else row.line.recipe for row in rows]
    return [
        name if short.count(name) == 1 else row.line.run.rstrip("/\\").rsplit("-", 1)[-1][-10:]
        for name, row in zip(short, rows, strict=True)
    ]


def differences(rows: Sequence[RunRow], *, whole: bool = False) -> list[tuple[str, list[str]]]:
    """(setting, its value in each run) for those that are not the same in all of them; with `whole` all of these.

    Without it those that change nothing of what is learnt are left out. A setting that was adjusted has its values in
    the run's course, with `whole` also the updates that each is in force from.
    """
    configs = [row.config for row in rows]
    if len(configs) < 2 or None in configs:
        return []
    left_out = _OF_THE_COURSE if whole else (*_OF_THE_COURSE, *_NOT_OF_LEARNING)
    known = [field.name for field in dataclasses.fields(RunConfig) if field.name not in left_out]
    order = [*(name for name in _NAMES if name in known), *(name for name in known if name not in _NAMES)]
    found = []
    for name in order:
        values = [
            (getattr(row.config, name), changes_text(name, row.changes), changes_text(name, row.changes, steps=whole))
            for row in rows
        ]
        if any(value != values[0] for value in values):
            found.append((setting_name(name), [course or setting_value(name, value) for value, _, course in values]))
    return found


def setting_name(name: str) -> str:
    """An option as it is called where there is little room: `m` for hidden_size."""
    return _NAMES.get(name, name.replace("_", " "))


def reached(rows: Sequence[RunRow]) -> list[tuple[str, list[str]]]:
    """What each run has made and reached; where the smooth loss of one lags behind it, the recent loss of all."""
    lagging = any(row.line.lags for row in rows)
    return [
        ("updates", [f"{row.line.step:,}" for row in rows]),
        ("characters", [count_text(row.characters) for row in rows]),
        ("chars/s", [_speed(row) for row in rows]),
        *([("weights", [_weights(row) for row in rows])] if any(row.weights is not None for row in rows) else []),
        ("trained", [duration_text(row.line.elapsed_seconds) for row in rows]),
        ("best", ["–" if row.line.lags else figure(row.line.nats_per_char, 3) for row in rows]),
        *([("recent", [figure(row.line.recent_nats_per_char, 3) for row in rows])] if lagging else []),
        ("held out", [figure(row.line.best_held_out_nats_per_char, 3) for row in rows]),
    ]


def _speed(row: RunRow) -> str:
    return count_text(row.characters / row.line.elapsed_seconds) if row.line.elapsed_seconds > 0 else "–"


def _weights(row: RunRow) -> str:
    return "–" if row.weights is None else f"{row.weights:,}"


def judged_by(rows: Sequence[RunRow]) -> str:
    """On which text several runs are judged, in less than 46 characters; empty of one, or where it is not known."""
    texts, parts = {row.text_sha256 for row in rows}, {row.config.holdout if row.config else None for row in rows}
    if len(rows) < 2 or None in texts or None in parts:
        return ""
    if len(texts) > 1:
        return "different texts: losses cannot be ranked"
    if len(parts) > 1:
        return "one text, unlike parts of it held out"
    return "one text, judged on " + ("what they trained on" if parts == {0.0} else "the same held-out part")


def count_text(characters: float) -> str:
    """`850`, `27.5 k`, `1.50 M`, `2.10 G`: characters that were read."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if characters >= size:
            return f"{characters / size:.3g} {unit}"
    return f"{characters:,.0f}"


def paint_table(grid: Grid, palette: Palette, x: int, y: int, compared: Sequence[Compared], *, whole: bool) -> int:
    """What differs and what was reached, a column a run; returns the row behind it. `whole`: all that differs."""
    rows = [each.row for each in compared]
    differing, results, judged = differences(rows, whole=whole), reached(rows), judged_by(rows)
    room = max(0, grid.height - y - len(results) - 1 - bool(judged) - (0 if whole else _WORDS))
    left_out = len(differing) - room
    shown = differing if left_out <= 0 else differing[: max(0, room - 1)]
    names = [name for name, _ in (*shown, *results)]
    widths = [
        max([cell_len(each.label), *(cell_len(values[k]) for _, values in (*shown, *results))])
        for k, each in enumerate(compared)
    ]
    first = x + max(map(len, [*names, "differs in"])) + 2
    kept = 1  # columns for which there is room, whole; the chosen run's always
    while kept < len(compared) and first + sum(widths[: kept + 1]) + 2 * kept <= grid.width:
        kept += 1
    ends, end = [], first
    for width in widths[:kept]:
        end += width
        ends.append(end)
        end += 2
    grid.put(x, y, "differs in" if len(compared) > 1 else "reached", palette.dim)
    for each, end in zip(compared, ends, strict=False):
        grid.put_left_of(end, y, each.label, each.colour, bold=True)
    y += 1
    for name, values in shown:
        y = _table_row(grid, palette, x, y, name, values, ends)
    if left_out > 0:
        grid.put(x, y, f"and {len(differing) - len(shown)} more: d", palette.dim)
        y += 1
    ranked = ("held out", "recent" if "recent" in dict(results) else "best")
    for name, values in results:
        y = _table_row(grid, palette, x, y, name, values, ends, lowest=name in ranked)
    if judged and x + len(judged) <= grid.width:
        grid.put(x, y, judged, palette.dim)
        y += 1
    return y


def _table_row(
    grid: Grid,
    palette: Palette,
    x: int,
    y: int,
    name: str,
    values: Sequence[str],
    ends: Sequence[int],
    *,
    lowest: bool = False,
) -> int:
    grid.put(x, y, name, palette.muted)
    numbers = [float(value) if value[:1].isdigit() else math.inf for value in values] if lowest else []
    best = min(numbers, default=math.inf) if len(values) > 1 else math.inf
    for k, (value, end) in enumerate(zip(values, ends, strict=False)):
        is_best = lowest and math.isfinite(best) and numbers[k] == best
        grid.put_left_of(end, y, value, palette.success if is_best else palette.text, bold=is_best)
    return y + 1


def paint_curves(
    grid: Grid,
    palette: Palette,
    place: tuple[int, int, int, int],
    compared: Sequence[Compared],
    *,
    marker: str = "braille",
) -> None:
    """The losses over the logarithm of the characters read, in the place (x, y, width, height).

    They are the smooth ones; where that of a run still lags, the recent ones of all.
    """
    import numpy as np

    from tui_rnn.tui.chart import dots

    x, y, width, height = place
    right = max(RIGHT, 2 + max(len(_end_words(each)) for each in compared)) if compared else RIGHT
    columns, rows = width - LEFT - right, height - 3
    if columns < 8 or rows < 3:
        return
    drawn = [each for each in compared if each.course is not None and len(each.course.steps) > 1]
    courses = comparable(each.course for each in drawn if each.course is not None)
    by_recent = any(course is not each.course for course, each in zip(courses, drawn, strict=True))
    drawn = [replace(each, course=course) for course, each in zip(courses, drawn, strict=True) if len(course.steps) > 1]
    read = {each.label: np.array(each.course.steps, float) * each.course.characters_per_step
            for each in drawn if each.course is not None}  # fmt: skip
    if not drawn:
        grid.put(x + LEFT, y + height // 2, _waiting(compared), palette.muted)
        return
    last = max(float(each[-1]) for each in read.values())
    shortest = min(float(each[-1]) for each in read.values())
    first = max(min(max(1.0, float(each[0])) for each in read.values()), shortest / _SPAN)
    low_x, high_x = math.log10(first), max(math.log10(last), math.log10(first) + 1e-6)
    values = np.linspace(low_x, high_x, 2 * columns)
    curves = {}
    for each in drawn:
        assert each.course is not None
        at, losses = np.log10(np.maximum(read[each.label], 1.0)), np.array(each.course.smooth, float)
        inside = (values >= at[0]) & (values <= at[-1])
        curves[each.label] = (values[inside], np.interp(values[inside], at, losses))
    known = [losses for _, losses in curves.values() if len(losses)]
    if not known:
        return
    low, high = min(float(each.min()) for each in known), max(float(np.quantile(each, _DRAWN)) for each in known)
    span = max(high - low, 1e-6, 1e-9 * abs(high))
    low, high = low - 0.06 * span, high + 0.04 * span
    top = y + 1

    def row_of(loss: float) -> int:
        return int(min(max((high - loss) / (high - low) * rows, 0), rows - 1))

    for each in reversed(drawn):
        _paint_band(grid, palette, each, (x + LEFT, top, columns), (low_x, high_x), row_of, high, marker)
    ticks = [tick for tick in y_ticks(low, high, rows) if low < tick < high]
    for tick, words in zip(ticks, tick_texts(ticks), strict=True):
        for column in range(2, columns, 4):
            grid.put(x + LEFT + column, top + row_of(tick), "." if marker == "ascii" else "·", palette.hair)
        grid.put_left_of(x + LEFT - 1, top + row_of(tick), words, palette.muted)
    grid.put_left_of(x + LEFT - 1, y, "nats", palette.muted)
    words = next((each for each in _BY_RECENT if by_recent and len(each) <= columns), "")
    grid.put(x + LEFT, y, words, palette.muted)
    for k, each in reversed(list(enumerate(drawn))):  # the chosen one last, over the others
        places, losses = curves[each.label]
        within = losses <= high
        bits = dots.polyline(
            places[within].tolist(), losses[within].tolist(), (low_x, high_x), (low, high), columns, rows
        )
        bits[1:] |= bits[:-1].copy()  # two dots high: one is weak
        for down, text in enumerate(dots.characters(bits)):
            for along, character in enumerate(text):
                # Where there are no colours, the second curve lacks every fourth column, the third every third, …
                is_gap = palette.colourless and k > 0 and along % max(2, 5 - k) == 0
                if character != " " and not is_gap:
                    sign = _SIGNS[k % len(_SIGNS)] if marker == "ascii" else character
                    grid.put(x + LEFT + along, top + down, sign, each.colour)
    ends = {
        each.label: each.course.smooth[-1] for each in drawn if each.course is not None and len(curves[each.label][1])
    }
    rungs = [Rung(end, f"{figure(end, 3)} {label}", label, k, bold=True) for k, (label, end) in enumerate(ends.items())]
    colours = {each.label: each.colour for each in drawn}
    for down, rung in placed(rungs, [row_of(rung.value) for rung in rungs], rows):
        grid.put(x + LEFT + columns + 1, top + down, rung.words, colours[rung.role], bold=True)
    _x_axis(grid, palette, (x + LEFT, top + rows, columns), low_x, high_x, ascii_only=marker == "ascii")


def _paint_band(
    grid: Grid,
    palette: Palette,
    each: Compared,
    place: tuple[int, int, int],
    limits: tuple[float, float],
    row_of: Callable[[float], int],
    high: float,
    marker: str,
) -> None:
    """The quartiles around a course as a ground of its colour; place is (x, y, width), limits are log10 of x."""
    import numpy as np

    if not each.band:
        return
    x, y, columns = place
    read, lower, upper = np.array(each.band, float).T
    at = np.log10(np.maximum(read, 1.0))
    colour, shape = palette.mixed("background", each.colour, 0.2), ":" if marker == "ascii" else "░"
    for column in range(columns):
        value = limits[0] + (column + 0.5) / columns * (limits[1] - limits[0])
        if not at[0] <= value <= at[-1]:
            continue
        first, last = float(np.interp(value, at, upper)), float(np.interp(value, at, lower))
        if last > high:
            continue
        for down in range(row_of(first), row_of(last) + 1):
            if marker == "ascii" or palette.terminal:
                grid.put(x + column, y + down, shape, palette.faint)
            else:
                grid.tint(x + column, y + down, colour)


def _x_axis(
    grid: Grid, palette: Palette, place: tuple[int, int, int], low: float, high: float, *, ascii_only: bool
) -> None:
    x, y, columns = place
    grid.put(x, y, ("-" if ascii_only else "─") * columns, palette.faint)
    end = -1
    steps = (1, 2, 5) if high - low < 1.5 else (1,)
    for power in range(math.floor(low), math.ceil(high) + 1):
        for times in steps:
            value = times * 10.0**power
            at = round((math.log10(value) - low) / (high - low) * (columns - 1))
            words = step_text(value)
            begin = at - len(words) // 2
            if 0 <= at < columns and begin > end and begin >= 0 and begin + len(words) <= columns:
                grid.put(x + at, y, "+" if ascii_only else "┬", palette.dim)
                grid.put(x + begin, y + 1, words, palette.muted)
                end = begin + len(words)
    grid.put(x + columns + 1, y + 1, "characters", palette.dim)


def paint_words(
    grid: Grid, palette: Palette, x: int, y: int, width: int, text: str, *, title: str = "it wrote last"
) -> None:
    """A text under its title, in the rows that are left."""
    lines = textwrap.wrap(safe_text(" ".join(text.split()), one_line=True), max(8, width))
    if not lines or y + 1 >= grid.height:
        return
    grid.put(x, y, title, palette.dim)
    for down, line in enumerate(lines[: grid.height - y - 1], 1):
        grid.put(x, y + down, line, palette.muted)


def sentence(compared: Sequence[Compared]) -> Iterable[tuple[str, list[str]]]:
    """(other run, what is changed in it) for each that stands beside the chosen one: `eta 0.1 → 0.014`."""
    for other in compared[1:]:
        changes = differences([compared[0].row, other.row])
        yield (
            other.label,
            [
                f"{name} {before} {'against' if '→' in before + after else '→'} {after}"
                for name, (before, after) in changes
            ],
        )


def _end_words(each: Compared) -> str:
    """Beside the end of a curve, the loss at its longest."""
    return f"{figure(9.0, 3)} {each.label}"


def _waiting(compared: Sequence[Compared]) -> str:
    is_read = all(each.course is not None for each in compared)
    return "No curve: too few updates were made." if is_read else "Reading the curves…"


def setting_value(name: str, value: Any) -> str:
    """The value of an option where there is little room, safe to show."""
    if value is None:
        return "none"
    if name == "sample_every" and value == SAMPLED_BY_TIME:
        return "by time"
    if name == "corpus":
        return safe_text(str(value).replace("\\", "/").rsplit("/", 1)[-1], one_line=True)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else safe_text(str(value), one_line=True)
