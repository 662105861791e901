"""Examining a run now and then, beside its samples: what is found wrong in the network is an event, once each."""

import time
from collections.abc import Iterable, Iterator

import numpy as np

from tui_rnn.engine.clock import BREATH
from tui_rnn.engine.control import Control
from tui_rnn.engine.events import Finding
from tui_rnn.engine.findings import READY, findings
from tui_rnn.engine.instruments.beat import Beat, beat
from tui_rnn.engine.instruments.health import Health, health
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.engine.trainer import Trainer

_MOST_BETWEEN = 10_000  # updates between two examinations, beside samples that far apart or nearer


class Examining:
    """What was found in a run. An examination takes about 10 ms, on a copy; it changes nothing."""

    def __init__(self, trainer: Trainer, control: Control, named: Iterable[str] = ()) -> None:
        """`named`: the findings that earlier processes of this run have reported."""
        self._trainer, self._control = trainer, control
        self._named = set(named)
        self._examined = 0  # the step of the last examination

    def look(self) -> Iterator[Finding]:
        """What is found wrong now and was not before. Between two pieces of work it ends where a stop was asked for."""
        step = self._trainer.step_count
        if step < READY or step < self._examined + min(_MOST_BETWEEN, max(READY, self._examined)):
            return
        self._examined = step
        subject = Subject.of(self._trainer, self._control.clock.elapsed_seconds)
        seen: dict[type, object] = {}
        try:
            for instrument in (health, beat):
                work = instrument(subject, None)
                while True:
                    with np.errstate(all="ignore"):  # weights about to diverge overflow
                        result = next(work, False)
                    if result is False:
                        break
                    if result is not None:
                        seen[type(result)] = result
                    if self._control.stopped:
                        return
                    time.sleep(BREATH)
        except (ArithmeticError, ValueError):  # of such weights: no run is ended by being looked at
            return
        healthy, beating = seen.get(Health), seen.get(Beat)
        assert isinstance(healthy, Health)
        assert isinstance(beating, Beat)
        for said in findings(self._trainer.config, healthy, beating):
            if not said.is_good and said.name not in self._named:
                self._named.add(said.name)
                value = said.value if np.isfinite(said.value) else None
                yield Finding(step, said.name, value, said.what.replace("\xa0", " "), said.remedy)
