"""A disk that crashes: what was written to a real folder, recorded call by call, and what could be left of it.

As the crash tests of SQLite and ALICE do, it assumes the least: a file's content is safe once the file was synced, a
name once its folder was, and everything else is kept, lost or spoiled independently, in any order. A rename is a new
name and an old one taken away, each on its own; only a name itself always means one file or another.

A crash in the midst of a call leaves nothing that one after it could not: it is synced by no one yet.
"""

import itertools
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tui_rnn.storage.files import Files

FOLDER = -1  # in the place of a file's number
SPOILED = ("kept", "lost", "half", "zeros", "garbage", "last byte")  # what becomes of a content that was not synced


@dataclass(frozen=True, slots=True)
class Call:
    """One call that changed the disk, as it was recorded."""

    name: str
    path: str = ""
    other: str = ""  # the target of a replace
    file: int = 0  # the file's number
    data: bytes = b""


class Recorded(Files):
    """Does what it is told on the real disk, in one folder, and remembers it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls: list[Call] = []
        self._open: dict[int, int] = {}
        self._numbers = itertools.count(1)
        self._files: dict[str, int] = {}  # by path
        self.before = Disk()  # what was in the folder, which is safe
        for path in sorted(folder.rglob("*")):
            name = self.inside(path)
            self.before.names[name] = FOLDER
            if path.is_file():
                self._files[name] = self.before.names[name] = next(self._numbers)
                self.before.files[self._files[name]] = File(path.read_bytes())

    def create(self, path: Path) -> int:
        return self._opened("create", path, super().create(path))

    def open_to_append(self, path: Path) -> int:
        return self._opened("open" if path.exists() else "create", path, super().open_to_append(path))

    def write(self, descriptor: int, data: memoryview) -> int:
        taken = super().write(descriptor, data)
        self.calls.append(Call("write", file=self._open[descriptor], data=bytes(data[:taken])))
        return taken

    def sync(self, descriptor: int) -> None:
        super().sync(descriptor)
        self.calls.append(Call("sync", file=self._open[descriptor]))

    def replace(self, source: Path, target: Path) -> None:
        super().replace(source, target)
        self._files[self.inside(target)] = self._files.pop(self.inside(source))
        self.calls.append(Call("replace", self.inside(source), self.inside(target)))

    def unlink(self, path: Path) -> None:
        super().unlink(path)
        self.calls.append(Call("unlink", self.inside(path)))

    def make_folder(self, path: Path) -> None:
        super().make_folder(path)
        self.calls.append(Call("make_folder", self.inside(path)))

    def sync_folder(self, path: Path) -> None:
        super().sync_folder(path)
        self.calls.append(Call("sync_folder", self.inside(path)))

    def inside(self, path: Path) -> str:
        return os.path.relpath(path, self.folder)

    def _opened(self, how: str, path: Path, descriptor: int) -> int:
        name = self.inside(path)
        if how != "open":
            self._files[name] = next(self._numbers)
            self.calls.append(Call(how, name, file=self._files[name]))
        self._open[descriptor] = self._files[name]
        return descriptor


@dataclass(slots=True)
class File:
    """What is on disk of a file for sure, and what was written since: after it or, where it was emptied, instead."""

    safe: bytes = b""
    emptied: bool = False
    new: bytes = b""

    def now(self, how: str, rng: random.Random) -> bytes:
        """Its content after a crash."""
        n = len(self.new)
        match how:
            case "kept":
                new = self.new
            case "lost":
                return self.safe
            case "half":
                new = self.new[: rng.randrange(n) if n else 0]
            case "zeros":
                new = bytes(n)
            case "garbage":
                new = rng.randbytes(n)
            case _:
                new = self.new[: n - 1] + bytes(min(n, 1))
        return new if self.emptied else self.safe + new


@dataclass(slots=True)
class Disk:
    """What the calls so far have put on it for sure, and what they have not."""

    names: dict[str, int] = field(default_factory=dict)  # safe: of files, and FOLDER
    changes: list[tuple[str, int | None]] = field(default_factory=list)  # of names, not synced; None: taken away
    files: dict[int, File] = field(default_factory=dict)

    def take(self, call: Call) -> None:
        """Let one more call happen."""
        match call.name:
            case "create":
                self.files[call.file] = File()
                self.changes.append((call.path, call.file))
            case "empty":
                self.files[call.file].emptied, self.files[call.file].new = True, b""
            case "write":
                self.files[call.file].new += call.data
            case "sync":
                self.files[call.file] = File(self.files[call.file].now("kept", random.Random()))
            case "replace":
                self.changes += [(call.other, self._now()[call.path]), (call.path, None)]
            case "unlink":
                self.changes.append((call.path, None))
            case "make_folder":
                self.changes.append((call.path, FOLDER))
            case "sync_folder":
                here = [change for change in self.changes if (os.path.dirname(change[0]) or ".") == call.path]
                self.changes = [change for change in self.changes if change not in here]
                _apply(self.names, here)

    def crashes(self, rng: random.Random, draws: int) -> Iterator[dict[str, bytes | None]]:
        """What can be left after a crash now, by path (a folder: None): the small choices all, then some at random."""
        unsafe = [number for number, file in self.files.items() if file.new or file.emptied]
        n = len(self.changes)
        if n <= 4:
            choices = [*itertools.product((True, False), repeat=n)]
        else:  # one alone is lost, or kept
            choices = [tuple((i == one) is kept for i in range(n)) for one in range(n) for kept in (True, False)]
        for keep in choices:
            for how in SPOILED if unsafe else SPOILED[:1]:
                yield self._left(keep, dict.fromkeys(unsafe, how), rng)
        for _ in range(draws):
            yield self._left(
                [rng.random() < 0.5 for _ in self.changes], {number: rng.choice(SPOILED) for number in unsafe}, rng
            )

    def _left(
        self, keep: "tuple[bool, ...] | list[bool]", how: dict[int, str], rng: random.Random
    ) -> dict[str, bytes | None]:
        names = dict(self.names)
        _apply(names, [change for change, kept in zip(self.changes, keep, strict=True) if kept])
        left: dict[str, bytes | None] = {}
        for path, number in names.items():
            folders = [str(folder) for folder in Path(path).parents][:-1]
            if all(names.get(folder) == FOLDER for folder in folders):
                left[path] = None if number == FOLDER else self.files[number].now(how.get(number, "kept"), rng)
        return left

    def _now(self) -> dict[str, int]:
        names = dict(self.names)
        _apply(names, self.changes)
        return names


def _apply(names: dict[str, int], changes: list[tuple[str, int | None]]) -> None:
    for path, number in changes:
        if number is None:
            names.pop(path, None)
        else:
            names[path] = number


def put_back(left: dict[str, bytes | None], folder: Path) -> None:
    """Make what a crash left a real folder."""
    folder.mkdir(exist_ok=True)
    for path, data in sorted(left.items()):  # a folder comes before what is in it
        if data is None:
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(data)
