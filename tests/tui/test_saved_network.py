"""A run that is viewed is seen through the same instruments as one in training: through its newest saved state."""

from types import SimpleNamespace

from tests.small import of, small_trainer, trained
from tui_rnn.engine.checkpoint import state_snapshot
from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.events import Observed, Warned
from tui_rnn.engine.instruments import look
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.tui.saved_network import SavedNetwork


def test_instruments_look_once_the_text_is_read_and_again_at_a_newer_state():
    trainer = trained(small_trainer(holdout=0.3), 5)
    network = SavedNetwork(SimpleNamespace(snapshot=lambda: state_snapshot(trainer)))
    assert list(network.ask(ObserveRequest("parameter_norms", 0))) == []
    assert (network.look(), network.seconds_to_wait(0.5)) == ([], 0.5)
    network.read(small_trainer().corpus)
    assert network.seconds_to_wait(0.5) == 0
    (seen,) = of(Observed, network.look())
    assert (seen.step, seen.value) == (5, look("parameter_norms", Subject.of(trainer)))
    assert (network.look(), network.seconds_to_wait(0.5)) == ([], 0.5)
    trained(trainer, 2)
    network.forget()
    (seen,) = of(Observed, network.look())
    assert (seen.step, seen.value) == (7, look("parameter_norms", Subject.of(trainer)))
    assert len(of(Warned, list(network.ask(ObserveRequest("no_such", 1))))) == 1


def test_without_a_saved_state_nothing_is_seen():
    network = SavedNetwork(SimpleNamespace(snapshot=lambda: None))
    network.read(small_trainer().corpus)
    assert list(network.ask(ObserveRequest("parameter_norms", 0))) == []
    assert network.look() == []
