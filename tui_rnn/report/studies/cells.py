"""The three cells with equally many parameters: after equal updates, and after equal time."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tui_rnn.engine.memory import parameters
from tui_rnn.report.document import Inline, Table
from tui_rnn.report.sections.settings import curve_words
from tui_rnn.report.studies.costs import NOT_MEASURED, cost_of, measured_costs
from tui_rnn.report.studies.grouped import behind, best_by, median_of
from tui_rnn.report.studies.part import Part
from tui_rnn.report.sweep_record import SweepRecord
from tui_rnn.sweeps.answer import Group
from tui_rnn.sweeps.bands import at
from tui_rnn.wording import cell_name, figure, listed


@dataclass(frozen=True, slots=True)
class Timed:
    """A cell, and its loss after the time in which the quickest was done."""

    group: Group
    seconds: float | None  # that all its updates take
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
    costs = measured_costs(Path(record.name))
    ends = {_name(group): cost * _steps(group) for group in groups if (cost := cost_of(costs, group))}
    time = min(ends.values()) if len(ends) == len(groups) else None
    timed = [Timed(group, ends.get(_name(group)), _loss_at(record, group, costs, time)) for group in groups]
    known = sorted((each for each in timed if each.loss is not None), key=lambda each: each.loss or 0.0)
    equal_time = NOT_MEASURED
    if time is not None and len(known) > 1:
        quickest = min(ends, key=ends.__getitem__)
        said = listed([f"{_name(each.group)} has come to {figure(each.loss, 3)}" for each in known])
        equal_time = (
            f"After {time:.3g} s, when {quickest} has made all its updates, {said} nats/char by the "
            f"{curve_words(record)}. What an update of each costs was measured in turns, so that other work on the "
            "machine fell on all alike. The learning rate is constant, so that a run says at any time what it would "
            "have come to had it ended there."
        )
    return Part((equal_updates, equal_time), blocks=[_table(record, timed, time)])


def _name(group: Group) -> str:
    return cell_name(group.setting["cell"])


def _steps(group: Group) -> int:
    return int(group.rows[0].spec.config["steps"])


def _loss_at(record: SweepRecord, group: Group, costs: Mapping[str, float], time: float | None) -> float | None:
    """The median over the seeds of the drawn loss after so many seconds; None where that is not known."""
    cost = cost_of(costs, group)
    if cost is None or time is None:
        return None
    courses = [record.courses[row.spec.name] for row in group.rows if row.spec.name in record.courses]
    losses = [loss for each in courses if (loss := at((each.steps, each.loss), time / cost)) is not None]
    return median(losses) if losses else None


def _table(record: SweepRecord, timed: list[Timed], time: float | None) -> Table:
    K = next((row.followed.log.corpus.get("vocab_size") for row in record.rows if row.followed is not None), None)
    rows: list[tuple[Inline, ...]] = []
    for each in timed:
        config = each.group.rows[0].spec.run_config
        count = parameters(K, config.hidden_size, config.cell, config.layers) if isinstance(K, int) else None
        rows.append(
            (_name(each.group), f"{config.hidden_size:,}", f"{config.eta:g}", "–" if count is None else f"{count:,}",
             figure(median_of(each.group), 3), "–" if each.seconds is None else f"{each.seconds:.3g}",
             figure(each.loss, 3))
        )  # fmt: skip
    head = (
        "cell",
        "m",
        "eta",
        "parameters",
        f"after {record.first_config.steps:,} updates",
        "seconds",
        f"{curve_words(record)} after {time:.3g} s" if time is not None else "after equal time",
    )
    caption = f"{record.answer.judge.capitalize()} in nats per character, medians over the seeds"
    return Table(caption, head, tuple(rows))
