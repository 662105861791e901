"""Watching: instruments look at the network between two updates, each within its share of the training time."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from tui_rnn.engine.clock import BREATH, RunClock
from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.errors import InputError
from tui_rnn.engine.events import Event, Observed, Warned
from tui_rnn.engine.instruments import instrument
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.engine.trainer import Trainer

SHARE = 0.02  # of the training time that an instrument may take
TOGETHER = 0.04  # that all of them may take: a large screen shows the panels of seven at once
_FIRST = 0.06  # seconds it may take at once when it is asked anew: who has just pressed a key waits for it
_MOST = 0.02  # seconds it may save up
_TURN = 0.01  # seconds at most between two updates, or, at rest, between two looks into the inbox


@dataclass(slots=True)
class _Watch:
    """One instrument that is asked to look."""

    request: ObserveRequest
    seconds: float = _FIRST  # it may take now; below zero it waits until so much was saved up again
    begun_at: float = -inf
    step: int = -1  # of the look that is under way, or of the last one
    work: Iterator[Any] | None = None

    def waits(self, now: float, step: int) -> float:
        """Seconds until it has something to do, however long it may; inf where that takes another update."""
        if self.has_work(step):
            return 0.0 if self.work is not None else max(0.0, self.begun_at + (self.request.every or 0.0) - now)
        return inf

    def has_work(self, step: int) -> bool:
        """Whether there is anything that it has not seen. At rest it looks at that at once: nothing is held up by it,
        and what stands on the screen is of the last update.
        """
        return self.work is not None or step != self.step


class Watching:
    """The instruments that look. The loop asks `is_due` after every update, and at rest how long it may wait."""

    def __init__(
        self, subject: Callable[[], Subject], step: Callable[[], int], now: Callable[[], float] = time.monotonic
    ) -> None:
        """`subject` copies the network as it is, `step` says after how many updates."""
        self._subject, self._step, self._now = subject, step, now
        self._watches: dict[str, _Watch] = {}
        self._looked_at = now()
        self._due_at = inf  # when the next piece of work may be done, while training

    @classmethod
    def of(cls, trainer: Trainer, clock: RunClock) -> "Watching":
        """Instruments that look at this trainer, which must stand between two updates whenever they do."""
        return cls(lambda: Subject.of(trainer, clock.elapsed_seconds), lambda: trainer.step_count)

    def ask(self, request: ObserveRequest) -> None:
        """Have an instrument look, or look no longer. One that looks already begins anew where it is asked another
        thing. Raises InputError where there is no such instrument.
        """
        instrument(request.name)
        if request.every is None:
            self._watches.pop(request.name, None)
        elif not 0 <= request.every < inf:
            raise InputError(f"an instrument cannot look every {request.every} seconds: give a number from 0")
        else:
            known = self._watches.get(request.name)
            if known is not None and known.request.argument == request.argument:
                known.request = request
            else:
                self._watches[request.name] = _Watch(request)
        self._due_at = -inf if self._watches else inf

    def is_due(self) -> bool:
        """Whether an instrument has work to do and time for it, while training."""
        return self._due_at < inf and self._now() >= self._due_at

    def look(self) -> Iterator[Event]:
        """Between two updates: every instrument works as long as its share allows."""
        now, step = self._now(), self._step()
        saved, self._looked_at = self._share * (now - self._looked_at), now
        for watch in list(self._watches.values()):
            watch.seconds = max(watch.seconds, min(_MOST, watch.seconds + saved))
            until = self._now() + _TURN
            while watch.seconds > 0 and watch.waits(begun := self._now(), step) == 0 and begun < until:
                yield from self._piece(watch)
                watch.seconds -= self._now() - begun
        now = self._now()
        self._due_at = min((now + self._pause(watch, now, step) for watch in self._watches.values()), default=inf)

    def seconds_to_wait(self) -> float | None:
        """At rest, where instruments may take all the time: 0 where there is work. None: no matter how long."""
        step = self._step()
        return 0.0 if any(watch.has_work(step) for watch in self._watches.values()) else None

    def look_at_rest(self) -> list[Event]:
        """At rest: a turn of what there is to do."""
        events: list[Event] = []
        until, step = self._now() + _TURN, self._step()
        while self._now() < until:
            watch = next((each for each in self._watches.values() if each.has_work(step)), None)
            if watch is None:
                break
            events += self._piece(watch)
        self._looked_at = self._now()
        return events

    @property
    def _share(self) -> float:
        """Of the training time, for each instrument that looks."""
        return min(SHARE, TOGETHER / max(1, len(self._watches)))

    def _pause(self, watch: _Watch, now: float, step: int) -> float:
        """Seconds until it has both work and time for it, if an update is made meanwhile."""
        saving = max(0.0, -watch.seconds) / self._share
        return max(saving, watch.waits(now, -1 if watch.work is None else step))

    def _piece(self, watch: _Watch) -> Iterator[Event]:
        """One piece of work. One that fails looks no more until it is asked again."""
        name = watch.request.name
        try:
            with np.errstate(all="ignore"):  # what overflows in weights about to diverge is no fault of looking
                if watch.work is None:
                    watch.begun_at, watch.step = self._now(), self._step()
                    watch.work = iter(instrument(name)(self._subject(), watch.request.argument))
                seen = next(watch.work, _NOTHING)
        except Exception as error:  # a run is never ended by being looked at
            self._watches.pop(name, None)
            words = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
            yield Warned(f"{name.replace('_', ' ')} cannot be shown ({words}); training is not touched by it")
            return
        if seen is not None:
            watch.work = None
        if seen is not None and seen is not _NOTHING:
            yield Observed(watch.step, name, seen)
        time.sleep(BREATH)  # the screen's thread has its turn


_NOTHING = object()  # where an instrument ends without a word
