"""What several studies ask of a sweep: its settings by one option's value, and a difference in words."""

from typing import Any

from tui_rnn.report.sweep_record import SweepRecord
from tui_rnn.sweeps.answer import Group
from tui_rnn.wording import figure


def having(record: SweepRecord, **values: Any) -> list[Group]:
    """The settings with these values that have a loss, the best first."""
    return [
        group
        for group in record.answer.ranked
        if group.losses and all(group.setting.get(name) == value for name, value in values.items())
    ]


def median_of(group: Group) -> float:
    """The median of a setting that has a loss; of one of which most runs did not learn, that of those that did."""
    losses = sorted(group.losses.values())
    middle = len(losses) // 2
    return losses[middle] if len(losses) % 2 else (losses[middle - 1] + losses[middle]) / 2


def behind(record: SweepRecord, a: Group, b: Group) -> str:
    """`0.031 nats/char, more than the seeds' spread accounts for`: how far b is behind a."""
    difference = f"{figure(median_of(b) - median_of(a), 3)} nats/char"
    if record.answer.spread is None:
        return difference
    told = record.answer.told_apart(a, b)
    return f"{difference} ({'more than' if told else 'no more than'} the seeds' spread accounts for)"


def best_by(record: SweepRecord, option: str, **values: Any) -> list[Group]:
    """For each value of an option the best setting that has it, among those with these values; the best first."""
    found: dict[str, Group] = {}
    for group in having(record, **values):
        found.setdefault(repr(group.setting.get(option)), group)
    return list(found.values())
