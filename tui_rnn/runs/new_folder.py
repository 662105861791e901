"""Where a new run is put: the folder that its user gave, or one named after the text; and why it cannot be made."""

import errno
import re
from datetime import datetime
from pathlib import Path

from tui_rnn.engine.errors import ConfigError, RunError
from tui_rnn.engine.joined_text import short_name

RUNS = Path("runs")
_MOST_STEM_BYTES = 100  # of a run's default name; some file systems hold 143 in a name, with date and number


def default_place(corpus: str, now: datetime) -> Path:
    """runs/<corpus>-<date>-<time>: where a run is put whose user gave no folder."""
    return RUNS / f"{_stem(corpus)}-{now:%Y%m%d-%H%M%S}"


def folder_named(option: str, name: str | Path | None) -> Path | None:
    """The folder that the user gave with this option; None where there is none. Raises ConfigError for a blank name."""
    if name is not None and not str(name).strip():
        raise ConfigError(f"{option} {str(name)!r} names no folder: give one, or leave the option out")
    return None if name is None else Path(name)


def _stem(corpus: str) -> str:
    """The corpus's name as part of a folder's name, short enough for any file system."""
    stems = "-".join(Path(name).stem for name in short_name(corpus).split(" + "))
    name = re.sub(r"[^\w.-]+", "-", stems).strip("-.")
    return name.encode()[:_MOST_STEM_BYTES].decode(errors="ignore").rstrip("-.") or "text"


def not_made(path: Path, error: OSError, *, was_given: bool) -> RunError:
    """The error of a folder that cannot be made, with the remedy; `was_given`: the user gave it with --run."""
    remedy = {
        errno.ENAMETOOLONG: "give a shorter name",
        errno.ENOSPC: "make room, or give a folder on another disk",
        errno.EDQUOT: "make room, or give a folder on another disk",
    }.get(error.errno or 0, "give a folder you may write to")
    if was_given:
        return RunError(f"--run {path} cannot be made ({error.strerror}): {remedy}")
    return RunError(f"{path} cannot be made ({error.strerror}): {remedy} with --run DIR")
