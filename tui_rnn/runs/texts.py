"""The texts at hand: files beside the user that a run can begin with, and those that earlier runs were trained on."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_rnn.engine.errors import nearest
from tui_rnn.engine.text import MAX_CORPUS
from tui_rnn.runs.listing import RunLine

FOLDERS = (Path("corpora"), Path())  # looked at for texts
_NO_TEXTS = ("requirements", "license", "licence", "readme", "robots", "cmakelists", "provenance")  # of .txt files
_MOST_FILES = 5000  # of a folder that are looked at
_MOST_TEXTS = 200


@dataclass(frozen=True, slots=True)
class TextAtHand:
    """A file that can be trained on."""

    path: str
    size: int  # bytes
    runs: int = 0  # that were trained on it
    best_nats_per_char: float | None = None  # of those


def texts_at_hand(lines: Sequence[RunLine] = (), folders: Iterable[Path] = FOLDERS) -> list[TextAtHand]:
    """Texts of earlier runs first, the newest run's before all, then the others by name. No file is opened."""
    used = [line.corpus for line in lines if line.corpus != "?"]
    paths = dict.fromkeys([*used, *(path for folder in folders for path in _texts_in(folder))])
    seen: set[str] = set()
    found = []
    for path in paths:
        size, real = _size(path), os.path.realpath(path)
        if 0 < size <= MAX_CORPUS * 1_000_000 and real not in seen:
            seen.add(real)
            bests = [line.nats_per_char for line in lines if line.corpus == path and line.nats_per_char is not None]
            found.append(TextAtHand(path, size, used.count(path), min(bests, default=None)))
    return found[:_MOST_TEXTS]


def near_text(path: str) -> str | None:
    """The path of the text at hand whose name, its ending left out, is near to that of this path, if there is one."""
    by_stem = {Path(text.path).stem: text.path for text in texts_at_hand()[::-1]}
    stem = nearest(Path(path).stem, by_stem)
    return None if stem is None else by_stem[stem]


def _texts_in(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry, _ in zip(entries, range(_MOST_FILES), strict=False))
    except OSError:
        return []
    return [
        str(folder / name)
        for name in names
        if name.lower().endswith(".txt") and not name.startswith(".") and not name.lower().startswith(_NO_TEXTS)
    ]


def _size(path: str) -> int:
    """In bytes; 0 where there is no such file."""
    try:
        return os.path.getsize(path) if os.path.isfile(path) else 0
    except (OSError, ValueError):
        return 0
