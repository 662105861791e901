"""Find the text of a run again, by its sha256: where it was recorded, where the user named it, or near the run.

A file of the same name elsewhere is another text; only the file at the recorded place can be the text, edited.
"""

import hashlib
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui_rnn.engine.errors import CorpusError, MissingText, RunError, counted, shell_word, shown
from tui_rnn.engine.text import SourceText, check_fits, decoded, most_bytes, read_bytes
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.manifest import Manifest

if TYPE_CHECKING:
    from tui_rnn.engine.checkpoint import Snapshot

_FOLDERS_UP = 4  # from the run directory, where the text may have been moved along with it


@dataclass(frozen=True, slots=True)
class FoundText:
    """The bytes of a file, and whether they are the run's text."""

    path: str
    data: bytes
    sha256: str
    fits: bool


@dataclass(frozen=True, slots=True)
class Places:
    """Where the text of a run may lie."""

    recorded: str | None  # where it lay when it was last read; None where config.json does not say
    others: tuple[str, ...]  # where a file of its name may lie, in the order in which they are tried

    @classmethod
    def of(cls, directory: RunDirectory, corpus: str, recorded: str | None) -> "Places":
        """The places of a run whose text the user named as `corpus`, and that config.json says lay at `recorded`."""
        if recorded is not None and _real(corpus) == _real(recorded):
            recorded = corpus  # as the user typed it
        elif recorded is None and os.path.isabs(corpus):
            recorded = corpus
        folders = [directory.path.absolute(), *directory.path.absolute().parents][:_FOLDERS_UP]
        names = dict.fromkeys([corpus, os.path.basename(corpus), os.path.basename(recorded or "")])
        near = [os.path.join(folder, name) for folder in folders for name in names if name and not os.path.isabs(name)]
        seen = {_real(recorded)} if recorded else set()
        others = []
        for place in (corpus, *near):
            if (real := _real(place)) and real not in seen:
                seen.add(real)
                others.append(place)
        return cls(recorded, tuple(others))


def find(run: str, places: Places, digests: Collection[object], most: int, command: str = "resume") -> FoundText:
    """The first file whose sha256 is one of these; where there is none, the file at the recorded place as it is now.

    Files of more than `most` bytes are not read; `command` is the one that can be given the text's place. Raises
    CorpusError, with the places that were tried, where neither is there.
    """
    edited: FoundText | None = None
    fault: CorpusError | None = None
    unfit: list[str] = []  # files of its name that are other texts
    for place in (*([places.recorded] if places.recorded else []), *places.others):
        try:
            found = read(place, digests, most)
        except CorpusError as error:
            if place == places.recorded:
                fault = error
            continue
        if found.fits:
            return found
        if place == places.recorded:
            edited = found
        else:
            unfit.append(place)
    if edited is not None:
        return edited
    name_it = f"name where it lies now, as in tui-rnn {command} {shell_word(run)} CORPUS"
    if fault is not None and not isinstance(fault, MissingText):
        raise CorpusError(f"{fault}; or {name_it}")
    gone = f"{shown(places.recorded)} does not exist" if places.recorded else "where it lay is not recorded"
    others = f", and of its name there are only other texts (their sha256 differs): {_listed(unfit)}" if unfit else ""
    looked = f"; nor is it at {_listed(places.others)}" if places.others and not unfit else ""
    raise CorpusError(f"the text of {run} is gone: {gone}{others}{looked}: {name_it}")


def read(path: str, digests: Collection[object], most: int) -> FoundText:
    """The file at `path`, and whether its sha256 is one of these. Raises CorpusError."""
    data = read_bytes(path, most)
    sha256 = hashlib.sha256(data).hexdigest()
    return FoundText(path, data, sha256, sha256 in digests)


def text_of(
    directory: RunDirectory,
    stored: Manifest,
    snapshot: "Snapshot | None",
    max_corpus: Any,
    named: str | None,
    accept_changed: bool,
    warnings: list[str],
) -> SourceText:
    """The text that the run was trained on so far, wherever it lies now; or, if accepted, what that file holds now.

    `named` is where the user says it lies. Raises CorpusError, ConfigError or RunError; `warnings` may gain some.
    """
    config = stored.config
    accepted = stored.corpus.sha256  # the text of the beginning, or the last one that was accepted since
    last = snapshot.corpus_sha256 if snapshot else accepted
    places, digests, most = (
        Places.of(directory, config.corpus, stored.corpus.path),
        {last, accepted},
        most_bytes(max_corpus),
    )
    run = str(directory.path)
    found = find(run, places, digests, most) if named is None else read(named, digests, most)
    where = found.path
    if not found.fits and not accept_changed:
        this = f"{shown(where)} is not the text this run was trained on"
        if named is None:
            moved = f"name where it lies now, as in tui-rnn resume {shell_word(run)} CORPUS,"
            raise RunError(
                f"{this} (its sha256 differs): put the old text back, {moved} or go on with this one by "
                f"--accept-changed-corpus"
            )
        raise RunError(
            f"{this}, {shown(places.recorded or config.corpus)} (its sha256 differs): name that text, or go on with "
            f"this one by --accept-changed-corpus"
        )
    try:
        source = decoded(where, found.data, config.encoding, config.errors, known=found.fits)
    except CorpusError:  # its remedy is another --encoding, which a run cannot be given any more
        raise RunError(
            f"{where} is no text in {config.encoding}, this run's encoding: save it in that, or begin a new run"
        ) from None
    if source.sha256 == last:
        return source
    check_fits(where, len(source.characters), config, fixed=True)
    if snapshot is not None and (strange := set(source.characters).difference(snapshot.vocabulary)):
        raise RunError(
            f"{where} has {counted(len(strange), 'character')} that the run was not trained on, such as "
            f"{min(strange)!a}: leave {'it' if len(strange) == 1 else 'them'} out, or begin a new run"
        )
    warnings.append(f"{where} is not the text this run was trained on so far: it goes on with the text as it is now")
    warnings.extend([source.warning] if source.warning else [])
    return source


def _real(path: str) -> str:
    """The path without links and dots; "" for one that no file can have."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return ""


def _listed(places: Iterable[str], most: int = 4) -> str:
    *named, last = map(shown, list(places)[:most])
    return f"{', '.join(named)} or {last}" if named else last
