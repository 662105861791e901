"""The checkpoint file: a run's state, or a model alone, as safetensors bytes under a seal.

One metadata key holds the configuration, vocabulary and counters as sorted ASCII JSON, and in it a sha256 of the whole
file taken with that field zeroed: safetensors has no checksum of its own. Reading one runs no code, allocates no more
than the file's own size allows, and refuses whatever does not fit its configuration.
"""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tui_rnn.engine import exact_json
from tui_rnn.engine.arithmetic import libraries
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.errors import CheckpointError, ConfigError, NotReadBack, shortened
from tui_rnn.engine.kinds import CheckpointKind
from tui_rnn.engine.memory import MOST_CHECKPOINT_BYTES
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.state import TrainingState, capture, layout, model_arrays, restore, state_arrays
from tui_rnn.engine.trainer import Trainer
from tui_rnn.storage.atomic import write_atomically
from tui_rnn.storage.safe_open import NotRegular, open_regular, size_of

FORMAT = 2  # format 1 is read as well
KEY = "tui_rnn"
MOST_BYTES = MOST_CHECKPOINT_BYTES
MOST_HEADER_BYTES = 16 << 20  # a vocabulary of every code point there is takes 15
MOST_MARKS = 20_000  # braces, brackets and commas; a state has some 300, and its paths may hold thousands
_UNSEALED = "0" * 64
_IN_FORMAT_1 = (
    *("step", "epochs", "position", "smooth_loss", "best_step", "best_smooth_loss"),
    *("sampled_step", "elapsed_seconds"),
)
_HELD_OUT_IN_FORMAT_1 = ("held_out_loss", "held_out_updates", "best_held_out_step", "best_held_out_loss")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The content of a checkpoint.

    `arrays` are named theta.U, best.U, best_held_out.U, memory.U, …, state, history.steps, …
    """

    contents: str  # "state": all a resumed run needs; "model": theta alone, with the step and loss it had
    config: RunConfig
    vocabulary: str
    corpus_characters: int
    corpus_sha256: str
    state: TrainingState
    arrays: dict[str, Array]
    libraries: dict[str, str] = dataclasses.field(default_factory=libraries)


def state_snapshot(trainer: Trainer, elapsed_seconds: float = 0.0) -> Snapshot:
    """All a resumed run needs, by reference: to be sealed before the next update. Raises Diverged if not finite."""
    return _snapshot(trainer, "state", state_arrays(trainer), capture(trainer, elapsed_seconds))


def best_snapshot(trainer: Trainer, kind: CheckpointKind, elapsed_seconds: float = 0.0) -> Snapshot:
    """The best model of this kind alone, by reference. Raises Diverged where it is not finite."""
    best = trainer.best_models()[kind]
    arrays = model_arrays(trainer, best.theta)
    # The smooth loss that the best by held-out loss had is not kept: best_held_out_loss is what it was chosen by.
    smooth_loss = best.loss if kind == CheckpointKind.BEST else None
    state = dataclasses.replace(capture(trainer, elapsed_seconds), step=best.step or 0, smooth_loss=smooth_loss)
    return _snapshot(trainer, "model", arrays, state)


def resumed_trainer(snapshot: Snapshot, corpus: Corpus) -> Trainer:
    """A trainer that goes on exactly where the one of this snapshot stood, on the same corpus."""
    config = snapshot.config
    shapes = Model.from_config(config, len(corpus.vocabulary)).shapes
    trainer = Trainer(config, corpus, Parameters(shapes, config.dtype))
    restore(trainer, snapshot.state, snapshot.arrays)
    return trainer


def _snapshot(trainer: Trainer, contents: str, arrays: dict[str, Array], state: TrainingState) -> Snapshot:
    corpus = trainer.corpus
    config, vocabulary = trainer.config, corpus.vocabulary.characters
    made_by = libraries(config.kernel)
    return Snapshot(contents, config, vocabulary, len(corpus), corpus.sha256, state, arrays, made_by)


def seal(snapshot: Snapshot) -> bytes:
    """The bytes of a checkpoint file."""
    from safetensors.numpy import save as to_safetensors

    values: dict[str, Any] = {
        field.name: getattr(snapshot, field.name) for field in dataclasses.fields(Snapshot) if field.name != "arrays"
    }
    state = dataclasses.asdict(snapshot.state)
    values.update(format=FORMAT, seal=_UNSEALED, config=snapshot.config.to_json(), state=state)
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
    """Read and check a checkpoint file. Raises CheckpointError, one line, unless it is whole and sound."""
    try:
        return unseal(_read(Path(path)))
    except CheckpointError as error:
        raise CheckpointError(f"{path} {error}") from None


def unseal(data: bytes) -> Snapshot:
    """The snapshot in these bytes; raises CheckpointError, its message without a path."""
    values = _sealed_values(data)
    if (written_as := values.pop("format", None)) not in (1, FORMAT):
        raise CheckpointError("is of another checkpoint format: use the tui-rnn version that wrote it, or a newer one")
    try:
        if written_as == 1:
            values = _from_format_1(values)
        state = TrainingState(**values.pop("state"))
        config = RunConfig.from_json(values.pop("config", None))
        snapshot = Snapshot(**values, config=config, state=state, arrays={})
        _check_values(snapshot)
    except (KeyError, TypeError, ValueError, ConfigError) as error:
        raise CheckpointError(f"holds values that fit no run ({shortened(error)}); {_REMEDY}") from None
    arrays = _arrays(data)
    if written_as == 1 and "hprev" in arrays:
        arrays["state"] = arrays.pop("hprev")
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
    """The metadata, after the seal was found to fit these bytes."""
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
    if type(snapshot.corpus_characters) is not int or not 0 <= snapshot.corpus_characters < 2**62:
        raise ValueError(f"corpus_characters {snapshot.corpus_characters!r}")
    snapshot.state.check(snapshot.config)
    if snapshot.state.position > snapshot.corpus_characters:
        raise ValueError(f"position {snapshot.state.position} of {snapshot.corpus_characters}")
    if not isinstance(snapshot.libraries, dict):
        raise ValueError("libraries")


def _from_format_1(values: dict[str, Any]) -> dict[str, Any]:
    """The metadata of format 1 in today's form: in format 1 the state's fields stood beside the others."""
    state = {name: values.pop(name) for name in _IN_FORMAT_1}
    state |= {name: values.pop(name, None) for name in _HELD_OUT_IN_FORMAT_1}  # not there in the first ones
    if state["best_smooth_loss"] is None and state["best_step"] == 0:
        state["best_step"] = None
    return {**values, "state": {**state, "adjusted": {}}}


def _arrays(data: bytes) -> dict[str, Array]:
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_safetensors

    try:
        return from_safetensors(data)
    except (SafetensorError, ValueError, TypeError, KeyError) as error:
        raise CheckpointError(f"holds arrays that cannot be read ({shortened(error)}); {_REMEDY}") from None


def _check_arrays(snapshot: Snapshot, arrays: dict[str, Array]) -> None:
    """Names, dtypes and shapes are those the configuration gives, and every number is finite."""
    points = None
    if snapshot.contents == "state":
        points = arrays["history.steps"].size if "history.steps" in arrays else 0
    expected = layout(snapshot.config, len(snapshot.vocabulary), points)
    found = {name: (array.shape, array.dtype.name) for name, array in arrays.items()}
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            raise CheckpointError(
                f"holds {shortened(name)} as {found.get(name)!a} where {expected.get(name)!a} belongs; {_REMEDY}"
            )
        if not np.isfinite(arrays[name]).all():
            raise CheckpointError(f"holds a number in {shortened(name)} that is not finite; {_REMEDY}")
