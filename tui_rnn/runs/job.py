"""A job: a run that this process is ready to train. It is made, and its faults are found, without NumPy."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.config import RunConfig, check_minutes
from tui_rnn.engine.errors import ConfigError, RunError, shell_word, shortened
from tui_rnn.engine.goal import Goal, resumed_goal
from tui_rnn.engine.joined_text import STDIN, STDIN_NAME, joined, joined_name, read_files
from tui_rnn.engine.kernels.choice import NUMPY, check_installed, resolved
from tui_rnn.engine.memory import MAX_MEMORY, check_memory
from tui_rnn.engine.text import MAX_CORPUS, SourceText, check_decoding, check_fits, most_bytes
from tui_rnn.runs import corpus_search
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.manifest import CorpusRecord, Manifest
from tui_rnn.storage.files import SYSTEM, Files

if TYPE_CHECKING:
    from tui_rnn.engine.checkpoint import Snapshot

_BOUNDS = ("max_corpus", "max_memory")  # of the options that are given, those that bind later processes too


@dataclass(slots=True)
class Job:
    """All a front end needs to begin. The directory is locked; `with job:` releases it at the end."""

    directory: RunDirectory
    manifest: Manifest  # with the goal, the bounds and the front end's options of this process
    source: SourceText
    snapshot: "Snapshot | None" = None  # where to go on from
    adjusted: Mapping[str, Any] = field(default_factory=dict)  # hyperparameters as they stand, unlike the config's
    first_adjustments: Mapping[str, Any] = field(default_factory=dict)  # of these, to be made before any update
    resumed_from: str | None = None  # the path of the snapshot
    warnings: list[str] = field(default_factory=list)

    def __enter__(self) -> "Job":
        return self

    def __exit__(self, *exception: object) -> None:
        self.directory.release()

    @property
    def config(self) -> RunConfig:
        """The run's configuration as it was given."""
        return self.manifest.config

    @property
    def goal(self) -> Goal:
        """Where this process ends; it may lie beyond config.goal, over which the learning rate's schedule is spread."""
        return self.manifest.goal

    @property
    def run(self) -> str:
        """The run directory's path as the user sees it."""
        return str(self.directory.path)

    @property
    def hyperparameters(self) -> Hyperparameters:
        """The configuration's, with what was adjusted."""
        return Hyperparameters.of(self.config, self.adjusted)

    @property
    def config_in_force(self) -> RunConfig:
        """The configuration with the hyperparameters as they stand, to be shown."""
        return self.hyperparameters.in_force(self.config)

    @property
    def options(self) -> dict[str, Any]:
        """Every option of this process by its long name, to be logged at its start."""
        return self.manifest.options(self.config_in_force)


def go_further(job: Job, goal: Goal) -> None:
    """Give a job that has reached its goal this one, on disk first. Raises RunError, with the goal as it was."""
    replace(Manifest.read(job.directory), goal=goal).write(job.directory)
    job.manifest = replace(job.manifest, goal=goal)


def new_job(
    config: RunConfig,
    run: str | None,
    options: Mapping[str, Any],
    files: Files = SYSTEM,
    *,
    texts: Sequence[str] = (),
    stdin: bytes | None = None,
    goal: Goal | None = None,
    twin_of: str | None = None,
) -> Job:
    """A run at its beginning. Raises ConfigError, CorpusError or RunError, with nothing left on disk.

    `texts` are the files that make up the text, in order, where config.corpus is not the path of the only one; the path
    `-` among them stands for `stdin`, of which the run keeps a copy.
    `options` are the front end's, by their long names; all are recorded, and only max_corpus and max_memory used.
    `goal` may lie beyond the configuration's, and `twin_of` be another run, whose options these are but for some.
    """
    max_corpus, max_memory = options.get("max_corpus", MAX_CORPUS), options.get("max_memory", MAX_MEMORY)
    most = most_bytes(max_corpus)
    texts = texts or (config.corpus,)
    for path in texts:
        if RunDirectory(Path(path)).holds_a_run():
            raise ConfigError(f"{path} is a run, not a text: go on with it by tui-rnn resume {shell_word(path)}")
    check_decoding(config.encoding, config.errors)
    source = joined(read_files(texts, most, stdin), config.encoding, config.errors)
    check_fits(config.corpus, len(source.characters), config)
    check_memory(config.corpus, source.characters, config, max_memory)
    directory = RunDirectory.create(run, config.corpus, datetime.now(), files)
    try:
        if stdin is not None:
            source = _with_copy(source, texts.index(STDIN), directory.keep_text(STDIN_NAME, stdin))
            config = replace(config, corpus=source.path)
        manifest = Manifest(
            config,
            goal or config.goal,
            str(directory.path),
            CorpusRecord.of(source),
            max_corpus,
            max_memory,
            twin_of=twin_of,
            front_end=_unbound(options),
        )
        manifest.write(directory)
    except BaseException:
        directory.abandon()
        raise
    return Job(directory, manifest, source, warnings=[source.warning] if source.warning else [])


