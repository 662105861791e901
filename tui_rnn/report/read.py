"""Read a run directory whole: what it holds, and a sentence for each thing that is missing or refused.

No lock is taken and nothing is written: a trainer at work on the run is not disturbed.
"""

import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from math import log
from pathlib import Path
from typing import Any

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.checkpoint import Snapshot, load
from tui_rnn.engine.config import RunConfig, finite
from tui_rnn.engine.errors import CheckpointError, ConfigError, CorpusError, Diverged, RunError
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.text import MAX_CORPUS, decoded, held_out_length, most_bytes
from tui_rnn.engine.writing import characters
from tui_rnn.report.curve import Curve, curve_of
from tui_rnn.report.log import Log, read_log
from tui_rnn.runs import corpus_search
from tui_rnn.runs.checkpoint_choice import BEST
from tui_rnn.runs.corpus_search import Places
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import first_adjustments, kept_cap, kept_goal

TEXT_LENGTH = 1000  # characters of the best model


@dataclass(frozen=True, slots=True)
class CorpusFacts:
    """What a run says of its text; None where nothing says it."""

    path: str
    characters: int | None
    vocab_size: int | None  # K
    sha256: str | None


@dataclass(frozen=True, slots=True)
class BestText:
    """What the best model writes, and the model's own step and loss."""

    text: str
    step: int
    smooth_loss: float | None
    is_best: bool  # False: no best model is on disk, so the latest wrote
    began_with: str  # the input before the first character, in words


@dataclass(frozen=True, slots=True)
class Origin:
    """The run that this one went on from, with another learning rate."""

    run: str
    step: int
    eta: float  # until then
    accepted_changed_corpus: bool  # whether a text that was edited in between was meant


@dataclass(frozen=True, slots=True)
class RunRecord:
    """All that a report of one run is made from."""

    name: str  # the run directory as the user gave it
    config: RunConfig  # with the hyperparameters as they were last adjusted
    goal: Goal  # of the latest process
    log: Log
    curve: Curve
    corpus: CorpusFacts
    text: str | None  # of the corpus, where its file is still the one that was read
    state: Snapshot | None  # the newest sound one
    best_text: BestText | None
    best_model: Snapshot | None  # that wrote it
    last_written: datetime | None  # the latest event, by the file's time
    origin: Origin | None = None
    faults: tuple[str, ...] = ()  # what is missing or refused, a sentence each

    @property
    def step(self) -> int:
        """Updates made, as far as the run directory tells."""
        ended = [self.log.done.step] if self.log.done else []
        return max([0, *ended, *self.log.progress, *([self.state.state.step] if self.state else [])])

    @property
    def best(self) -> tuple[float, int] | None:
        """The lowest smooth loss known, summed over seq_length, in nats, and the update it was reached at."""
        found: list[tuple[float, int]] = [(each.smooth_loss, each.step) for each in self.log.progress.values()]
        state = self.state.state if self.state else None
        bests = [(source.best_smooth_loss, source.best_step) for source in (self.log.done, state) if source]
        found += [(loss, step) for loss, step in bests if loss is not None and step is not None]
        if self.best_text is not None and self.best_text.is_best and self.best_text.smooth_loss is not None:
            found.append((self.best_text.smooth_loss, self.best_text.step))
        return min(found, default=None)

    @property
    def smooth_loss(self) -> float | None:
        """The latest smooth loss known."""
        return float(self.curve.smooth[-1]) if len(self.curve.steps) else None

    @property
    def elapsed_seconds(self) -> float | None:
        """Seconds trained, pauses left out."""
        seconds = self.log.elapsed_seconds
        return seconds if seconds is not None or self.state is None else self.state.state.elapsed_seconds

    @property
    def trained_characters(self) -> int | None:
        """Characters of the text that are trained on: all but its held-out end."""
        length = self.corpus.characters
        return None if length is None else length - held_out_length(length, self.config.holdout)

    @property
    def trained_text(self) -> str | None:
        """The text without its held-out end, where the file is still the one that was read."""
        return None if self.text is None else self.text[: self.trained_characters]

    @property
    def uniform_loss(self) -> float | None:
        """T ln K nats, what guessing every character alike costs."""
        K = self.corpus.vocab_size
        return self.config.seq_length * log(K) if K else None

    @property
    def version(self) -> str | None:
        """The tui-rnn that trained it last."""
        return self.log.starts[-1].version or None if self.log.starts else None


def read_run(name: str, corpora: Sequence[str] = ()) -> RunRecord:
    """The run at this path, or of this name under runs/. Raises RunError where it holds nothing to report.

    `corpora` are files one of which may be its text.
    """
    directory = RunDirectory.find(name)
    faults: list[str] = []
    state = _state(directory, faults)
    logged = _log(directory, faults)
    stored = _stored_config(directory, faults)
    config = _config(directory, stored, state, logged, faults)
    corpus = _corpus(config, stored, state, logged)
    best_text, best_model = _best_text(directory, state, faults)
    return RunRecord(
        name=name,
        config=config,
        goal=_goal(config, stored, logged),
        log=logged,
        curve=curve_of(state, logged),
        corpus=corpus,
        text=_text(directory, config, stored, corpus, corpora, faults),
        state=state,
        best_text=best_text,
        best_model=best_model,
        last_written=_time_of(directory.events_file),
        origin=_origin(stored),
        faults=tuple(dict.fromkeys(faults)),
    )


