"""The header of a sweep: how far the whole has come, over the whole width; below it its figures as tiles."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.reactive import reactive

from tui_rnn.sweeps.answer import Judge
from tui_rnn.sweeps.spec import Status
from tui_rnn.sweeps.words import done_words
from tui_rnn.tui.drawing.sweep_row import STATES, SweepTable
from tui_rnn.tui.header.progress import bar
from tui_rnn.tui.header.tiled import TiledHeader
from tui_rnn.tui.header.tiles import Tile
from tui_rnn.wording import counted, duration_text, figure, percent_text

READING, STARTING, TRAINING, STOPPING, STOPPED, DONE = "reading", "starting", "training", "stopping", "stopped", "done"
# Glyph, word, and the colour of both and of the bar.
_STATES = {
    READING: ("…", "READING", "$muted"),
    STARTING: ("…", "STARTING", "$text-accent"),
    TRAINING: ("▶", "TRAINING", "$text-success"),
    STOPPING: ("…", "SAVING", "$text-accent"),
    STOPPED: ("‖", "STOPPED", "$text-warning"),
    DONE: ("✓", "DONE", "$text-success"),
}
_BEST = {Judge.HELD_OUT: "best held out", Judge.RECENT: "best recent", Judge.SMOOTH: "best"}
_LEAST_BAR = 6
_GAP = "   "


@dataclass(frozen=True, slots=True)
class SweepStatus:
    """What the header shows."""

    state: str = READING
    table: SweepTable | None = None
    goes_on_by: str = ""  # the command with which a sweep that is stopped goes on


def status_of(table: SweepTable, *, in_use: bool, stopping: bool, goes_on_by: str) -> SweepStatus:
    """The status of a sweep that a process trains, if it is `in_use`, and that this one has asked to stop, or not."""
    if table.progress.is_over:
        state = DONE
    elif stopping:
        state = STOPPING
    elif table.progress.training:
        state = TRAINING
    else:
        state = STARTING if in_use else STOPPED
    return SweepStatus(state, table, goes_on_by)


def progress_line(status: SweepStatus, width: int) -> Content:
    """In exactly this width; what does not fit is left out whole: hints and names first, the count of runs last."""
    glyph, word, colour = _STATES[status.state]
    head = Content.styled(f"{glyph} {word}", f"b {colour}")
    table, room = status.table, width - 2
    if table is None:
        return Content.assemble(" ", head, " " * max(0, room - head.cell_length + 1))
    names = Content.assemble("  ", (table.corpus, "$foreground"), (" · ", "$muted"), (table.recipe, "$muted"))
    hint = Content()
    if status.state == STOPPED and status.goes_on_by:
        hint = Content.assemble(_GAP, (status.goes_on_by, "$text-accent"), (" goes on", "$muted"))
    (runs, *more), others = _right(status, table)
    lefts = [head + names + hint, head + hint, head + names, head]
    beside = [[others], []] if others else [[]]
    choices = [
        (left, [runs, *also, *more[:shown]]) for shown in range(len(more), -1, -1) for also in beside for left in lefts
    ]
    for left, shown in choices:
        ends = Content(_GAP).join(shown)
        space = room - left.cell_length - ends.cell_length - 2 * len(_GAP)
        if space >= _LEAST_BAR:
            return Content.assemble(" ", left, _GAP, bar(table.progress.part, space, colour), _GAP, ends, " ")
    for line in (Content(_GAP).join([head, runs]), head, Content.styled(glyph, f"b {colour}")):
        if line.cell_length <= room:
            return Content.assemble(" ", line, " " * (width - 1 - line.cell_length))
    return Content(" " * width)


def _right(status: SweepStatus, table: SweepTable) -> tuple[list[Content], Content]:
    """How far it has come, the most important first; and what else ended, to stand beside the first."""
    progress = table.progress
    done, others = done_words(progress.counts)
    finished, of, runs = done.partition(" of ")
    shown = [Content.assemble((finished, "b $foreground"), (of + runs, "$muted"))]
    if status.state == DONE:
        shown.append(Content.styled(f"{duration_text(progress.trained_seconds)} of training", "$foreground"))
    else:
        shown.append(Content.styled(percent_text(progress.part), "$foreground"))
    if progress.seconds_left is not None and status.state == TRAINING:
        shown.append(Content.styled(f"about {duration_text(progress.seconds_left)} left", "$foreground"))
    return shown, Content.styled(others, "$muted")


def sweep_tiles(table: SweepTable) -> list[Tile]:
    """The figures of a sweep, the most important first."""
    found, best = [], table.answer.best
    if (run := table.best) is not None:
        label = _BEST[table.judge]
        found.append(
            Tile(label, figure(run.judged, 3), "$text-success", f"run {run.number}, seed {run.seed}", f"{label} {{}}")
        )
    if best is not None and table.options:
        words = ", ".join(table.setting_words(table.values(best)))
        n = len(best.losses)
        note = f"median {figure(best.median, 3)} of {counted(n, 'seed')}" if n > 1 else figure(best.median, 3)
        found.append(Tile("best setting", words, "$text-success", note, inline="{}"))
    counts = {status: sum(row.job.status == status for row in table.rows) for status in Status}
    order = (
        Status.TRAINING,
        Status.FAILED,
        Status.DIVERGED,
        Status.STOPPED,
        Status.CANCELLED,
        Status.WAITING,
        Status.FINISHED,
        Status.CUT,
    )
    for status in order:
        if counts[status]:
            _, word, role = STATES[status]
            colour = f"$text-{role}" if role in ("success", "warning", "error") else "$foreground"
            found.append(Tile(word, f"{counts[status]:,}", colour, inline=f"{{}} {word}"))
    found.append(Tile("trained", duration_text(table.progress.trained_seconds), note="all runs together"))
    return found


class SweepHeader(TiledHeader):
    """Shows a sweep's status; it follows from what it is given alone."""

    status: reactive[SweepStatus] = reactive(SweepStatus)
    """What is shown."""

    def progress_line(self, width: int) -> Content:
        return progress_line(self.status, width)

    def tiles(self) -> Sequence[Tile]:
        return [] if self.status.table is None else sweep_tiles(self.status.table)