def _with_copy(source: SourceText, place: int, path: Path) -> SourceText:
    """The text whose file of this place came from standard input, read from the copy at this path."""
    if not source.files:
        return replace(source, path=str(path))
    files = [replace(each, path=str(path)) if at == place else each for at, each in enumerate(source.files)]
    return replace(source, path=joined_name([each.path for each in files]), files=tuple(files))


def resumed_job(
    name: str,
    steps: int | None,
    options: Mapping[str, Any],
    minutes: float | None = None,
    *,
    kernel: str | None = None,
    corpus: tuple[str, ...] = (),
    accept_changed_corpus: bool = False,
) -> Job:
    """A run that goes on exactly from its newest sound checkpoint, to its own goal or to another.

    Where `steps` or `minutes` is given, they alone make the goal: one that is not given sets no bound. `corpus`
    is where the text's files lie now, `kernel` what computes the updates from here on. Raises ConfigError, RunError,
    CorpusError or CheckpointError, with the run as it was.
    """
    check_minutes(minutes)
    directory = RunDirectory.find(name)
    directory.lock()
    try:
        job, stored = going_on(directory, steps, minutes, options, corpus, accept_changed_corpus, kernel=kernel)
        now = job.manifest
        kept = replace(stored, config=now.config, max_corpus=now.max_corpus, max_memory=now.max_memory)  # for the next
        if job.goal.lies_beyond(job.config.goal):
            kept = replace(kept, goal=job.goal)
        if accept_changed_corpus or now.corpus.places != stored.corpus.places:
            kept = replace(kept, corpus=now.corpus)
        if kept != stored:
            directory.open_log().close()  # a log that cannot be written to refuses the run: then nothing is changed
            kept.write(directory)
    except BaseException:
        directory.release()
        raise
    return job


def going_on(
    directory: RunDirectory,
    steps: int | None,
    minutes: float | None,
    options: Mapping[str, Any],
    corpus: tuple[str, ...],
    accept_changed: bool,
    at: int | None = None,
    kernel: str | None = None,
    *,
    is_new: bool = False,
) -> tuple[Job, Manifest]:
    """The job that goes on with this run, and the manifest that is on disk; nothing is written.

    `at` is the step of the checkpoint to go on from; None: of the newest one. `kernel`: None: the run's. `is_new`:
    `corpus` is another text. Errors are those of `resumed_job`; the directory stays as locked as it was.
    """
    stored = Manifest.read(directory)
    config = (
        stored.config if kernel is None else replace(stored.config, kernel=resolved(kernel, stored.config.to_json()))
    )
    other = f"go on by tui-rnn resume {shell_word(directory.path)} --kernel {NUMPY}"
    check_installed(config.kernel, f"the kernel of {directory.path}", other)
    snapshot, path, warnings = _state(directory, config, at)
    max_corpus = options.get("max_corpus", stored.max_corpus)
    source = corpus_search.text_of(
        directory, stored, snapshot, max_corpus, corpus, accept_changed, warnings, is_new=is_new
    )
    done, seconds = (snapshot.state.step, snapshot.state.elapsed_seconds) if snapshot else (0, 0.0)
    goal = resumed_goal(config.goal, stored.goal, steps, minutes, done, seconds)
    max_memory = options.get("max_memory", stored.max_memory)
    check_memory(source.path, source.characters, config, max_memory, snapshot.vocabulary if snapshot else None)
    manifest = replace(
        stored,
        config=config,
        goal=goal,
        run=str(directory.path),
        corpus=CorpusRecord.of(source, stored.corpus.begun_at),
        max_corpus=max_corpus,
        max_memory=max_memory,
        front_end=_unbound(options),
    )
    first = {} if snapshot else stored.adjusted
    adjusted = snapshot.state.adjusted if snapshot else first
    return Job(directory, manifest, source, snapshot, adjusted, first, path, warnings), stored


def _unbound(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that are recorded and not used."""
    return {name: value for name, value in options.items() if name not in _BOUNDS}


def _state(
    directory: RunDirectory, config: RunConfig, at: int | None
) -> "tuple[Snapshot | None, str | None, list[str]]":
    """The newest sound state, or that of a step, of a run of this configuration; its path, and what is to be known."""
    snapshot, path, warnings = directory.latest() if at is None else (*directory.state_at(at), [])
    if snapshot is None:
        warnings.append("the run has no checkpoint yet: it begins again at its first step")
    elif replace(snapshot.config, kernel=config.kernel) == config:  # the kernel can be another from here on
        snapshot = replace(snapshot, config=config)
    else:
        old = _old_values(config, snapshot.config)
        raise RunError(f"{directory.config_file} was changed since {path} was written: put the old values back ({old})")
    return snapshot, path, warnings


def _old_values(now: RunConfig, old: RunConfig) -> str:
    """The settings that differ now, with their old values, as they stood in config.json."""
    values, before = now.to_json(), old.to_json()
    changed = [f'"{name}": {json.dumps(before[name])}' for name in before if values[name] != before[name]]
    return shortened(", ".join(changed))[1:-1]
