"""A replay: a job that does again all that a run's log says was done to it, adjustments at their steps.

The run may have been paused, stopped, resumed, cut off and begun again from an earlier checkpoint: what a crash undid
is no part of the replay. A branch begins again where it left the run that it went on from.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import AdjustRequest, Control, Request
from tui_rnn.engine.errors import CheckpointError, RunError, shell_word
from tui_rnn.engine.events import Adjusted
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.kernels.choice import check_installed
from tui_rnn.engine.text import SourceText, most_bytes
from tui_rnn.runs import checkpoint_choice, corpus_search, new_text
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import Job
from tui_rnn.runs.manifest import CorpusRecord, Manifest, Origin
from tui_rnn.runs.new_folder import RUNS
from tui_rnn.runs.recorded import Recorded, read_recorded

if TYPE_CHECKING:
    from tui_rnn.engine.checkpoint import Snapshot


@dataclass(frozen=True, slots=True)
class Replay:
    """A run and what is to come out of its replay."""

    run: str
    job: Job  # which does it again; locked
    control: "ReplayControl"  # which makes the adjustments, and ends it
    step: int  # updates made where the digest was taken
    state_sha256: str  # of the run; "" where the newest checkpoint has to be asked
    recorded: Recorded


class ReplayControl(Control):
    """Asks the loop for each adjustment of a log at its step, and stops it at the last step."""

    def __init__(self, adjustments: Iterable[Adjusted], last_step: int) -> None:
        super().__init__()
        self.step_count: Callable[[], int] = lambda: 0  # of the trainer, which is made later
        self._left = deque(adjustments)
        self._last_step = last_step

    def requests(self, seconds: float | None = None) -> Iterator[Request]:
        """What was posted, and the adjustments whose step has come."""
        yield from super().requests(seconds)
        step = self.step_count()
        while self._left and self._left[0].step <= step:
            each = self._left.popleft()
            yield AdjustRequest(each.name, each.value, each.requested_at)
        if step >= self._last_step:
            self.stop()


def replay(name: str, run: str | None, options: Mapping[str, Any], corpus: tuple[str, ...], scratch: Path) -> Replay:
    """The replay of a run, to be kept as the run `run`, or in the folder `scratch` where none is given.

    `corpus` is where the text's files lie now. Raises RunError, CorpusError or CheckpointError, each with a remedy,
    where the run cannot be repeated.
    """
    directory = RunDirectory.find(name)
    manifest = Manifest.read(directory)
    recorded = read_recorded(directory, manifest)
    kernel = manifest.config.kernel
    check_installed(kernel, f"the kernel of {directory.path}", "replay it where it is")
    _check_repeatable(directory, manifest, recorded)
    snapshot = _newest(directory, manifest)
    if recorded.done is not None:
        step, digest = recorded.done.step, recorded.done.state_sha256
    elif snapshot is not None:
        step, digest = snapshot.state.step, ""
        recorded.adjustments = recorded.up_to(step)
    else:
        raise RunError(
            f"{directory.path} has neither an end nor a checkpoint to compare with: go on with it first, by tui-rnn "
            f"resume {shell_word(directory.path)}"
        )
    source = _text(directory, manifest, recorded, corpus)
    begun = None if manifest.origin is None else _branching_point(directory, manifest, source)
    # At the goal the loop ends before it serves what was asked for there.
    adjusts_last = any(each.step >= step for each in recorded.adjustments)
    goal = Goal(step + adjusts_last)
    place = run if run is not None else str(scratch / "replay")
    made = RunDirectory.create(place, manifest.config.corpus, datetime.now())
    try:
        of_replay = replace(
            manifest,
            goal=goal,
            run=str(made.path),
            corpus=CorpusRecord.of(source, manifest.corpus.begun_at),
            front_end=dict(options),
        )
        of_replay.write(made)
        if begun is not None:
            made.keep(begun)
    except BaseException:
        made.abandon()
        raise
    path = None if begun is None else str(made.checkpoints / checkpoint_choice.LAST)
    first = {} if begun is not None else manifest.adjusted
    adjusted = begun.state.adjusted if begun is not None else first
    job = Job(made, of_replay, source, begun, adjusted, first, path)
    return Replay(str(directory.path), job, ReplayControl(recorded.adjustments, step), step, digest, recorded)


def digest_of_newest(replay: Replay) -> str:
    """The digest of the run's newest checkpoint, for a run that has no end yet."""
    from tui_rnn.engine.checkpoint import resumed_trainer
    from tui_rnn.engine.corpus import Corpus
    from tui_rnn.engine.state import digest

    snapshot, _, _ = RunDirectory(Path(replay.run)).latest()
    if snapshot is None or snapshot.state.step != replay.step:
        raise RunError(f"{replay.run} has gone on meanwhile: replay it again")
    return digest(resumed_trainer(snapshot, Corpus.from_source(replay.job.source, snapshot.vocabulary)))


def _check_repeatable(directory: RunDirectory, manifest: Manifest, recorded: Recorded) -> None:
    """Raise RunError for a run that depended on more than its log."""
    config = manifest.config
    if config.minutes is not None and config.schedule != "constant":
        raise RunError(
            f"{directory.path} cannot be replayed: its learning rate fell with the clock, as --minutes with --schedule "
            f"{config.schedule} has it: a run that repeats has --steps in place of --minutes"
        )
    if len(recorded.texts) > 1:
        step = max(recorded.texts.values())
        raise RunError(
            f"{directory.path} cannot be replayed: its text was edited at step {step:,}, and went on with "
            f"--accept-changed-corpus: replay a run of one text"
        )
    if len(recorded.kernels) > 1:
        step = max(recorded.kernels.values())
        raise RunError(
            f"{directory.path} cannot be replayed: it went on with another --kernel at step {step:,}, whose sums have "
            f"other last bits: replay a run of one kernel"
        )


