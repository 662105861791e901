"""Read a text file whole and check it, with the standard library alone, so that a fault is said at once."""

import codecs
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_rnn.engine import text_kind
from tui_rnn.engine.config import CHOICES, RunConfig
from tui_rnn.engine.errors import ConfigError, CorpusError, MissingText, counted, not_known, shell_word, shown
from tui_rnn.storage.safe_open import NotRegular, open_regular, size_of

MEGABYTE = 1 << 20
MAX_CORPUS = 256  # megabytes that are read unless --max-corpus says otherwise
MOST_MEGABYTES = 65_536
MOST_CHUNKS = 100  # that a text is cut into where no number of them is given
BYTE_ORDER_MARK = "\ufeff"
REPLACEMENT = "\ufffd"  # what stands for bytes that did not decode


@dataclass(frozen=True, slots=True)
class TextFile:
    """One of the files that make up a text."""

    path: str
    characters: int
    sha256: str  # of its bytes


@dataclass(frozen=True, slots=True)
class SourceText:
    """A decoded text and where it came from."""

    path: str  # of several files their names, as `joined_name` has them
    characters: str
    sha256: str  # of the file's bytes, as `sha256sum` prints it; of several files as of `cat FILE … | sha256sum`
    warning: str = ""  # why the characters are perhaps not what was meant, in one line with the remedy
    files: tuple[TextFile, ...] = ()  # in order, where there are several


def read_text(
    path: str | Path, encoding: str = "utf-8", errors: str = "strict", most_bytes: int = MAX_CORPUS * MEGABYTE
) -> SourceText:
    """The text of a regular file, a leading byte order mark stripped, line ends kept as they are.

    Raises CorpusError, naming the fault and the remedy, for anything but a readable regular file of no more bytes than
    these whose text decodes and which is no archive, picture, program or the like.
    """
    check_decoding(encoding, errors)
    return decoded(str(path), read_bytes(path, most_bytes), encoding, errors)


def check_decoding(encoding: str, errors: str) -> None:
    """Raise ConfigError for an encoding, or a way with its errors, that there is none of."""
    check_encoding(encoding)
    if errors not in CHOICES["errors"]:
        raise not_known("--errors", errors, CHOICES["errors"])


def decoded(path: str, data: bytes, encoding: str, errors: str, *, known: bool = False) -> SourceText:
    """The text that these bytes of the file are. Raises CorpusError as `read_text`.

    Bytes that are `known`, since a run was trained on them, are taken for the text that they were then.
    """
    if not known and text_kind.extends_ascii(encoding):
        if kind := text_kind.file_kind(data):
            raise CorpusError(f"{path} is {kind}")
        if text_kind.has_wide_mark(data) and (wide := text_kind.wide_encoding(data)):
            raise CorpusError(f"{path} begins with the mark of {wide}: {_naming(data, wide)}")
    try:
        characters = data.decode(encoding, errors)
    except UnicodeDecodeError as error:
        offset = len(data) - len(error.object) + error.start  # the object lacks a byte order mark that was read
        why = f"byte 0x{data[offset]:02x} at offset {offset} does not decode"
        raise CorpusError(f"{path} is not {encoding}: {why}; {_other_encoding(data, encoding)}") from None
    except (UnicodeError, ValueError) as error:  # e.g. UTF-16 without a byte order mark, cut short
        raise CorpusError(f"{path} is not {encoding} ({error}): {_other_encoding(data, encoding)}") from None
    characters = characters.removeprefix(BYTE_ORDER_MARK)
    warning = _warning(path, characters, data, encoding, errors)
    return SourceText(path, characters, hashlib.sha256(data).hexdigest(), warning)


