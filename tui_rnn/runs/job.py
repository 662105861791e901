"""A job: one run that is ready to be trained in this process, checked without NumPy before any screen."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.config import RunConfig, check_minutes
from tui_rnn.engine.errors import ConfigError, RunError, shell_word, shortened
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.engine.memory import MAX_MEMORY, check_max_memory, check_memory
from tui_rnn.engine.text import MAX_CORPUS, SourceText, check_length, most_bytes, read_text
from tui_rnn.runs import corpus_search
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.storage.files import SYSTEM, Files

if TYPE_CHECKING:
    from tui_rnn.engine.checkpoint import Snapshot


_ADJUSTED = "adjusted"  # in a branch's config.json: the hyperparameters that it begins with, unlike its configuration


@dataclass(slots=True)
class Job:
    """All a front end needs to begin. The directory is locked; whoever runs the job releases it."""

    directory: RunDirectory
    config: RunConfig
    source: SourceText
    options: Mapping[str, Any]  # the configuration and the front end's options, by their long names
    goal: Goal  # may lie beyond config.goal, over which the learning rate's schedule is spread
    snapshot: "Snapshot | None" = None  # where to go on from
    adjusted: Mapping[str, Any] = field(default_factory=dict)  # hyperparameters as they stand, unlike the config's
    first_adjustments: Mapping[str, Any] = field(default_factory=dict)  # of these, to be made before any update
    resumed_from: str | None = None  # its path
    warnings: list[str] = field(default_factory=list)

    @property
    def run(self) -> str:
        """The run directory's path as the user sees it."""
        return str(self.directory.path)

    @property
    def hyperparameters(self) -> Hyperparameters:
        """Those of the configuration, with what is adjusted."""
        return Hyperparameters.of(self.config, self.adjusted)

    @property
    def config_in_force(self) -> RunConfig:
        """The configuration with the hyperparameters as they stand, to be shown."""
        return self.hyperparameters.in_force(self.config)


def new_job(config: RunConfig, run: str | None, options: Mapping[str, Any], files: Files = SYSTEM) -> Job:
    """A run at its beginning. Raises ConfigError, CorpusError or RunError, with nothing left on disk."""
    most = most_bytes(options.get("max_corpus", MAX_CORPUS))
    if RunDirectory(Path(config.corpus)).holds_a_run():
        run = shell_word(config.corpus)
        raise ConfigError(f"{config.corpus} is a run, not a text: go on with it by tui-rnn resume {run}")
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
    return Job(
        directory, config, source, options, goal=config.goal, warnings=[source.warning] if source.warning else []
    )


def resumed_job(
    name: str,
    steps: int | None,
    options: Mapping[str, Any],
    minutes: float | None = None,
    *,
    corpus: str | None = None,
    accept_changed_corpus: bool = False,
) -> Job:
    """A run that goes on exactly where its newest sound checkpoint stands, to its own goal or to another.

    Where `steps` or `minutes` is given, the goal is made of them alone: the one that is not given is no bound. `corpus`
    is where the text lies now. Raises ConfigError, RunError, CorpusError or CheckpointError, with the run as it was.
    """
    check_minutes(minutes)
    directory = RunDirectory.find(name)
    directory.lock()
    try:
        job, stored, kept = _going_on(directory, steps, minutes, options, corpus, accept_changed_corpus)
        changed: dict[str, Any] = {}  # so that the next resume knows it
        if job.goal.lies_beyond(job.config.goal) and job.goal != kept:
            changed = {"goal": job.goal.steps, "goal_minutes": job.goal.minutes}
        for name, kept_bound in (("max_corpus", kept_cap(stored)), ("max_memory", kept_memory(stored))):
            if job.options[name] != kept_bound:
                changed[name] = job.options[name]
        origin = _origin_of(job.source)
        if accept_changed_corpus or origin["corpus_path"] != stored.get("corpus_path"):
            changed |= origin
        if changed:
            directory.open_log().close()  # a log that cannot be written to refuses the run: then nothing is changed
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


