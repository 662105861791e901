"""A session: what one process trains of a run, as a stream of events, which are also logged in events.jsonl."""

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import chain

import tui_rnn
from tui_rnn.engine.arithmetic import differences, libraries
from tui_rnn.engine.checkpoint import check_seal, resumed_trainer, seal, state_snapshot
from tui_rnn.engine.control import AdjustRequest, Control, GradientCheckRequest
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.errors import NotReadBack, NotSaveable, RunError
from tui_rnn.engine.event_records import as_record
from tui_rnn.engine.events import (
    COMPLEX,
    Adjusted,
    Checkpointed,
    Continued,
    Done,
    Event,
    Finding,
    Paused,
    Started,
    StepDone,
    Warned,
)
from tui_rnn.engine.examining import Examining
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.loop import run, serve_until_stopped
from tui_rnn.engine.saving import Saver
from tui_rnn.engine.serving import adjust
from tui_rnn.engine.trainer import Trainer
from tui_rnn.engine.watching import Watching
from tui_rnn.runs.checkpoint_choice import LAST
from tui_rnn.runs.job import Job, go_further
from tui_rnn.runs.log import read_events
from tui_rnn.runs.past import Past, inherited_past, own_past


class Session:
    """What both front ends run: `events()` to train, then `serve_until_stopped()` while a screen stays open.

    It is used in one thread, as `with job, Session(job, control) as session:`; other threads speak to it through
    `control` alone.
    """

    def __init__(self, job: Job, control: Control, *, progress_every: int = 1000) -> None:
        """Index the corpus and make or restore the trainer; `progress_every` is the updates between progress events.

        Raises CorpusError, UnknownCharacter, RunError, and NotSaveable before any update.
        """
        self.job = job
        self.control = control
        self._progress_every = progress_every
        corpus = Corpus.from_source(job.source, job.snapshot.vocabulary if job.snapshot else None)
        job.source = replace(job.source, characters="")  # indexed: a large text is not kept twice
        if job.snapshot is None:
            self.trainer = Trainer(job.config, corpus)
        else:
            self.trainer = resumed_trainer(job.snapshot, corpus)
            control.clock.restore(job.snapshot.state.elapsed_seconds)
            self._warn_of_other_libraries()
        self._check_checkpoints()
        self._saver = Saver(self.trainer, job.directory, control.clock, resumed=job.snapshot is not None)
        self._watching = Watching.of(self.trainer, control.clock)
        self._examining = Examining(self.trainer, control, self._named_findings() if job.snapshot else ())
        self._log = job.directory.open_log()
        self._log_works = True
        self._is_paused = False  # as the log says

    def _check_checkpoints(self) -> None:
        """Raise NotSaveable where a checkpoint of this run could not be read back, before any update is made."""
        snapshot = state_snapshot(self.trainer)
        try:
            check_seal(seal(snapshot), snapshot)
        except NotReadBack as error:
            raise NotSaveable(
                f"{self.job.run} could not be saved ({error.strerror}), so nothing is trained: please tell the makers "
                f"of tui-rnn; meanwhile use another --encoding, or leave out characters that are rare"
            ) from None

    def _named_findings(self) -> set[str]:
        """What was found and logged before, so that it is told once a run."""
        with contextlib.suppress(OSError):
            return {each.name for each in read_events(self.job.directory.events_file, Finding)}
        return set()

    def past(self) -> Iterator[Past]:
        """What was logged before up to its step: by the runs that it is a branch of, then by its earlier processes."""
        yield from inherited_past(self.job.directory, self.job.manifest)
        yield from own_past(self.job.directory, self.trainer.step_count)

    def events(self) -> Iterator[Event]:
        """What happens, from Started and both gradient checks to Done; events that have a name are logged."""
        self.control.post(GradientCheckRequest())
        self.control.post(GradientCheckRequest(method=COMPLEX))
        warnings = (Warned(message) for message in self.job.warnings)
        adjusted = (adjust(self.trainer, AdjustRequest(*change)) for change in self.job.first_adjustments.items())
        yield from self._logged(
            chain([self._started(self.job.resumed_from)], warnings, adjusted, self._trained_to_goal())
        )

    def events_further(self, goal: Goal) -> Iterator[Event]:
        """After the end of training: what happens on the way to a later goal, which is recorded, from Started to Done.

        The next updates are those of a run that had this goal from the start, unless the learning rate's schedule was
        spread over the first one. Where the disk refuses the goal there is a warning alone.
        """
        try:
            go_further(self.job, goal)
        except (RunError, OSError) as error:
            yield from self._logged(iter([Warned(f"the run does not go on: {error}")]))
            return
        last = str(self.job.directory.checkpoints / LAST)
        yield from self._logged(chain([self._started(last)], self._trained_to_goal()))

    def _trained_to_goal(self) -> Iterator[Event]:
        return run(
            self.trainer,
            self.control,
            self.job.goal.steps,
            max_minutes=self.job.goal.minutes,
            saver=self._saver,
            watching=self._watching,
            examining=self._examining,
            progress_every=self._progress_every,
        )

    def serve_until_stopped(self) -> Iterator[Event]:
        """Serve requests after the end of training, until control says stop or to go further."""
        yield from self._logged(serve_until_stopped(self.trainer, self.control, self._saver, self._watching))

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the log. The run directory stays locked: `with job:` releases it."""
        with contextlib.suppress(OSError):  # the lines that had to be on disk were synced
            self._log.close()

    def _logged(self, events: Iterator[Event]) -> Iterator[Event]:
        for event in events:
            if isinstance(event, Adjusted):
                self.job.adjusted = self.trainer.adjusted
            if self._is_paused and isinstance(event, StepDone) and not self.control.paused:  # else it is a single step
                self._is_paused = False
                yield from self._append(Continued(event.step - 1))
            is_known = isinstance(event, Paused) and self._is_paused  # it is said again and again
            self._is_paused = self._is_paused or isinstance(event, Paused)
            if event.event and not is_known:
                yield from self._append(event)
            yield event

    def _append(self, event: Event) -> Iterator[Event]:
        """Log the event; the first of the events that the disk refuses in a row is followed by a warning."""
        try:
            self._log.append(as_record(event), durable=isinstance(event, Checkpointed | Done))
            self._log_works = True
        except OSError as error:
            if self._log_works:
                self._log_works = False
                yield Warned(f"{self.job.directory.events_file} cannot be written ({error.strerror}); training goes on")

    def _started(self, resumed_from: str | None) -> Started:
        job, corpus = self.job, self.trainer.corpus
        begun_at = job.manifest.corpus.begun_at
        files = [asdict(each) for each in job.source.files]
        return Started(
            version=tui_rnn.__version__,
            run=job.run,
            corpus={
                "path": corpus.path,
                "characters": len(corpus),
                "vocab_size": len(corpus.vocabulary),
                "sha256": corpus.sha256,
                **({"files": files} if files else {}),
                **({"begun_at": begun_at} if begun_at else {}),
            },
            config=job.options,
            parameters=self.trainer.theta.flat.size,
            uniform_loss=self.trainer.uniform_loss,
            resumed_from=resumed_from,
            resumed_step=self.trainer.step_count,
        )

    def _warn_of_other_libraries(self) -> None:
        """Another version of a library can differ in the last bit of a sum, and then the digest differs too."""
        before, now = self.job.snapshot.libraries if self.job.snapshot else {}, libraries(self.job.config.kernel)
        if changed := differences(before, now):
            self.job.warnings.append(f"resumed with {', '.join(changed.values())}: losses can differ in the last bits")
