"""What is wrong in a network is told once, beside samples; telling it changes nothing."""

import math

from tests.small import of, run_to, small_trainer, trained
from tui_rnn.engine.event_records import as_record, event_of
from tui_rnn.engine.events import Finding, Sample
from tui_rnn.engine.instruments import look
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.engine.state import digest

BOOK = "So it goes, and on it goes. It is so.\nA man sat; an ant ran.\n" * 30


def saturated():
    """AdaGrad from a zero memory and a large eta, on windows long enough for all findings."""
    return small_trainer("adagrad", BOOK, hidden_size=8, seq_length=12, eta=1.0, sample_every=100, sample_length=5)


def test_a_finding_is_told_once_at_a_sample_and_has_what_to_do():
    trainer = saturated()
    events = run_to(trainer, 500)
    found = of(Finding, events)
    assert "saturated" in {each.name for each in found}
    assert len({each.name for each in found}) == len(found)
    steps = {event.step - 1 for event in of(Sample, events)} | {500}
    for each in found:
        assert each.step in steps
        assert each.step >= 99
        assert each.remedy
        assert event_of(as_record(each)) == each
    first = next(each for each in found if each.name == "saturated")
    twin = trained(saturated(), first.step)
    window, h, high = twin.order.peek(), twin.state[0], []
    for x in window.x[:, 0]:
        h = [math.tanh(a) for a in twin.theta["U"][x] + twin.theta["b"] + h @ twin.theta["W"]]
        high += [abs(each) > 0.9 for each in h]
    assert abs(first.value - sum(high) / len(high)) < 1e-6
    held = f"{look('beat', Subject.of(twin)).held} of 8 units nearly always"
    assert f"{100 * first.value:.0f} % of the hidden values are saturated, {held}" == first.message


def test_examining_changes_nothing():
    trainer = saturated()
    assert of(Finding, run_to(trainer, 250))
    assert digest(trainer) == digest(trained(saturated(), 250))


def test_a_healthy_network_and_one_at_its_beginning_have_nothing_wrong_told():
    assert of(Finding, run_to(saturated(), 90)) == []
    healthy = small_trainer("adam", BOOK, hidden_size=8, seq_length=12, sample_every=100, sample_length=5)
    assert "saturated" not in {each.name for each in of(Finding, run_to(healthy, 300))}
