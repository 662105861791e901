"""The front end without a screen: events as readable lines, or as JSON lines; signals end a run with a checkpoint."""

import sys
from collections.abc import Iterator

from tui_rnn import signals, stdio
from tui_rnn.engine.control import Control
from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.engine.event_records import as_record
from tui_rnn.engine.events import (
    Adjusted,
    Checkpointed,
    Compiling,
    Done,
    Event,
    Finding,
    GradientChecked,
    HeldOut,
    Progress,
    Sample,
    Started,
    StepDone,
    Warned,
)
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.kinds import Ending
from tui_rnn.engine.recent import smooth_loss_lags
from tui_rnn.headless.gradient_lines import gradient_table, gradient_title
from tui_rnn.run_summary import summary
from tui_rnn.runs import outcome
from tui_rnn.runs.crash import record_crash
from tui_rnn.runs.job import Job
from tui_rnn.runs.log import as_line
from tui_rnn.runs.session import Session
from tui_rnn.safe_text import safe_text
from tui_rnn.wording import (
    adjusted_text,
    counted,
    duration_text,
    figure,
    goal_text,
    held_out_text,
    kernel_text,
    loss_text,
    network_text,
    per_char_text,
    percent_text,
    rate_text,
    recipe_text,
    text_size,
)


def train(
    job: Job, *, as_json: bool, progress_every: int = 1000, is_watched: bool = True, until: int | None = None
) -> int:
    """Train the job to its end and print its events on stdout; returns the exit code of the contract.

    `is_watched`: somebody sits at the terminal, if there is one, so a line on it may be rewritten in place.
    `until` is a step at which this process stops, whatever the goal.
    """
    control = Control()
    caught: list[int] = []
    session = None

    def end(number: int) -> None:
        caught.append(number)
        control.stop(Ending.SIGNAL)
        if len(caught) == 1:
            stdio.limit_waiting()

    with signals.caught(end), signals.stopping(control.standing_still), job:
        try:
            with Session(job, control, progress_every=progress_every) as session:
                done, refused = _write(session, as_json, is_watched, until)
        except TuiRnnError:
            raise
        except Exception as error:
            line = record_crash(job.directory, error, session)
            stdio.write_stderr(f"tui-rnn: {safe_text(line, one_line=True)}\n")
            return 1
        finally:
            stdio.wait_for_readers()
    # Where a terminal hangs up, its stdout may be found to take no more before the signal comes.
    if fault := outcome.faults(done, job.run, "" if caught else refused):
        raise TuiRnnError(fault)
    if caught and done.reason in (Ending.SIGNAL, Ending.STOPPED):
        return 128 + caught[0]
    return outcome.exit_code(done)


def _write(session: Session, as_json: bool, is_watched: bool, until: int | None) -> tuple[Done, str]:
    """Print every event; returns the last one, and the reason why stdout took no more, or ""."""
    lines = _json_lines if as_json else _Readable(session.job).lines
    progress = ProgressLine(session.job.goal) if is_watched and sys.stderr.isatty() and not as_json else None
    done, refused = None, ""
    if until is not None and session.trainer.step_count >= until:
        session.control.stop()
    for event in session.events():
        if until is not None and isinstance(event, StepDone) and event.step >= until:
            session.control.stop()
        if isinstance(event, Done):
            done = event
        if not event.event and not isinstance(event, Compiling):
            continue
        if progress:
            progress.clear()
        try:
            for line in lines(event):
                sys.stdout.write(line)
            sys.stdout.flush()
        except OSError as error:  # stop and save; a reader that has seen enough, as `| head`, is no fault
            session.control.stop()
            stdio.discard_stdout()
            if not isinstance(error, BrokenPipeError):
                refused = error.strerror or str(error)
        if progress and isinstance(event, Progress):
            progress.show(event)
    assert done is not None  # the last event of every run
    return done, refused


def _json_lines(event: Event) -> Iterator[str]:
    if event.event:  # one without a name is no record
        yield as_line(as_record(event))


_MOST_FILES = 20  # of a text that are named


