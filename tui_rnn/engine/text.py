"""Read a text file whole and check it, with the standard library alone, so that a fault is said at once."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_rnn.engine.errors import ConfigError, CorpusError
from tui_rnn.engine.regular import NotRegular, open_regular, size_of

MEGABYTE = 1 << 20
MAX_CORPUS = 256  # megabytes that are read unless --max-corpus says otherwise
MOST_MEGABYTES = 65_536
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class SourceText:
    """A decoded text and where it came from."""

    path: str
    characters: str
    sha256: str  # of the file's bytes, as `sha256sum` prints it


def read_text(
    path: str | Path, encoding: str = "utf-8", errors: str = "strict", most_bytes: int = MAX_CORPUS * MEGABYTE
) -> SourceText:
    """The text of a regular file, a leading byte order mark stripped, line ends kept as they are.

    Raises CorpusError, naming the fault and the remedy, for anything but a readable regular file of no more bytes than
    these whose text decodes.
    """
    check_encoding(encoding)
    data = _read_regular_file(str(path), most_bytes)
    if not data:
        raise CorpusError(f"{path} is empty: give a text file with something in it")
    try:
        characters = data.decode(encoding, errors)
    except UnicodeDecodeError as error:
        offset = len(data) - len(error.object) + error.start  # the object lacks a byte order mark that was read
        raise CorpusError(
            f"{path} is not {encoding}: byte 0x{data[offset]:02x} at offset {offset} does not decode; "
            f"name its --encoding (latin-1, cp1252, utf-16, …), or use --errors replace"
        ) from None
    except (UnicodeError, ValueError) as error:  # e.g. UTF-16 without a byte order mark, cut short
        raise CorpusError(f"{path} is not {encoding} ({error}): name its --encoding, or use --errors replace") from None
    characters = characters.removeprefix(BYTE_ORDER_MARK)
    return SourceText(str(path), characters, hashlib.sha256(data).hexdigest())


def held_out_length(length: int, holdout: float) -> int:
    """How many characters, the last ones of a text of `length`, are held out of training."""
    return round(length * holdout)


def check_length(name: str, length: int, seq_length: int, batch_size: int, holdout: float = 0.0) -> None:
    """Raise CorpusError unless each of B parts of the text holds one window and the character after it.

    With a holdout this goes for what is left to train on, and what is held out needs one such part.
    """
    held_out = held_out_length(length, holdout)
    if holdout and held_out < seq_length + 1:
        raise CorpusError(
            f"{name} has {length} character{'s' * (length != 1)}, of which --holdout {holdout:g} holds out {held_out}; "
            f"seq_length {seq_length} needs at least {seq_length + 1}: use a longer text, a larger --holdout or 0 for "
            "none"
        )
    if holdout:
        left_out = "character" if held_out == 1 else f"{held_out} characters"
        name, length = f"{name} without its last {left_out} (--holdout {holdout:g})", length - held_out
    if length // batch_size < seq_length + 1:
        streams = f" with batch_size {batch_size}" if batch_size > 1 else ""
        smaller = "--seq-length or --batch-size" if batch_size > 1 else "--seq-length"
        raise CorpusError(
            f"{name} has {length} character{'s' * (length != 1)}; seq_length {seq_length}{streams} needs at least "
            f"{(seq_length + 1) * batch_size}: use a longer text or a smaller {smaller}"
        )


def check_encoding(encoding: str) -> None:
    """Raise CorpusError unless Python can turn bytes into text by this name."""
    try:
        b"text".decode(encoding, "replace")
    except (LookupError, ValueError):  # unknown, of bytes to bytes as hex is, or no name at all
        raise CorpusError(
            f"--encoding {encoding!r} is not a text encoding Python knows: use utf-8, latin-1, cp1252, …"
        ) from None


def most_bytes(max_corpus: Any) -> int:
    """The bytes a text may have where --max-corpus is so many megabytes. Raises ConfigError for what is no such number.

    A text takes up to five times its bytes of memory, and a file of another kind may be taken for one.
    """
    if type(max_corpus) is not int or not 1 <= max_corpus <= MOST_MEGABYTES:
        raise ConfigError(f"--max-corpus {max_corpus!r} cannot be used: give whole MB, from 1 to {MOST_MEGABYTES}")
    return max_corpus * MEGABYTE


def _read_regular_file(path: str, most: int) -> bytes:
    """All bytes of a regular file that has no more than `most`. A pipe or a device is refused without waiting on it."""
    try:
        file = open_regular(path)
    except FileNotFoundError:
        raise CorpusError(f"{path} does not exist: give the path of a text file") from None
    except IsADirectoryError:  # where the system refuses to open a folder
        raise CorpusError(f"{path} is a folder: give the path of a text file in it") from None
    except NotRegular as error:
        raise CorpusError(
            f"{path} is {error.kind}, not a regular file: save the text to a file and give its path"
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        if os.path.isdir(path):
            reason = "it is a folder"
        raise CorpusError(f"{path!r} cannot be read ({reason}): check the path and its permissions") from None
    with file:
        try:
            size = size_of(file)
            data = file.read(most + 1) if size <= most else b""  # the file may be growing
        except OSError as error:
            raise CorpusError(
                f"{path} cannot be read ({error.strerror}): copy it to a sound disk and try again"
            ) from None
    if max(size, len(data)) > most:
        needed = -(-max(size, len(data)) // MEGABYTE)
        raise CorpusError(
            f"{path} has {max(size, len(data)):,} bytes, more than {most // MEGABYTE} MB: "
            f"train on it with --max-corpus {needed}, or use a part of it"
        )
    return data
