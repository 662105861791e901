"""The three cells with equally many parameters: after equal updates, and after equal time."""

from dataclasses import dataclass

from tui_rnn.engine.memory import parameters
from tui_rnn.report.document import Inline, Table
from tui_rnn.report.sections.settings import curve_words
from tui_rnn.report.studies.grouped import behind, best_by, median_of, median_seconds
from tui_rnn.report.studies.part import Part
from tui_rnn.report.sweep_record import SweepRecord
from tui_rnn.sweeps.answer import Group
from tui_rnn.sweeps.bands import at
from tui_rnn.sweeps.words import listed
from tui_rnn.wording import cell_name, figure


@dataclass(frozen=True, slots=True)
class Timed:
    """A cell, and its loss after the time in which the quickest was done."""

    cell: str
    group: Group
    seconds: float | None  # to its own end
    loss: float | None  # median over the seeds after the equal time, nats per character


def part(record: SweepRecord) -> Part:
    """A row for each cell, and which is ahead by either measure."""
    groups = best_by(record, "cell")
    if len(groups) < 2:
        nothing = "Too few runs have finished to compare two cells."
        return Part((nothing, nothing))
    best, *others = groups
    rest = listed([f"{_name(other)} is behind by {behind(record, best, other)}" for other in others])
    equal_updates = (
        f"Each at its best learning rate, {_name(best)} comes to {figure(median_of(best), 3)} nats/char; {rest}."
    )
    ends = [end for group in groups for _, end in _reaches(record, group)]
    time = min(ends, default=0.0)
    timed = [_timed(record, group, time) for group in groups]
    known = sorted((each for each in timed if each.loss is not None), key=lambda each: each.loss or 0.0)
    if len(known) < 2:
        equal_time = "The courses of the runs, by which that is seen, are too short."
    else:
        said = listed([f"{_name(each.group)} has come to {figure(each.loss, 3)}" for each in known])
        equal_time = (
            f"After {time:.3g} s, when the quickest run is done, {said} nats/char. The learning rate is constant, so "
            "that a run says at any time what it would have come to had it ended there."
        )
    return Part((equal_updates, equal_time), blocks=[_table(record, timed, time)])


def _name(group: Group) -> str:
    return cell_name(group.setting["cell"])


def _reaches(record: SweepRecord, group: Group) -> list[tuple[float, float]]:
    """Where the course of each run begins and ends, in seconds."""
    return [(float(x[0]), float(x[-1])) for x, _ in record.curves(group, by_seconds=True)]


def _timed(record: SweepRecord, group: Group, time: float) -> Timed:
    losses = sorted(loss for curve in record.curves(group, by_seconds=True) if (loss := at(curve, time)) is not None)
    middle = len(losses) // 2
    median = None
    if losses:
        median = losses[middle] if len(losses) % 2 else (losses[middle - 1] + losses[middle]) / 2
    return Timed(group.setting["cell"], group, median_seconds(record, group), median)


def _table(record: SweepRecord, timed: list[Timed], time: float) -> Table:
    K = next((row.followed.log.corpus.get("vocab_size") for row in record.rows if row.followed is not None), None)
    rows: list[tuple[Inline, ...]] = []
    for each in timed:
        config = each.group.rows[0].spec.run_config
        count = parameters(K, config.hidden_size, config.cell, config.layers) if isinstance(K, int) else None
        rows.append(
            (cell_name(each.cell), f"{config.hidden_size:,}", f"{config.eta:g}", "–" if count is None else f"{count:,}",
             figure(median_of(each.group), 3), "–" if each.seconds is None else f"{each.seconds:,.0f}",
             figure(each.loss, 3))
        )  # fmt: skip
    head = (
        "cell",
        "m",
        "eta",
        "parameters",
        f"after {record.first_config.steps:,} updates",
        "seconds",
        f"{curve_words(record)} after {time:.3g} s",
    )
    caption = f"{record.answer.judge.capitalize()} in nats per character, medians over the seeds"
    return Table(caption, head, tuple(rows))
