"""JSON that gives every text back exactly: the one way in which records, configurations and checkpoints are written.

A decoder can yield a high and a low surrogate side by side, as two characters. JSON has one way to write both those two
and the one character that they stand for in UTF-16, so that a reader finds that character. Where a text holds such a
pair, the object says so under the key `surrogate_pairs`: for each text the way to it (keys, and places in lists), and
at which places of the text that was read a character stands for two. Every other text is plain JSON.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

KEY = "surrogate_pairs"
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def dumps(record: dict[str, Any], **options: Any) -> str:
    """The object as JSON in ASCII; `options` go to json.dumps. Raises ValueError for NaN and infinities."""
    pairs = [[way, places] for way, text in _texts(record, []) if (places := _places(text))]
    return json.dumps({**record, KEY: pairs} if pairs else record, ensure_ascii=True, allow_nan=False, **options)


def loads(text: str | bytes, parse: Callable[[Any], Any] = json.loads) -> Any:
    """What `dumps` was given. Raises ValueError for what is no JSON, or names pairs that are not there."""
    value = parse(text)
    if not isinstance(value, dict) or KEY not in value:
        return value
    record, ways = dict(value), set()
    try:
        for way, places in record.pop(KEY):
            if tuple(way) in ways:  # each text is made anew once, however many ways a forger writes down
                raise ValueError(f"{KEY} names a text twice")
            ways.add(tuple(way))
            holder: Any = record
            for key in way[:-1]:
                holder = holder[key]
            holder[way[-1]] = _apart(holder[way[-1]], places)
    except (LookupError, TypeError) as error:
        raise ValueError(f"{KEY} names a text that is not there") from error
    return record


def _texts(value: Any, way: list[str | int]) -> Iterator[tuple[list[str | int], str]]:
    """Every text within the value, and the way to it."""
    if isinstance(value, str):
        yield way, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, [*way, key])
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from _texts(item, [*way, place])


def _places(text: str) -> list[int]:
    """Where, in the text as JSON gives it back, a character stands for two of this one."""
    if text.isascii():
        return []
    return [found.start() - before for before, found in enumerate(_PAIR.finditer(text))]


def _apart(text: Any, places: Any) -> str:
    """The text with the character at each of these ascending places made two."""
    if type(text) is not str or type(places) is not list:
        raise TypeError
    pieces, end = [], 0
    for place in places:
        if type(place) is not int or not end <= place < len(text) or ord(text[place]) < 0x10000:
            raise ValueError(f"{KEY} names a place that holds no pair")
        code = ord(text[place]) - 0x10000
        pieces += [text[end:place], chr(0xD800 + (code >> 10)), chr(0xDC00 + (code & 0x3FF))]
        end = place + 1
    return "".join([*pieces, text[end:]])
