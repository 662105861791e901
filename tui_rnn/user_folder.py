"""Where this user's settings, the screen's memory and compiled kernels lie: in the system's folders, or a given one."""

import os
from pathlib import Path

VARIABLE = "TUI_RNN_HOME"  # a folder for all


def settings_file() -> Path:
    """The file that the user writes."""
    return _own("user_config_path") / "settings.toml"


def remembered_file() -> Path:
    """The file that the program writes, so that no comment of the user's is ever lost."""
    return _own("user_state_path") / "remembered.json"


def kernels_folder() -> Path:
    """Where compiled kernels are kept: they can be thrown away at any time."""
    return _own("user_cache_path")


def _own(kind: str) -> Path:
    if given := os.environ.get(VARIABLE):
        return Path(given)
    import platformdirs

    path: Path = getattr(platformdirs, kind)("tui-rnn", appauthor=False)
    return path