class _Readable:
    """Events as lines for a person or a log file."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._T = job.config.seq_length

    def lines(self, event: Event) -> Iterator[str]:
        for line in self._of(event):
            yield line + "\n"

    def _of(self, event: Event) -> Iterator[str]:
        match event:
            case Started():
                yield from self._started(event)
            case Compiling():
                yield f"compiling the kernel, once: about {event.seconds} s; the gradient is checked meanwhile"
            case Progress():
                rate = rate_text(event.updates_per_second) if event.updates_per_second else "-"
                smooth = figure(event.smooth_loss, 2)
                nats, bits, recent = (
                    figure(x, 3) for x in (event.nats_per_char, event.bits_per_char, event.recent_nats_per_char)
                )
                losses = f"{nats} nats/char  {bits} bits  recent {recent}  sum {smooth:>7}"
                yield f"step {event.step:>9,}  {losses}  {rate:>6}/s"
            case Sample():
                yield ""
                when = "after" if event.kind == "final" else "before"
                recent = per_char_text(event.recent_nats_per_char) if event.recent_nats_per_char is not None else ""
                recent = f"recent loss {recent}; " if recent and smooth_loss_lags(event.step) else ""
                loss = loss_text(event.smooth_loss, self._T)
                yield f"--- sample {when} update {event.step:,}, {recent}smooth loss {loss}"
                yield safe_text(event.text)
                yield "---"
            case Finding():
                found = safe_text(f"{event.message}: {event.remedy}", one_line=True)
                yield f"found at step {event.step:,}: {found}"
            case HeldOut():
                yield f"held out at step {event.step:,}: {held_out_text(event)}"
            case GradientChecked():
                yield ""
                yield f"Gradient check, {gradient_title(event)}"
                yield from ("  " + line for line in gradient_table(event.rows))
            case Checkpointed():
                yield f"checkpoint ({event.kind}) of step {event.step:,}: {safe_text(event.path, one_line=True)}"
            case Adjusted():
                yield safe_text(adjusted_text(event), one_line=True)
            case Warned():
                yield f"warning: {safe_text(event.message, one_line=True)}"
            case Done():
                yield ""
                yield from summary(event, self._job.config_in_force, self._job.goal, self._job.run)

    def _started(self, event: Started) -> Iterator[str]:
        config, corpus = self._job.config_in_force, event.corpus
        yield f"tui-rnn {event.version}"
        yield (
            f"corpus   {safe_text(str(corpus['path']), one_line=True)}: {text_size(corpus, config.holdout)}, "
            f"sha256 {corpus['sha256']}"
        )
        if begun_at := corpus.get("begun_at"):
            yield f"         read from step {begun_at:,} on, and another text before"
        files = corpus.get("files", ())
        for file in files[:_MOST_FILES]:
            yield f"         {safe_text(str(file['path']), one_line=True)}: {counted(file['characters'], 'character')}"
        if len(files) > _MOST_FILES:
            yield f"         and {len(files) - _MOST_FILES:,} more"
        yield (
            f"model    {network_text(config)}, m = {config.hidden_size}, T = {config.seq_length}, "
            f"B = {config.batch_size}, {config.dtype}{kernel_text(config)}: {counted(event.parameters, 'parameter')}"
        )
        yield f"recipe   {recipe_text(config)}, {goal_text(self._job.goal)}"
        yield f"guessing every character alike costs {loss_text(event.uniform_loss, self._T)}"
        yield f"run      {safe_text(event.run, one_line=True)}"
        if self._job.manifest.twin_of is not None:
            yield f"twin of  {safe_text(self._job.manifest.twin_of, one_line=True)}"
        if event.resumed_from:
            yield f"resumed from {safe_text(event.resumed_from, one_line=True)} at step {event.resumed_step:,}"


class ProgressLine:
    """One line on the terminal of stderr that is rewritten in place."""

    def __init__(self, goal: Goal) -> None:
        self._goal, self._width = goal, 0

    def show(self, event: Progress) -> None:
        """Show how far the run has come, and how long it will take."""
        left = self._goal.seconds_left(event.step, event.elapsed_seconds, event.updates_per_second)
        part = self._goal.part(event.step, event.elapsed_seconds)
        text = f"{percent_text(part)} of {goal_text(self._goal)}"
        if left is not None:
            text += f", about {duration_text(left)} left"
        self._width = len(text)
        stdio.write_stderr("\r" + text)

    def clear(self) -> None:
        """Take the line away."""
        if self._width:
            stdio.write_stderr("\r" + " " * self._width + "\r")
            self._width = 0
