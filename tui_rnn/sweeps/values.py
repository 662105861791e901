"""The values that an option is varied over, as they are typed: lists, `lin(0.01,0.1,5)` and `log(1e-4,1e-1,7)`."""

import math
import re
from collections.abc import Iterator, Sequence

from tui_rnn import typed_options
from tui_rnn.engine.config import WHOLE_NUMBERS, word
from tui_rnn.engine.errors import ConfigError, meant
from tui_rnn.typed_options import WORDS, Value, number_of, option_named, value_of

_FIXED = ("seed", "encoding", "errors")  # of the options, what is not varied so
NAMES = tuple(name for name in typed_options.NAMES if name not in _FIXED)
_BY = "--set "
_RANGE = re.compile(r"(lin|log)\(([^(),]+),([^(),]+),([^(),]+)\)")
_MOST_VALUES = 10_000
_DIGITS = 4  # significant ones of a value within a range, so that it can be typed


def varied(sets: Sequence[str]) -> dict[str, list[Value]]:
    """The values by option of `--set NAME=V,V …`, given once or several times. Raises ConfigError.

    Whether a value can be used RunConfig says, when the plan is made.
    """
    found: dict[str, list[Value]] = {}
    for each in sets:
        typed, sign, values = each.partition("=")
        name = option_named(typed)
        if not sign:
            raise ConfigError(f"--set {each} names no values: give them as in --set eta=0.05,0.1")
        if name == "seed":
            raise ConfigError(
                f"--set {each} varies the seed: give their number with --seeds, the first one with --seed"
            )
        if name not in NAMES:
            raise ConfigError(f"--set {each} varies what cannot be varied: {meant(name, NAMES)}")
        if name in found:
            raise ConfigError(f"--set {each} names {name} a second time: give all its values in one list")
        found[name] = listed(name, values)
    return found


def listed(name: str, text: str) -> list[Value]:
    """The values in a list as `0.05,log(1e-3,1e-1,3)`. Raises ConfigError."""
    values: list[Value] = []
    for piece in _pieces(text):
        values += _range(name, piece) if "(" in piece else [value_of(name, piece, _BY)]
    return checked(name, values)


def checked(name: str, values: list[Value]) -> list[Value]:
    """The values, if there are some and each is another. Raises ConfigError."""
    if len(values) > _MOST_VALUES:
        raise ConfigError(f"--set {name} has {len(values):,} values: give {_MOST_VALUES:,} at the most")
    for place, value in enumerate(values):
        if value in values[:place]:
            raise ConfigError(f"--set {name} names {word(value)} twice: leave one of them out")
    return values


def _pieces(text: str) -> Iterator[str]:
    """Cut at the commas that stand in no parentheses."""
    for piece in re.split(r",(?![^(]*\))", text):
        yield piece.strip()


def _range(name: str, text: str) -> list[Value]:
    """The numbers of `lin(from,to,count)` or `log(from,to,count)`, both ends among them."""
    if (found := _RANGE.fullmatch(text)) is None or name in WORDS:
        raise ConfigError(f"--set {name}={text} is no range: give lin(0.01,0.1,5) or log(1e-4,1e-1,7), or a list")
    kind, (low, high, count) = found[1], (number_of(name, each, _BY) for each in found.groups()[1:])
    if not count.is_integer() or not 2 <= count <= _MOST_VALUES:
        raise ConfigError(f"--set {name}={text} cannot be used: its third number, of values, is whole, from 2")
    if kind == "log" and not (low > 0 and high > 0):
        raise ConfigError(f"--set {name}={text} cannot be used: the ends of a logarithmic range are above 0")
    parts = [place / (count - 1) for place in range(int(count))]
    if kind == "lin":
        numbers = [low + part * (high - low) for part in parts]
    else:
        numbers = [math.exp(math.log(low) + part * (math.log(high) - math.log(low))) for part in parts]
    numbers = [low, *(float(f"{number:.{_DIGITS}g}") for number in numbers[1:-1]), high]
    if name in WHOLE_NUMBERS:
        return list(dict.fromkeys(round(number) for number in numbers))
    return list(numbers)
