"""What is asked for between two updates is answered: samples from the right weights, and gradient checks."""

import numpy as np
import pytest

from tests.small import TEXT, of, run_to, small_trainer, trained
from tui_rnn.engine.control import Control, GradientCheckRequest, SampleRequest
from tui_rnn.engine.events import (
    GradientChecked,
    Sample,
    SamplePiece,
    StepDone,
    Warned,
)
from tui_rnn.engine.loop import run


def ask(trainer, *requests):
    """What a paused trainer answers; the single update that ends it is not told."""
    control = Control(paused=True)
    for request in requests:
        control.post(request)
    control.one_step()
    for event in run(trainer, control, trainer.step_count + 1):
        if isinstance(event, StepDone):
            return
        yield event


def test_a_sample_tells_the_loss_of_the_weights_that_wrote_it():
    events = run_to(small_trainer(sample_every=4), 14)
    losses = {done.step: done for done in of(StepDone, events)}
    first, *others, last = of(Sample, events)
    assert (last.kind, last.smooth_loss) == ("final", losses[14].smooth_loss)
    assert first.smooth_loss == losses[1].loss  # where the smooth loss starts
    assert [sample.smooth_loss for sample in others] == [losses[sample.step - 1].smooth_loss for sample in others]
    assert len(others) == 3


def test_a_gradient_check_tells_the_updates_made_when_it_was_checked():
    trainer = trained(small_trainer(), 3)
    (check,) = of(GradientChecked, list(ask(trainer, GradientCheckRequest(most_elements=2))))
    assert check.step == 3


def test_a_sample_comes_in_pieces_and_then_whole():
    events = [event for event in run_to(small_trainer(sample_length=60), 1) if isinstance(event, SamplePiece | Sample)]
    *pieces, whole = events
    assert len(pieces) > 2
    assert "".join(piece.text for piece in pieces) == whole.text
    assert len(whole.text) == 60
    assert (whole.kind, whole.model, whole.temperature, whole.top_p, whole.prime) == ("scheduled", "live", 1, 1, "")


def test_a_sample_goes_on_where_training_reads_the_text():
    """At the lowest temperature it is what the network expects after all it has read of this epoch."""
    trainer = trained(small_trainer(dtype="float64", hidden_size=8, eta=0.3), 60)
    read = TEXT[: trainer.order.place.position + 1]
    assert len(read) > 5
    h, expected = np.zeros(8), ""
    theta, vocabulary = trainer.theta, trainer.corpus.vocabulary
    h = trainer.state[0]
    x = vocabulary.encode(read[-1])[0]
    for _ in range(40):
        h = np.tanh(theta["U"][x] + h @ theta["W"] + theta["b"])
        x = (h @ theta["V"] + theta["c"]).argmax()
        expected += vocabulary.characters[x]
    (sample,) = of(Sample, ask(trainer, SampleRequest(40, temperature=0.0)))
    assert sample.text == expected


def test_a_sample_of_the_best_model_is_written_with_the_best_weights():
    trainer = trained(small_trainer(hidden_size=8, eta=0.5), 60)
    other = small_trainer(hidden_size=8, eta=0.5)
    np.copyto(other.theta.flat, trainer.best.theta.flat)
    assert not np.array_equal(trainer.best.theta.flat, trainer.theta.flat)
    requests = SampleRequest(50, 0.0, prime="so", model="best"), SampleRequest(50, 0.0, prime="so")
    measured = (trainer.best.step, trainer.best.loss)
    best, live = of(Sample, ask(trainer, *requests))
    (expected,) = [s for s in of(Sample, ask(other, SampleRequest(50, 0.0, prime="so"))) if s.kind == "requested"]
    assert best.text == expected.text != live.text
    assert (best.step, best.smooth_loss) == measured
    assert best.text.startswith("so")
    assert len(best.text) == 52


def test_two_samples_asked_for_at_one_update_differ_and_carry_their_requests_numbers():
    requests = [SampleRequest(60), SampleRequest(60)]
    samples = of(Sample, ask(trained(small_trainer(), 5), *requests))
    assert samples[0].text != samples[1].text
    assert [sample.request for sample in samples] == [request.number for request in requests]


def test_a_cancelled_sample_ends_early_and_training_goes_on():
    trainer, control, request = small_trainer(sample_every=1000), Control(), SampleRequest(100_000)
    control.post(request)
    events = []
    for event in run(trainer, control, 3):
        events.append(event)
        if isinstance(event, SamplePiece) and event.request == request.number:
            request.cancelled.set()
    assert [sample.kind for sample in of(Sample, events)] == ["scheduled", "final"]
    assert trainer.requested_samples == 0
    assert trainer.step_count == 3


def test_a_request_that_cannot_be_served_is_told_and_training_goes_on():
    trainer, control = small_trainer(), Control()
    control.post(SampleRequest(5, prime="ZZ"))
    events = run_to(trainer, 3, control)
    assert any("'Z'" in warned.message for warned in of(Warned, events))
    assert events[-1].reason == "steps"


@pytest.mark.parametrize("method", ["central", "complex"])
def test_a_gradient_check_is_answered_with_its_table(method):
    trainer = trained(small_trainer(), 10)
    (checked,) = of(GradientChecked, ask(trainer, GradientCheckRequest(method, most_elements=10)))
    assert (checked.method, checked.passed) == (method, True)
    assert (checked.hidden_size, checked.seq_length) == (4, 5)
    assert [row.parameter for row in checked.rows] == list("bcUWV")
    assert [row.checked for row in checked.rows] == [min(10, trainer.theta[name].size) for name in "bcUWV"]


def test_a_large_network_is_checked_on_a_smaller_one():
    trainer = small_trainer(hidden_size=101, seq_length=30)
    (checked,) = of(GradientChecked, ask(trainer, GradientCheckRequest(most_elements=2)))
    assert (checked.hidden_size, checked.seq_length, checked.passed) == (100, 25, True)


def test_of_a_huge_vocabulary_fewer_elements_are_checked(monkeypatch):
    trainer = trained(small_trainer(), 1)
    K, m, T = trainer.model.vocab_size, trainer.model.hidden_size, trainer.config.seq_length
    monkeypatch.setattr("tui_rnn.engine.gradcheck._BESIDE_BUDGET", 3 * T * (m + 1) * (m + K))
    (checked,) = of(GradientChecked, ask(trainer, GradientCheckRequest()))
    assert {row.parameter: row.checked for row in checked.rows}["W"] == 3
    monkeypatch.setattr("tui_rnn.engine.gradcheck._BESIDE_BUDGET", 0)
    (checked,) = of(GradientChecked, ask(trainer, GradientCheckRequest()))
    assert {row.checked for row in checked.rows} == {1}
