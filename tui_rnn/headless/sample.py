"""`tui-rnn sample`: a saved model writes, text alone on stdout."""

import os
import sys
from itertools import islice

from tui_rnn import stdio
from tui_rnn.engine.checkpoint import Snapshot, load
from tui_rnn.engine.errors import ConfigError, CorpusError
from tui_rnn.engine.sampling import check_sampling
from tui_rnn.engine.text import MOST_MEGABYTES, decoded, most_bytes, read_bytes
from tui_rnn.engine.writing import characters
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.safe_text import ZWNJ, safe_text

_PIECE = 100  # characters written at a time


def write_sample(
    source: str,
    length: int,
    temperature: float,
    top_p: float,
    prime: str,
    seed: int | None,
    *,
    prime_file: str | None = None,
    last: bool,
    held_out: bool = False,
) -> int:
    """Write `prime`, or what `prime_file` holds, and `length` characters after it.

    Of a run the best model writes, with `held_out` the best by held-out loss, or with `last` the latest.

    Into a file or a pipe goes the text as it is; a terminal is shown control characters as pictures.
    """
    check_sampling(temperature, top_p)
    if length < 0:
        raise ConfigError(f"-n {length} cannot be used: give a whole number from 0")
    if seed is not None and seed < 0:
        raise ConfigError(f"--seed {seed} cannot be used: give a whole number from 0")
    if held_out and last:
        raise ConfigError("--held-out and --last name two models: give one of them")
    if prime and prime_file is not None:
        raise ConfigError("--prime and --prime-file both say what to begin with: give one of them")
    snapshot = model_of(source, last=last, held_out=held_out)
    if prime_file is not None:
        prime = _text_of(prime_file, snapshot)
    written = characters(snapshot, prime=prime, temperature=temperature, top_p=top_p, seed=seed)
    on_terminal = sys.stdout.isatty()
    _write(prime, on_terminal)
    before, held = prime, ""
    for begin in range(0, length, _PIECE):
        piece = held + "".join(islice(written, min(_PIECE, length - begin)))
        # What a non-joiner is shown as depends on the character behind it.
        held = ZWNJ if piece.endswith(ZWNJ) and begin + _PIECE < length else ""
        piece = piece.removesuffix(held)
        _write(piece, on_terminal, after=before)
        before = piece or before
    if on_terminal:
        print()
    return 0


def model_of(source: str, *, last: bool, held_out: bool) -> Snapshot:
    """The model in a checkpoint file, or of a run: its best one, with `held_out` by that loss, with `last` the latest.

    Raises CheckpointError, RunError or ConfigError.
    """
    if os.path.isfile(source):  # of a name that is too long, Path would raise
        if held_out:
            raise ConfigError(
                f"--held-out chooses a model of a run, and {source} is a file: give the run, or leave it out"
            )
        return load(source)
    snapshot, warnings = RunDirectory.find(source).model(last=last, held_out=held_out)
    for warning in warnings:
        stdio.write_stderr(f"tui-rnn: {safe_text(warning, one_line=True)}\n")
    return snapshot


def _text_of(path: str, snapshot: Snapshot) -> str:
    """What the file holds, in the run's encoding, which the command has no option for. Raises CorpusError."""
    encoding, errors = snapshot.config.encoding, snapshot.config.errors
    data = read_bytes(path, most_bytes(MOST_MEGABYTES))
    try:
        return decoded(path, data, encoding, errors).characters
    except CorpusError:
        raise CorpusError(
            f"--prime-file {path} is no text in {encoding}, the run's encoding: save it in that, or give another file"
        ) from None


def _write(text: str, on_terminal: bool, after: str = "") -> None:
    if on_terminal:
        sys.stdout.write(safe_text(text, after=after))
    else:  # UTF-8 whatever the locale, and line ends as they are
        sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.flush()
