"""A sound checkpoint, and a forger: any content under a right seal, made from the format's description alone."""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.small import small_trainer, trained
from tui_rnn.engine.checkpoint import Snapshot, seal, state_snapshot, unseal
from tui_rnn.engine.errors import CheckpointError

# Of one hidden unit and two characters, after three updates: about 2,700 bytes.
SOUND = seal(state_snapshot(trained(small_trainer(text="abba" * 3, hidden_size=1, seq_length=2), 3)))
MARK = b'\\"seal\\": \\"'


def forged(
    data: bytes,
    *,
    values: Callable[[dict[str, Any]], Any] = lambda values: None,
    header: Callable[[dict[str, Any]], Any] = lambda header: None,
    text: Callable[[bytes], bytes] = lambda text: text,
    body: Callable[[bytes], bytes] = lambda body: body,
) -> bytes:
    """The checkpoint `data` with its values, its header, the header's bytes or its arrays changed, and sealed again."""
    length = int.from_bytes(data[:8], "little")
    head, arrays = json.loads(data[8 : 8 + length]), data[8 + length :]
    inner = json.loads(head["__metadata__"]["tui_rnn"])
    inner["seal"] = "0" * 64
    values(inner)
    head["__metadata__"]["tui_rnn"] = json.dumps(inner, sort_keys=True)
    header(head)
    written = text(json.dumps(head).encode())
    return sealed(len(written).to_bytes(8, "little") + written + body(arrays))


def sealed(file: bytes) -> bytes:
    """The file with the sha256 of itself, taken with 64 zeros in the seal's place, put in that place."""
    unsealed = MARK + b"0" * 64
    return file.replace(unsealed, MARK + hashlib.sha256(file).hexdigest().encode())


def resealed(data: bytes) -> bytes:
    """These bytes, a checkpoint's that were changed anywhere, under a right seal where they still have one place."""
    if data.count(MARK) != 1:
        return data
    start = data.index(MARK) + len(MARK)
    return sealed(data[:start] + b"0" * 64 + data[start + 64 :])


def refused(data: bytes) -> str | None:
    """The message, one printable line, with which these bytes are refused; None where they load."""
    message = None
    try:
        unseal(data)
    except CheckpointError as error:
        message = str(error)
    assert message is None or (message.isprintable() and len(message) < 2000)
    return message


def assert_same(found: Snapshot, expected: Snapshot) -> None:
    for field in dataclasses.fields(Snapshot):
        if field.name != "arrays":
            assert getattr(found, field.name) == getattr(expected, field.name), field.name
    assert found.arrays.keys() == expected.arrays.keys()
    for name, array in expected.arrays.items():
        assert found.arrays[name].dtype == array.dtype, name
        assert np.array_equal(found.arrays[name], array), name
