"""Instruments on a saved model: asked before or after it is there, they see what they see of the model in training."""

from tests.small import of, small_corpus, small_trainer, trained
from tui_rnn.engine.checkpoint import state_snapshot
from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.events import Observed, Warned
from tui_rnn.engine.instruments import look
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.tui.view_instruments import ViewInstruments


def all_seen(instruments):
    events = []
    for _ in range(50):
        events += instruments.look()
    return of(Observed, events)


def test_what_is_asked_for_is_seen_once_there_are_a_model_and_a_text():
    trainer = trained(small_trainer(holdout=0.2), 12)
    instruments = ViewInstruments()
    instruments.ask(ObserveRequest("parameter_norms", 0.0))
    instruments.ask(ObserveRequest("letters", 0.0, "V"))
    instruments.ask(ObserveRequest("reach", 0.0))
    instruments.ask(ObserveRequest("reach", None))  # no longer
    assert instruments.model(state_snapshot(trainer)) == all_seen(instruments) == []
    assert instruments.seconds_to_wait(0.5) == 0.5
    instruments.text(small_corpus())
    assert instruments.seconds_to_wait(0.5) == 0
    found = {each.name: each for each in all_seen(instruments)}
    assert found.keys() == {"parameter_norms", "letters"}
    assert found["parameter_norms"].step == 12
    assert found["letters"].value == look("letters", Subject.of(trainer), "V")
    instruments.ask(ObserveRequest("reach", 0.0))
    (reach,) = all_seen(instruments)
    assert reach.value == look("reach", Subject.of(trainer))


def test_a_newer_model_is_looked_at_anew_and_an_older_look_is_not_repeated():
    trainer = trained(small_trainer(), 5)
    instruments = ViewInstruments()
    instruments.text(small_corpus())
    instruments.model(state_snapshot(trainer))
    instruments.ask(ObserveRequest("parameter_norms", 0.0))
    assert [each.step for each in all_seen(instruments)] == [5]
    assert all_seen(instruments) == []
    instruments.model(state_snapshot(trained(trainer, 3)))
    assert [each.step for each in all_seen(instruments)] == [8]


def test_an_instrument_that_is_not_known_is_said_to_be_so():
    instruments = ViewInstruments()
    instruments.text(small_corpus())
    instruments.model(state_snapshot(trained(small_trainer(), 1)))
    (warned,) = instruments.ask(ObserveRequest("crystal_ball", 1.0))
    assert isinstance(warned, Warned)
    assert "crystal_ball" in warned.message
