"""Find the text of a run again, by its sha256: where it was recorded, where the user named it, or near the run.

A file of the same name elsewhere is another text; only the file at the recorded place can be the text, edited.
"""

import hashlib
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import CorpusError, MissingText, RunError, counted, shell_word, shown
from tui_rnn.engine.joined_text import check_total, joined, joined_name, read_files
from tui_rnn.engine.text import SourceText, check_fits, most_bytes
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.manifest import CorpusRecord, Manifest

if TYPE_CHECKING:
    from tui_rnn.engine.checkpoint import Snapshot

_MOST_STRANGE = 8  # characters that are named
_FOLDERS_UP = 4  # from the run directory, where the text may have been moved along with it


@dataclass(frozen=True, slots=True)
class FoundText:
    """The bytes of the files that make up a text, and whether they are the run's text."""

    files: tuple[tuple[str, bytes], ...]  # path and bytes of each, in order
    fits: bool

    @property
    def path(self) -> str:
        """The path; of several files their names."""
        return joined_name([path for path, _ in self.files])

    def decoded(self, config: RunConfig, *, known: bool = True) -> SourceText:
        """The text. Raises CorpusError where it is none in the run's encoding; `known`: the run was trained on it."""
        return joined(self.files, config.encoding, config.errors, known=known)


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


def find_text(
    directory: RunDirectory, manifest: Manifest, digests: Collection[object], command: str = "resume"
) -> FoundText:
    """The run's text, each of its files where it was recorded or near the run; else what lies where it was recorded.

    `digests` are the sha256 that the whole may have; `command` is the one that can be given the text's place;
    empty: training itself. Raises CorpusError, with the places that were tried, where a file is gone.
    """
    run, record, most = str(directory.path), manifest.corpus, most_bytes(manifest.max_corpus)
    if not record.files:
        places = Places.of(directory, manifest.config.corpus, record.path)
        return find(run, places, digests, most, command)
    found = [
        find(run, Places.of(directory, each.name, each.path), {each.sha256}, most, command) for each in record.files
    ]
    return _whole([file for each in found for file in each.files], digests, most)


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
            found = read([place], digests, most)
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
    name_it = f"name where it lies now, as in {' '.join(['tui-rnn', *command.split(), shell_word(run)])} CORPUS"
    if fault is not None and not isinstance(fault, MissingText):
        raise CorpusError(f"{fault}; or {name_it}")
    gone = f"{shown(places.recorded)} does not exist" if places.recorded else "where it lay is not recorded"
    others = f", and of its name there are only other texts (their sha256 differs): {_listed(unfit)}" if unfit else ""
    looked = f"; nor is it at {_listed(places.others)}" if places.others and not unfit else ""
    raise CorpusError(f"the text of {run} is gone: {gone}{others}{looked}: {name_it}")


def read(paths: Sequence[str], digests: Collection[object], most: int) -> FoundText:
    """The files at these paths, and whether the sha256 of all together is one of these. Raises CorpusError."""
    return _whole(read_files(paths, most), digests, most)


def among(paths: Sequence[str], record: CorpusRecord, digests: Collection[object], most: int) -> FoundText | None:
    """The text where it is one of these files, or several of them are its files; None where not. Raises CorpusError."""
    for path in paths:
        if (found := read([path], digests, most)).fits:
            return found
    files: list[tuple[str, bytes]] = []
    for each in record.files:
        fitting = (found for path in paths if (found := read([path], {each.sha256}, most)).fits)
        if (found_file := next(fitting, None)) is None:
            return None
        files += found_file.files
    return _whole(files, digests, most) if files else None


def _whole(files: Sequence[tuple[str, bytes]], digests: Collection[object], most: int) -> FoundText:
    check_total(files, most)
    whole = hashlib.sha256()
    for _, data in files:
        whole.update(data)
    return FoundText(tuple(files), whole.hexdigest() in digests)


def text_of(
    directory: RunDirectory,
    stored: Manifest,
    snapshot: "Snapshot | None",
    max_corpus: Any,
    named: tuple[str, ...],
    accept_changed: bool,
    warnings: list[str],
    *,
    is_new: bool = False,
) -> SourceText:
    """The text that the run was trained on so far, wherever it lies now; or, if accepted, what that file holds now.

    `named` is where the user says its files lie; `is_new`: it is to be another text. Raises
    CorpusError, ConfigError or RunError; `warnings` may gain some.
    """
    config = stored.config
    accepted = stored.corpus.sha256  # the text of the beginning, or the last one that was accepted since
    last = snapshot.corpus_sha256 if snapshot else accepted
    digests, run = {last, accepted}, str(directory.path)
    stored = replace(stored, max_corpus=max_corpus)
    found = read(named, digests, most_bytes(max_corpus)) if named else find_text(directory, stored, digests)
    where = found.path
    if not found.fits and not accept_changed:
        this = f"{shown(where)} is not the text this run was trained on"
        if not named:
            moved = f"name where it lies now, as in tui-rnn resume {shell_word(run)} CORPUS,"
            raise RunError(
                f"{this} (its sha256 differs): put the old text back, {moved} or go on with this one by "
                f"--accept-changed-corpus"
            )
        raise RunError(
            f"{this}, {shown(stored.corpus.path or config.corpus)} (its sha256 differs): name that text, or go on with "
            f"this one by --accept-changed-corpus"
        )
    try:
        source = found.decoded(config, known=found.fits)
    except CorpusError:  # its remedy is another --encoding, which a run cannot be given any more
        raise RunError(
            f"{where} is no text in {config.encoding}, this run's encoding: save it in that, or begin a new run"
        ) from None
    if source.sha256 == last:
        return source
    check_fits(where, len(source.characters), config, fixed=True)
    if snapshot is not None and (strange := sorted(set(source.characters).difference(snapshot.vocabulary))):
        such_as = ", ".join(ascii(each) for each in strange[:_MOST_STRANGE])
        raise RunError(
            f"{where} has {counted(len(strange), 'character')} that the run was not trained on, such as {such_as}: "
            f"leave {'it' if len(strange) == 1 else 'them'} out, or begin a new run"
        )
    if not is_new:
        warnings.append(
            f"{where} is not the text this run was trained on so far: it goes on with the text as it is now"
        )
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