def _other_encoding(data: bytes, encoding: str) -> str:
    """The remedy for bytes that do not decode: encodings in which they do."""
    if encoding.startswith("utf-16") and text_kind.decodes(data[:-1], encoding):
        return "its last character is cut off: use --errors replace, or another --encoding"
    if wide := text_kind.wide_encoding(data):
        return _naming(data, wide)
    if encoding not in ("utf-8", "utf8") and text_kind.decodes(data, "utf-8"):
        return "give --encoding utf-8, in which all of it does, or use --errors replace"
    names = ", ".join(name for name in ("latin-1", "cp1252") if text_kind.decodes(data, name))
    is_text = text_kind.control_part(data.decode("ascii", "replace")) <= text_kind.FEW
    give = "" if is_text else "give a text file, or "
    return f"{give}name its --encoding ({names}, …), or use --errors replace"


def _naming(data: bytes, wide: str) -> str:
    return f"give --encoding {wide}" + ("" if text_kind.decodes(data, wide) else " --errors replace")


def _warning(path: str, characters: str, data: bytes, encoding: str, errors: str) -> str:
    """What is odd about a text that decoded, with the remedy, or ""."""
    if (part := text_kind.control_part(characters)) > text_kind.FEW:
        wide = text_kind.wide_encoding(data) if text_kind.extends_ascii(encoding) else ""
        remedy = f"try --encoding {wide}" if wide else "unless that is meant, stop, and give a text or its --encoding"
        return f"{part:.0%} of {path} are NUL or other control characters: {remedy}"
    if errors == "replace" and (part := characters.count(REPLACEMENT) / max(1, len(characters))) > text_kind.FEW:
        return f"{part:.0%} of {path} did not decode as {encoding}: unless that is meant, stop, and name its --encoding"
    return ""


def held_out_length(length: int, holdout: float) -> int:
    """How many characters, the last ones of a text of `length`, are held out of training."""
    return round(length * holdout)


