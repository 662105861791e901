"""A twin: a new run with the options of another one but for some, on the same text, from its first step."""

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.config import RunConfig, word
from tui_rnn.engine.errors import ConfigError, RunError, shell_word, shown
from tui_rnn.engine.joined_text import STDIN, STDIN_NAME, named
from tui_rnn.engine.text import most_bytes
from tui_rnn.runs import corpus_search
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import Job, new_job
from tui_rnn.runs.manifest import Manifest
from tui_rnn.runs.new_folder import RUNS
from tui_rnn.runs.recorded import read_recorded

_GOALS = ("steps", "minutes")


@dataclass(frozen=True, slots=True)
class _Text:
    """The files that a twin reads, in order; `stdin` is what the path `-` among them stands for."""

    paths: tuple[str, ...]
    stdin: bytes | None
    is_the_same: bool  # as the other run's


def run_named(name: str) -> RunDirectory | None:
    """The run at this path, or of this name under runs/ where no file or folder has it; None where there is none."""
    path = Path(name)
    run = RunDirectory(path if os.path.lexists(path) or path.parts[:-1] else RUNS / path)
    return run if run.holds_a_run() else None


def begun_with(manifest: Manifest) -> RunConfig:
    """The options that the run began with: a branch those in force when it left the other run."""
    return Hyperparameters.of(manifest.config, manifest.adjusted).in_force(manifest.config)


def changed(config: RunConfig, changes: Mapping[str, Any]) -> RunConfig:
    """The configuration with these options in place of its own, by their long names; None: as it was.

    A clip of 0 is none. A recipe that is given replaces what the other recipe says, and not what the run has unlike
    that. Steps and minutes, where either is given, alone make the goal. Raises ConfigError.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    recipe, kept = given.pop("recipe", config.recipe), config.overrides
    if any(name in given for name in _GOALS):
        kept = {name: value for name, value in kept.items() if name not in _GOALS}
    return RunConfig.from_recipe(recipe, config.corpus, **{**kept, **given})


def twin_job(
    directory: RunDirectory,
    changes: Mapping[str, Any],
    run: str | None,
    options: Mapping[str, Any],
    *,
    texts: Sequence[str] = (),
    stdin: bytes | None = None,
    unchanged: bool = False,
) -> Job:
    """A new run like the one in `directory`, but for these options; that one stays as it is.

    Without `texts` its text is searched for as for a resume, and must be the one that it was trained on; `texts` are
    its files where they lie now, or those of another text. `run` and `options` are as for a new run, whose errors it
    raises. A run that was taken further than its first goal has a twin that goes as far. `unchanged`: one without any
    change is meant.
    """
    stored = Manifest.read(directory)
    bounds = {"max_corpus": stored.max_corpus, "max_memory": stored.max_memory}
    options = {**bounds, **options}
    text = _text(directory, replace(stored, max_corpus=options["max_corpus"]), texts, stdin)
    before = begun_with(stored)
    config = changed(before, changes)
    name = shell_word(directory.path)
    if config == before and text.is_the_same and not unchanged:
        given = ", ".join(f"{each} {word(getattr(before, each))}" for each in changes if changes[each] is not None)
        what = f"already has {given}" if given else "is a run"
        raise ConfigError(
            f"{directory.path} {what}: go on with it by tui-rnn resume {name}, repeat it by tui-rnn replay {name}, "
            f"or train it again with an option changed, as in tui-rnn {name} --seed {config.seed + 1}"
        )
    goal = config.goal if any(changes.get(each) is not None for each in _GOALS) else stored.goal
    job = new_job(
        replace(config, corpus=named(text.paths)),
        run,
        options,
        texts=text.paths,
        stdin=text.stdin,
        goal=goal,
        twin_of=str(directory.path),
    )
    job.warnings += _unlike(directory, stored, text)
    return job


def _text(directory: RunDirectory, stored: Manifest, texts: Sequence[str], stdin: bytes | None) -> _Text:
    """The files that were named, else those of the run's own text. Raises ConfigError, CorpusError or RunError."""
    digests = {stored.corpus.sha256 or _sha256_of_newest(directory)}
    most, run = most_bytes(stored.max_corpus), directory.path
    if STDIN in texts:
        return _Text(tuple(texts), stdin, is_the_same=False)
    if texts:
        return _Text(tuple(texts), None, corpus_search.read(texts, digests, most).fits)
    found = corpus_search.find_text(directory, stored, digests, command="")
    if not found.fits:
        raise RunError(
            f"{shown(found.path)} is not the text that {run} was trained on (its sha256 differs): put the old text "
            f"back, or name the text to train on, as in tui-rnn {shell_word(run)} {shell_word(found.path)}"
        )
    for path, data in found.files:
        if Path(path).name == STDIN_NAME and Path(path).resolve().parent == run.resolve():
            # The only copy of what was piped in: a run keeps its own.
            return _Text(tuple(STDIN if each == path else each for each, _ in found.files), data, is_the_same=True)
    return _Text(tuple(path for path, _ in found.files), None, is_the_same=True)


def _sha256_of_newest(directory: RunDirectory) -> str | None:
    """The text's digest by the newest checkpoint, for a run that does not record it. Raises CheckpointError."""
    snapshot, _, _ = directory.latest()
    return None if snapshot is None else snapshot.corpus_sha256


def _unlike(directory: RunDirectory, stored: Manifest, text: _Text) -> list[str]:
    """What of the other run the twin has not, though nobody asked for that."""
    run, found = directory.path, []
    if not text.is_the_same:
        found.append(f"{shown(named(text.paths))} is not the text of {run}: their losses cannot be compared")
    if stored.origin is not None:
        origin = stored.origin
        found.append(f"{run} went on from {origin.run} at step {origin.step:,}: its twin begins at the first step")
    with contextlib.suppress(RunError):  # without its log nothing is known
        names = dict.fromkeys(each.name for each in read_recorded(directory, stored).adjustments)
        if stored.origin is None and names:
            found.append(f"{run} was adjusted while it trained ({', '.join(names)}): its twin is not")
    return found