def _newest(directory: RunDirectory, manifest: Manifest) -> "Snapshot | None":
    """The newest sound state of the run. Raises RunError where this machine adds up numbers in another way."""
    from tui_rnn.engine.arithmetic import ARITHMETIC, LOOPS, differences, libraries

    try:
        snapshot, _, _ = directory.latest()
    except CheckpointError:  # a log with an end is enough
        return None
    now = libraries(manifest.config.kernel)
    before = {} if snapshot is None else snapshot.libraries
    changed = differences(before, now)
    if changed.keys() & {ARITHMETIC, LOOPS}:
        named = ", ".join(changed.values())
        raise RunError(
            f"{directory.path} was trained where sums have other last bits ({named}): replay it there, or with those "
            f"versions"
        )
    return snapshot


def _text(directory: RunDirectory, manifest: Manifest, recorded: Recorded, named: tuple[str, ...]) -> SourceText:
    """The text that the run was trained on. Raises CorpusError or RunError."""
    digests: set[object] = {*recorded.texts} or {manifest.corpus.sha256}
    run = str(directory.path)
    if named:
        found = corpus_search.read(named, digests, most_bytes(manifest.max_corpus))
    else:
        found = corpus_search.find_text(directory, manifest, digests, command="replay")
    if not found.fits:
        raise RunError(
            f"{found.path} is not the text that {run} was trained on (its sha256 differs): name that text, as in "
            f"tui-rnn replay {shell_word(run)} CORPUS"
        )
    return found.decoded(manifest.config)


def _branching_point(directory: RunDirectory, manifest: Manifest, source: SourceText) -> "Snapshot | None":
    """The state that a branch went on from: a checkpoint of the run it left, or what a replay of that comes to.

    None where it began at its first step. Raises RunError where that run is gone.
    """
    origin = manifest.origin
    assert origin is not None
    if origin.checkpoint is None:
        return None
    parent = _origin_directory(directory, origin)
    candidates = [Path(origin.checkpoint)]
    if parent is not None:
        of_step = checkpoint_choice.step_file(origin.step)
        candidates += [parent.checkpoints / name for name in (Path(origin.checkpoint).name, of_step)]
    for path in candidates:
        snapshot = _state_in(path, origin.step)
        if snapshot is not None and _is_of(snapshot.config, manifest.config, any_text=origin.new_text):
            break
    else:
        text = None if origin.new_text else source
        snapshot = None if parent is None else _replayed_to(parent, origin.step, text)
    if snapshot is None:
        raise RunError(
            f"{directory.path} went on from {origin.run} at step {origin.step:,}, which is not there any more: put "
            f"that run back at its place, or beside this one"
        )
    if origin.new_text:
        snapshot = new_text.with_new_text(snapshot, manifest.config, source)
    config = replace(snapshot.config, kernel=manifest.config.kernel)  # the branch may have begun with another
    return replace(snapshot, config=config, state=replace(snapshot.state, adjusted=manifest.adjusted))


def _is_of(found: RunConfig, config: RunConfig, *, any_text: bool) -> bool:
    """Whether a state with this configuration is one that the branch could begin with."""
    found = replace(found, kernel=config.kernel)
    return (replace(found, corpus=config.corpus) if any_text else found) == config


def _origin_directory(directory: RunDirectory, origin: Origin) -> RunDirectory | None:
    """The run that a branch left, at its place or beside the branch."""
    name = Path(origin.run).name
    for path in (Path(origin.run), directory.path.absolute().parent / name, RUNS / name):
        if (found := RunDirectory(path)).holds_a_run():
            return found
    return None


def _state_in(path: Path, step: int) -> "Snapshot | None":
    """The state of this step in a checkpoint; None where it holds none."""
    from tui_rnn.engine.checkpoint import load

    try:
        snapshot = load(path)
    except CheckpointError:
        return None
    return snapshot if snapshot.contents == "state" and snapshot.state.step == step else None


def _replayed_to(directory: RunDirectory, step: int, source: SourceText | None) -> "Snapshot":
    """The state of a run after so many updates, made again: no checkpoint holds it any more.

    `source` is its text; None: it is searched for.
    """
    from tui_rnn.engine.checkpoint import resumed_trainer, state_snapshot
    from tui_rnn.engine.corpus import Corpus
    from tui_rnn.engine.loop import run
    from tui_rnn.engine.trainer import Trainer

    manifest = Manifest.read(directory)
    recorded = read_recorded(directory, manifest)
    _check_repeatable(directory, manifest, recorded)
    source = source if source is not None else _text(directory, manifest, recorded, ())
    begun = None if manifest.origin is None else _branching_point(directory, manifest, source)
    corpus = Corpus.from_source(source, begun.vocabulary if begun else None)
    trainer = Trainer(manifest.config, corpus) if begun is None else resumed_trainer(begun, corpus)
    if begun is None:
        trainer.adjusted = dict(manifest.adjusted)
    control = ReplayControl(recorded.adjustments, step)
    control.step_count = lambda: trainer.step_count
    for _ in run(trainer, control, step):
        pass
    return state_snapshot(trainer)
