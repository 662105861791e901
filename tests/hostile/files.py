"""Files that no run wrote, made to be taken for a checkpoint: each maker puts one at a path."""

import gzip
import io
import json
import os
import pickle
import socket
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.laws.forger import MARK, SOUND, forged, sealed
from tui_rnn.engine.checkpoint import FORMAT

MARKER = "executed"  # the file that a pickle makes where it is loaded


class _Executed:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (MARKER,)


def _pickle(protocol: int) -> Callable[[Path], Any]:
    return lambda path: path.write_bytes(pickle.dumps(_Executed(), protocol))


def _zip(name: str) -> Callable[[Path], Any]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as file:
            file.writestr(name, pickle.dumps(_Executed()))
            file.writestr("archive/version", b"3\n")

    return make


def _npz(path: Path) -> None:
    with open(path, "wb") as file:
        np.savez(file, theta=np.array([_Executed()], dtype=object))


def _npy(path: Path) -> None:
    with open(path, "wb") as file:
        np.save(file, np.array([_Executed()], dtype=object))


def _tar(path: Path) -> None:
    with tarfile.open(path, "w") as file:
        file.addfile(tarfile.TarInfo("../" + MARKER), io.BytesIO())


def _sparse(size: int, *parts: tuple[int, bytes]) -> Callable[[Path], Any]:
    """A file of this size that takes hardly any room, with these bytes at these places."""

    def make(path: Path) -> None:
        with open(path, "wb") as file:
            file.truncate(size)
            for place, data in parts:
                file.seek(place)
                file.write(data)

    return make


def _length(header: int) -> tuple[int, bytes]:
    return 0, header.to_bytes(8, "little")


def _headed(header: bytes, body: bytes = b"") -> Callable[[Path], Any]:
    """A file with this header, under a right seal where there is room for one."""
    return lambda path: path.write_bytes(sealed(len(header).to_bytes(8, "little") + header + body))


def _inner(text: str) -> bytes:
    """A header whose one metadata value is this text, the seal's place in front of it."""
    seal = '"seal": "' + "0" * 64 + '"'
    return json.dumps({"__metadata__": {"tui_rnn": text.replace("SEAL", seal)}}).encode()


def _seal_in_outer(text: bytes) -> bytes:
    return b'{"__metadata__": {"note": "' + MARK + b"0" * 64 + b'\\""}, "x": ' + text + b"}"


def _forged(**how: Any) -> Callable[[Path], Any]:
    return lambda path: path.write_bytes(forged(SOUND, **how))


def _set(**values: Any) -> Callable[[Path], Any]:
    return _forged(values=lambda inner: inner.update(values))


def _config(**settings: Any) -> Callable[[Path], Any]:
    return _forged(values=lambda inner: inner["config"].update(settings))


def _tensor(**entry: Any) -> Callable[[Path], Any]:
    return _forged(header=lambda header: header["theta.U"].update(entry))


def _number(number: float) -> Callable[[Path], Any]:
    return _forged(body=lambda body: body[:-4] + np.float32(number).tobytes())


def _escaped(text: str) -> bytes:
    return "".join(f"\\u{ord(character):04x}" for character in text).encode()


def _large(made: Callable[[], Callable[[Path], Any]]) -> Callable[[Path], Any]:
    """What takes megabytes is made once it is used."""
    return lambda path: made()(path)


