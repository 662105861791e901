"""A job: one run that is ready to be trained in this process, checked without NumPy before any screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import ConfigError, RunError
from tui_rnn.engine.text import SourceText, check_length, read_text
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
    goal: int  # update steps in all; may lie beyond config.steps, over which the learning rate's schedule is spread
    snapshot: "Snapshot | None" = None  # where to go on from
    resumed_from: str | None = None  # its path
    warnings: list[str] = field(default_factory=list)

    @property
    def run(self) -> str:
        """The run directory's path as the user sees it."""
        return str(self.directory.path)


def new_job(config: RunConfig, run: str | None, options: Mapping[str, Any]) -> Job:
    """A run at its beginning. Raises CorpusError or RunError, with nothing left on disk."""
    source = read_text(config.corpus, config.encoding, config.errors)
    check_length(config.corpus, len(source.characters), config.seq_length, config.batch_size)
    directory = RunDirectory.create(Path(run) if run else None, config.corpus, datetime.now())
    options = {**config.to_json(), **options, "run": str(directory.path)}
    corpus = {"corpus_path": str(Path(config.corpus).resolve()), "corpus_sha256": source.sha256}
    directory.write_config({**options, **corpus})
    return Job(directory, config, source, options, goal=config.steps)


def resumed_job(name: str, steps: int | None, options: Mapping[str, Any]) -> Job:
    """A run that goes on exactly where its newest sound checkpoint stands, to its own goal or to `steps`.

    Raises RunError, CorpusError or CheckpointError, with the run as it was.
    """
    directory = RunDirectory.find(name)
    directory.lock()
    try:
        return _resumed(directory, steps, options)
    except BaseException:
        directory.release()
        raise


def _resumed(directory: RunDirectory, steps: int | None, options: Mapping[str, Any]) -> Job:
    stored = directory.read_config()
    names = {config_field.name for config_field in fields(RunConfig)}
    try:
        config = RunConfig.from_json({name: value for name, value in stored.items() if name in names})
    except ConfigError as error:
        raise RunError(f"{directory.config_file} cannot be used: {error}") from None
    snapshot, path, warnings = directory.latest()
    if snapshot is None:
        warnings.append("the run has no checkpoint yet: it begins again at its first step")
    elif snapshot.config != config:
        raise RunError(f"{directory.config_file} was changed since {path} was written: put the old values back")
    source = _corpus(stored, config, snapshot)
    done = snapshot.step if snapshot else 0
    if steps is not None and steps < done:
        raise RunError(f"--steps {steps} lies behind the run, which stands at step {done}: give a larger number")
    goal = max(done, stored.get("goal", config.steps)) if steps is None else steps
    if goal > config.steps and goal != stored.get("goal"):
        directory.write_config({**stored, "goal": goal})  # so that the next resume knows it
    options = {**config.to_json(), **options, "steps": goal, "run": str(directory.path)}
    return Job(directory, config, source, options, goal, snapshot, path, warnings)


def _corpus(stored: Mapping[str, Any], config: RunConfig, snapshot: "Snapshot | None") -> SourceText:
    """The very text the run was trained on so far, at the path given then or where it was."""
    where = Path(config.corpus)
    if not where.exists():
        where = Path(str(stored.get("corpus_path", config.corpus)))
    source = read_text(where, config.encoding, config.errors)
    expected = snapshot.corpus_sha256 if snapshot else stored.get("corpus_sha256")
    if source.sha256 != expected:
        raise RunError(f"{where} is not the text this run was trained on (its sha256 differs): put the old text back")
    return source
