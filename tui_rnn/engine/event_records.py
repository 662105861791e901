"""Events as the JSON objects of events.jsonl and --json, and back: a record that fits no event is passed over."""

import dataclasses
import functools
import math
from collections.abc import Mapping
from enum import StrEnum
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

from tui_rnn.engine.config import finite
from tui_rnn.engine.events import (
    CENTRAL,
    COMPLEX,
    Adjusted,
    Checkpointed,
    Continued,
    Done,
    Event,
    Finding,
    GradientChecked,
    GradientRow,
    HeldOut,
    Paused,
    Progress,
    Sample,
    Started,
    Warned,
)

MOST_WHOLE = 2**62 - 1  # of a step, an epoch, a size that is read: the difference of two still is a 64-bit number
_KINDS: tuple[type[Event], ...] = (
    Started,
    Progress,
    Sample,
    HeldOut,
    GradientChecked,
    Checkpointed,
    Adjusted,
    Finding,
    Warned,
    Paused,
    Continued,
    Done,
)
KINDS: Mapping[str, type[Event]] = {kind.event: kind for kind in _KINDS}
# What else a start lacks, as an older or a newer version may have logged it, where it tells what the run went on from.
_NOTHING_SAID = {
    "version": "",
    "run": "",
    "corpus": {},
    "config": {},
    "parameters": 0,
    "uniform_loss": 0.0,
    "resumed_from": None,
}

_Record = TypeVar("_Record")


def as_record(event: Event) -> dict[str, Any]:
    """The event as its JSON object: `event` first, numbers finite or null."""
    return {"event": event.event, **_jsonable(dataclasses.asdict(event))}


def event_of(record: Mapping[str, Any]) -> Event | None:
    """The event in a record of any kind; None where no event has this name, or its values do not fit."""
    kind = KINDS.get(record["event"]) if isinstance(record.get("event"), str) else None
    return None if kind is None else from_record(kind, record)


def from_record(kind: type[_Record], record: Mapping[str, Any]) -> _Record | None:
    """The event in a record that `as_record` made; None where a value is missing, not of its type, or beyond its range.

    Numbers are finite, and whole ones at the most MOST_WHOLE on either side of 0, so that arrays of integers hold them.
    Keys that a newer version added are passed over.
    """
    if kind is Started and "resumed_step" in record:
        record = {**_NOTHING_SAID, **record}
    elif kind is GradientChecked:
        rows = _rows(record.get("rows"))
        if not rows or record.get("method") not in (CENTRAL, COMPLEX):
            return None
        record = {**record, "rows": rows}
    values: dict[str, Any] = {}
    hashable: Any = kind
    for name, (types, is_whole, is_figure, words) in _fields(hashable).items():
        if name not in record:
            continue
        value: Any = record[name]
        if type(value) is float:
            if not (is_figure and finite(value)):
                return None
        elif type(value) is int:
            if not (abs(value) <= MOST_WHOLE if is_whole else is_figure and finite(value)):
                return None
            value = value if is_whole else float(value)
        elif words is not None and isinstance(value, str):
            if value not in words:
                return None
            value = words[value]
        elif not isinstance(value, types):
            return None
        values[name] = value
    try:
        return kind(**values)
    except TypeError:  # a field is missing
        return None


@functools.cache
def _fields(kind: Any) -> Mapping[str, tuple[tuple[type, ...], bool, bool, Mapping[str, StrEnum] | None]]:
    """The fields of an event: the types of each one's values, whether they may be whole numbers, or figures; words.

    `words` are those of the field's enum, if it is one.
    """
    found = {}
    for field in dataclasses.fields(kind):
        types: Any = get_args(field.type) if isinstance(field.type, UnionType) else (field.type,)
        types = tuple(object if each is Any else get_origin(each) or each for each in types)
        words = {word.value: word for word in types[0]} if issubclass(types[0], StrEnum) else None
        found[field.name] = (types, int in types or object in types, float in types or object in types, words)
    return found


def _rows(records: object) -> tuple[GradientRow, ...]:
    """The rows of a gradient check; none where one of them does not fit."""
    if not isinstance(records, list):
        return ()
    rows = tuple(row for each in records if (row := _row(each)) is not None)
    return rows if len(rows) == len(records) else ()


def _row(record: object) -> GradientRow | None:
    """The row in a record; an error that was no number, and is null there, is a NaN."""
    if not isinstance(record, dict):
        return None
    shape, index = record.get("shape"), record.get("max_index")
    if not (_are_sizes(shape) and _are_sizes(index) and isinstance(record.get("parameter"), str)):
        return None
    if not _are_sizes([record.get("checked")]) or record.get("verdict") not in ("pass", "fail"):
        return None
    errors = [record.get(name) for name in ("relative_error", "max_relative_error", "max_absolute_error")]
    if not all(error is None or finite(error) for error in errors):
        return None
    relative, worst, absolute = (math.nan if error is None else float(error) for error in errors)
    return GradientRow(
        parameter=record["parameter"],
        shape=tuple(shape or ()),
        checked=record["checked"],
        relative_error=relative,
        max_relative_error=worst,
        max_index=tuple(index or ()),
        max_absolute_error=absolute,
        verdict=record["verdict"],
    )


def _are_sizes(values: object) -> bool:
    return isinstance(values, list) and all(type(value) is int and 0 <= value < 2**53 for value in values)


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
