"""The checkpoint file: a run's state, or a model alone, as safetensors bytes under a seal.

One metadata key holds the configuration, vocabulary and counters as sorted ASCII JSON, and in it a sha256 of the whole
file taken with that field zeroed: safetensors has no checksum of its own. Reading one runs no code, allocates no more
than the file's own size allows, and refuses whatever does not fit its configuration.
"""

import dataclasses
import functools
import hashlib
import json
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tui_rnn.engine import exact_json
from tui_rnn.engine.config import RunConfig, finite
from tui_rnn.engine.durable import write_atomically
from tui_rnn.engine.errors import CheckpointError, ConfigError, NotReadBack, shortened
from tui_rnn.engine.history import CAPACITY
from tui_rnn.engine.memory import MOST_CHECKPOINT_BYTES
from tui_rnn.engine.model import Model
from tui_rnn.engine.optimizers import slot_names
from tui_rnn.engine.parameters import Array
from tui_rnn.engine.regular import NotRegular, open_regular, size_of

FORMAT = 1
KEY = "tui_rnn"
MOST_BYTES = MOST_CHECKPOINT_BYTES
MOST_HEADER_BYTES = 16 << 20  # a vocabulary of every code point there is takes 15
MOST_MARKS = 20_000  # braces, brackets and commas; a state has some 300, and its paths may hold thousands
_UNSEALED = "0" * 64


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The content of a checkpoint.

    `arrays` are named theta.U, best.U, best_held_out.U, memory.U, …, hprev, history.steps, …
    """

    contents: str  # "state": all a resumed run needs; "model": theta alone, with the step and loss it had
    config: RunConfig
    vocabulary: str
    corpus_characters: int
    corpus_sha256: str
    step: int
    epochs: int
    position: int
    smooth_loss: float | None
    best_step: int
    best_smooth_loss: float | None
    elapsed_seconds: float
    sampled_step: int
    arrays: dict[str, Array]
    libraries: dict[str, str] = dataclasses.field(default_factory=lambda: libraries())
    # All None where nothing is held out, and before it is first measured
    held_out_loss: float | None = None  # nats a character, as last measured; None where that is no finite number
    held_out_updates: int | None = None  # made when it was measured
    best_held_out_step: int | None = None
    best_held_out_loss: float | None = None


def libraries() -> dict[str, str]:
    """What the last bits of a sum depend on: versions of NumPy and its BLAS, the machine, and what they make of it.

    A version does not tell which of its kernels a library takes on this processor, nor how many threads: `arithmetic`
    digests some products and functions of fixed numbers, so that machines which differ in a bit are told apart.
    """
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "arithmetic": _arithmetic(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas.get('name')} {blas.get('version')}",
        "machine": f"{sys.platform} {platform.machine()}",
    }


@functools.cache
def _arithmetic() -> str:
    numbers = np.linspace(-3, 3, 256 * 256).reshape(256, 256)
    digest = hashlib.sha256()
    A: Array
    for A in (numbers.astype(np.float32), numbers):
        for values in (A @ A, A[0] @ A, A[:25] @ A[:, :100], np.tanh(A), np.exp(A), np.sqrt(A * A), A.sum(axis=1)):
            digest.update(values.tobytes())
    return digest.hexdigest()[:16]


def seal(snapshot: Snapshot) -> bytes:
    """The bytes of a checkpoint file."""
    from safetensors.numpy import save as to_safetensors

    values: dict[str, Any] = {
        field.name: getattr(snapshot, field.name) for field in dataclasses.fields(Snapshot) if field.name != "arrays"
    }
    values.update(format=FORMAT, seal=_UNSEALED, config=snapshot.config.to_json())
    metadata = exact_json.dumps(values, sort_keys=True)
    # safetensors writes a transposed array wrongly and in silence
    tensors = {name: np.ascontiguousarray(array) for name, array in snapshot.arrays.items()}
    data = bytearray(to_safetensors(tensors, {KEY: metadata}))
    start = _seal_place(data)
    data[start : start + 64] = hashlib.sha256(data).hexdigest().encode()
    return bytes(data)


def save(path: Path, snapshot: Snapshot) -> None:
    """Seal the snapshot and write it atomically. Raises OSError."""
    write_atomically(path, seal(snapshot))


def load(path: str | Path) -> Snapshot:
    """Read and check a checkpoint file. Raises CheckpointError, one line, for whatever is not a whole and sound one."""
    try:
        return unseal(_read(Path(path)))
    except CheckpointError as error:
        raise CheckpointError(f"{path} {error}") from None


def unseal(data: bytes) -> Snapshot:
    """The snapshot in these bytes; raises CheckpointError, its message without a path."""
    values = _sealed_values(data)
    if values.pop("format", None) != FORMAT:
        raise CheckpointError("is of another checkpoint format: use the tui-rnn version that wrote it, or a newer one")
    try:
        snapshot = Snapshot(**{**values, "config": RunConfig.from_json(values.get("config")), "arrays": {}})
        _check_values(snapshot)
    except (TypeError, ValueError, ConfigError) as error:
        raise CheckpointError(f"holds values that fit no run ({shortened(error)}); {_REMEDY}") from None
    arrays = _arrays(data)
    _check_arrays(snapshot, arrays)
    return dataclasses.replace(snapshot, arrays=arrays)


_REMEDY = "use an earlier checkpoint of the run"


def check_seal(data: bytes, snapshot: Snapshot) -> None:
    """Raise NotReadBack unless these bytes, a file's that is to be written, give the snapshot back exactly."""
    if len(data) > MOST_BYTES:
        raise NotReadBack(f"its {len(data):,} bytes are more than any checkpoint that is read")
    try:
        _compare(unseal(data), snapshot)
    except CheckpointError as error:
        raise NotReadBack(_without_remedy(error)) from None


