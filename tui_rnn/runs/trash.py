"""A run is put into a trash folder beside it, out of the list and never lost; moving it back brings it back."""

import os
from pathlib import Path

from tui_rnn.engine.errors import RunError
from tui_rnn.runs.directory import RunDirectory

TRASH = ".trash"


def move_to_trash(folder: Path) -> Path:
    """Move the run into the trash folder beside it; where it is then. Raises RunError where it is in use."""
    directory = RunDirectory(folder)
    if not directory.holds_a_run():
        raise RunError(f"{folder} holds no run any more")
    if directory.is_locked():
        raise RunError(f"{folder} is open in a process: it can be put away when that has ended")
    trash = folder.parent / TRASH
    try:
        trash.mkdir(exist_ok=True)
        place = _free(trash, folder.name)
        os.rename(folder, place)
    except OSError as error:
        raise RunError(f"{folder} cannot be moved to {trash} ({error.strerror}): it stays where it is") from None
    return place


def _free(trash: Path, name: str) -> Path:
    """A path in the trash that nothing has yet."""
    place, number = trash / name, 1
    while os.path.lexists(place):
        number += 1
        place = trash / f"{name}-{number}"
    return place
