"""Batch sizes at equal characters, each at its best learning rate: what a larger one costs in loss and gains in time"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui_rnn.report.document import Block, Inline, Picture, Table
from tui_rnn.report.drawing import styled
from tui_rnn.report.studies.costs import NOT_MEASURED, characters_per_second, measured_costs
from tui_rnn.report.studies.grouped import having, median_of
from tui_rnn.report.studies.part import Part
from tui_rnn.report.svg import COLOURS
from tui_rnn.report.sweep_figures import WIDTH, limits
from tui_rnn.report.sweep_record import SweepRecord
from tui_rnn.sweeps.answer import Group
from tui_rnn.wording import figure, listed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BATCHES = "batches"
_LOOKS = (("accent", "o"), ("second", "s"), ("third", "D"), ("fourth", "^"), ("ink", "v"), ("muted", "P"))


@dataclass(frozen=True, slots=True)
class Size:
    """One batch size at its best learning rate."""

    B: int
    best: Group
    characters_per_second: float | None  # None where that was not measured


def part(record: SweepRecord) -> Part:
    """A row for each batch size, and the loss over the batch size for each learning rate."""
    costs = measured_costs(Path(record.name))
    sizes = [
        Size(B, found[0], characters_per_second(record, costs, found[0]))
        for B in record.plan.varied["batch_size"]
        if (found := having(record, batch_size=B))
    ]
    if len(sizes) < 2:
        nothing = "Too few runs have finished to compare two batch sizes."
        return Part((nothing, nothing, nothing))
    first, last = sizes[0], sizes[-1]
    lowest = min(sizes, key=lambda size: median_of(size.best))
    cost = _cost(record, lowest, [size for size in sizes if size is not lowest])
    gain = NOT_MEASURED
    if first.characters_per_second and last.characters_per_second:
        times = last.characters_per_second / first.characters_per_second
        gain = (
            f"{first.characters_per_second:,.0f} characters a second with B = {first.B}, "
            f"{last.characters_per_second:,.0f} with B = {last.B}: {times:.1f} times as many. What an update of each "
            "costs was measured in turns, so that other work on the machine fell on all alike."
        )
    etas = [f"{size.best.setting['eta']:g} with B = {size.B}" for size in sizes]
    edge = max(record.plan.varied["eta"])
    beyond = [size.B for size in sizes if size.best.setting["eta"] == edge]
    grows = f"The best of those tried is {listed(etas)}." + (
        f" Of B = {listed([str(B) for B in beyond])} it is the largest that was tried: a larger one may be better yet."
        if beyond
        else ""
    )
    blocks: list[Block] = [
        _table(sizes),
        Picture(
            BATCHES,
            "Line chart of the loss over the batch size, a line for each learning rate.",
            f"The {record.answer.judge} over the batch size, medians over the seeds, a line for each learning rate. "
            "All runs read equally many characters. Losses far above the others are cut off.",
        ),
    ]
    return Part((cost, gain, grows), blocks=blocks, figures={BATCHES: _figure(record)})


def _cost(record: SweepRecord, lowest: Size, others: Sequence[Size]) -> str:
    """How far the other batch sizes are behind the one that learns most."""
    told = [size for size in others if record.answer.told_apart(lowest.best, size.best)]
    level = [str(size.B) for size in others if size not in told]
    best = median_of(lowest.best)
    words = f"Each at its best learning rate, B = {lowest.B} learns most: it comes to {figure(best, 3)} nats/char"
    if told:
        behind = listed([f"B = {size.B} by {figure(median_of(size.best) - best, 3)}" for size in told])
        words += f"; behind are {behind}, more than the seeds' spread accounts for"
    if level:
        words += f"; B = {listed(level)} cannot be told from it with so few seeds"
    return words + "."


def _table(sizes: Sequence[Size]) -> Table:
    rows: list[tuple[Inline, ...]] = []
    for size in sizes:
        rate = size.characters_per_second
        steps = size.best.rows[0].spec.config["steps"]
        rows.append(
            (str(size.B), f"{steps:,}", f"{size.best.setting['eta']:g}", figure(median_of(size.best), 3),
             "–" if rate is None else f"{rate:,.0f}")
        )  # fmt: skip
    head = ("B", "updates", "best eta", "loss, nats/char", "characters a second")
    return Table("Each batch size at its best learning rate", head, tuple(rows), left=frozenset())


def _figure(record: SweepRecord) -> "Figure":
    from matplotlib.figure import Figure

    sizes = record.plan.varied["batch_size"]
    with styled():
        figure = Figure((WIDTH, 3.6), layout="constrained")
        axes = figure.add_subplot()
        for number, eta in enumerate(record.plan.varied["eta"]):
            found = [(sizes.index(group.setting["batch_size"]), group) for group in having(record, eta=eta)]
            found.sort(key=lambda each: each[0])
            colour, marker = _LOOKS[number % len(_LOOKS)]
            axes.plot(
                [place for place, _ in found], [median_of(group) for _, group in found], marker, ls="-", lw=1.3, ms=4,
                color=COLOURS[colour], label=f"eta = {eta:g}", gid=f"eta-{number}",
            )  # fmt: skip
            for place, group in found:
                axes.plot([place] * len(group.losses), list(group.losses.values()), ".", ms=3, color=COLOURS[colour])
        axes.set_ylim(*limits([loss for group in having(record) for loss in group.losses.values()]))
        axes.set_xticks(range(len(sizes)), [str(B) for B in sizes])
        axes.set_xlabel("batch size B")
        axes.set_ylabel(f"{record.answer.judge}, nats per character")
        axes.legend(loc="best")
    return figure
