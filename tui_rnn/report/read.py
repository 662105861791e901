"""Read a run directory whole: what it holds, and a sentence for each thing that is missing or refused.

No lock is taken and nothing is written: a process that trains the run is not disturbed.
"""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.checkpoint import Snapshot, load
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import CheckpointError, ConfigError, CorpusError, Diverged, RunError
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.text import most_bytes
from tui_rnn.engine.writing import characters
from tui_rnn.report.curve import curve_of
from tui_rnn.report.log import Log, read_log
from tui_rnn.report.run_record import BestText, CorpusFacts, RunRecord
from tui_rnn.runs import corpus_search
from tui_rnn.runs.checkpoint_choice import BEST
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.label import read_label
from tui_rnn.runs.manifest import CorpusRecord, Manifest
from tui_rnn.safe_text import safe_text

TEXT_LENGTH = 1000  # characters of the best model


def read_run(name: str, corpora: Sequence[str] = ()) -> RunRecord:
    """The run at this path, or of this name under runs/. Raises RunError where it holds nothing to report.

    `corpora` are files one of which may be its text.
    """
    directory = RunDirectory.find(name)
    faults: list[str] = []
    state = _state(directory, faults)
    logged = _log(directory, faults)
    stored = _manifest(directory, logged, state is not None, faults)
    config = _config(stored, state, faults)
    recorded = stored.corpus if stored is not None else CorpusRecord()
    corpus = _corpus(config, recorded, state, logged)
    best_text, best_model = _best_text(directory, state, faults)
    return RunRecord(
        name=name,
        config=config,
        begun=_begun(stored, state),
        goal=_goal(config, stored, logged),
        log=logged,
        curve=curve_of(state, logged),
        corpus=corpus,
        text=_text(directory, config, stored, corpus, corpora, faults),
        state=state,
        best_text=best_text,
        best_model=best_model,
        last_written=_time_of(directory.events_file),
        origin=stored.origin if stored is not None else None,
        twin_of=stored.twin_of if stored is not None else None,
        given_name=safe_text(read_label(directory.path).name, one_line=True),
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


def _manifest(directory: RunDirectory, logged: Log, has_state: bool, faults: list[str]) -> Manifest | None:
    """What config.json holds, else, of a run without a state, what the events of its starts do. None: a state tells.

    Raises RunError where nothing tells of the configuration.
    """
    try:
        return Manifest.read(directory)
    except (RunError, OSError) as error:
        why = _told(error)
    faults.append(f"The configuration is taken from elsewhere in the run: {why}.")
    if has_state:
        return None
    for start in logged.starts:
        with contextlib.suppress(ConfigError):
            return Manifest.from_json(start.config)
    raise RunError(
        f"{directory.path} holds neither a configuration nor a checkpoint that can be read: nothing to report ({why})"
    )


def _config(stored: Manifest | None, state: Snapshot | None, faults: list[str]) -> RunConfig:
    """The configuration as it was last adjusted: the sealed one of a checkpoint, if there is one, else the stored."""
    if state is not None:
        if stored is not None and stored.config != state.config:
            faults.append("config.json was changed since the checkpoint was written: the checkpoint's values stand.")
        return Hyperparameters.of(state.config, state.state.adjusted).in_force(state.config)
    assert stored is not None  # `_manifest` has refused a run of neither
    return Hyperparameters.of(stored.config, stored.adjusted).in_force(stored.config)


def _begun(stored: Manifest | None, state: Snapshot | None) -> Hyperparameters | None:
    """What the run began with; None where that is not known."""
    if stored is None:
        return None
    with contextlib.suppress(ConfigError):
        return Hyperparameters.of(state.config if state is not None else stored.config, stored.adjusted)
    return None


def _goal(config: RunConfig, stored: Manifest | None, logged: Log) -> Goal:
    """The goal that the latest process was given, else the one that config.json keeps, else the run's own."""
    for start in logged.starts[-1:]:
        with contextlib.suppress(ConfigError):
            return Manifest.from_json(start.config).goal
    return config.goal if stored is None else stored.goal


def _corpus(config: RunConfig, recorded: CorpusRecord, state: Snapshot | None, logged: Log) -> CorpusFacts:
    if state is not None:
        size, K = state.corpus_characters, len(state.vocabulary)
        return CorpusFacts(config.corpus, size, K, state.corpus_sha256, recorded.files)
    facts = logged.starts[0].corpus if logged.starts else {}
    sha256 = facts.get("sha256", recorded.sha256)
    return CorpusFacts(
        config.corpus,
        _size(facts.get("characters")),
        _size(facts.get("vocab_size")),
        sha256 if isinstance(sha256, str) else None,
        recorded.files,
    )


def _size(value: object) -> int | None:
    return value if type(value) is int and 0 < value < 2**53 else None


def _text(
    directory: RunDirectory,
    config: RunConfig,
    stored: Manifest | None,
    corpus: CorpusFacts,
    named: Sequence[str],
    faults: list[str],
) -> str | None:
    """The very text that was read, in one of the files named or else where a resume would find it."""
    if corpus.sha256 is None:
        return None
    stored = stored if stored is not None else Manifest(config, config.goal)
    known, most = {corpus.sha256}, most_bytes(stored.max_corpus)
    found, why = None, "cannot be found"
    with contextlib.suppress(CorpusError):
        found = corpus_search.among(named, stored.corpus, known, most)
        found = found or corpus_search.find_text(directory, stored, known)
    if found is not None and found.fits:
        return found.decoded(config).characters
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