MB = 1 << 20
FILES: dict[str, Callable[[Path], Any]] = {
    **{f"pickle {protocol}": _pickle(protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)},
    "zip": _zip("x"),
    "torch's zip": _zip("archive/data.pkl"),
    "npz of objects": _npz,
    "npy of objects": _npy,
    "tar": _tar,
    "gzip": lambda path: path.write_bytes(gzip.compress(SOUND)),
    "empty": lambda path: path.touch(),
    "seven bytes": lambda path: path.write_bytes(b"\0" * 7),
    "a shell script": lambda path: path.write_bytes(b"#!/bin/sh\nmkdir executed\n"),
    "header of 2^63": _sparse(100, _length(2**63)),
    "header of 2^64 - 1": _sparse(100, _length(2**64 - 1)),
    "header of 100 MB": _sparse(120 * MB, _length(100 * MB)),
    "header of 16 MB of NULs": _sparse(120 * MB, _length(16 * MB)),
    "16 MB of one string": _large(lambda: _headed(_seal_in_outer(b'"' + b"a" * (15 * MB) + b'"'))),
    "16 MB of one wide string": _large(lambda: _headed(_seal_in_outer(b'"\\ud83d\\ude00' + b"a" * (15 * MB) + b'"'))),
    "16 MB of one wide string within": _large(
        lambda: _headed(_inner('{SEAL, "vocabulary": "😀' + "a" * (15 * MB) + '"}'))
    ),
    "16 MB of raw UTF-8": _large(lambda: _headed(_seal_in_outer(b'"' + "😀".encode() * (3 * MB) + b'"'))),
    "16 MB of contents": _large(lambda: _set(contents="w" * (15 * MB))),
    "16 MB of a value's name": _large(lambda: _set(**{"w" * (15 * MB): 1})),
    "16 MB of a setting's name": _large(lambda: _config(**{"w" * (15 * MB): 1})),
    "16 MB of a tensor's name": _large(
        lambda: _forged(header=lambda header: header.update({"w" * (15 * MB): header.pop("theta.U")}))
    ),
    "a million digits": _large(lambda: _headed(_seal_in_outer(b"1" * 1_000_000))),
    "a million digits within": _large(lambda: _headed(_inner("{SEAL, " + '"step": ' + "1" * 1_000_000 + "}"))),
    "nested lists": _large(lambda: _headed(_seal_in_outer(b"[" * 1_000_000))),
    "nested objects": _large(lambda: _headed(_seal_in_outer(b'{"a":' * 1_000_000))),
    "nested and closed": _headed(_seal_in_outer(b"[" * 9_000 + b"]" * 9_000)),
    "nested within": _large(lambda: _headed(_inner("{SEAL, " + '"a": ' + "[" * 1_000_000 + "}"))),
    "nested and closed within": _headed(_inner("{SEAL, " + '"a": ' + "[" * 9_000 + "]" * 9_000 + "}")),
    "nested within, escaped": _large(
        lambda: _headed(
            b'{"__metadata__": {"tui_rnn": "{'
            + MARK
            + b"0" * 64
            + b'\\", \\"a\\": '
            + _escaped("[],") * 800_000
            + b'}"}}'
        )
    ),
    "five million lists": _large(lambda: _headed(_seal_in_outer(b"[" + b"[]," * 5_000_000 + b"0]"))),
    "five million lists within": _large(
        lambda: _headed(_inner("{SEAL, " + '"libraries": [' + "[]," * 5_000_000 + "0]}"))
    ),
    "a million keys": _large(
        lambda: _headed(_seal_in_outer(json.dumps({str(n): n for n in range(1_000_000)}).encode()))
    ),
    "a hundred thousand tensors": _large(
        lambda: _headed(
            _seal_in_outer(
                b"0,"
                + json.dumps(
                    {f"t{n}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for n in range(100_000)}
                ).encode()[1:-1]
            )
        )
    ),
    "a key twice": _forged(text=lambda text: text.replace(b'\\"step\\": 3', b'\\"step\\": 2, \\"step\\": 3')),
    "shape beyond any integer": _tensor(shape=[2**40, 2**40]),
    "shape that wraps around": _tensor(shape=[2**32, 2**32 + 1, 2**32]),
    "shape of nothing": _tensor(shape=[2**40, 0]),
    "shape below nothing": _tensor(shape=[-1, -2]),
    "shape of a thousand dimensions": _tensor(shape=[2] + [1] * 1000),
    "shape of a hundred digits": _tensor(shape=[10**100]),
    "offsets that wrap around": _tensor(data_offsets=[2**64 - 8, 2**64 - 1]),
    "offsets backwards": _tensor(data_offsets=[8, 0]),
    "wrong dtype": _tensor(dtype="I32"),
    "unknown dtype": _tensor(dtype="F31"),
    "float64 of half the shape": _tensor(dtype="F64", shape=[1, 1]),
    "m = 10^9": _config(hidden_size=10**9),
    "m = 8192": _config(hidden_size=8192),
    "K of all characters": _large(lambda: _set(vocabulary="".join(map(chr, range(0x110000))))),
    "T and B huge": _config(seq_length=10_000, batch_size=65_536),
    "B huge": _config(batch_size=65_536),
    "steps huge": _config(steps=10**30),
    "sample length huge": _config(sample_length=10**9),
    "sample never": _config(sample_every=10**13),
    "checkpoint never": _config(checkpoint_every=0),
    "NaN": _number(np.nan),
    "infinity": _number(np.inf),
    "NaN among the values": _set(smooth_loss=float("nan")),
    "newer format": _set(format=FORMAT + 1),
    "another file's arrays": lambda path: path.write_bytes(sealed(SOUND[:-40] + b"\0" * 40)),
}
SPECIAL: dict[str, Callable[[Path], Any]] = {
    "named pipe": lambda path: os.mkfifo(path),
    "socket": lambda path: _socket(path),
    "folder": lambda path: path.mkdir(),
    "link to itself": lambda path: path.symlink_to(path.name),
    "link to nowhere": lambda path: path.symlink_to("nowhere"),
    "two links in a loop": lambda path: (path.symlink_to(path.name + "2"), Path(f"{path}2").symlink_to(path.name)),
    **{
        f"link to {name}": lambda path, name=name: path.symlink_to(name)
        for name in ("/dev/zero", "/dev/full", "/dev/random", "/dev/tty", "/dev/stdin", "/proc/self/mem", "/proc/kmsg")
        if os.path.exists(name)
    },
    "5 GB": _sparse(5 << 30),
    "4 GB": _sparse(4 << 30),
    "4 GB with a sound beginning": _sparse(4 << 30, (0, SOUND[:64])),
    "unreadable": lambda path: (path.write_bytes(SOUND), path.chmod(0)),
}


def _socket(path: Path) -> None:
    here = os.open(".", os.O_RDONLY)
    os.chdir(path.parent)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path.name)
    finally:
        os.chdir(here)
        os.close(here)


def put(make: Callable[[Path], Any], path: Path) -> int:
    """Have this file made at the path in place of what is there; its size in bytes, 0 where it has none."""
    path.unlink(missing_ok=True)
    make(path)
    return path.stat().st_size if path.is_file() else 0
