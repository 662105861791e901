"""The report's folder: its files replaced one by one and whole, nobody else's file ever touched.

`report.json` lists what tui-rnn wrote there and the sha256 of each file. A file that is not on the list, or was changed
since, is somebody's work: it is never replaced.
"""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from tui_rnn.engine import exact_json
from tui_rnn.engine.errors import RunError
from tui_rnn.storage.atomic import write_atomically
from tui_rnn.storage.safe_open import open_regular

MANIFEST = "report.json"
_MOST_BYTES = 1 << 20  # of the manifest
_WRITER = "tui-rnn report"


def check(folder: Path, names: Iterable[str]) -> None:
    """Raise RunError where a file of one of these names stands in the folder that `write` may not replace."""
    try:
        _check(folder, names)
    except OSError as error:
        raise _refused(folder, error) from None


def _check(folder: Path, names: Iterable[str]) -> None:
    written = _written(folder)
    for name in names:
        path = folder / name
        if not path.is_symlink() and not path.exists():
            continue
        if name not in written:
            raise RunError(f"{path} is not a report's own file: name another folder with -o, or move the file away")
        if path.is_symlink() or not path.is_file() or _sha256(path) not in written[name]:
            raise RunError(
                f"{path} was changed since tui-rnn wrote it: name another folder with -o, or move the file away"
            )


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put the files into the folder in place of an earlier report's. Raises RunError, with no file half written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check(folder, files)
        before = _written(folder)
        new = {name: [hashlib.sha256(data).hexdigest()] for name, data in files.items()}
        # Both sums count until all is done: a crash in between leaves files that are still known as a report's own.
        _list(folder, {name: [*before.get(name, []), *new.get(name, [])] for name in {**before, **new}})
        for name, data in files.items():
            write_atomically(folder / name, data)
        for name in before.keys() - new.keys():  # the earlier report had a figure that this one has not
            path = folder / name
            if path.is_file() and not path.is_symlink() and _sha256(path) in before[name]:
                path.unlink()
        _list(folder, new)
    except OSError as error:
        raise _refused(folder, error) from None


def _refused(folder: Path, error: OSError) -> RunError:
    reason = error.strerror or str(error)
    return RunError(f"{folder} cannot be written ({reason}): make room, or name another folder with -o")


def _list(folder: Path, files: Mapping[str, list[str]]) -> None:
    """Write the manifest, unless a file of its name is somebody else's."""
    path = folder / MANIFEST
    if (path.exists() or path.is_symlink()) and _read(path) is None:
        raise RunError(f"{path} is not a report's own file: name another folder with -o, or move the file away")
    content = {"written_by": _WRITER, "files": dict(sorted(files.items()))}
    write_atomically(path, (exact_json.dumps(content, indent=2) + "\n").encode())


def _written(folder: Path) -> dict[str, list[str]]:
    """The sums of the files that reports wrote here, by name."""
    return (_read(folder / MANIFEST) or {}) if (folder / MANIFEST).is_file() else {}


def _read(path: Path) -> dict[str, list[str]] | None:
    """The manifest's list; None where it is no manifest."""
    with suppress(OSError, ValueError, RecursionError):
        with open_regular(path) as file:
            content = exact_json.loads(file.read(_MOST_BYTES))
        if (
            isinstance(content, dict)
            and content.get("written_by") == _WRITER
            and isinstance(content.get("files"), dict)
        ):
            return {
                name: [each for each in sums if isinstance(each, str)]
                for name, sums in content["files"].items()
                if isinstance(sums, list) and Path(name).name == name
            }
    return None


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
