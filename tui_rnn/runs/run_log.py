"""What a run's log tells of it, taken in line by line in bounded memory: of a million progress events in a second."""

import re
from collections import deque
from collections.abc import Mapping
from math import isfinite
from typing import Any

from tui_rnn.engine.event_records import KINDS, MOST_WHOLE, from_record
from tui_rnn.engine.events import (
    Adjusted,
    Checkpointed,
    Continued,
    Done,
    Event,
    Finding,
    GradientChecked,
    HeldOut,
    Paused,
    Progress,
    Sample,
    Started,
    Warned,
)
from tui_rnn.runs.log import record_in

MOST_POINTS = 2048  # progress events of which more than the loss is kept; even, since every other one goes
MOST_NOTES = 200  # warnings and adjustments that are kept
_MOST_HELD_OUT = 2000
# As `as_line` writes it; the rest of such a line is parsed only where it is one of the points that are kept.
_PROGRESS = re.compile(rb'\{"event": "progress", "step": (\d{1,18}),.*?"smooth_loss": ([-+.\deE]{1,40})[,}]')
_BEGIN = b'{"event": "progress"'
_SAMPLE = b'{"event": "sample"'


class RunLog:
    """Feed it every line of events.jsonl with `take`; lines that are damaged or foreign change nothing."""

    def __init__(self) -> None:
        self.first_start: Started | None = None
        self.start: Started | None = None  # of the latest process
        self.done: Done | None = None  # None: the latest process has not ended, as far as its log says
        self.is_paused = False  # the latest process, as far as its log says
        self.step = 0  # updates made, as far as the log says
        self.best: float | None = None  # lowest smooth loss
        self.best_step: int | None = None
        self._newest_sample: Sample | bytes | None = None  # the line of one that nobody asked for
        self.checks: dict[str, GradientChecked] = {}  # the latest by each method
        self.notes: deque[Warned | Adjusted | Finding] = deque(maxlen=MOST_NOTES)
        self.adjusted: dict[str, Any] = {}  # by the latest process, since its start
        self.changes: list[Adjusted] = []  # by any of its processes, beyond what the run was begun with
        self.held_out: list[HeldOut] = []
        self._points: list[tuple[int, float, bytes]] = []  # of progress: step, smooth loss, line
        self._stride, self._since = 1, 0
        self._newest: bytes | None = None  # line of the latest progress

    def take(self, line: bytes, *, samples: bool = True) -> Event | None:
        """Take the next line in. Returns its event, but not that of a progress, nor of a sample without `samples`."""
        if not samples and line.startswith(_SAMPLE):  # of many only the newest is ever parsed
            self._newest_sample = line
            return None
        if line.startswith(_BEGIN) and (found := _PROGRESS.match(line)) and line.endswith((b"}", b"}\n")):
            self._progress(int(found[1]), float(found[2]), line)
            return None
        record = record_in(line)
        if record is None or record["event"] not in KINDS:
            return None
        event = from_record(KINDS[record["event"]], record)
        if isinstance(event, Progress):  # written by another program, with other blanks
            self._progress(event.step, event.smooth_loss, line)
            return None
        if isinstance(event, Event):
            self._take(event)
            return event
        return None

    def _progress(self, step: int, smooth_loss: float, line: bytes) -> None:
        if step > MOST_WHOLE or not isfinite(smooth_loss):
            return
        self.step = max(self.step, step)
        self._newest = line
        if self.best is None or smooth_loss < self.best:
            self.best, self.best_step = smooth_loss, step
        self._since += 1
        if self._since >= self._stride:
            self._since = 0
            self._points.append((step, smooth_loss, line))
            if len(self._points) >= MOST_POINTS:
                self._points, self._stride = self._points[1::2], 2 * self._stride

    def _take(self, event: Event) -> None:
        match event:
            case Started():
                self._begin(event)
            case Paused() | Continued():
                self.step, self.is_paused = max(self.step, event.step), isinstance(event, Paused)
            case Done():
                self.step, self.done = max(self.step, event.step), event
                if event.best_smooth_loss is not None:
                    self.best, self.best_step = event.best_smooth_loss, event.best_step
            case Checkpointed():  # a best model is saved later than the update it was reached at
                self.step = max(self.step, event.step)
            case HeldOut():
                while self.held_out and self.held_out[-1].updates >= event.updates:
                    self.held_out.pop()
                self.held_out.append(event)
                if len(self.held_out) > _MOST_HELD_OUT:
                    self.held_out = self.held_out[1::2]
            case Sample():
                self._newest_sample = event
            case GradientChecked():
                self.checks[event.method] = event
            case Warned() | Adjusted() | Finding():
                self.notes.append(event)
                if isinstance(event, Adjusted) and not event.refused_because:
                    self.adjusted[event.name] = event.value
                    self._change(event)

    def _change(self, event: Adjusted) -> None:
        # A branch is begun with what is adjusted at its first step.
        if self.first_start is not None and event.step > self.first_start.resumed_step:
            self.changes.append(event)
            if len(self.changes) > MOST_NOTES:
                self.changes = self.changes[::2]

    def _begin(self, event: Started) -> None:
        """A process begins; what a crash undid is made again."""
        self.first_start, self.start, self.done = self.first_start or event, event, None
        self.adjusted, self.is_paused = {}, False
        if not 0 <= event.resumed_step < self.step:
            return
        self.step = event.resumed_step
        if self.best_step is not None and self.best_step > self.step:
            self.best = self.best_step = None
        while self._points and self._points[-1][0] > self.step:
            self._points.pop()
        while self.held_out and self.held_out[-1].updates > self.step:
            self.held_out.pop()
        while self.changes and self.changes[-1].step > self.step:
            self.changes.pop()

    @property
    def last_sample(self) -> Sample | None:
        """What the network wrote last."""
        newest = self._newest_sample
        if isinstance(newest, bytes):
            record = record_in(newest, ("sample",))
            newest = None if record is None else from_record(Sample, record)
        return newest

    @property
    def progress(self) -> list[Progress]:
        """The points that are kept, evenly along the steps, and the latest."""
        lines = [line for _, _, line in self._points]
        if self._newest is not None and (not lines or lines[-1] is not self._newest):
            lines.append(self._newest)
        found = [event for line in lines if (event := _progress_in(line)) is not None and event.step <= self.step]
        return sorted(found, key=lambda event: event.step)

    @property
    def last_progress(self) -> Progress | None:
        """The latest."""
        return None if self._newest is None else _progress_in(self._newest)

    @property
    def course(self) -> list[tuple[int, float]]:
        """(step, smooth loss) of the points that are kept."""
        return [(step, loss) for step, loss, _ in self._points]

    @property
    def elapsed_seconds(self) -> float:
        """Trained in all, by the latest event that says so."""
        if self.done is not None:
            return self.done.elapsed_seconds
        newest = self.last_progress
        return newest.elapsed_seconds if newest is not None and newest.step <= self.step else 0.0

    @property
    def corpus(self) -> Mapping[str, Any]:
        """Path, characters, vocab_size and sha256 of the text, as far as a start says."""
        return self.start.corpus if self.start is not None else {}


def _progress_in(line: bytes) -> Progress | None:
    record = record_in(line, ("progress",))
    return None if record is None else from_record(Progress, record)
