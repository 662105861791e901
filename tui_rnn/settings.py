"""The settings file: read, and what is wrong in it named with a remedy. What its values mean, others know.

TOML, in three tables: [screen] how the screen looks, [train] defaults of training's options, [keys] an action's key.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui_rnn import user_folder
from tui_rnn.engine.errors import meant, nearest, shown
from tui_rnn.storage.safe_open import NotRegular, open_regular

SCREEN, TRAIN, KEYS = "screen", "train", "keys"
TABLES = (SCREEN, TRAIN, KEYS)
_MOST_BYTES = 1 << 20

EXAMPLE = """\
# Settings of tui-rnn. A line counts once the mark # at its beginning is taken away.

[screen]
# theme = "paper"         # ink, paper, or any of Textual's; without it the one last chosen
# marker = "braille"      # the chart's dots: braille, hd, dot, ascii
# fps = 2                 # most redraws a second
# panel = "samples"       # in front at the start; without it the one last in front

[train]                   # what a new run is made with, where no option and no variable says otherwise
# recipe = "fast"
# hidden-size = 150
# minutes = 5
# clip = "none"

[keys]                    # the key of an action, as Textual names keys: w, ctrl+w, f5
# sample = "w"
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be used of the file, in one line, and the table it stands in; "" where all of it is concerned."""

    table: str
    line: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What the file holds, by table and name, with - for _; nothing where there is no file."""

    path: Path
    is_there: bool = False
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {name: {} for name in TABLES})
    faults: tuple[Fault, ...] = ()


def read(known: Mapping[str, Collection[str]]) -> Settings:
    """The settings of this user; `known` are the names that each table may hold. A table without any may hold all."""
    path = user_folder.settings_file()
    try:
        with open_regular(path) as file:
            text = file.read(_MOST_BYTES).decode("utf-8-sig")
        import tomllib  # only where there is a file: each start passes here

        try:
            found = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            last = f"at line {text.count(chr(10)) + 1}, the last"
            return _unusable(path, str(error).replace("at end of document", last))
    except FileNotFoundError:
        return Settings(path)
    except NotRegular as error:
        return _unusable(path, f"it is {error.kind}")
    except OSError as error:
        return _unusable(path, error.strerror or str(error))
    except UnicodeDecodeError:
        return _unusable(path, "it is not UTF-8")
    except (ValueError, RecursionError) as error:
        return _unusable(path, str(error))
    return _sorted_out(path, found, known)


def place(path: Path, table: str, name: str) -> str:
    """A setting and where it stands, to be named in a message."""
    return f"{name} under [{table}] in {shown(path)}"


def _unusable(path: Path, reason: str) -> Settings:
    line = f"the settings file {shown(path)} cannot be read ({reason}): mend it, or move it away"
    return Settings(path, is_there=True, faults=(Fault("", line),))


def _sorted_out(path: Path, found: Mapping[str, Any], known: Mapping[str, Collection[str]]) -> Settings:
    """The names that are known, and a fault for each of the others."""
    tables: dict[str, dict[str, Any]] = {name: {} for name in TABLES}
    faults: list[Fault] = []
    for name, values in found.items():
        if name not in TABLES:
            faults.append(Fault(*_not_a_table(path, name, values, known)))
        elif not isinstance(values, dict):
            faults.append(Fault(name, f"[{name}] in {shown(path)} is no table: write its settings under [{name}]"))
        else:
            for key, value in values.items():
                setting = key.replace("_", "-") if name == TRAIN else key
                if known[name] and setting not in known[name]:
                    where, remedy = place(path, name, key), meant(setting, sorted(known[name]))
                    faults.append(Fault(name, f"the setting {where} is not known: {remedy}"))
                else:
                    tables[name][setting] = value
    return Settings(path, is_there=True, tables=tables, faults=tuple(faults))


def _not_a_table(path: Path, name: str, values: Any, known: Mapping[str, Collection[str]]) -> tuple[str, str]:
    """The table that is perhaps meant, and the line that says so."""
    if isinstance(values, dict):
        table = nearest(name, TABLES) or TRAIN
        return table, f"[{name}] in {shown(path)} is not known: {meant(name, TABLES)}"
    setting = name.replace("_", "-")
    table = next((each for each in TABLES if setting in known[each]), "")
    if table:
        return table, f"{name} in {shown(path)} stands under no table: put it under [{table}]"
    everything = [each for names in known.values() for each in names]
    return TRAIN, f"{name} in {shown(path)} is not known: {meant(setting, everything)}"
