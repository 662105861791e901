"""How much memory a network needs, by its sizes and its text alone, so that too much is refused at once."""

from typing import Any

from tui_rnn.engine.cells import SIZES
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import ConfigError, CorpusError
from tui_rnn.engine.text import MEGABYTE

MAX_MEMORY = 1024  # megabytes that a network may need unless --max-memory says otherwise
MOST_MEMORY = 1 << 20  # megabytes that can be allowed
MOST_CHECKPOINT_BYTES = 4 << 30  # of a file that is read as a checkpoint, so also of one that is written
_HEADER_BYTES = 17 << 20  # of a checkpoint, at the most

_SLOTS = {"sgd": 0, "adagrad": 1, "rmsprop": 1, "adam": 2, "nadam": 2}  # vectors that an optimizer keeps
_CHECKED_HIDDEN_SIZE, _CHECKED_ROWS = 100, 25  # the network and window of the gradient check at most, beside training
_HELD_OUT_ROWS = 800  # rows of the window by which a held-out text is measured
_LONG_TEXT = 1 << 22  # characters of a text that NumPy counts quicker than a set does, its import included

_CODE_POINTS = 0x110000
_CHUNK = 1 << 16


def check_max_memory(max_memory: Any) -> int:
    """The bytes that so many megabytes of --max-memory are. Raises ConfigError for what is no such number."""
    if type(max_memory) is not int or not 1 <= max_memory <= MOST_MEMORY:
        raise ConfigError(f"--max-memory {max_memory!r} cannot be used: give whole MB, from 1 to {MOST_MEMORY}")
    return max_memory * MEGABYTE


def check_memory(
    name: str,
    text: str,
    config: RunConfig,
    max_memory: Any,
    characters: str | None = None,
    remedy: str = "use a smaller --hidden-size or a text of fewer characters",
) -> None:
    """Raise CorpusError where the network for this text needs more memory than --max-memory allows.

    `characters` is the vocabulary where it is not made from the text; `remedy` is what helps besides the option. A
    network that no checkpoint could hold is refused whatever is allowed.
    """
    most = check_max_memory(max_memory)
    K = _most_distinct(text) if characters is None else len(characters)
    if characters is None and not _fits(K, config, most):
        K = distinct(text)
    if _fits(K, config, most):
        return
    what = f"{name} has {K:,} different characters: with {config.hidden_size:,} hidden units"
    if (size := state_bytes(K, config)) > MOST_CHECKPOINT_BYTES - _HEADER_BYTES:
        raise CorpusError(
            f"{what} a checkpoint takes {_megabytes(size):,} MB, more than the {MOST_CHECKPOINT_BYTES // MEGABYTE:,} "
            f"that are read back: {remedy}"
        )
    needed = _megabytes(training_bytes(K, config))
    raise CorpusError(
        f"{what} the network needs about {needed:,} MB of memory, more than {most // MEGABYTE:,} MB: {remedy}, or "
        f"allow it with --max-memory {needed}"
    )


def check_memory_of_check(
    name: str, text: str, hidden_size: int, seq_length: int, max_memory: Any, cell: str = "rnn", layers: int = 1
) -> None:
    """Raise CorpusError where the gradient check of a network for this text needs more than --max-memory allows."""
    most = check_max_memory(max_memory)
    sizes = (hidden_size, seq_length, cell, layers)
    K = _most_distinct(text)
    if _check_bytes(K, *sizes) > most:
        K = distinct(text)
    if (size := _check_bytes(K, *sizes)) > most:
        raise CorpusError(
            f"{name} has {K:,} different characters: with --hidden-size {hidden_size} and --seq-length {seq_length} "
            f"the check needs about {_megabytes(size):,} MB of memory, more than {most // MEGABYTE:,} MB: make one of "
            f"them smaller, or allow it with --max-memory {_megabytes(size)}"
        )


def parameters(K: int, m: int, cell: str = "rnn", layers: int = 1) -> int:
    """How many numbers theta is, of K characters and `layers` of m hidden units each."""
    gates, vectors, _ = SIZES[cell]
    every_layer = m * gates * m + gates * m + vectors * m
    return (K + (layers - 1) * m) * gates * m + layers * every_layer + m * K + K


def state_bytes(K: int, config: RunConfig) -> int:
    """The bytes of the arrays in a checkpoint: theta, the best models and the optimizer's slots."""
    return (2 + _SLOTS[config.optimizer] + bool(config.holdout)) * _vector_bytes(K, config)


def training_bytes(K: int, config: RunConfig) -> int:
    """The most bytes of arrays that training holds at a time, by what the trainer allocates.

    The state, the gradient and a scratch vector, a window's arrays (twice before the first update); and for a while a
    checkpoint that is written, read back and compared, or the gradient check.
    """
    rows, m = config.seq_length * config.batch_size, config.hidden_size
    row = _row(K, m, config.cell, config.layers) * _number_bytes(config)
    windows = 2 * rows * row + (_HELD_OUT_ROWS * row if config.holdout else 0)
    state = state_bytes(K, config)
    checked = min(m, _CHECKED_HIDDEN_SIZE), min(config.seq_length, _CHECKED_ROWS), config.cell, config.layers
    check = _check_bytes(K, *checked)
    return state + 2 * _vector_bytes(K, config) + windows + max(3 * state, check)


def distinct(text: str) -> int:
    """How many different characters the text has."""
    if len(text) > _LONG_TEXT:
        from tui_rnn.engine.vocabulary import Vocabulary  # imports NumPy

        return len(Vocabulary.from_text(text))
    seen: set[str] = set()
    for start in range(0, len(text), _CHUNK):
        seen.update(text[start : start + _CHUNK])
    return len(seen)


def _most_distinct(text: str) -> int:
    """At least as many as the text has different characters, found in a moment."""
    if text.isascii():
        return min(len(text), 128)
    return min(len(text), _CODE_POINTS)


def _fits(K: int, config: RunConfig, most: int) -> bool:
    return training_bytes(K, config) <= most and state_bytes(K, config) <= MOST_CHECKPOINT_BYTES - _HEADER_BYTES


def _check_bytes(K: int, m: int, T: int, cell: str, layers: int) -> int:
    """Of a gradient check: theta, its copies in float64 and in complex128, the gradient, and the window's arrays."""
    return 40 * parameters(K, m, cell, layers) + 24 * T * _row(K, m, cell, layers)


def _row(K: int, m: int, cell: str, layers: int) -> int:
    """Numbers that a window's arrays hold for each of its T B rows; between two layers a mask, and what it leaves."""
    return K + SIZES[cell].tape * m * layers + 2 * m * (layers - 1)


def _vector_bytes(K: int, config: RunConfig) -> int:
    return _number_bytes(config) * parameters(K, config.hidden_size, config.cell, config.layers)


def _number_bytes(config: RunConfig) -> int:
    return 8 if config.dtype == "float64" else 4


def _megabytes(size: int) -> int:
    return -(-size // MEGABYTE)
