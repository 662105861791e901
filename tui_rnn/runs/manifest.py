"""The manifest of a run, its config.json: its configuration and goal, where its text lay, what it branched from.

No NumPy, so that what is wrong with it is said at once.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.config import RunConfig, check_minutes, finite
from tui_rnn.engine.errors import ConfigError, RunError, shortened
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.memory import MAX_MEMORY, check_max_memory
from tui_rnn.engine.text import MAX_CORPUS, SourceText, most_bytes
from tui_rnn.runs.directory import RunDirectory

_OF_CONFIG = frozenset(each.name for each in fields(RunConfig))
# The keys of config.json besides those of the configuration.
_RUN, _MAX_CORPUS, _MAX_MEMORY = "run", "max_corpus", "max_memory"
_CORPUS_PATH, _CORPUS_SHA256, _CORPUS_FILES = "corpus_path", "corpus_sha256", "corpus_files"
_CORPUS_BEGUN_AT = "corpus_begun_at"
_GOAL, _GOAL_MINUTES = "goal", "goal_minutes"
_ORIGIN, _ADJUSTED, _TWIN_OF = "branched_from", "adjusted", "twin_of"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Where one of the files of a text lay when it was last read, and its digest."""

    name: str  # the path by which it was read
    path: str  # the same, absolute
    sha256: str

    @classmethod
    def from_json(cls, record: object) -> "FileRecord | None":
        """The record in a JSON object; None where it does not fit."""
        if not isinstance(record, dict):
            return None
        name, path, sha256 = (_text(record.get(each.name)) for each in fields(cls))
        return None if name is None or path is None or sha256 is None else cls(name, path, sha256)


@dataclass(frozen=True, slots=True)
class CorpusRecord:
    """Where the text of a run lay when it was last read, and its digest; None where that is not recorded."""

    path: str | None = None  # None of a text of several files
    sha256: str | None = None
    files: tuple[FileRecord, ...] = ()  # in order, where there are several
    begun_at: int = 0  # the step of the run after which it is read; not 0 where another text was read before

    @classmethod
    def of(cls, source: SourceText, begun_at: int = 0) -> "CorpusRecord":
        """The record of a text that was read, its path made absolute."""
        if source.files:
            files = (FileRecord(each.path, str(Path(each.path).resolve()), each.sha256) for each in source.files)
            return cls(None, source.sha256, tuple(files), begun_at)
        return cls(str(Path(source.path).resolve()), source.sha256, begun_at=begun_at)

    @property
    def places(self) -> tuple[str | None, ...]:
        """Where its files lay."""
        return tuple(each.path for each in self.files) or (self.path,)


