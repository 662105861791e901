"""The orders in which a text can be read, by the loss on text not read."""

from collections.abc import Mapping

from tui_rnn.report.studies.grouped import behind, best_by, median_of
from tui_rnn.report.studies.part import Part
from tui_rnn.report.sweep_record import SweepRecord
from tui_rnn.sweeps.answer import Group
from tui_rnn.wording import figure, listed

_NAMES: Mapping[str, str] = {"sequential": "in sequence", "random": "at random", "chunks": "in shuffled chunks"}


def part(record: SweepRecord) -> Part:
    """The best order for each batch size, and whether it is the same one."""
    by_size = {B: best_by(record, "order", batch_size=B) for B in record.plan.varied["batch_size"]}
    found = {B: groups for B, groups in by_size.items() if len(groups) > 1}
    if not found:
        nothing = "Too few runs have finished to compare two orders."
        return Part((nothing, nothing))
    first = " ".join(f"With B = {B} {_compared(record, groups)}" for B, groups in found.items())
    bests = {B: groups[0].setting["order"] for B, groups in found.items()}
    told = any(record.answer.told_apart(groups[0], other) for groups in found.values() for other in groups[1:])
    if len(bests) == 1:
        second = "Runs of one batch size alone have finished."
    elif not told:
        second = "With these seeds no order can be told from the best, with either batch size."
    elif len(set(bests.values())) == 1:
        second = f"No: {_NAMES[next(iter(bests.values()))]} the loss is lowest with each."
    else:
        lowest = listed([f"{_NAMES[order]} with B = {B}" for B, order in bests.items()])
        second = f"The loss is lowest {lowest}; which of the differences are more than chance stands above."
    return Part((first, f"{second} {_sizes(found)}"))


def _compared(record: SweepRecord, groups: list[Group]) -> str:
    best, *others = groups
    rest = listed([f"{_name(other)} it is higher by {behind(record, best, other)}" for other in others])
    return f"{_name(best)} the loss is {figure(median_of(best), 3)} nats/char; {rest}."


def _name(group: Group) -> str:
    return _NAMES[group.setting["order"]]


def _sizes(found: dict[int, list[Group]]) -> str:
    """How the batch sizes stand beside one another."""
    if len(found) < 2:
        return ""
    ends = [f"{figure(median_of(groups[0]), 3)} with B = {B}" for B, groups in found.items()]
    return f"After equally many characters the best order of each comes to {listed(ends)}."
