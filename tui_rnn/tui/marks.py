"""Marks along the steps of a run: as many as a chart can tell apart, however many things happened."""

from collections import deque
from collections.abc import Callable, Iterable, MutableSequence
from dataclasses import replace
from typing import TypeVar

from tui_rnn.engine.events import Adjusted, Checkpointed, Finding, HeldOut, Progress, Sample
from tui_rnn.runs.past import Past

MOST_MARKS = 2000  # of one kind; the widest terminals have some 500 columns
_MOST_OF_OLDER = 400  # characters of an older sample
MOST_SAMPLES = 100  # whose text is kept on the screen; events.jsonl keeps them all

_Mark = TypeVar("_Mark")
_Judged = TypeVar("_Judged", Sample, HeldOut)


class Marks(list[_Mark]):
    """A list of marks that thins itself when it has become too long: evenly along the steps, the newest kept."""

    def __init__(self, step: Callable[[_Mark], int]) -> None:
        """`step` gives the step of a mark."""
        super().__init__()
        self._step = step

    def append(self, mark: _Mark) -> None:
        """Add the newest mark."""
        super().append(mark)
        if len(self) > MOST_MARKS:
            self._thin()

    def _thin(self) -> None:
        """Keep the last one in each of equal parts of the steps, at the most half as many parts as there may be marks.

        A part is a power of two long, so that it is made of whole parts of the thinning before, and nothing drifts.
        """
        first, last = min(map(self._step, self)), max(map(self._step, self))
        bits = (2 * (last - first) // MOST_MARKS + 1).bit_length()
        newest = self[-1]
        kept = {self._step(mark) >> bits: mark for mark in self}
        self[:] = [*(mark for mark in sorted(kept.values(), key=self._step) if mark is not newest), newest]


def most_telling(past: Iterable[Past]) -> list[Past]:
    """Of what a run has behind it, what a screen shows: the newest samples whole, of the others as much as has a mark.

    Of the older samples so much text is kept as the run's story has use for; the saving of best models leaves no mark.
    """
    newest: deque[Sample] = deque()
    samples = Marks[Sample](lambda sample: sample.step)
    held_out = Marks[HeldOut](lambda event: event.step)
    checkpoints = Marks[Checkpointed](lambda event: event.step)
    adjusted = Marks[Adjusted](lambda event: event.step)
    progress = Marks[Progress](lambda event: event.step)
    findings: list[Finding] = []  # a few: each is reported once in a run
    for event in past:
        match event:
            case Sample():
                _undo(samples, event)
                _undo(newest, event)
                newest.append(event)
                if len(newest) > MOST_SAMPLES:
                    samples.append(_shortened(newest.popleft()))
            case HeldOut():
                _undo(held_out, event)
                held_out.append(event)
            case Checkpointed() if event.holds_the_state:
                checkpoints.append(event)
            case Adjusted():
                adjusted.append(event)
            case Progress():
                progress.append(event)
            case Finding():
                findings.append(event)
    return [*samples, *newest, *held_out, *adjusted, *checkpoints, *findings, *progress]


def _undo(before: MutableSequence[_Judged], event: _Judged) -> None:
    """Before one that was due: take away what a crash undid, which lies after it or is the same one once more."""
    due = next((each for each in reversed(before) if each.kind == "scheduled"), None)
    if event.kind != "scheduled" or due is None or due.step < event.step:
        return
    kept = [
        each
        for each in before
        if each.updates < event.updates or (each.updates == event.updates and each.kind != "scheduled")
    ]
    before.clear()
    before.extend(kept)


def _shortened(sample: Sample) -> Sample:
    """The sample with no more text than an older one is shown with."""
    most = len(sample.prime) + _MOST_OF_OLDER
    return sample if len(sample.text) <= most else replace(sample, text=sample.text[:most])
