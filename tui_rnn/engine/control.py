"""Control: how a front end, in another thread or a signal handler, tells a running loop what it wants."""

import itertools
import threading
from collections.abc import Hashable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias, get_args

from tui_rnn.engine.clock import RunClock
from tui_rnn.engine.events import CENTRAL
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.kinds import Ending

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """Write `length` characters. `cancelled`, once set, ends it early and without a Sample event.

    Requests of one `series` draw by the same random numbers; without one each has its own.
    """

    length: int
    temperature: float = 1.0
    top_p: float = 1.0
    prime: str = ""
    model: str = "live"  # or "best"
    kind: str = "requested"  # or "scheduled", "final"
    series: int | None = None
    in_pieces: bool = False  # no Sample event follows its pieces, so that nothing is logged
    number: int = field(default_factory=lambda: next(_numbers))
    cancelled: threading.Event = field(default_factory=threading.Event, compare=False)


@dataclass(frozen=True, slots=True)
class SaveRequest:
    """Write a checkpoint now."""


@dataclass(frozen=True, slots=True)
class GradientCheckRequest:
    """Check the gradient; at the most `most_elements` of each parameter."""

    method: str = CENTRAL
    most_elements: int | None = 128


@dataclass(frozen=True, slots=True)
class ObserveRequest:
    """Have an instrument look at the network, at most every so many seconds; None: look no longer.

    `argument` is what it is asked about, such as a text of one's own; a request with another one begins anew.
    """

    name: str
    every: float | None
    argument: Hashable = None


@dataclass(frozen=True, slots=True)
class AdjustRequest:
    """Change a hyperparameter from the next update on."""

    name: str
    value: Any
    requested_at: int | None = None  # the updates made when it was asked for, as far as the asker knew


Request: TypeAlias = SampleRequest | SaveRequest | GradientCheckRequest | ObserveRequest | AdjustRequest


class Control:
    """The loop's inbox. Any thread may post; a signal handler may, since SimpleQueue.put is reentrant."""

    def __init__(self, *, paused: bool = False, patient: bool = False, clock: RunClock | None = None) -> None:
        """`patient`: where the disk refuses the last checkpoint, try again and do not end without it."""
        self._inbox: SimpleQueue[Request | _Wake] = SimpleQueue()
        self.clock = clock or RunClock()  # of the run: no time is trained while the loop waits here
        self.paused = paused
        self.stop_reason: Ending | None = None  # STOPPED or SIGNAL, once the end was asked for
        self.save_at_end = True
        self.woken = (
            0  # times that a wait for requests ended because of `one_step` or `go_further`, or was to begin anew
        )
        self._patient = patient
        self._ends_at_once = False
        self._grants_step = False
        self._further: Goal | None = None  # of a run that was over

    def standing_still(self) -> AbstractContextManager[None]:
        """Inside, the run's clock stands still: for a process about to be stopped."""
        return self.clock.process_stopped()

    def post(self, request: Request) -> None:
        """Have this served between two updates."""
        self._inbox.put(request)

    def pause(self) -> None:
        """Make no further update until `resume`; requests are still served."""
        self.paused = True

    def resume(self) -> None:
        """Go on."""
        self.paused = False
        self._inbox.put(_Wake())

    def one_step(self) -> None:
        """Make one update while paused."""
        self._inbox.put(_Wake(lets_one_step_pass=True))

    def take_step(self) -> bool:
        """Whether one update may be made while paused; asked once a `one_step`."""
        granted, self._grants_step = self._grants_step, False
        return granted

    def go_further(self, goal: Goal) -> None:
        """Have a run that has reached its goal go on to this one."""
        self._further = goal
        self._inbox.put(_Wake())

    @property
    def goes_further(self) -> bool:
        """Whether a run that is over is to go on."""
        return self._further is not None and not self.stopped

    def take_goal(self) -> Goal | None:
        """The goal to go on to, if there is one; asked once a `go_further`. Nothing waits any more."""
        goal, self._further = self._further, None
        if goal is not None:
            self.paused = False
        return goal

    def stop(self, reason: Ending = Ending.STOPPED, *, save: bool = True, patient: bool = False) -> None:
        """End the run after the update at hand, with a last checkpoint if `save`; the first reason given stands.

        `patient`: not before the disk takes that checkpoint. A stop that does not wait for the disk (a signal's) wins
        over one that does, in whichever order they come.
        """
        if patient:
            self._patient = True
        else:  # each is only ever set, so that a signal's is not undone by a stop that it interrupted
            self._ends_at_once = True
        self.stop_reason = self.stop_reason or reason
        self.save_at_end = save
        self._inbox.put(_Wake())

    @property
    def is_patient(self) -> bool:
        """Whether the end waits for a last checkpoint that the disk refuses."""
        return self._patient and self.save_at_end and not self._ends_at_once

    @property
    def stopped(self) -> bool:
        """Whether the end was asked for."""
        return self.stop_reason is not None

    def requests(self, seconds: float | None = None) -> Iterator[Request]:
        """What was posted, in order. Waits here while paused, until resumed, stopped, or let through for one step.

        With `seconds` no longer than that.
        """
        until = None if seconds is None else self.clock.now() + seconds
        while True:
            waits = self.paused and not self.stopped
            if not waits and self._inbox.empty():  # one reader, so a get after this check cannot block
                return
            with self.clock.paused() if waits else nullcontext():
                item = self._get(until)
            if item is None:
                return
            if not isinstance(item, _Wake):
                yield item
            elif waits and self.paused:  # also after a resume and a new pause: the loop says it is paused
                self.woken += 1
                self._grants_step = item.lets_one_step_pass
                return

    def requests_within(self, seconds: float) -> Iterator[Request]:
        """The requests posted within so many seconds from now; ends early at a resume, a step or a stop."""
        until = self.clock.now() + seconds
        while isinstance(item := self._get(until), get_args(Request)):
            yield item

    def _get(self, until: float | None) -> "Request | _Wake | None":
        """The next item of the inbox; None where none comes by that time."""
        try:
            return self._inbox.get(timeout=None if until is None else max(0.0, until - self.clock.now()))
        except Empty:
            return None


@dataclass(frozen=True, slots=True)
class _Wake:
    """Not a request: makes a waiting loop look at the flags again."""

    lets_one_step_pass: bool = False
