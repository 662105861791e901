"""A job: one run that is ready to be trained in this process, checked without NumPy before any screen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_rnn.engine.config import RunConfig, check_minutes
from tui_rnn.engine.errors import ConfigError, RunError, shortened
from tui_rnn.engine.files import SYSTEM, Files
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.engine.memory import MAX_MEMORY, check_max_memory, check_memory
from tui_rnn.engine.text import MAX_CORPUS, SourceText, check_length, most_bytes, read_text
from tui_rnn.runs.directory import RunDirectory

if TYPE_CHECKING:
    from tui_rnn.engine.checkpoint import Snapshot


@dataclass(slots=True)
class Job:
    """All a front end needs to begin. The directory is locked; whoever runs the job releases it."""

    directory: RunDirectory
    config: RunConfig
    source: SourceText
    options: Mapping[str, Any]  # the configuration and the front end's options, by their long names
    goal: Goal  # may lie beyond config.goal, over which the learning rate's schedule is spread
    snapshot: "Snapshot | None" = None  # where to go on from
    resumed_from: str | None = None  # its path
    warnings: list[str] = field(default_factory=list)

    @property
    def run(self) -> str:
        """The run directory's path as the user sees it."""
        return str(self.directory.path)


def new_job(config: RunConfig, run: str | None, options: Mapping[str, Any], files: Files = SYSTEM) -> Job:
    """A run at its beginning. Raises ConfigError, CorpusError or RunError, with nothing left on disk."""
    most = most_bytes(options.get("max_corpus", MAX_CORPUS))
    source = read_text(config.corpus, config.encoding, config.errors, most)
    check_length(config.corpus, len(source.characters), config.seq_length, config.batch_size, config.holdout)
    check_memory(config.corpus, source.characters, config, options.get("max_memory", MAX_MEMORY))
    directory = RunDirectory.create(run, config.corpus, datetime.now(), files)
    options = {**config.to_json(), **options, "run": str(directory.path)}
    try:
        directory.write_config({**options, **_origin_of(source)})
    except BaseException:
        directory.abandon()
        raise
    return Job(directory, config, source, options, goal=config.goal)


def resumed_job(
    name: str,
    steps: int | None,
    options: Mapping[str, Any],
    minutes: float | None = None,
    *,
    accept_changed_corpus: bool = False,
) -> Job:
    """A run that goes on exactly where its newest sound checkpoint stands, to its own goal or to another.

    Where `steps` or `minutes` is given, the goal is made of them alone: the one that is not given is no bound. Raises
    ConfigError, RunError, CorpusError or CheckpointError, with the run as it was.
    """
    check_minutes(minutes)
    directory = RunDirectory.find(name)
    directory.lock()
    try:
        job, stored, kept = _going_on(directory, steps, minutes, options, accept_changed_corpus)
        changed: dict[str, Any] = {}  # so that the next resume knows it
        if job.goal.lies_beyond(job.config.goal) and job.goal != kept:
            changed = {"goal": job.goal.steps, "goal_minutes": job.goal.minutes}
        for name, kept_bound in (("max_corpus", kept_cap(stored)), ("max_memory", kept_memory(stored))):
            if job.options[name] != kept_bound:
                changed[name] = job.options[name]
        if accept_changed_corpus:
            changed |= _origin_of(job.source)
        if changed:
            directory.write_config({**stored, **changed})
    except BaseException:
        directory.release()
        raise
    return job


def kept_goal(stored: Mapping[str, Any]) -> Goal:
    """The goal in config.json: the one that a resume went beyond the run's own to, else that. Raises ConfigError."""
    names = ("goal", "goal_minutes") if "goal" in stored else ("steps", "minutes")
    steps, minutes = map(stored.get, names)
    if type(steps) is not int:
        raise ConfigError(f"{names[0]} {steps!r} is not a whole number")
    check_minutes(minutes)
    return Goal(steps, minutes)


def kept_cap(stored: Mapping[str, Any]) -> Any:
    """The --max-corpus that the run was last given, unchecked."""
    return stored.get("max_corpus", MAX_CORPUS)


def kept_memory(stored: Mapping[str, Any]) -> Any:
    """The --max-memory that the run was last given, unchecked."""
    return stored.get("max_memory", MAX_MEMORY)


def branched_job(
    name: str,
    eta: float,
    run: str | None,
    steps: int | None,
    options: Mapping[str, Any],
    minutes: float | None = None,
    *,
    accept_changed_corpus: bool = False,
    files: Files = SYSTEM,
) -> Job:
    """A new run that goes on from the newest sound checkpoint of another with this learning rate; that one stays.

    Without a checkpoint it begins at the first step. Goals and errors are those of `resumed_job`.
    """
    check_minutes(minutes)
    origin, _, _ = _going_on(RunDirectory.find(name), steps, minutes, options, accept_changed_corpus)
    config = replace(origin.config, eta=eta)
    directory = RunDirectory.create(run, config.corpus, datetime.now(), files)
    try:
        job = replace(
            origin,
            directory=directory,
            config=config,
            options={**origin.options, "eta": eta, "run": str(directory.path)},
            snapshot=origin.snapshot and replace(origin.snapshot, config=config),
        )
        branch = {
            "run": origin.run,
            "checkpoint": origin.resumed_from,
            "step": origin.snapshot.step if origin.snapshot else 0,
            "eta": origin.config.eta,
            "accept_changed_corpus": accept_changed_corpus,
        }
        goal = {"goal": job.goal.steps, "goal_minutes": job.goal.minutes}
        own = {**job.options, **config.to_json(), **_origin_of(job.source), **goal}
        directory.write_config({**own, "branched_from": branch})
        if job.snapshot is not None:
            directory.keep(job.snapshot)  # so that this run too can be resumed from the start
    except BaseException:
        directory.abandon()
        raise
    return job


