"""What each setting of a sweep reached over its seeds: in a table, in curves, and every seed as a dot."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui_rnn.engine.recent import RECENT_UPDATES
from tui_rnn.report.document import Block, Heading, Inline, Paragraph, Picture, Strong, Table
from tui_rnn.report.sweep_figures import Curve, Dots, curves_figure, seeds_figure
from tui_rnn.report.sweep_record import SweepRecord
from tui_rnn.sweeps.answer import Group, Judge, is_off_course
from tui_rnn.sweeps.spec import Status
from tui_rnn.sweeps.words import counts_of, loss_words, option_text, setting_words, standing
from tui_rnn.wording import counted, figure, part_text, setting_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CURVES, SEEDS = "curves", "seeds"
MOST_ROWS = 40  # settings in a table or a figure: of more the best
_MOST_SEEDS_IN_A_ROW = 4
_UNSTEADY = (
    "The seconds are left out: of one setting some run was {:.1f} times as fast as another, so that the clock tells of "
    "other work on the machine and not of the settings."
)
RULES = {
    Judge.HELD_OUT: "the loss on the {part} of the text that is not trained on, the lowest that was measured",
    Judge.RECENT: f"the mean loss of the last {RECENT_UPDATES} updates, since in runs so short the smooth loss lags",
    Judge.SMOOTH: "the lowest smooth loss, 0.999 × smooth loss + 0.001 × loss, on the text that is trained on",
}


def rule(record: SweepRecord) -> str:
    """The sentence that says which loss judges."""
    part = part_text(record.first_config.holdout) if record.first_config.holdout else ""
    said = RULES[record.answer.judge].format(part=f"last {part}")
    unlike = {job.config.get("holdout") for job in record.plan.jobs}
    other = " The runs hold out unlike parts of the text, so that their held-out losses cannot be compared."
    return f"All runs are compared by one loss: {said}." + (other if len(unlike) > 1 else "")


def every_setting(record: SweepRecord) -> Iterator[Block]:
    """The table, the best setting first, and the figure of every seed."""
    yield Heading("What each setting reached" if len(record.answer.groups) > 1 else "What each seed reached")
    counts = counts_of(record.answer.groups)
    total = f"{counted(len(record.rows), 'run')}: {standing(counts)}."
    yield Paragraph.of(f"{rule(record)} {total}")
    ranked = record.answer.ranked[:MOST_ROWS]
    if len(record.answer.groups) == 1:
        yield _by_seed(record, ranked[0])
    else:
        yield _by_setting(record, ranked)
        if len(record.plan.varied) == 2 and len(record.answer.groups) > 3:
            yield _crossed(record)
    if has_several(record):
        yield Picture(
            SEEDS,
            f"Dot plot of the {record.answer.judge} of every seed, {counted(len(ranked), 'setting')}, the best on top.",
            f"Each dot is one seed, the line its setting's median, the bar reaches from quartile to quartile: "
            f"{record.answer.judge}, nats per character.",
        )


def has_several(record: SweepRecord) -> bool:
    """Whether there are two losses or more to be drawn."""
    return sum(len(group.losses) for group in record.answer.groups) > 1


def _by_setting(record: SweepRecord, ranked: tuple[Group, ...]) -> Table:
    names = [*record.plan.varied, *record.coupled]
    each = len(record.plan.seeds) <= _MOST_SEEDS_IN_A_ROW
    last = ["each seed"] if each else ["lowest", "highest"]
    timed = bool(record.seconds) and record.times_are_steady
    head = [*map(option_text, names), "median", "quartiles", *last, "runs", *(["seconds"] if timed else [])]
    rows: list[tuple[Inline, ...]] = []
    for group in ranked:
        settings: list[Inline] = [setting_text(name, record.value(group, name)) for name in names]
        median = loss_words(group.median)
        best: Inline = Strong(median) if group is record.answer.best else median
        losses = list(group.losses.values())
        ends: list[Inline]
        if each:
            ends = ["  ".join(_of_seed(group, seed) for seed in record.plan.seeds)]
        else:
            ends = [loss_words(min(losses, default=None)), loss_words(max(losses, default=None))]
        cells = [*settings, best, _quartiles(group), *ends, _runs(group)]
        rows.append((*cells, *([_seconds(record, group)] if timed else [])))
    more = len(record.answer.groups) - len(ranked)
    caption = f"{record.answer.judge.capitalize()} in nats per character, the best setting first" + (
        f"; the {more:,} settings after these stand in runs.csv" if more else ""
    )
    return Table(caption, tuple(head), tuple(rows))


def _quartiles(group: Group) -> str:
    if group.quartiles is None:
        return "–"
    lower, upper = group.quartiles
    return f"{loss_words(lower)} – {loss_words(upper)}"


def _of_seed(group: Group, seed: int) -> str:
    if seed in group.losses:
        return figure(group.losses[seed], 3)
    row = next((row for row in group.rows if row.spec.seed == seed), None)
    return "–" if row is None else "off course" if is_off_course(row) else row.status.value


def _runs(group: Group) -> str:
    """`3`; `2, 1 diverged` where not all finished."""
    others: dict[Status, int] = {s: count for s, count in group.counts.items() if s != Status.FINISHED}
    off_course = sum(map(is_off_course, group.rows))
    words = [f"{len(group.losses):,}", *([f"{off_course:,} off course"] if off_course else [])]
    return ", ".join([*words, *([standing(others)] if others else [])])


def _seconds(record: SweepRecord, group: Group) -> str:
    found = sorted(record.seconds[row.spec.name] for row in group.rows if row.spec.name in record.seconds)
    return f"{found[len(found) // 2]:,.1f}" if found else "–"


def _by_seed(record: SweepRecord, group: Group) -> Table:
    """Of a sweep of seeds alone."""
    rows: list[tuple[Inline, ...]] = []
    for row in group.rows:
        line = row.line
        best = Judge.SMOOTH.loss(row)
        T = record.first_config.seq_length
        rows.append(
            (
                str(row.spec.seed),
                loss_words(record.answer.judge.loss(row)),
                figure(None if best is None else best * T, 2),
                f"{line.best_step:,}" if line is not None and line.best_step else "–",
                row.status.value,
                f"{record.seconds.get(row.spec.name, 0.0):,.1f}",
            )
        )
    head = (
        "seed",
        f"{record.answer.judge}, nats/char",
        f"lowest smooth loss, sum over {T}",
        "after update",
        "",
        "seconds",
    )
    return Table("Every seed", head, tuple(rows), left=frozenset({0, 4}))


def _crossed(record: SweepRecord) -> Table:
    """The medians of two options, the values of one across and of the other down."""
    down, across = sorted(record.plan.varied, key=lambda name: -len(record.plan.varied[name]))
    medians = {(repr(group.setting[down]), repr(group.setting[across])): group for group in record.answer.groups}
    rows: list[tuple[Inline, ...]] = []
    for value in record.plan.varied[down]:
        cells: list[Inline] = []
        for other in record.plan.varied[across]:
            group = medians[repr(value), repr(other)]
            median = loss_words(group.median)
            cells.append(Strong(median) if group is record.answer.best else median)
        rows.append((f"{option_text(down)} = {setting_text(down, value)}", *cells))
    head = tuple(f"{option_text(across)} = {setting_text(across, value)}" for value in record.plan.varied[across])
    return Table("The same medians crossed", ("", *head), tuple(rows))


def seeds_drawn(record: SweepRecord) -> "Figure":
    """The figure of every seed."""
    shown = [group for group in record.answer.ranked[:MOST_ROWS] if group.losses or group.median is not None]
    return seeds_figure(
        [
            Dots(
                setting_words(group.setting),
                list(group.losses.values()),
                (group.quartiles or (None, None))[0],
                group.median,
                (group.quartiles or (None, None))[1],
                group.untrained,
            )
            for group in shown
        ],
        str(record.answer.judge),
    )


def curves(record: SweepRecord) -> Iterator[Block]:
    """The section of the curves, where there are any."""
    if not record.courses:
        return
    loss = curve_words(record)
    yield Heading("Curves")
    several = len(record.answer.groups) > 1
    of = "the settings" if several else "the runs"
    unit = "the characters read, since their updates read unlike numbers" if record.by_characters else "updates"
    timed = several and record.times_are_steady
    places = f"above over {unit}, below over seconds of training" if timed else f"over {unit}"
    yield Paragraph.of(
        f"The {loss} of {of}, {places}: the line is the median over the seeds, the band reaches from the lower to the "
        "upper quartile, point by point. The beginning, where the losses fall steeply, is cut off."
        + ("" if timed or not several else f" {_UNSTEADY.format(record.unsteadiness)}")
    )
    yield Picture(
        CURVES,
        f"Line chart of the {loss} of each setting with bands over its seeds.",
        f"{loss.capitalize()}: medians and quartiles over the seeds.",
    )


def curve_words(record: SweepRecord) -> str:
    """The drawn loss, as its curve is called."""
    names = {Judge.HELD_OUT: "held-out loss", Judge.RECENT: "recent loss", Judge.SMOOTH: "smooth loss"}
    return names[record.drawn]


def curves_drawn(record: SweepRecord) -> "Figure":
    """The figure of the curves."""
    shown = [
        Curve(setting_words(group.setting), [record.band(group), record.band(group, by_seconds=True)])
        for group in record.answer.ranked[:MOST_ROWS]
        if record.curves(group)
    ]
    places = ["characters read" if record.by_characters else "update steps"]
    if len(record.answer.groups) > 1 and record.times_are_steady:
        places.append("seconds of training")
    return curves_figure(shown, places, curve_words(record))
