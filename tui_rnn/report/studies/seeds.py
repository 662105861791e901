"""Ten seeds of the 2021 recipe beside the eleven figures of its report."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tui_rnn.engine.events import Sample
from tui_rnn.published import BOOK_VOCAB_SIZE, REPORT_2021, Published, compare
from tui_rnn.report.document import Block, Inline, Paragraph, Picture, Table
from tui_rnn.report.drawing import styled
from tui_rnn.report.studies.part import Part
from tui_rnn.report.svg import COLOURS
from tui_rnn.report.sweep_figures import WIDTH, thousands
from tui_rnn.report.sweep_record import SweepRecord
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.log import read_events
from tui_rnn.sweeps.answer import Judge, has_trained
from tui_rnn.sweeps.bands import Floats
from tui_rnn.wording import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BESIDE = "published"


def part(record: SweepRecord) -> Part:
    """The seeds' smooth losses at the steps of the published ones, as a table and as a band."""
    rows = [row for row in record.rows if has_trained(row)]
    runs = [row.followed.directory for row in rows if row.followed is not None]
    T = record.first_config.seq_length
    best = sorted(T * loss for row in rows if (loss := Judge.SMOOTH.loss(row)) is not None)
    steps, losses = smooth_losses(runs, list(REPORT_2021.losses))
    if not steps:
        nothing = "The samples of the runs, beside which the smooth losses stand, cannot be read."
        return Part((nothing, nothing))
    n, last = len(losses), losses[:, -1]
    far = last.max() - last.min()
    apart = (
        f"{counted(n, 'seed')} stand between {last.min():.2f} and {last.max():.2f} before update {steps[-1]:,}, the "
        f"median at {np.median(last):.2f}; their lowest smooth losses lie between {best[0]:.2f} and {best[-1]:.2f} "
        f"(sums over {T} characters). Two runs that differ in their seed alone come out up to {far:.1f} apart, so "
        "that a difference of this size between two single runs says little of their recipes."
    )
    found = compare(record.first_config)
    if found.published is not REPORT_2021:
        return Part((apart, f"Not comparable: {found.why_not}."), headline=apart, blocks=[_table(steps, losses, None)])
    published = [REPORT_2021.losses[step] for step in steps]
    lowest, lower, upper, highest = np.quantile(losses, (0, 0.25, 0.75, 1), axis=0)
    learnt = [number for number, step in enumerate(steps) if step > 1]  # before update 1 the loss is T ln K
    within = sum(lowest[i] <= published[i] <= highest[i] for i in learnt)
    middle = sum(lower[i] <= published[i] <= upper[i] for i in learnt)
    K = next((row.followed.log.corpus.get("vocab_size") for row in record.rows if row.followed is not None), None)
    another = (
        f" They were measured on the report's own book of {BOOK_VOCAB_SIZE} characters, and this text has K = {K}: "
        "where they lie beside the seeds is the text's doing as well as the recipe's."
        if K != BOOK_VOCAB_SIZE
        else ""
    )
    among = (
        f"Of the {len(learnt)} published losses after the first {within} lie between the lowest and the highest seed, "
        f"{middle} between the quartiles. The first, before update 1, is about T ln K: a matter of the alphabet alone."
        f"{another}"
    )
    blocks: list[Block] = [
        _table(steps, losses, REPORT_2021),
        Picture(
            BESIDE,
            f"Line chart of the smooth loss of {counted(n, 'seed')} as a band, and the published losses as points.",
            f"Smooth loss, summed over {T} characters: median, quartiles and range of {counted(n, 'seed')}, and the "
            "published losses on their own book.",
        ),
        Paragraph.of("The losses stand at the samples' steps, before each of these updates.", note=True),
    ]
    first = (
        f"{counted(n, 'seed')} of one recipe end between {last.min():.2f} and {last.max():.2f}, and {within} of the "
        f"{len(learnt)} published losses after the first lie among theirs."
    )
    figures = {BESIDE: _figure(steps, losses, REPORT_2021, T)}
    return Part((apart, among), headline=first, blocks=blocks, figures=figures)


def smooth_losses(runs: Sequence[RunDirectory], wanted: Sequence[int]) -> tuple[list[int], Floats]:
    """The smooth losses logged with the scheduled samples before these updates, (runs, steps), and the steps.

    In nats summed over seq_length; those steps alone that every run has.
    """
    found = [
        {
            event.step: event.smooth_loss
            for event in read_events(run.events_file, Sample)
            if event.kind == "scheduled" and event.smooth_loss is not None
        }
        for run in runs
    ]
    steps = [step for step in wanted if found and all(step in each for each in found)]
    return steps, np.array([[each[step] for step in steps] for each in found], np.float64)


def _table(steps: Sequence[int], losses: Floats, published: Published | None) -> Table:
    names = ("lowest", "lower quartile", "median", "upper quartile", "highest")
    columns = np.quantile(losses, (0, 0.25, 0.5, 0.75, 1), axis=0)  # (5, steps)
    rows: list[tuple[Inline, ...]] = []
    for number, step in enumerate(steps):
        beside = [] if published is None else [f"{published.losses[step]:.2f}", f"{published.repeated[step]:.2f}"]
        rows.append((f"{step:,}", *beside, *(f"{value:.2f}" for value in columns[:, number])))
    beside = [] if published is None else [published.title, "measured again"]
    return Table("Smooth loss before the update, summed over the sequence", ("update", *beside, *names), tuple(rows))


def _figure(steps: Sequence[int], losses: Floats, published: Published, T: int) -> "Figure":
    from matplotlib.figure import Figure

    lowest, lower, median, upper, highest = np.quantile(losses, (0, 0.25, 0.5, 0.75, 1), axis=0)
    with styled():
        figure = Figure((WIDTH, 4.1), layout="constrained")
        axes = figure.add_subplot()
        colour = COLOURS["accent"]
        axes.fill_between(steps, lowest, highest, color=colour, alpha=0.1, lw=0, label="all seeds", gid="range")
        axes.fill_between(steps, lower, upper, color=colour, alpha=0.22, lw=0, label="quartiles", gid="quartiles")
        axes.plot(steps, median, color=colour, lw=1.6, label=f"median of {len(losses)} seeds", gid="median")
        axes.plot(
            steps, [published.losses[step] for step in steps], "o", mfc="none", mec=COLOURS["second"], ms=5, mew=1.2,
            label=f"{published.title}, on its own book", gid="published",
        )  # fmt: skip
        axes.plot(
            steps, [published.repeated[step] for step in steps], "+", color=COLOURS["third"], ms=6, mew=1.2,
            label="measured again, on that book", gid="repeated",
        )  # fmt: skip
        later = [value for step, column in zip(steps, losses.T, strict=True) if step > 1 for value in column]
        others = [loss for step, loss in published.losses.items() if step > 1]
        if later:
            axes.set_ylim(min(*later, *others) - 1.5, max(*later, *others) + 1.5)
        axes.set_xlabel("update")
        axes.set_ylabel(f"smooth loss, summed over {T} characters (nats)")
        thousands(axes)
        axes.legend(loc="upper right")
    return figure
