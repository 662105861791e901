"""The runs of a sweep that are not compared: diverged, failed, cut by halving, cancelled, or not at their end."""

from collections.abc import Iterator, Sequence

from tui_rnn.report.document import Block, Code, Heading, Inline, Paragraph, Strong, Table
from tui_rnn.report.sweep_record import SweepRecord, loss_of, step_of
from tui_rnn.sweeps.answer import Judge, is_off_course
from tui_rnn.sweeps.bands import at, course_of
from tui_rnn.sweeps.rows import Row
from tui_rnn.sweeps.spec import Status
from tui_rnn.sweeps.words import setting_words
from tui_rnn.wording import counted, figure

_MOST_ROWS = 40
_RULES = {
    Status.CUT: (
        "Cut by halving",
        "These were stopped early, because others were better after the same number of updates. What they would have "
        "reached is not known: a setting that learns slowly and late is cut like one that never learns. They take no "
        "part in the comparison above, and the losses here, of the step at which each was cut, are not to be held "
        "against those of finished runs.",
    ),
    Status.DIVERGED: (
        "Diverged",
        "A number of these was no longer finite. In the medians above each counts as worse than every run that learnt.",
    ),
    Status.FINISHED: (
        "Off course",
        "These came to their end with a loss far above that of guessing every character alike. In the medians above "
        "each counts as worse than every run that learnt.",
    ),
    Status.FAILED: ("Failed", "These were given up, and say nothing of their settings."),
    Status.CANCELLED: (
        "Cancelled",
        "These were ended by hand before their goal. What they would have reached is not known, and they take no part "
        "in the comparison above.",
    ),
}
_DOUBT = (
    "Doubtful: {} had, at the step of the cut, a lower loss over the last 50 updates than a run that went on to the "
    "end. The loss that decided may have been measured earlier."
)
_OPEN = (Status.TRAINING, Status.STOPPED, Status.WAITING)


def not_compared(record: SweepRecord) -> Iterator[Block]:
    """A table for each way in which runs ended short of their goal, and what is still to be trained."""
    parts = {status: record.answer.with_status(status) for status in _RULES}
    parts[Status.FINISHED] = [row for row in record.rows if is_off_course(row)]
    open_ = record.answer.with_status(*_OPEN)
    if not open_ and not any(parts.values()):
        return
    yield Heading("What is not compared")
    for status, (title, rule) in _RULES.items():
        if rows := parts[status]:
            yield Heading(title, 3)
            yield Paragraph.of(rule)
            if status == Status.CUT and (doubtful := _doubtful(record, rows)):
                yield Paragraph.of(Strong(_DOUBT.format(counted(doubtful, "cut run"))))
            yield _table(record, rows)
    if open_:
        yield Heading("Still to end", 3)
        yield Paragraph.of(
            f"When this was written {counted(len(open_), 'run')} had not ended. What is said above may change with "
            f"{'it' if len(open_) == 1 else 'them'}."
        )
        yield _table(record, open_)


def _doubtful(record: SweepRecord, cut: Sequence[Row]) -> int:
    """How many of these were better, by the recent loss at their last step, than some run that has finished."""
    kept = [row for row in record.rows if row.status == Status.FINISHED and row.followed is not None]
    courses = [each for row in kept if (each := course_of(row.followed, Judge.RECENT)) is not None]  # type: ignore[arg-type]
    found = 0
    for row in cut:
        recent = Judge.RECENT.loss(row)
        then = (at((each.steps, each.loss), step_of(row)) for each in courses)
        found += recent is not None and any(loss is not None and recent < loss for loss in then)
    return found


def _table(record: SweepRecord, rows: Sequence[Row]) -> Table:
    cells: list[tuple[Inline, ...]] = []
    both = record.answer.judge != Judge.RECENT
    for row in rows[:_MOST_ROWS]:
        reason = row.result.reason if row.result is not None else ""
        loss, recent = loss_of(row, record.answer.judge), Judge.RECENT.loss(row)
        cells.append(
            (setting_words(row.spec.setting), str(row.spec.seed), row.status.value, f"{step_of(row):,}",
             figure(loss, 3), *([figure(recent, 3)] if both else []), Code(reason) if reason else "")
        )  # fmt: skip
    more = len(rows) - len(cells)
    caption = "With the step and the losses that each had come to, nats per character" + (
        f"; {more:,} more stand in runs.csv" if more else ""
    )
    losses = [str(record.answer.judge), *(["recent loss"] if both else [])]
    head = ("setting", "seed", "", "step", *losses, "why")
    return Table(caption, head, tuple(cells), left=frozenset({0, 2, len(head) - 1}))