def check_file(path: Path, snapshot: Snapshot) -> None:
    """Raise NotReadBack unless this file, just written, gives the snapshot back exactly."""
    try:
        _compare(unseal(_read(path)), snapshot)
    except CheckpointError as error:
        raise NotReadBack(_without_remedy(error), path) from None


def _without_remedy(error: CheckpointError) -> str:
    return "it " + str(error).removesuffix(f"; {_REMEDY}")


def _compare(found: Snapshot, expected: Snapshot) -> None:
    """Raise CheckpointError at the first value or array that is not the same to the last bit."""
    for field in dataclasses.fields(Snapshot):
        if field.name != "arrays" and getattr(found, field.name) != getattr(expected, field.name):
            raise CheckpointError(f"gives back another {field.name}")
    if found.arrays.keys() != expected.arrays.keys():
        raise CheckpointError("gives back other arrays")
    for name, array in expected.arrays.items():
        back = found.arrays[name]
        if (back.dtype, back.shape) != (array.dtype, array.shape) or not np.array_equal(back, array):
            raise CheckpointError(f"gives back another {name}")


def _read(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            size = size_of(file)
            if size > MOST_BYTES:
                raise CheckpointError(f"has {size:,} bytes, more than any checkpoint: give the path of a checkpoint")
            _seal_place(file.read(min(size, 8 + MOST_HEADER_BYTES)), size)  # what is no checkpoint is not read whole
            file.seek(0)
            return file.read(size)
    except NotRegular as error:
        raise CheckpointError(f"is {error.kind}, not a regular file: give the path of a run or a checkpoint") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CheckpointError(f"cannot be read ({reason}): give the path of a run or a checkpoint") from None


def _header(data: bytes | bytearray, size: int | None = None) -> bytes:
    """The header of a file of `size` bytes that begins with these."""
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > min(MOST_HEADER_BYTES, (size or len(data)) - 8):
        raise CheckpointError("is cut short or not a checkpoint: give a run, or an earlier checkpoint of it")
    return bytes(data[8 : 8 + length])


def _seal_place(data: bytes | bytearray, size: int | None = None) -> int:
    """Where the 64 digits of the seal stand. In the header the metadata is a JSON string, so its quotes are escaped."""
    header = _header(data, size)
    mark = b'\\"seal\\": \\"'
    if header.count(mark) != 1:
        raise CheckpointError(f"has no seal, so it is not a checkpoint of tui-rnn; {_REMEDY}")
    return 8 + header.index(mark) + len(mark)


def _sealed_values(data: bytes) -> dict[str, Any]:
    """The metadata, once the seal is found to be that of these bytes."""
    start = _seal_place(data)
    unsealed = hashlib.sha256()
    unsealed.update(data[:start])
    unsealed.update(_UNSEALED.encode())
    unsealed.update(memoryview(data)[start + 64 :])
    if data[start : start + 64] != unsealed.hexdigest().encode():
        raise CheckpointError(f"is damaged: its seal is broken; {_REMEDY}")
    try:
        values = exact_json.loads(_parsed(_header(data).decode("ascii"))["__metadata__"][KEY], _parsed)
        del values["seal"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CheckpointError(f"has a header that is no checkpoint's; {_REMEDY}") from None
    return dict(values)


def _parsed(text: str) -> Any:
    """The JSON in this text, its cost bounded: ASCII takes a byte a character, and each value but one has a mark."""
    if not text.isascii() or sum(map(text.count, "{[,")) > MOST_MARKS:
        raise ValueError("not a header that was written by this program")
    return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key stands twice")
    return values


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _check_values(snapshot: Snapshot) -> None:
    """Raise ValueError for a field of the wrong kind or out of range."""
    if snapshot.contents not in ("state", "model"):
        raise ValueError(f"contents {snapshot.contents!r}")
    for name in ("vocabulary", "corpus_sha256"):
        if not isinstance(getattr(snapshot, name), str):
            raise ValueError(name)
    if not snapshot.vocabulary or any(map(str.__ge__, snapshot.vocabulary, snapshot.vocabulary[1:])):
        raise ValueError("the vocabulary does not ascend")
    for name in ("corpus_characters", "step", "epochs", "position", "best_step", "sampled_step"):
        value = getattr(snapshot, name)
        _check_count(name, value)
    for name in ("held_out_updates", "best_held_out_step"):
        if (value := getattr(snapshot, name)) is not None:
            _check_count(name, value)
    if (snapshot.best_held_out_step is None) != (snapshot.best_held_out_loss is None):
        raise ValueError("a best held-out loss without its step, or a step without its loss")
    if snapshot.position > snapshot.corpus_characters:
        raise ValueError(f"position {snapshot.position} of {snapshot.corpus_characters}")
    for name in ("smooth_loss", "best_smooth_loss", "elapsed_seconds", "held_out_loss", "best_held_out_loss"):
        value = getattr(snapshot, name)
        if not (value is None and name != "elapsed_seconds") and not finite(value):
            raise ValueError(f"{name} {value!r}")
    if not isinstance(snapshot.libraries, dict):
        raise ValueError("libraries")


def _check_count(name: str, value: Any) -> None:
    if type(value) is not int or not 0 <= value < 2**62:
        raise ValueError(f"{name} {value!r}")


def _arrays(data: bytes) -> dict[str, Array]:
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_safetensors

    try:
        return from_safetensors(data)
    except (SafetensorError, ValueError, TypeError, KeyError) as error:
        raise CheckpointError(f"holds arrays that cannot be read ({shortened(error)}); {_REMEDY}") from None


def _check_arrays(snapshot: Snapshot, arrays: dict[str, Array]) -> None:
    """Names, dtypes and shapes are those the configuration gives, and every number is finite."""
    config = snapshot.config
    shapes = Model(len(snapshot.vocabulary), config.hidden_size).shapes
    groups = ["theta"]
    expected: dict[str, tuple[tuple[int, ...], str]] = {}
    if snapshot.contents == "state":
        groups += ["best", *(["best_held_out"] if config.holdout else []), *slot_names(config.optimizer)]
        expected["hprev"] = ((config.batch_size, config.hidden_size), config.dtype)
        points = min(arrays["history.steps"].size if "history.steps" in arrays else 0, CAPACITY)
        for name in ("steps", "smooth", "lowest", "raw"):
            expected[f"history.{name}"] = ((points,), "int64" if name == "steps" else "float64")
        expected["history.pending"] = ((4,), "float64")
    for group in groups:
        expected.update({f"{group}.{name}": (shape, config.dtype) for name, shape in shapes.items()})
    found = {name: (array.shape, array.dtype.name) for name, array in arrays.items()}
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            raise CheckpointError(
                f"holds {shortened(name)} as {found.get(name)!a} where {expected.get(name)!a} belongs; {_REMEDY}"
            )
        if not np.isfinite(arrays[name]).all():
            raise CheckpointError(f"holds a number in {shortened(name)} that is not finite; {_REMEDY}")
