"""A run's events.jsonl, read leniently: a record that is damaged or not understood is skipped."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tui_rnn.engine.config import finite
from tui_rnn.engine.events import (
    CENTRAL,
    COMPLEX,
    Done,
    Event,
    GradientChecked,
    GradientRow,
    HeldOut,
    Progress,
    Sample,
    Warned,
    from_record,
)
from tui_rnn.runs.log import read_events

MOST_PROGRESS = 20_000  # events that are kept; of more the telling ones
MOST_SAMPLE_TEXT = 1000  # characters of a sample that are shown


@dataclass(frozen=True, slots=True)
class Start:
    """A process began to train the run, or to train on."""

    version: str
    corpus: Mapping[str, Any]
    config: Mapping[str, Any]
    resumed_step: int  # updates already made


@dataclass(slots=True)
class Log:
    """The run's history as it stands. What a crash undid, and a resume made again, counts once."""

    starts: list[Start] = field(default_factory=list)
    progress: dict[int, Progress] = field(default_factory=dict)  # by step, ascending; of very many, see `thinned`
    samples: dict[int, Sample] = field(default_factory=dict)  # the scheduled ones, by step, ascending
    held_out: list[HeldOut] = field(default_factory=list)  # in the order of their steps
    checks: list[tuple[int, GradientChecked]] = field(default_factory=list)  # with the updates made before
    warnings: list[str] = field(default_factory=list)
    done: Done | None = None  # None: the run had not ended when this was read

    @property
    def reads_one_text(self) -> bool:
        """Whether every process trained on the same text."""
        return len({str(start.corpus.get("sha256")) for start in self.starts}) <= 1

    def first_check(self, method: str) -> tuple[int, GradientChecked] | None:
        """The earliest gradient check by this method, after the number of updates made before it."""
        return next(((after, check) for after, check in self.checks if check.method == method), None)

    @property
    def elapsed_seconds(self) -> float | None:
        """Seconds trained in all, pauses left out, from the latest event that holds it."""
        if self.done is not None:
            return self.done.elapsed_seconds
        return self.progress[max(self.progress)].elapsed_seconds if self.progress else None


def read_log(path: Path) -> Log:
    """The log in this file; an empty one where there is none. Raises OSError where it cannot be read."""
    log = Log()
    if path.is_file():  # a named pipe would keep us waiting
        for record in read_events(path):
            _add(log, record)
    log.progress = dict(sorted(log.progress.items()))
    log.samples = dict(sorted(log.samples.items()))
    return log


def _add(log: Log, record: Mapping[str, Any]) -> None:
    match record["event"]:
        case "start":
            _add_start(log, record)
        case "progress" if (progress := from_record(Progress, record)) and progress.step > 0:
            log.progress[progress.step] = progress
            if len(log.progress) > MOST_PROGRESS:
                log.progress = thinned(log.progress)
        case "sample" if (sample := from_record(Sample, record)) and sample.kind == "scheduled" and sample.step > 0:
            cut = sample.text[: MOST_SAMPLE_TEXT + 1]  # so that it is seen to be cut
            log.samples[sample.step] = replace(sample, text=cut)
        case "gradient_check" if check := _gradient_check(record):
            log.checks.append((max([log.starts[-1].resumed_step if log.starts else 0, *log.progress]), check))
        case "held_out" if judged := from_record(HeldOut, record):
            while log.held_out and log.held_out[-1].updates >= judged.updates:
                log.held_out.pop()
            log.held_out.append(judged)
        case "warning" if warned := from_record(Warned, record):
            log.warnings.append(warned.message)
        case "done" if done := from_record(Done, record):
            log.done = done


def _add_start(log: Log, record: Mapping[str, Any]) -> None:
    step = record.get("resumed_step", 0)
    corpus, config = record.get("corpus"), record.get("config")
    if type(step) is not int or not isinstance(corpus, dict) or not isinstance(config, dict):
        return
    log.starts.append(Start(str(record.get("version")), corpus, config, step))
    # Updates after the checkpoint that this process went on from are made again, or count as never made.
    _forget_beyond(step, log.progress)
    _forget_beyond(step + 1, log.samples)
    while log.held_out and log.held_out[-1].updates > step:
        log.held_out.pop()
    log.checks = [(after, check) for after, check in log.checks if after <= step and step > 0]
    log.done = None


def _forget_beyond(step: int, events: dict[int, Any]) -> None:
    """Remove the events of later steps."""
    if events and max(events) > step:  # seldom: most processes go on from where the one before ended
        for later in [at for at in events if at > step]:
            del events[later]


def thinned(progress: Mapping[int, Progress]) -> dict[int, Progress]:
    """At the most half of MOST_PROGRESS of these, evenly along the steps: in each part the lowest, and the roundest.

    So the lowest smooth loss of the run stays, and so does what stands in a table of round steps; and the last one. A
    part is a power of two long, so that it is made of whole parts of the thinning before, and nothing drifts.
    """
    first, last = min(progress), max(progress)
    bits = (4 * (last - first) // MOST_PROGRESS + 1).bit_length()
    lowest: dict[int, Progress] = {}
    roundest: dict[int, Progress] = {}
    for step, each in progress.items():
        place = step >> bits
        if place not in lowest or each.smooth_loss < lowest[place].smooth_loss:
            lowest[place] = each
        if place not in roundest or _roundness(step) >= _roundness(roundest[place].step):
            roundest[place] = each
    kept = {each.step: each for each in (*lowest.values(), *roundest.values(), progress[first], progress[last])}
    return dict(sorted(kept.items()))


def _roundness(step: int) -> int:
    """How many zeros the step ends with."""
    digits = str(step)
    return len(digits) - len(digits.rstrip("0"))


def _gradient_check(record: Mapping[str, Any]) -> GradientChecked | None:
    rows = record.get("rows")
    plain = {**record, "rows": ()}
    check = from_record(_PlainCheck, plain)
    if check is None or check.method not in (CENTRAL, COMPLEX) or not isinstance(rows, list) or not rows:
        return None
    found = [row for each in rows if (row := _gradient_row(each)) is not None]
    if len(found) != len(rows):
        return None
    return GradientChecked(check.method, check.delta, check.hidden_size, check.seq_length, check.passed, tuple(found))


@dataclass(frozen=True, slots=True)
class _PlainCheck(Event):
    """A gradient check without its rows."""

    method: str
    delta: float
    hidden_size: int
    seq_length: int
    passed: bool


def _gradient_row(record: object) -> GradientRow | None:
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
