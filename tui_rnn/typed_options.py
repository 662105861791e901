"""Options of training as people type them, as `seq_length 50` or `--clip none`: which is meant, and its value."""

import math
import re
from collections.abc import Collection
from dataclasses import fields

from tui_rnn.engine.config import OR_NONE, WHOLE_NUMBERS, RunConfig
from tui_rnn.engine.errors import ConfigError, meant, shortened

Value = int | float | str | None

WORDS = ("recipe", "optimizer", "init", "reduction", "cell", "order", "schedule", "dtype", "kernel")
_TEXTS = (*WORDS, "encoding", "errors")
NAMES = tuple(each.name for each in fields(RunConfig) if each.name not in ("corpus", "sig"))
SYMBOLS = {"m": "hidden_size", "T": "seq_length", "B": "batch_size", "L": "layers"}  # as the screen shows them


def options_in(text: str, known: Collection[str] = NAMES) -> dict[str, Value]:
    """The options in `seq_length 50`, `--seq-length 50 --clip none` or `T=50, clip=none`. Raises ConfigError.

    Whether a value can be used RunConfig says.
    """
    words = [each for each in re.split(r"[\s,=]+", text) if each]
    found: dict[str, Value] = {}
    for typed, value in zip(words[::2], words[1::2], strict=False):
        name = option_named(typed)
        if name not in known:
            raise ConfigError(f"{shortened(typed)} is no option: {meant(name, known)}")
        if name in found:
            raise ConfigError(f"{name} is named twice: leave one of them out")
        found[name] = value_of(name, value)
    if len(words) % 2:
        if (name := option_named(words[-1])) not in known:
            raise ConfigError(f"{shortened(words[-1])} is no option: {meant(name, known)}")
        raise ConfigError(f"{name} has no value: give one behind it")
    return found


def option_named(typed: str) -> str:
    """The name of a setting as it was typed: `seq_length` of --seq-length, of seq-length, or of T."""
    return SYMBOLS.get(typed, typed.strip().removeprefix("--").replace("-", "_"))


def value_of(name: str, text: str, by: str = "") -> Value:
    """The value of an option that was typed; None is none. Raises ConfigError, whose words begin with `by`."""
    if name in _TEXTS:
        if not text:
            raise ConfigError(f"{by}{name} has no value: give one, as in {by}{name}=NAME")
        return text
    if name in OR_NONE and text == "none":
        return None
    number = number_of(name, text, by)
    if name not in WHOLE_NUMBERS:
        return number
    if not number.is_integer():
        raise ConfigError(f"{by}{name}={shortened(text)} is no whole number: give one")
    return int(number)


def number_of(name: str, text: str, by: str = "") -> float:
    """The number that was typed for this option. Raises ConfigError, whose words begin with `by`."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ConfigError(f"{by}{name}={shortened(text)} is no number: give one")
    return number
