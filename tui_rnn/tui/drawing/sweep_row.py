"""The jobs of a sweep as rows of its table: what is varied, how each stands, its losses; and the table of them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from rich.cells import cell_len

from tui_rnn.engine.recent import smooth_loss_lags
from tui_rnn.safe_text import safe_text
from tui_rnn.setting_words import setting_name, setting_value
from tui_rnn.sweeps.answer import Answer, Group, Judge, answer
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.progress import SweepProgress, part_of, progress_of, seconds_left
from tui_rnn.sweeps.rows import Row
from tui_rnn.sweeps.spec import Status
from tui_rnn.tui.drawing.run_row import OFF_COURSE, RunRow, row_of
from tui_rnn.wording import counted, duration_text, percent_text

# Glyph, word and role in the palette, by the status of a job.
STATES: Mapping[Status, tuple[str, str, str]] = {
    Status.WAITING: ("·", "waiting", "dim"),
    Status.TRAINING: ("▶", "training", "success"),
    Status.FINISHED: ("✓", "finished", "muted"),
    Status.DIVERGED: ("✖", "diverged", "error"),
    Status.STOPPED: ("‖", "stopped", "warning"),
    Status.CUT: ("▾", "cut", "dim"),
    Status.FAILED: ("!", "given up", "error"),
    Status.CANCELLED: ("×", "cancelled", "warning"),
}


@dataclass(frozen=True, slots=True)
class SweepRow:
    """One job. Losses are in nats per character."""

    job: Row
    number: int  # in the plan, from 1
    settings: tuple[str, ...]  # the values of what is varied, in the plan's order
    run: RunRow | None  # None: it has not begun
    part: float  # of its way that is behind
    seconds_left: float | None  # of a run in training
    smooth: float | None  # the smooth loss now
    recent: float | None  # mean of the last 50 updates
    best: float | None  # of the smooth loss
    held_out: float | None  # the best one
    judged: float | None  # the loss by which runs are compared

    @property
    def name(self) -> str:
        """Of the job: what it is known by."""
        return self.job.spec.name

    @property
    def seed(self) -> int:
        """Of its configuration."""
        return self.job.spec.seed

    @property
    def lags(self) -> bool:
        """Whether its smooth loss still lags behind the network, and its recent loss is known."""
        return self.run is not None and self.run.line.lags

    @property
    def state(self) -> tuple[str, str, str]:
        """Glyph, words and role in the palette."""
        glyph, word, role = STATES[self.job.status]
        on_its_way, begun = (Status.TRAINING, Status.STOPPED, Status.CUT), (Status.WAITING, Status.CANCELLED)
        if self.job.status in on_its_way or (self.job.status in begun and self.part):
            word = f"{word} {percent_text(self.part)}"
        off_course = self.run is not None and self.run.line.off_course
        if off_course and self.job.status in (Status.FINISHED, Status.STOPPED, Status.CUT, Status.CANCELLED):
            glyph, _, role = OFF_COURSE
        return glyph, word, role

    @property
    def reason(self) -> str:
        """Why it was given up, cut or stopped, in one line that is safe to show; else empty."""
        shown = self.job.status in (Status.FAILED, Status.CUT, Status.STOPPED, Status.DIVERGED)
        found = self.job.result.reason if shown and self.job.result is not None else ""
        return safe_text(found, one_line=True)

    def facts(self, width: int) -> str:
        """How it stands, in a line of this width: as much of it as fits whole."""
        glyph, words, _ = self.state
        found = [f"{glyph} {words}"]
        if self.run is not None:
            line = self.run.line
            found.append(f"{counted(line.step, 'update')} in {duration_text(line.elapsed_seconds)}")
        if self.seconds_left is not None:
            found.append(f"{duration_text(self.seconds_left)} left")
        if self.job.attempts > 1:
            found.append(f"begun {self.job.attempts:,} times")
        while len(found) > 1 and cell_len(", ".join(found)) > width:
            found.pop()
        return ", ".join(found)


@dataclass(frozen=True, slots=True)
class SweepTable:
    """A sweep at one moment."""

    corpus: str  # its name, safe to show
    recipe: str
    options: tuple[str, ...]  # that are varied, by their long names, in the plan's order
    rows: tuple[SweepRow, ...]  # in the plan's order
    answer: Answer
    progress: SweepProgress
    by_recent: bool  # so few updates are to be made that smooth losses would lag: the loss of all is the recent one

    @property
    def judge(self) -> Judge:
        """The loss by which the runs are compared."""
        return self.answer.judge

    @property
    def best(self) -> SweepRow | None:
        """The finished run with the lowest loss."""
        known = [row for row in self.rows if row.job.status == Status.FINISHED and row.judged is not None]
        return min(known, key=lambda row: (row.judged or 0.0, row.number), default=None)

    def loss(self, row: SweepRow) -> float | None:
        """Of a run now: the recent loss where that of all is, or while the smooth one lags; else that."""
        return row.recent if self.by_recent or row.lags else row.smooth

    def label(self, row: SweepRow, width: int) -> str:
        """`eta 0.1, m 200, seed 1`: what is its own; its number where that takes more than this width."""
        words = ", ".join([*self.setting_words(row.settings), f"seed {row.seed}"])
        return words if cell_len(words) <= width else f"run {row.number}"

    def setting_label(self, group: Group, width: int) -> str:
        """`eta 0.1, m 200`; its number where that takes more than this width."""
        words = ", ".join(self.setting_words(self.values(group))) or "every run"
        return words if cell_len(words) <= width else f"setting {group.number + 1}"

    def setting_words(self, values: Sequence[str]) -> list[str]:
        """`eta 0.1`, a word for each option."""
        return [f"{setting_name(name)} {value}" for name, value in zip(self.options, values, strict=True)]

    def values(self, group: Group) -> tuple[str, ...]:
        """The values of a setting, as a row has them."""
        return setting_texts(self.options, group.setting)

    def has_held_out(self) -> bool:
        """Whether any run has a held-out loss, or will have."""
        return any(row.held_out is not None or row.job.spec.config.get("holdout") for row in self.rows)


def setting_texts(options: Sequence[str], setting: Mapping[str, Any]) -> tuple[str, ...]:
    """The values of a setting as the table shows them."""
    return tuple(setting_value(name, setting[name]) if name in setting else "–" for name in options)


def table_of(plan: Plan, rows: Sequence[Row], before: SweepTable | None = None) -> SweepTable:
    """The table of these rows, of all jobs of the plan; what has not changed since `before` is taken from there."""
    if before is not None and [row.job for row in before.rows] == list(rows):
        return before
    found = answer(plan, rows)
    options = tuple(plan.varied)
    same_judge = before is not None and before.judge == found.judge
    known = {row.name: row for row in before.rows} if before is not None and same_judge else {}
    shown = tuple(
        _row_of(job, number, options, found.judge, known.get(job.spec.name)) for number, job in enumerate(rows, 1)
    )
    by_recent = any(
        job.config.get("minutes") is None and smooth_loss_lags(int(job.config["steps"])) for job in plan.jobs
    )
    by_recent = by_recent or found.judge == Judge.RECENT
    corpus = next((row.run.corpus for row in shown if row.run is not None), "") or safe_text(
        ", ".join(path.replace("\\", "/").rsplit("/", 1)[-1] for path in plan.corpus), one_line=True
    )
    recipe = safe_text(plan.recipe, one_line=True)
    return SweepTable(corpus, recipe, options, shown, found, progress_of(rows), by_recent)


def _row_of(job: Row, number: int, options: Sequence[str], judge: Judge, before: SweepRow | None) -> SweepRow:
    if before is not None and before.job == job and before.number == number:
        return before
    line, result = job.line, job.result
    if line is not None:
        losses = (_smooth_now(job), line.recent_nats_per_char, line.nats_per_char, line.best_held_out_nats_per_char)
    elif result is not None:
        losses = (
            result.nats_per_char,
            result.recent_nats_per_char,
            result.best_nats_per_char,
            result.best_held_out_nats_per_char,
        )
    else:
        losses = (None, None, None, None)
    run = row_of(line, job.followed) if line is not None else None
    smooth, recent, best, held_out = map(_known, losses)
    settings, judged = setting_texts(options, job.spec.setting), judge.loss(job)
    return SweepRow(job, number, settings, run, part_of(job), seconds_left(job), smooth, recent, best, held_out, judged)


def _smooth_now(job: Row) -> float | None:
    """The smooth loss of the newest line of its log; where that is not at hand, its best one."""
    if job.followed is not None and (course := job.followed.log.course):
        return course[-1][1] / job.followed.config.seq_length
    return job.line.nats_per_char if job.line is not None else None


def _known(loss: float | None) -> float | None:
    return loss if loss is not None and isfinite(loss) else None
