"""What n-gram models reach on a run's text, kept beside the run in a small sealed file: a text is counted once."""

import contextlib
import hashlib
from collections.abc import Sequence
from math import isfinite

from tui_rnn.engine import exact_json
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.storage.safe_open import open_regular

_MOST_BYTES = 1 << 16


def keep(directory: RunDirectory, corpus_sha256: str, vocab_size: int, losses: Sequence[float]) -> None:
    """Write them beside the run, if the disk takes them: without the file they are counted again."""
    content = {"corpus_sha256": corpus_sha256, "vocab_size": vocab_size, "losses": list(losses)}
    with contextlib.suppress(OSError):
        sealed = {**content, "sha256": _seal(content)}
        directory.keep_file(directory.ngrams_file, (exact_json.dumps(sealed) + "\n").encode())


def kept(directory: RunDirectory, corpus_sha256: object, vocab_size: object) -> tuple[float, ...] | None:
    """The losses of this text and alphabet, nats per character by order from 1; None where no sound file has them."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        with open_regular(directory.ngrams_file) as file:
            found = exact_json.loads(file.read(_MOST_BYTES))  # a larger file is cut, and so refused
        if isinstance(found, dict) and found.pop("sha256", None) == _seal(found):
            losses = found.get("losses")
            ours = (found.get("corpus_sha256"), found.get("vocab_size")) == (corpus_sha256, vocab_size)
            if ours and isinstance(losses, list) and all(type(loss) is float and isfinite(loss) for loss in losses):
                return tuple(losses)
    return None


def _seal(content: dict[str, object]) -> str:
    return hashlib.sha256(exact_json.dumps(content).encode()).hexdigest()