def first_adjustments(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The hyperparameters that a branch adjusted before its first update, by config.json. Raises ConfigError."""
    adjusted = stored.get(_ADJUSTED, {})
    if not isinstance(adjusted, dict):
        raise ConfigError(f"{_ADJUSTED} {adjusted!r} is not a JSON object")
    return adjusted


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
    corpus: str | None = None,
    accept_changed_corpus: bool = False,
    files: Files = SYSTEM,
) -> Job:
    """A new run that goes on from the newest sound checkpoint of another with this learning rate; that one stays.

    Its configuration is the other run's, as it was given; the learning rate is its first adjustment. Without a
    checkpoint it begins at the first step. Goals and errors are those of `resumed_job`.
    """
    check_minutes(minutes)
    origin, _, _ = _going_on(RunDirectory.find(name), steps, minutes, options, corpus, accept_changed_corpus)
    config, before = origin.config, origin.hyperparameters
    after = before.with_value(config, "eta", eta)
    adjusted = after.adjusted_from(config)
    directory = RunDirectory.create(run, config.corpus, datetime.now(), files)
    try:
        job = replace(
            origin,
            directory=directory,
            options={**origin.options, "eta": after.eta, "run": str(directory.path)},
            adjusted=adjusted,
            first_adjustments={**origin.first_adjustments, "eta": after.eta},
        )
        branch = {
            "run": origin.run,
            "checkpoint": origin.resumed_from,
            "step": origin.snapshot.state.step if origin.snapshot else 0,
            "eta": before.eta,
            "accept_changed_corpus": accept_changed_corpus,
        }
        goal = {"goal": job.goal.steps, "goal_minutes": job.goal.minutes}
        own = {**job.options, **config.to_json(), **_origin_of(job.source), **goal}
        directory.write_config({**own, "branched_from": branch, _ADJUSTED: adjusted})
        if job.snapshot is not None:  # so that this run too can be resumed from the start
            directory.keep(replace(job.snapshot, state=replace(job.snapshot.state, adjusted=adjusted)))
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
        Hyperparameters.of(config, first_adjustments(stored))
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
        old = _old_values(config, snapshot.config)
        raise RunError(f"{directory.config_file} was changed since {path} was written: put the old values back ({old})")
    return snapshot, path, warnings


def _old_values(now: RunConfig, old: RunConfig) -> str:
    """What the configuration was where it differs now, as it stands in config.json."""
    values, before = now.to_json(), old.to_json()
    changed = [f'"{name}": {json.dumps(before[name])}' for name in before if values[name] != before[name]]
    return shortened(", ".join(changed))[1:-1]


def _going_on(
    directory: RunDirectory,
    steps: int | None,
    minutes: float | None,
    options: Mapping[str, Any],
    corpus: str | None,
    accept_changed: bool,
) -> tuple[Job, dict[str, Any], Goal]:
    """What it is to go on with this run, its config.json, and the goal in that; nothing is written."""
    stored, config, kept = stored_run(directory)
    snapshot, path, warnings = _newest(directory, config)
    max_corpus = options.get("max_corpus", kept_cap(stored))
    source = corpus_search.text_of(directory, stored, config, snapshot, max_corpus, corpus, accept_changed, warnings)
    goal = _goal(config.goal, kept, steps, minutes, snapshot)
    max_memory = options.get("max_memory", kept_memory(stored))
    check_memory(source.path, source.characters, config, max_memory, snapshot.vocabulary if snapshot else None)
    given: dict[str, Any] = {"max_corpus": max_corpus, "max_memory": max_memory}
    given |= {"steps": goal.steps, "minutes": goal.minutes, "run": str(directory.path)}
    first = {} if snapshot else first_adjustments(stored)
    adjusted = snapshot.state.adjusted if snapshot else first
    options = {**Hyperparameters.of(config, adjusted).in_force(config).to_json(), **options, **given}
    job = Job(directory, config, source, options, goal, snapshot, adjusted, first, path, warnings)
    return job, stored, kept


def _origin_of(source: SourceText) -> dict[str, str]:
    """Where the text was and what it was, to know it again."""
    return {"corpus_path": str(Path(source.path).resolve()), "corpus_sha256": source.sha256}


def _goal(own: Goal, kept: Goal, steps: int | None, minutes: float | None, snapshot: "Snapshot | None") -> Goal:
    """The goal of a resumed run: as given, else the one it kept, else its own where only that lies ahead."""
    done, seconds = (snapshot.state.step, snapshot.state.elapsed_seconds) if snapshot else (0, 0.0)
    if steps is not None and steps < done:
        raise RunError(f"--steps {steps} lies behind the run, which stands at step {done}: give a larger number")
    # A budget is spent within an update, so a run stands a little beyond its own: that one may be given again.
    if minutes is not None and 60 * minutes < seconds and minutes not in (own.minutes, kept.minutes):
        trained = "1 minute" if (trained := f"{seconds / 60:.3g}") == "1" else f"{trained} minutes"
        raise RunError(
            f"--minutes {minutes:g} lies behind the run, which has {trained} behind it: give a larger number"
        )
    if steps is not None or minutes is not None:
        return Goal(UNLIMITED if steps is None else steps, minutes)
    goal = own if kept.reached(done, seconds) and not own.reached(done, seconds) else kept
    return replace(goal, steps=max(done, goal.steps))


def gone_back(job: Job) -> Job:
    """The branch that goes on from a diverged job's last good checkpoint, to its goal, with half the learning rate.

    What the front end was told stays. Errors are those of `branched_job`.
    """
    front_end = {name: value for name, value in job.options.items() if name not in {*job.config.to_json(), "run"}}
    return branched_job(job.run, job.hyperparameters.eta / 2, None, job.goal.steps, front_end, job.goal.minutes)
