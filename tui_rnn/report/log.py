"""A run's events.jsonl, read leniently: a record that is damaged or not understood is skipped."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tui_rnn.engine.events import (
    Adjusted,
    Done,
    Event,
    Finding,
    GradientChecked,
    HeldOut,
    Progress,
    Sample,
    Started,
    Warned,
)
from tui_rnn.runs.log import read_events

MOST_PROGRESS = 20_000  # events that are kept; more are thinned
MOST_SAMPLE_TEXT = 1000  # characters of a sample that are shown


@dataclass(slots=True)
class Log:
    """The run's history as it stands. What a crash undid, and a resume made again, counts once."""

    starts: list[Started] = field(default_factory=list)
    progress: dict[int, Progress] = field(default_factory=dict)  # by step, ascending; of very many, see `thinned`
    samples: dict[int, Sample] = field(default_factory=dict)  # the scheduled ones, by step, ascending
    final_sample: Sample | None = None  # at the end, where no scheduled one stood for it
    held_out: list[HeldOut] = field(default_factory=list)  # in the order of their steps
    checks: list[tuple[int, GradientChecked]] = field(default_factory=list)  # with the updates made before
    findings: dict[str, Finding] = field(default_factory=dict)  # by name, the first of each
    warnings: list[str] = field(default_factory=list)
    adjusted: list[Adjusted] = field(default_factory=list)  # applied, in the order of their steps
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
        events: Iterator[Event] = read_events(path)
        for event in events:
            _add(log, event)
    log.progress = dict(sorted(log.progress.items()))
    log.samples = dict(sorted(log.samples.items()))
    return log


def _add(log: Log, event: Event) -> None:
    match event:
        case Started(version=version) if version:  # every version says its own; without it the line is damaged
            log.starts.append(event)
            _take_back(log, event.resumed_step)
        case Progress(step=step) if step > 0:
            log.progress[step] = event
            if len(log.progress) > MOST_PROGRESS:
                log.progress = thinned(log.progress)
        case Sample(step=step, kind="scheduled") if step > 0:
            cut = event.text[: MOST_SAMPLE_TEXT + 1]  # so that it is seen to be cut
            log.samples[step] = replace(event, text=cut)
        case Sample(kind="final"):
            log.final_sample = replace(event, text=event.text[: MOST_SAMPLE_TEXT + 1])
        case GradientChecked():
            log.checks.append((max([log.starts[-1].resumed_step if log.starts else 0, *log.progress]), event))
        case HeldOut():
            while log.held_out and log.held_out[-1].updates >= event.updates:
                log.held_out.pop()
            log.held_out.append(event)
        case Finding():
            log.findings.setdefault(event.name, event)
        case Adjusted(refused_because=None):
            log.adjusted.append(event)
        case Warned():
            log.warnings.append(event.message)
        case Done():
            log.done = event


def _take_back(log: Log, step: int) -> None:
    """Remove the events after the checkpoint of this step, from which a process went on and made them again."""
    _forget_beyond(step, log.progress)
    _forget_beyond(step + 1, log.samples)
    if log.final_sample is not None and log.final_sample.step > step:
        log.final_sample = None
    while log.held_out and log.held_out[-1].updates > step:
        log.held_out.pop()
    log.findings = {name: found for name, found in log.findings.items() if found.step <= step}
    log.adjusted = [each for each in log.adjusted if each.step <= step]
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
