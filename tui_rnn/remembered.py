"""What the screen remembers from one start to the next: its theme, and the panel that was in front.

A file that is missing, damaged or cannot be written is no fault. Each change is merged into the file as it stands and
written whole, so that two programs do each other no harm.
"""

import json
from collections.abc import Mapping
from contextlib import suppress

from tui_rnn import user_folder
from tui_rnn.storage.atomic import make_folder, write_atomically
from tui_rnn.storage.safe_open import open_regular

THEME, PANEL = "theme", "panel"
_MOST_BYTES = 1 << 16
_MOST_CHARACTERS = 100


def read() -> dict[str, str]:
    """What is remembered, by THEME and PANEL; nothing of what is missing or damaged."""
    try:
        with open_regular(user_folder.remembered_file()) as file:
            found = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return {name: found[name] for name in (THEME, PANEL) if isinstance(found, dict) and _is_a_name(found.get(name))}


def remember(news: Mapping[str, str]) -> None:
    """Remember these besides what is there; a disk that refuses it is no fault."""
    before = read()
    if {**before, **news} == before:
        return
    path = user_folder.remembered_file()
    with suppress(OSError):
        make_folder(path.parent)
        write_atomically(path, (json.dumps({**before, **news}, indent=2) + "\n").encode())


def _is_a_name(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= _MOST_CHARACTERS
