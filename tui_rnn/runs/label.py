"""The label of a run: a name and a note that its user gave it, in a small file of the run directory."""

from dataclasses import dataclass
from pathlib import Path

from tui_rnn.engine import exact_json
from tui_rnn.storage.atomic import write_atomically
from tui_rnn.storage.safe_open import open_regular

FILE = "label.json"
MOST_NAME, MOST_NOTE = 60, 2000  # characters
_MOST_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class RunLabel:
    """What the user calls the run, and what is worth remembering of it; empty where nothing was given."""

    name: str = ""
    note: str = ""


def read_label(folder: Path) -> RunLabel:
    """The run's label; an empty one where there is none, or none that can be read."""
    try:
        with open_regular(folder / FILE) as file:
            record = exact_json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return RunLabel()
    values = [record.get(key) if isinstance(record, dict) else None for key in ("name", "note")]
    name, note = (value if isinstance(value, str) else "" for value in values)
    return RunLabel(name[:MOST_NAME], note[:MOST_NOTE])


def write_label(folder: Path, label: RunLabel) -> None:
    """Put it on disk; a process that trains the run is not disturbed. Raises OSError."""
    record = {"name": label.name[:MOST_NAME], "note": label.note[:MOST_NOTE]}
    write_atomically(folder / FILE, (exact_json.dumps(record, indent=2) + "\n").encode())