def _state(directory: RunDirectory, faults: list[str]) -> Snapshot | None:
    try:
        state, _, warnings = directory.latest()
    except (CheckpointError, OSError) as error:
        faults.append(f"No state could be read: {_told(error)}.")
        return None
    faults.extend(f"A newer checkpoint was passed over: {warning}." for warning in warnings)
    if state is None:
        faults.append("The run has no checkpoint yet: the curve is drawn from its progress events.")
    return state


def _log(directory: RunDirectory, faults: list[str]) -> Log:
    try:
        logged = read_log(directory.events_file)
    except OSError as error:
        faults.append(f"events.jsonl cannot be read: {_told(error)}.")
        return Log()
    if not logged.starts:
        faults.append("events.jsonl is missing, empty or damaged: it holds no start of this run.")
    return logged


def _stored_config(directory: RunDirectory, faults: list[str]) -> dict[str, Any]:
    try:
        return directory.read_config()
    except (RunError, OSError) as error:
        faults.append(f"The configuration is taken from elsewhere in the run: {_told(error)}.")
        return {}


def _config(
    directory: RunDirectory, stored: Mapping[str, Any], state: Snapshot | None, logged: Log, faults: list[str]
) -> RunConfig:
    """The sealed configuration of a checkpoint, else config.json, else what the first start event says."""
    names = {each.name for each in dataclasses.fields(RunConfig)}
    why = f"{directory.path} holds neither a configuration nor a checkpoint that can be read: nothing to report"
    written = None
    for values in (stored, *(start.config for start in logged.starts)):
        try:
            written = written or RunConfig.from_json({key: value for key, value in values.items() if key in names})
        except ConfigError as error:
            if values:
                why = f"{directory.config_file} cannot be used: {error}"
                faults.append(f"{why}.")
    if state is not None:
        if stored and written is not None and written != state.config:
            faults.append("config.json was changed since the checkpoint was written: the checkpoint's values stand.")
        return Hyperparameters.of(state.config, state.state.adjusted).in_force(state.config)
    if written is None:
        raise RunError(why)
    try:
        return Hyperparameters.of(written, first_adjustments(stored)).in_force(written)
    except ConfigError as error:
        faults.append(f"{directory.config_file} cannot be used: {error}.")
        return written


def _origin(stored: Mapping[str, Any]) -> Origin | None:
    origin = stored.get("branched_from")
    if not isinstance(origin, dict):
        return None
    run, step, eta = map(origin.get, ("run", "step", "eta"))
    if not (isinstance(run, str) and type(step) is int and isinstance(eta, float) and finite(eta)):
        return None
    return Origin(run, step, eta, origin.get("accept_changed_corpus") is True)


def _goal(config: RunConfig, stored: Mapping[str, Any], logged: Log) -> Goal:
    """The goal that the latest process was given, else the one that config.json keeps, else the run's own."""
    for values in (*(start.config for start in logged.starts[-1:]), stored):
        try:
            return kept_goal({**config.to_json(), **values})
        except ConfigError:
            continue
    return config.goal


def _corpus(config: RunConfig, stored: Mapping[str, Any], state: Snapshot | None, logged: Log) -> CorpusFacts:
    if state is not None:
        return CorpusFacts(config.corpus, state.corpus_characters, len(state.vocabulary), state.corpus_sha256)
    facts = logged.starts[0].corpus if logged.starts else {}
    sha256 = facts.get("sha256", stored.get("corpus_sha256"))
    return CorpusFacts(
        config.corpus,
        _size(facts.get("characters")),
        _size(facts.get("vocab_size")),
        sha256 if isinstance(sha256, str) else None,
    )


def _size(value: object) -> int | None:
    return value if type(value) is int and 0 < value < 2**53 else None


def _text(
    directory: RunDirectory,
    config: RunConfig,
    stored: Mapping[str, Any],
    corpus: CorpusFacts,
    named: Sequence[str],
    faults: list[str],
) -> str | None:
    """The very text that was read, in one of the files named or else where a resume would find it."""
    if corpus.sha256 is None:
        return None
    try:
        most = most_bytes(kept_cap(stored))
    except ConfigError:
        most = most_bytes(MAX_CORPUS)
    known = {corpus.sha256}
    found, why = None, "cannot be found"
    with contextlib.suppress(CorpusError):
        fitting = (each for each in (corpus_search.read(path, known, most) for path in named) if each.fits)
        found = next(fitting, None) or corpus_search.find(
            str(directory.path), Places.of(directory, stored, config), known, most
        )
    if found is not None and found.fits:
        return decoded(found.path, found.data, config.encoding, config.errors, known=True).characters
    if found is not None:
        why = "is not the text of this run any more (its sha256 differs)"
    faults.append(
        f"The corpus {config.corpus} {why}: the bigram entropy and quotations by position in the text are left out. "
        f"Where the text lies elsewhere, tui-rnn report RUN --corpus PATH brings them in."
    )
    return None


def _best_text(
    directory: RunDirectory, state: Snapshot | None, faults: list[str]
) -> tuple[BestText | None, Snapshot | None]:
    """The text that `tui-rnn sample RUN` writes, and the model that writes it."""
    best = directory.checkpoints / BEST
    is_best = best.exists()
    try:
        snapshot = load(best) if is_best else state
        if snapshot is None:
            return None, None
        text = "".join(islice(characters(snapshot), TEXT_LENGTH))
    except (CheckpointError, Diverged, OSError) as error:
        faults.append(f"The best model cannot write: {_told(error)}.")
        return None, None
    began_with = "a newline" if "\n" in snapshot.vocabulary else "the first character of the alphabet"
    return BestText(text, snapshot.state.step, snapshot.state.smooth_loss, is_best, began_with), snapshot


def _time_of(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime)
    except OSError:
        return None


def _told(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).rstrip(".")
