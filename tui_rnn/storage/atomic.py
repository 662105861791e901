"""Write a file so that a crash at any moment leaves the previous one or the new one, whole."""

import errno
import itertools
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tui_rnn.storage.files import SYSTEM, Files


def write_atomically(path: Path, data: bytes, files: Files = SYSTEM) -> None:
    """Put `data` at `path`; on return it is on disk. Raises OSError, with the old file or the new one there, whole.

    Written to a temporary file in the same folder, synced, renamed over the target, the folder synced. Where only the
    last fails the new file has taken the name, but a crash could still bring the old one back: that is an error too.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")  # found again by remove_leftovers
    try:
        _write(temporary, data, files)
    except FileExistsError:  # left by a process that had this one's id, and was killed
        files.unlink(temporary)
        _write(temporary, data, files)
    try:
        files.replace(temporary, path)
    except BaseException:
        _try_to_unlink(temporary, files)
        raise
    files.sync_folder(path.parent)


def remove_leftovers(folder: Path, names: re.Pattern[str], files: Files = SYSTEM) -> None:
    """Remove what write_atomically left beside files of these names when its process was killed.

    Call it only where no other process writes (a locked run). No link is followed; a file that cannot be removed stays.
    """
    with suppress(OSError):
        for path in [] if folder.is_symlink() else [*folder.iterdir()]:
            left = re.fullmatch(r"\.(.+)\.\d+\.tmp", path.name)
            if left and names.fullmatch(left[1]) and path.is_file() and not path.is_symlink():
                _try_to_unlink(path, files)


def write_new(path: Path, data: bytes, files: Files = SYSTEM) -> None:
    """Put `data` at `path`, where nothing is yet; on return it is on disk. Raises OSError, with nothing left there."""
    _write(path, data, files)
    try:
        files.sync_folder(path.parent)
    except BaseException:
        _try_to_unlink(path, files)
        raise


def write_numbered(stem: Path, suffix: str, data: bytes, files: Files = SYSTEM) -> Path:
    """As write_new, to the first of `numbered` that is not taken; that path."""
    for path in numbered(stem, suffix):
        with suppress(FileExistsError):
            write_new(path, data, files)
            break
    return path


def numbered(stem: Path, suffix: str = "") -> Iterator[Path]:
    """The path stem + suffix, and then, without end, those with -2, -3, … between the two."""
    yield stem.with_name(stem.name + suffix)
    for number in itertools.count(2):
        yield stem.with_name(f"{stem.name}-{number}{suffix}")


def write_whole(descriptor: int, data: bytes, files: Files = SYSTEM) -> None:
    """Write all of `data`, however little the system takes at a time. Raises OSError."""
    left = memoryview(data)
    while left:
        taken = files.write(descriptor, left)
        if taken <= 0:
            raise OSError(errno.EIO, "a write took nothing")
        left = left[taken:]


def make_folder(path: Path, files: Files = SYSTEM) -> list[Path]:
    """Make the folder, and those above it that are missing; on return their names are on disk.

    Returns the ones that were made, the outermost first. Raises OSError, with those removed again.
    """
    made: list[Path] = []
    try:
        missing = [folder for folder in path.parents if not folder.is_dir()]
        for folder in (*reversed(missing), path):
            try:
                files.make_folder(folder)
                made.append(folder)
            except FileExistsError:
                if not folder.is_dir():
                    raise
            files.sync_folder(folder.parent)  # also where it existed: its maker may have died before this
    except BaseException:
        remove_folders(made, files)
        raise
    return made


def make_numbered_folder(path: Path, files: Files = SYSTEM) -> list[Path]:
    """As make_folder, but the folder, the last of those returned, is new: it has -2, -3, … where `path` is taken."""
    made = make_folder(path.parent, files)
    try:
        for candidate in numbered(path):
            with suppress(FileExistsError):
                files.make_folder(candidate)
                made.append(candidate)
                break
        files.sync_folder(path.parent)
    except BaseException:
        remove_folders(made, files)
        raise
    return made


def remove_folders(folders: Iterable[Path], files: Files = SYSTEM) -> None:
    """Remove the folders, given the outermost first, as far as they are empty."""
    for folder in reversed([*folders]):
        with suppress(OSError):
            files.remove_folder(folder)


def _write(path: Path, data: bytes, files: Files) -> None:
    """Write a new file and sync its content, not its name. On an error nothing is left, and the first one is raised."""
    descriptor = files.create(path)
    try:
        try:
            write_whole(descriptor, data, files)
            files.sync(descriptor)
        except BaseException:
            with suppress(OSError):
                files.close(descriptor)
            raise
        files.close(descriptor)
    except BaseException:
        _try_to_unlink(path, files)
        raise


def _try_to_unlink(path: Path, files: Files) -> None:
    with suppress(OSError):  # an error at hand is the one to tell
        files.unlink(path)