def stored_run(directory: RunDirectory) -> tuple[dict[str, Any], RunConfig, Goal]:
    """config.json, the configuration in it, and its goal. Raises RunError."""
    stored = directory.read_config()
    names = {config_field.name for config_field in fields(RunConfig)}
    try:
        config = RunConfig.from_json({name: value for name, value in stored.items() if name in names})
        kept = kept_goal({**config.to_json(), **stored})
        most_bytes(kept_cap(stored))
        check_max_memory(kept_memory(stored))
    except ConfigError as error:
        raise RunError(f"{directory.config_file} cannot be used: {shortened(error)[1:-1]}") from None
    return stored, config, kept


def _newest(directory: RunDirectory, config: RunConfig) -> "tuple[Snapshot | None, str | None, list[str]]":
    """The newest sound state of a run of this configuration, its path, and what is to be said of it."""
    snapshot, path, warnings = directory.latest()
    if snapshot is None:
        warnings.append("the run has no checkpoint yet: it begins again at its first step")
    elif snapshot.config != config:
        raise RunError(f"{directory.config_file} was changed since {path} was written: put the old values back")
    return snapshot, path, warnings


def _going_on(
    directory: RunDirectory, steps: int | None, minutes: float | None, options: Mapping[str, Any], accept_changed: bool
) -> tuple[Job, dict[str, Any], Goal]:
    """What it is to go on with this run, its config.json, and the goal in that; nothing is written."""
    stored, config, kept = stored_run(directory)
    snapshot, path, warnings = _newest(directory, config)
    max_corpus = options.get("max_corpus", kept_cap(stored))
    source = _corpus(stored, config, snapshot, max_corpus, accept_changed, warnings)
    max_memory = options.get("max_memory", kept_memory(stored))
    check_memory(source.path, source.characters, config, max_memory, snapshot.vocabulary if snapshot else None)
    goal = _goal(config.goal, kept, steps, minutes, snapshot)
    bounds = {"max_corpus": max_corpus, "max_memory": max_memory}
    given = {**bounds, "steps": goal.steps, "minutes": goal.minutes, "run": str(directory.path)}
    options = {**config.to_json(), **options, **given}
    return Job(directory, config, source, options, goal, snapshot, path, warnings), stored, kept


def _origin_of(source: SourceText) -> dict[str, str]:
    """Where the text was and what it was, to know it again."""
    return {"corpus_path": str(Path(source.path).resolve()), "corpus_sha256": source.sha256}


def _goal(own: Goal, kept: Goal, steps: int | None, minutes: float | None, snapshot: "Snapshot | None") -> Goal:
    """The goal of a resumed run: as given, else the one it kept, else its own where only that lies ahead."""
    done, seconds = (snapshot.step, snapshot.elapsed_seconds) if snapshot else (0, 0.0)
    if steps is not None and steps < done:
        raise RunError(f"--steps {steps} lies behind the run, which stands at step {done}: give a larger number")
    # A budget is spent within an update, so a run stands a little beyond its own: that one may be given again.
    if minutes is not None and 60 * minutes < seconds and minutes not in (own.minutes, kept.minutes):
        trained = f"{seconds / 60:.3g} minutes"
        raise RunError(
            f"--minutes {minutes:g} lies behind the run, which has {trained} behind it: give a larger number"
        )
    if steps is not None or minutes is not None:
        return Goal(UNLIMITED if steps is None else steps, minutes)
    goal = own if kept.reached(done, seconds) and not own.reached(done, seconds) else kept
    return replace(goal, steps=max(done, goal.steps))


def _corpus(
    stored: Mapping[str, Any],
    config: RunConfig,
    snapshot: "Snapshot | None",
    max_corpus: Any,
    accept_changed: bool,
    warnings: list[str],
) -> SourceText:
    """The very text the run was trained on so far, at the path given then or where it was; or what became of it."""
    where = config.corpus
    if not os.path.exists(where):
        where = str(stored.get("corpus_path", config.corpus))
    source = read_text(where, config.encoding, config.errors, most_bytes(max_corpus))
    accepted = stored.get("corpus_sha256")  # the text of the beginning, or the last one that was accepted since
    if source.sha256 == (snapshot.corpus_sha256 if snapshot else accepted):
        return source
    if not accept_changed and source.sha256 != accepted:
        raise RunError(
            f"{where} is not the text this run was trained on (its sha256 differs): put the old text back, or go on "
            f"with this one by --accept-changed-corpus"
        )
    check_length(where, len(source.characters), config.seq_length, config.batch_size, config.holdout)
    if snapshot is not None and (strange := set(source.characters).difference(snapshot.vocabulary)):
        raise RunError(
            f"{where} has {len(strange)} characters that the run was not trained on, such as {min(strange)!a}: leave "
            f"them out, or begin a new run"
        )
    warnings.append(f"{where} is not the text this run was trained on so far: it goes on with the text as it is now")
    return source


def gone_back(job: Job) -> Job:
    """The branch that goes on from a diverged job's last good checkpoint, to its goal, with half the learning rate.

    What the front end was told stays. Errors are those of `branched_job`.
    """
    front_end = {name: value for name, value in job.options.items() if name not in {*job.config.to_json(), "run"}}
    return branched_job(job.run, job.config.eta / 2, None, job.goal.steps, front_end, job.goal.minutes)
