"""A spec file: a sweep that is too long for a command line, in TOML, for `tui-rnn sweep sweep.toml`.

corpus = "goblet.txt"     # or a list of files; as seen from this file's folder
recipe = "fast"
seeds = 3                 # runs of each setting, from `seed` on
out = "sweeps/eta"        # the sweep's folder, as seen from this file's

[options]                 # that all runs have, by the long names of the command line
minutes = 1
holdout = 0.1

[set]                     # what is varied: a list, or a text as --set takes it
eta = [0.004, 0.008]
hidden-size = "log(50,400,4)"
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tui_rnn.engine.config import word
from tui_rnn.engine.errors import ConfigError, meant, shortened
from tui_rnn.storage.safe_open import NotRegular, open_regular
from tui_rnn.sweeps.asked import BOUNDS, Asked
from tui_rnn.sweeps.values import NAMES, checked
from tui_rnn.sweeps.values import varied as read_varied
from tui_rnn.typed_options import Value

SUFFIX = ".toml"
_MOST_BYTES = 1 << 20
_TEXTS, _NUMBERS = ("recipe", "study", "out"), ("seeds", "seed")
_KEYS = ("corpus", *_TEXTS, *_NUMBERS, "halving", "options", "set")
_OPTIONS = (*NAMES, "encoding", "errors", *BOUNDS)


def is_one(path: str) -> bool:
    """Whether this names a spec file."""
    return path.endswith(SUFFIX)


def read(path: str) -> Asked:
    """What the file asks for. Raises ConfigError, which names the file and the key."""
    record = _parsed(path)
    _check_keys(path, record, _KEYS)
    folder = Path(path).parent
    for name in _TEXTS:
        _check(path, name, record.get(name, ""), str, "a text in quotes")
    for name in _NUMBERS:
        _check(path, name, record.get(name, 0), int, "a whole number")
    _check(path, "halving", record.get("halving", False), bool, "true or false")
    corpus = record.get("corpus", [])
    corpus = [corpus] if isinstance(corpus, str) else corpus
    if not isinstance(corpus, list) or not corpus or not all(isinstance(each, str) for each in corpus):
        raise ConfigError(f'{path}: corpus names no text: give a path, as corpus = "book.txt", or a list of them')
    return Asked(
        corpus=tuple(str(folder / each) for each in corpus),
        recipe=record.get("recipe"),
        options=_options(path, record.get("options", {})),
        varied=_varied(path, record.get("set", {})),
        seeds=record.get("seeds"),
        seed=record.get("seed"),
        study=record.get("study"),
        halving=record.get("halving", False),
        out=str(folder / record["out"]) if "out" in record else None,
    )


def _parsed(path: str) -> dict[str, Any]:
    try:
        with open_regular(Path(path)) as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise ConfigError(f"{path} is too large for a spec file: give one of at most {_MOST_BYTES:,} bytes")
        return tomllib.loads(data.decode())
    except (OSError, NotRegular) as error:
        raise ConfigError(f"{path} cannot be read ({getattr(error, 'strerror', None) or error}): name a file") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is no TOML ({shortened(error)}): see docs/sweeps.md for an example") from None


def _options(path: str, given: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in _table(path, "options", given).items():
        _check(path, name, value, (int, float, str), "a number or a text in quotes")
        found[name] = 0 if value == "none" else value
    _check_keys(path, found, _OPTIONS)
    return found


def _varied(path: str, given: Any) -> dict[str, list[Value]]:
    found: dict[str, list[Value]] = {}
    for name, values in _table(path, "set", given).items():
        if isinstance(values, list) and all(_is_value(value) for value in values):
            text = ",".join(word(value) for value in values)
        elif isinstance(values, str):
            text = values
        else:
            raise ConfigError(
                f'{path}: {name} holds no values: give a list, as [0.05, 0.1], or a range, as "log(1e-4,1e-1,7)"'
            )
        try:
            found |= read_varied([f"{name}={text}"])
        except ConfigError as error:
            raise ConfigError(f"{path}: {error}") from None
    return {name: checked(name, values) for name, values in found.items()}


def _table(path: str, name: str, table: Any) -> dict[str, Any]:
    _check(path, name, table, dict, f"a table, under [{name}]")
    return {each.replace("-", "_"): value for each, value in table.items()}


def _is_value(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _check(path: str, name: str, value: Any, kind: Any, words: str) -> None:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ConfigError(f"{path}: {name} = {shortened(value)} cannot be used: give {words}")


def _check_keys(path: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise ConfigError(f"{path}: {shortened(name)} is not known: {meant(name, known)}")
