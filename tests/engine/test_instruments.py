"""An instrument sees what an independent computation sees, only while it is asked to, and changes nothing."""

import math

import numpy as np
import pytest

from tests.small import of, run_to, small_trainer, trained
from tui_rnn.engine.control import Control, ObserveRequest
from tui_rnn.engine.events import Observed, StepDone, Warned
from tui_rnn.engine.instruments import INSTRUMENTS, instrument
from tui_rnn.engine.loop import run, serve_until_stopped
from tui_rnn.engine.saving import Saver
from tui_rnn.engine.state import digest


def observed(trainer, last, *requests):
    """All events of a run to this step; a request (step, name, every) is made when so many updates are."""
    control, events = Control(), []

    def ask(step):
        for at, name, every in requests:
            if at == step:
                control.post(ObserveRequest(name, every))

    ask(trainer.step_count)
    for event in run(trainer, control, last):
        events.append(event)
        if isinstance(event, StepDone):
            ask(event.step)
    return events


def test_the_norms_are_those_of_the_weights_of_that_step():
    trainer = small_trainer(eta=0.3)
    (first, *_, last) = of(Observed, observed(trainer, 12, (0, "parameter_norms", 4)))
    for told, updates in ((first, 0), (last, 12)):
        theta = trained(small_trainer(eta=0.3), updates).theta
        assert [each.parameter for each in told.value] == list(theta)
        for each in told.value:
            numbers = [float(number) for number in theta[each.parameter].ravel()]
            assert each.norm == pytest.approx(math.sqrt(sum(number**2 for number in numbers)))
            assert each.largest == max(map(abs, numbers))


def test_it_looks_at_once_and_then_after_every_so_many_updates():
    told = of(Observed, observed(small_trainer(), 20, (5, "parameter_norms", 4)))
    assert [(event.step, event.name) for event in told] == [(step, "parameter_norms") for step in (5, 8, 12, 16, 20)]


def test_it_looks_no_longer_once_that_is_said_and_may_begin_again():
    requests = [(2, "parameter_norms", 1), (5, "parameter_norms", None), (9, "parameter_norms", 5)]
    told = of(Observed, observed(small_trainer(), 20, *requests))
    assert [event.step for event in told] == [2, 3, 4, 5, 9, 10, 15, 20]


@pytest.mark.parametrize("recipe", ["adagrad", "adam", "fast"])
@pytest.mark.parametrize("name", INSTRUMENTS)
def test_looking_changes_nothing(recipe, name):
    trainer = small_trainer(recipe, batch_size=2)
    observed(trainer, 20, (0, name, 1))
    assert digest(trainer) == digest(trained(small_trainer(recipe, batch_size=2), 20))


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_what_is_seen_shares_no_memory_with_the_network_and_cannot_be_changed(name):
    trainer = trained(small_trainer(), 3)
    seen = instrument(name)(trainer.model, trainer.theta, trainer.order.peek())
    before = repr(seen)
    trainer.theta.flat[:] = np.nan
    assert repr(seen) == before
    assert hash(seen) is not None


def test_an_instrument_that_does_not_look_costs_no_look(monkeypatch):
    looks = []
    monkeypatch.setitem(INSTRUMENTS, "parameter_norms", lambda *given: looks.append(given))
    observed(small_trainer(), 20)
    assert looks == []
    observed(small_trainer(), 20, (3, "parameter_norms", 1), (5, "parameter_norms", None))
    assert len(looks) == 3


def test_it_is_not_logged():
    (told, *_) = of(Observed, observed(small_trainer(), 3, (0, "parameter_norms", 1)))
    assert told.event == ""


@pytest.mark.parametrize(("name", "every"), [("no_such", 1), ("parameter_norms", 0), ("parameter_norms", -3)])
def test_what_cannot_look_is_told_and_training_goes_on(name, every):
    events = observed(small_trainer(), 5, (1, name, every))
    (warned,) = of(Warned, events)
    assert len(warned.message.splitlines()) == 1
    assert of(Observed, events) == []
    assert events[-1].step == 5


def test_after_training_it_looks_once_at_each_request():
    trainer, control = small_trainer(), Control()
    run_to(trainer, 5)
    control.post(ObserveRequest("parameter_norms", 1))
    serving = serve_until_stopped(trainer, control, Saver(trainer, None))
    assert next(serving).step == 5
    control.post(ObserveRequest("parameter_norms", None))
    control.stop()
    assert list(serving) == []
