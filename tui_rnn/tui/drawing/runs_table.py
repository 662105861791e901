"""What differs between runs, and what each has reached, as a table with a column a run."""

import dataclasses
import math
from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from tui_rnn.engine.config import RunConfig
from tui_rnn.setting_words import SHORT_NAMES, setting_name, setting_value
from tui_rnn.tui.drawing.compared import Compared
from tui_rnn.tui.drawing.run_row import RunRow
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.unlike import NOT_OF_LEARNING, OF_THE_COURSE
from tui_rnn.wording import changes_text, duration_text, figure

_WORDS = 5  # rows that a table leaves for what a run wrote
_FALL_AWAY = ("chars/s", "weights", "trained", "characters", "updates")  # of what was reached, before a setting does


def differences(rows: Sequence[RunRow], *, whole: bool = False) -> list[tuple[str, list[str]]]:
    """(setting, its value in each run) for those that are not the same in all of them; with `whole` all of these.

    Without it those that change nothing of what is learnt are left out. A setting that was adjusted has its values in
    the run's course, with `whole` also the updates that each is in force from.
    """
    configs = [row.config for row in rows]
    if len(configs) < 2 or None in configs:
        return []
    left_out = OF_THE_COURSE if whole else (*OF_THE_COURSE, *NOT_OF_LEARNING)
    known = [field.name for field in dataclasses.fields(RunConfig) if field.name not in left_out]
    order = [*(name for name in SHORT_NAMES if name in known), *(name for name in known if name not in SHORT_NAMES)]
    found = []
    for name in order:
        values = [
            (getattr(row.config, name), changes_text(name, row.changes), changes_text(name, row.changes, steps=whole))
            for row in rows
        ]
        if any(value != values[0] for value in values):
            found.append((setting_name(name), [course or setting_value(name, value) for value, _, course in values]))
    return found


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
    """What differs and what was reached, a column a run; returns the row behind it. `whole`: all that differs.

    Where there are too few rows, figures of what was reached fall away first, then settings, and a line says how many.
    """
    rows = [each.row for each in compared]
    differing, results, judged = differences(rows, whole=whole), reached(rows), judged_by(rows)
    room = grid.height - y - 1
    if not whole and room - _WORDS > len(differing) + len(results) + bool(judged):
        room -= _WORDS
    results = _as_many(results, room - len(differing) - bool(judged))
    left_out = len(differing) + len(results) + bool(judged) - room
    shown = differing if left_out <= 0 else differing[: max(0, len(differing) - left_out - 1)]
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
        where = "in a larger terminal" if whole else "d"
        grid.put(x, y, f"and {len(differing) - len(shown)} more: {where}", palette.dim)
        y += 1
    ranked = ("held out", "recent" if "recent" in dict(results) else "best")
    for name, values in results:
        y = _table_row(grid, palette, x, y, name, values, ends, lowest=name in ranked)
    if judged and x + len(judged) <= grid.width:
        grid.put(x, y, judged, palette.dim)
        y += 1
    return y


def _as_many(results: list[tuple[str, list[str]]], room: int) -> list[tuple[str, list[str]]]:
    """Those results for which there is room, and in any case the losses: without them nothing is compared."""
    for name in _FALL_AWAY:
        if len(results) > room:
            results = [each for each in results if each[0] != name]
    measured = [each for each in results if any(value != "–" for value in each[1])]
    return measured if len(results) > room else results


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