def chunks_of(length: int, seq_length: int, batch_size: int, chunks: int | None) -> int:
    """Into how many chunks the order of that name cuts a text of this length.

    Where no number is given, into MOST_CHUNKS or one a stream, if that is more; fewer where a chunk would hold no
    window and the character after it.
    """
    if chunks is not None:
        return chunks
    return max(batch_size, min(MOST_CHUNKS, length // (seq_length + 1)))


def updates_per_epoch(
    length: int, seq_length: int, batch_size: int, order: str = "sequential", chunks: int | None = None
) -> int:
    """Windows of B streams that an epoch reads of a text of this length, in this order (engine/orders.py).

    In sequence as many as fit into one of B equal parts, each with the character after it; of chunks those of each,
    B chunks side by side; at random as many as hold as many characters as the text.
    """
    if order == "random":
        return length // (batch_size * seq_length)
    if order == "chunks":
        chunks = chunks_of(length, seq_length, batch_size, chunks)
        return chunks // batch_size * max(0, (length // chunks - 1) // seq_length)
    return max(0, (length // batch_size - 1) // seq_length)


def check_length(
    name: str, length: int, seq_length: int, batch_size: int, holdout: float = 0.0, *, fixed: bool = False
) -> None:
    """Raise CorpusError unless each of B parts of the text holds one window and the character after it.

    With a holdout this goes for what is left to train on, and what is held out needs one such part. Where the sizes are
    `fixed`, no option can change them.
    """
    held_out = held_out_length(length, holdout)
    if holdout and held_out < seq_length + 1:
        larger = "" if fixed else ", a larger --holdout or 0 for none"
        raise CorpusError(
            f"{name} has {counted(length, 'character')}, of which --holdout {holdout:g} holds out {held_out}; "
            f"seq_length {seq_length} needs at least {seq_length + 1}: use a longer text{larger}"
        )
    if holdout:
        left_out = "character" if held_out == 1 else f"{held_out} characters"
        name, length = f"{name} without its last {left_out} (--holdout {holdout:g})", length - held_out
    if length // batch_size < seq_length + 1:
        streams = f" with batch_size {batch_size}" if batch_size > 1 else ""
        smaller = " or a smaller --seq-length" + (" or --batch-size" if batch_size > 1 else "")
        raise CorpusError(
            f"{name} has {counted(length, 'character')}; seq_length {seq_length}{streams} needs at least "
            f"{(seq_length + 1) * batch_size}: use a longer text{'' if fixed else smaller}"
        )


def check_fits(name: str, length: int, config: RunConfig, *, fixed: bool = False) -> None:
    """Raise CorpusError unless a text of this length holds what the configuration reads, in its order."""
    check_length(name, length, config.seq_length, config.batch_size, config.holdout, fixed=fixed)
    if config.order != "chunks" or config.chunks is None:
        return
    T, B, chunks = config.seq_length, config.batch_size, config.chunks
    if chunks < B:
        raise CorpusError(f"--chunks {chunks} are fewer than --batch-size {B}: give at least as many")
    trained = length - held_out_length(length, config.holdout)
    if trained // chunks < T + 1:
        most = trained // (T + 1)
        smaller = f"a --chunks of at most {most} or " if most >= B else ""
        remedy = "use a longer text" if fixed else f"use {smaller}a smaller --seq-length"
        raise CorpusError(
            f"{name} has {counted(trained, 'character')} to train on, {trained // chunks} for each of --chunks "
            f"{chunks}; seq_length {T} needs at least {T + 1}: {remedy}"
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


def read_bytes(path: str | Path, most: int) -> bytes:
    """All bytes of a regular file that has some and no more than `most`. Raises CorpusError, without waiting on a pipe.

    What a file gains while it is read counts too.
    """
    try:
        file = open_regular(path)
    except FileNotFoundError:
        raise MissingText(str(path)) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _unreadable(path, error) from None
    with file:
        try:
            size = size_of(file)
            data = file.read(size + 1) if size <= most else b""  # no room for `most`, but the file may be growing
            while data and len(data) <= most and (more := file.read(min(MEGABYTE, most + 1 - len(data)))):
                data += more
        except OSError as error:
            raise CorpusError(
                f"{path} cannot be read ({error.strerror}): copy it to a sound disk and try again"
            ) from None
    if max(size, len(data)) > most:
        raise CorpusError(f"{path} has {max(size, len(data)):,} bytes, {too_many(max(size, len(data)), most)}")
    if not data:
        raise CorpusError(f"{path} is empty: give a text file with something in it")
    return data


def too_many(size: int, most: int) -> str:
    """The rest of the sentence on a text of more than `most` bytes."""
    needed = -(-size // MEGABYTE)
    allow = f"allow it by --max-corpus {needed}, or " if needed <= MOST_MEGABYTES else ""
    return f"more than {most // MEGABYTE} MB: {allow}use a part of it"


def _unreadable(path: str | Path, error: OSError | ValueError) -> CorpusError:
    if os.path.isdir(path):
        texts = ", ".join(shell_word(name) for name in _texts_in(str(path)))
        if texts:
            return CorpusError(f"{path} is a folder: give the path of a text file in it, such as {texts}")
        return CorpusError(f"{path} is a folder, and no text file is in it: give the path of a text file")
    if isinstance(error, NotRegular):
        return CorpusError(f"{path} is {error.kind}, not a regular file: save the text to a file and give its path")
    reason = getattr(error, "strerror", None) or str(error)
    return CorpusError(f"{shown(path)!r} cannot be read ({reason}): check the path and its permissions")


def _texts_in(folder: str, most: int = 3) -> list[str]:
    """The paths of some files in the folder that begin as UTF-8 text does, those named .txt first."""
    found: list[str] = []
    try:
        names = [name for name in sorted(os.listdir(folder)) if not name.startswith(".")]
    except OSError:
        return []
    names.sort(key=lambda name: not name.lower().endswith(".txt"))
    for name in names[:200]:
        path = os.path.join(folder, name)
        try:
            with open_regular(path) as file:
                head = file.read(4096)
            # A character may be cut in two at the end of what was read.
            text = codecs.getincrementaldecoder("utf-8")().decode(head)
        except (OSError, ValueError):
            continue
        if text and text_kind.control_part(text) <= text_kind.FEW and not text_kind.file_kind(head):
            found.append(path)
        if len(found) == most:
            break
    return found
