"""A text of several files, read in order as one; one of them may be standard input."""

import hashlib
from collections.abc import Sequence
from pathlib import PurePath

from tui_rnn.engine.errors import ConfigError, CorpusError
from tui_rnn.engine.text import SourceText, TextFile, decoded, read_bytes, too_many

STDIN = "-"  # the path that stands for standard input
STDIN_NAME = "stdin.txt"  # of the copy that a run keeps of it
_MOST_NAMED = 3  # files of one text that its name holds all of
_MOST_FILES = 1000
_MOST_CHARACTERS = 200_000  # of their paths, which a run keeps


def joined_name(paths: Sequence[str]) -> str:
    """What a text of these files is called, for people: `a.txt + b.txt`, or of many `a.txt + b.txt + 7 more`."""
    if len(paths) > _MOST_NAMED:
        return f"{' + '.join(paths[:2])} + {len(paths) - 2} more"
    return " + ".join(paths)


def named(paths: Sequence[str]) -> str:
    """The name of a text of these files, where standard input goes by the name of its copy."""
    return joined_name([STDIN_NAME if path == STDIN else path for path in paths])


def short_name(name: str) -> str:
    """The same of a text's name without the folders of its files."""
    return " + ".join(PurePath(each.replace("\\", "/")).name for each in name.split(" + "))


def joined(files: Sequence[tuple[str, bytes]], encoding: str, errors: str, *, known: bool = False) -> SourceText:
    """The text of these files, path and bytes, in order, with nothing put between them; of one file its own.

    Each is decoded by itself, so that each may begin with a mark. Raises CorpusError as `decoded`.
    """
    texts = [decoded(path, data, encoding, errors, known=known) for path, data in files]
    if len(texts) == 1:
        return texts[0]
    whole = hashlib.sha256()
    for _, data in files:
        whole.update(data)
    return SourceText(
        joined_name([text.path for text in texts]),
        "".join(text.characters for text in texts),
        whole.hexdigest(),
        next((text.warning for text in texts if text.warning), ""),
        tuple(TextFile(text.path, len(text.characters), text.sha256) for text in texts),
    )


def read_files(paths: Sequence[str], most: int, stdin: bytes | None = None) -> list[tuple[str, bytes]]:
    """Path and bytes of each file, of no more than `most` bytes together. Raises ConfigError or CorpusError.

    `stdin` is what came from standard input, for the path `-`.
    """
    if len(paths) > _MOST_FILES or sum(map(len, paths)) > _MOST_CHARACTERS:
        raise ConfigError(f"{len(paths):,} texts are too many to keep their paths: join them, as by cat, into one file")
    if paths.count(STDIN) > 1:
        raise ConfigError("standard input (-) can be read once: name it once")
    files = []
    for path in paths:
        if path != STDIN or stdin is None:
            files.append((path, read_bytes(path, most)))
        elif stdin:
            files.append(("standard input", stdin))
        else:
            raise CorpusError("standard input is empty: pipe a text into it, as in cat book.txt | tui-rnn -")
    check_total(files, most)
    return files


def check_total(files: Sequence[tuple[str, bytes]], most: int) -> None:
    """Raise CorpusError where the files together have more than `most` bytes."""
    if (size := sum(len(data) for _, data in files)) > most:
        name = joined_name([path for path, _ in files])
        raise CorpusError(f"{name} have {size:,} bytes, {too_many(size, most)}")
