"""The folder where compiled loops are kept for the next process, under a seal. No NumPy, no numba.

Machine code that was damaged on the disk must not be run: the seal holds a sha256 of every file, and what does not fit
it is removed and compiled again.
"""

import contextlib
import functools
import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tui_rnn.engine.kernels.choice import version_of
from tui_rnn.storage.atomic import write_atomically

_SEAL = "seal.json"
_SOURCES = Path(__file__).parent / "compiled"


class KernelCache:
    """One folder for these sources, these versions of what compiles them, and this processor."""

    def __init__(self, base: Path) -> None:
        """`base` is the folder of all such folders; nothing is written yet."""
        self.folder = base / f"kernels-{_key()}"

    def holds(self, name: str) -> bool:
        """Whether what goes by this name was compiled before, and lies there as it was sealed."""
        return name in self._checked()

    @contextlib.contextmanager
    def compiling(self, name: str) -> Iterator[Path | None]:
        """The folder to keep machine code in, cleared of what is damaged; it is sealed at the end, with `name` in it.

        None where it cannot be written.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            names = self._checked(remove=True)
            self._seal(names)
        except OSError:
            yield None
            return
        yield self.folder
        with contextlib.suppress(OSError):
            self._seal({*names, name})

    def _checked(self, *, remove: bool = False) -> set[str]:
        """The names that were sealed, none where any file is not as it was then; such files are removed."""
        try:
            sealed = json.loads((self.folder / _SEAL).read_bytes())
            files, names = dict(sealed["files"]), set(map(str, sealed["names"]))
        except (OSError, ValueError, TypeError, KeyError):
            files, names = {}, set()
        found = dict(self._digests())
        damaged = {name for name, digest in found.items() if files.get(name) != digest}
        if remove:
            for name in damaged:
                (self.folder / name).unlink(missing_ok=True)
        return names if files == found else set()

    def _seal(self, names: Iterable[str]) -> None:
        sealed = {"files": dict(self._digests()), "names": sorted(names)}
        write_atomically(self.folder / _SEAL, json.dumps(sealed).encode())

    def _digests(self) -> Iterator[tuple[str, str]]:
        for path in sorted(self.folder.rglob("*")):
            if path.name != _SEAL and path.is_file():
                yield str(path.relative_to(self.folder)), hashlib.sha256(path.read_bytes()).hexdigest()


@functools.cache
def digest_of_sources() -> str:
    """A digest of the sources that are compiled."""
    found = hashlib.sha256()
    for path in sorted(_SOURCES.glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


@functools.cache
def _key() -> str:
    """A digest of the sources that are compiled, of what compiles them, and of the processor."""
    found = hashlib.sha256(digest_of_sources().encode())
    versions = [f"{name} {version_of(name)}" for name in ("numba", "llvmlite", "numpy")]
    found.update("\n".join([*versions, sys.version, platform.platform(), platform.processor(), _processor()]).encode())
    return found.hexdigest()[:16]


def _processor() -> str:
    """What Linux says that the first processor is and can do."""
    try:
        first = Path("/proc/cpuinfo").read_text().split(2 * os.linesep)[0]
    except OSError:
        return ""
    return "\n".join(line for line in first.splitlines() if line.startswith(("model name", "flags", "Features")))


_base: list[Path] = []


def keep_in(base: Path | None) -> None:
    """From now on keep compiled loops under this folder; None: nowhere, as it is at first."""
    _base[:] = [] if base is None else [base]


def cache() -> KernelCache | None:
    """Where compiled loops are kept; None: nowhere."""
    return KernelCache(_base[0]) if _base else None