@dataclass(frozen=True, slots=True)
class Origin:
    """The run that a branch went on from."""

    run: str
    checkpoint: str | None  # its path; None where that run had none yet
    step: int  # updates made by then
    eta: float  # the learning rate by then
    accept_changed_corpus: bool  # whether a text that was edited in between was accepted
    new_text: bool = False  # whether the branch reads another text, from its beginning

    @classmethod
    def from_json(cls, record: object) -> "Origin | None":
        """The origin in a record; None where it does not fit."""
        if not isinstance(record, dict):
            return None
        eta: Any
        run, checkpoint, step, eta = map(record.get, ("run", "checkpoint", "step", "eta"))
        if not (isinstance(run, str) and isinstance(checkpoint, str | None) and type(step) is int and finite(eta)):
            return None
        accepted, new_text = (record.get(name) is True for name in ("accept_changed_corpus", "new_text"))
        return cls(run, checkpoint, step, eta, accepted, new_text)

    def to_json(self) -> dict[str, Any]:
        """The origin as a JSON object; `new_text` is a key only where it is true."""
        values = asdict(self)
        return values if self.new_text else {name: value for name, value in values.items() if name != "new_text"}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What makes a run, and what is recorded of it."""

    config: RunConfig  # as it was given; adjustments leave it as it is
    goal: Goal  # config.goal, over which the learning rate's schedule is spread, or the later one of a resume
    run: str | None = None  # the run directory, as its user gave it
    corpus: CorpusRecord = field(default_factory=CorpusRecord)
    max_corpus: int = MAX_CORPUS  # MB
    max_memory: int = MAX_MEMORY  # MB
    origin: Origin | None = None  # of a branch
    adjusted: Mapping[str, Any] = field(default_factory=dict)  # hyperparameters that a branch begins with
    front_end: Mapping[str, Any] = field(default_factory=dict)
    """The front end's options by their long names, and what another version recorded: kept, and never used."""
    twin_of: str | None = None  # the run whose options these are, but for some

    @property
    def beside(self) -> str | None:
        """The run whose curve this one's is to be seen beside: the one that it is a branch or a twin of."""
        return self.twin_of if self.origin is None else self.origin.run

    @classmethod
    def read(cls, directory: RunDirectory) -> "Manifest":
        """The manifest of a run. Raises RunError where config.json is missing, damaged or unusable."""
        try:
            return cls.from_json(directory.read_config())
        except ConfigError as error:
            raise RunError(f"{directory.config_file} cannot be used: {shortened(error)[1:-1]}") from None

    def write(self, directory: RunDirectory) -> None:
        """Put it on disk as config.json. Raises RunError."""
        directory.write_config(self.to_json())

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Manifest":
        """The manifest in a JSON object of this or an earlier version. Raises ConfigError for what cannot be used."""
        rest = {name: value for name, value in values.items() if name not in _OF_CONFIG}
        config = RunConfig.from_json({name: value for name, value in values.items() if name in _OF_CONFIG})
        max_corpus, max_memory = rest.pop(_MAX_CORPUS, MAX_CORPUS), rest.pop(_MAX_MEMORY, MAX_MEMORY)
        most_bytes(max_corpus)
        check_max_memory(max_memory)
        adjusted = rest.pop(_ADJUSTED, {})
        if not isinstance(adjusted, dict):
            raise ConfigError(f"{_ADJUSTED} {adjusted!r} is not a JSON object")
        Hyperparameters.of(config, adjusted)
        goal = _goal(config, rest)
        if (origin := Origin.from_json(rest.get(_ORIGIN))) is not None:
            del rest[_ORIGIN]
        texts = (_text(rest.pop(name, None)) for name in (_RUN, _CORPUS_PATH, _CORPUS_SHA256, _TWIN_OF))
        run, path, sha256, twin_of = texts
        begun_at = rest.pop(_CORPUS_BEGUN_AT, 0)
        corpus = CorpusRecord(path, sha256, _files(rest), begun_at if type(begun_at) is int and begun_at > 0 else 0)
        return cls(config, goal, run, corpus, max_corpus, max_memory, origin, adjusted, rest, twin_of)

    def to_json(self) -> dict[str, Any]:
        """The JSON object that `from_json` reads."""
        values = {**self.front_end, **self.config.to_json()}
        values |= {_MAX_CORPUS: self.max_corpus, _MAX_MEMORY: self.max_memory}
        record = self.corpus
        texts = {_RUN: self.run, _CORPUS_PATH: record.path, _CORPUS_SHA256: record.sha256, _TWIN_OF: self.twin_of}
        values |= {name: text for name, text in texts.items() if text is not None}
        if self.corpus.begun_at:
            values[_CORPUS_BEGUN_AT] = self.corpus.begun_at
        if self.corpus.files:
            values[_CORPUS_FILES] = [asdict(each) for each in self.corpus.files]
        if self.origin is not None or self.goal != self.config.goal:
            values |= {_GOAL: self.goal.steps, _GOAL_MINUTES: self.goal.minutes}
        if self.origin is not None or self.adjusted:
            values[_ADJUSTED] = dict(self.adjusted)
        if self.origin is not None:
            values[_ORIGIN] = self.origin.to_json()
        return values

    def options(self, config: RunConfig) -> dict[str, Any]:
        """Every option by its long name, as a start event tells them of a process that trains by this configuration."""
        values = {**config.to_json(), **self.front_end, _MAX_CORPUS: self.max_corpus, _MAX_MEMORY: self.max_memory}
        return values | {"steps": self.goal.steps, "minutes": self.goal.minutes, _RUN: self.run}


def _goal(config: RunConfig, rest: dict[str, Any]) -> Goal:
    """The goal that a resume went beyond the configuration's to, else that. Its keys are taken out of `rest`."""
    if _GOAL not in rest:
        return config.goal
    steps, minutes = rest.pop(_GOAL), rest.pop(_GOAL_MINUTES, None)
    if type(steps) is not int:
        raise ConfigError(f"{_GOAL} {steps!r} is not a whole number")
    check_minutes(minutes)
    return Goal(steps, minutes)


def _files(rest: dict[str, Any]) -> tuple[FileRecord, ...]:
    """The files of the text, taken out of `rest`. Raises ConfigError: without one of them it is another text."""
    records = rest.pop(_CORPUS_FILES, [])
    found = [FileRecord.from_json(record) for record in records] if isinstance(records, list) else [None]
    if None in found:
        raise ConfigError(f"{_CORPUS_FILES} {records!r} does not list files by name, path and sha256")
    return tuple(each for each in found if each is not None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
