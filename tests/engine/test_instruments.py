"""An instrument sees what an independent computation sees, only while it is asked to, and changes nothing."""

import math

import numpy as np
import pytest

from tests.small import TEXT, Clock, of, run_to, small_trainer, trained
from tui_rnn.engine.checkpoint import best_snapshot, state_snapshot
from tui_rnn.engine.control import Control, ObserveRequest
from tui_rnn.engine.events import Observed, Paused, StepDone, Warned
from tui_rnn.engine.instruments import INSTRUMENTS, look
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.engine.kinds import CheckpointKind
from tui_rnn.engine.loop import run, serve_until_stopped
from tui_rnn.engine.saving import Saver
from tui_rnn.engine.state import digest
from tui_rnn.engine.watching import SHARE, TOGETHER, Watching


def observed(trainer, last, *requests, watching=None):
    """All events of a run to this step; a request (step, name, every) is made when so many updates are."""
    control, events = Control(), []

    def ask(step):
        for at, *request in requests:
            if at == step:
                control.post(ObserveRequest(*request))

    ask(trainer.step_count)
    for event in run(trainer, control, last, watching=watching):
        events.append(event)
        if isinstance(event, StepDone):
            ask(event.step)
    return events


def counting(monkeypatch, pieces=1, name="counting"):
    """An instrument that works in so many pieces and sees the step; the list of what it was asked about."""
    asked = []

    def count(subject, argument):
        asked.append(argument)
        for _ in range(pieces):
            yield None
        yield subject.step

    monkeypatch.setitem(INSTRUMENTS, name, count)
    return asked


def test_the_norms_are_those_of_the_weights_of_that_step():
    trainer = small_trainer(eta=0.3)
    first, *_, last = of(Observed, observed(trainer, 12, (0, "parameter_norms", 0)))
    for seen in (first, last):
        theta = trained(small_trainer(eta=0.3), seen.step).theta
        assert [each.parameter for each in seen.value] == list(theta)
        for each in seen.value:
            numbers = [float(number) for number in theta[each.parameter].ravel()]
            assert each.norm == pytest.approx(math.sqrt(sum(number**2 for number in numbers)))
            assert each.largest == max(map(abs, numbers))
    assert first.step < last.step


def test_what_is_seen_is_of_the_step_at_which_the_look_began(monkeypatch):
    clock, trainer = Clock(), small_trainer()

    def slowly(subject, argument):
        for _ in range(3):
            clock.now += 0.03
            yield None
        yield subject.theta.flat.tobytes()

    monkeypatch.setitem(INSTRUMENTS, "slowly", slowly)
    watching = Watching(lambda: Subject.of(trainer), lambda: trainer.step_count, clock)
    watching.ask(ObserveRequest("slowly", 0))
    theta, events, told_at = [], [], []
    for _ in range(12):
        clock.now += 1.0
        for event in watching.look():
            events.append(event)
            told_at.append(trainer.step_count)
        theta.append(trainer.theta.flat.tobytes())
        trainer.step()
    assert [event.value for event in events] == [theta[event.step] for event in events]
    assert any(event.step < told for event, told in zip(events, told_at, strict=True))


def test_it_looks_again_after_so_many_seconds_and_only_once_an_update_was_made(monkeypatch):
    counting(monkeypatch)
    clock, steps = Clock(), [0]
    watching = Watching(lambda: Subject.of(small_trainer()), lambda: steps[0], clock)
    watching.ask(ObserveRequest("counting", 2.0))
    looks = []
    for tick in range(12):
        clock.now += 0.5
        steps[0] = min(tick, 7)
        looks += [clock.now - 1000.0 for _ in watching.look()]
    assert looks == [0.5, 2.5, 4.5]  # at 6.5 the step is that of the look before


@pytest.mark.parametrize(("count", "share"), [(1, SHARE), (2, 2 * SHARE), (5, TOGETHER)])
def test_each_instrument_has_its_share_of_the_time_and_all_together_no_more_than_theirs(monkeypatch, count, share):
    clock = Clock()

    def costly(subject, argument):
        for _ in range(40):
            clock.now += 0.005
            yield None
        yield "seen"

    names = [f"costly {number}" for number in range(count)]
    for name in names:
        monkeypatch.setitem(INSTRUMENTS, name, costly)
    trainer = small_trainer()
    watching = Watching(lambda: Subject.of(trainer), lambda: int(clock.now * 1000), clock)
    for name in names:
        watching.ask(ObserveRequest(name, 0))
    trained_seconds, begun = 0.0, clock.now
    for _ in range(100_000):
        clock.now += 0.001
        trained_seconds += 0.001
        if watching.is_due():
            list(watching.look())
    spent = clock.now - begun - trained_seconds
    assert 0.9 * share < spent / (clock.now - begun) < 1.1 * share  # with what each may take at once


def test_it_looks_no_longer_once_that_is_said(monkeypatch):
    asked = counting(monkeypatch)
    observed(small_trainer(), 20)
    assert asked == []
    events = observed(small_trainer(), 20, (2, "counting", 0), (5, "counting", None))
    assert {event.value for event in of(Observed, events)} <= {2, 3, 4, 5}
    assert of(Observed, events)


def test_a_request_with_another_argument_begins_anew_and_one_with_the_same_does_not(monkeypatch):
    asked = counting(monkeypatch)
    requests = [(2, "counting", 1e6, "one"), (4, "counting", 1e6, "one"), (6, "counting", 1e6, "two")]
    observed(small_trainer(), 20, *requests)
    assert asked == ["one", "two"]


@pytest.mark.parametrize("recipe", ["adagrad", "adam", "fast"])
def test_looking_changes_nothing(recipe):
    trainer = small_trainer(recipe, batch_size=2, holdout=0.4)
    events = observed(trainer, 30, *((0, name, 0) for name in INSTRUMENTS))
    assert {event.name for event in of(Observed, events)} == set(INSTRUMENTS)
    assert digest(trainer) == digest(trained(small_trainer(recipe, batch_size=2, holdout=0.4), 30))


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_what_is_seen_shares_no_memory_with_the_network(name):
    trainer = trained(small_trainer(), 3)
    seen = look(name, Subject.of(trainer))
    before = repr(seen)
    trainer.theta.flat[:] = np.nan
    assert repr(seen) == before


@pytest.mark.parametrize("name", INSTRUMENTS)
@pytest.mark.parametrize("weight", [1e30, math.inf, math.nan])
def test_weights_that_overflow_end_no_run(name, weight):
    trainer, control = small_trainer(dtype="float32"), Control()
    run_to(trainer, 3)
    trainer.theta.flat[:] = weight
    control.post(ObserveRequest(name, 0))
    control.pause()
    for event in serve_until_stopped(trainer, control, Saver(trainer, None)):
        assert isinstance(event, Observed | Warned)
        control.stop()


def test_an_instrument_that_fails_is_a_warning_once_and_training_goes_on(monkeypatch):
    def broken(subject, argument):
        yield None
        raise ZeroDivisionError("of its own")

    monkeypatch.setitem(INSTRUMENTS, "broken", broken)
    events = observed(small_trainer(), 20, (1, "broken", 0))
    (warned,) = of(Warned, events)
    assert "broken" in warned.message
    assert "of its own" in warned.message
    assert events[-1].step == 20


def test_it_is_not_logged():
    seen, *_ = of(Observed, observed(small_trainer(), 3, (0, "parameter_norms", 1)))
    assert seen.event == ""


@pytest.mark.parametrize(("name", "every"), [("no_such", 1), ("parameter_norms", -3), ("parameter_norms", math.nan)])
def test_what_cannot_look_is_named_and_training_goes_on(name, every):
    events = observed(small_trainer(), 5, (1, name, every))
    (warned,) = of(Warned, events)
    assert len(warned.message.splitlines()) == 1
    assert of(Observed, events) == []
    assert events[-1].step == 5


def test_while_paused_it_works_at_once_and_the_time_is_not_trained(monkeypatch):
    counting(monkeypatch, pieces=30)
    trainer, control = small_trainer(), Control(paused=True)
    control.post(ObserveRequest("counting", 0))
    events = []
    for event in run(trainer, control, 5):
        if isinstance(event, Observed) and event.name != "counting":
            continue  # what is seen of a single step
        events.append(event)
        if isinstance(event, Observed) and event.value == 0:
            assert control.clock.elapsed_seconds < 0.005  # thirty pieces were worked on, each with a breath
            control.one_step()
        elif isinstance(event, Observed):
            control.resume()
    assert [event.value for event in of(Observed, events)][:2] == [0, 1]
    assert len([event for event in events[:4] if isinstance(event, Paused)]) <= 3


def test_when_training_is_over_it_looks_once_and_again_when_asked_about_another_thing(monkeypatch):
    asked = counting(monkeypatch, pieces=3)
    trainer, control = small_trainer(), Control()
    run_to(trainer, 5)
    control.post(ObserveRequest("counting", 0, "one"))
    serving = serve_until_stopped(trainer, control, Saver(trainer, None))
    assert next(serving).step == 5
    control.post(ObserveRequest("counting", 0, "two"))
    assert next(serving).step == 5
    control.stop()
    assert list(serving) == []
    assert asked == ["one", "two"]


def test_the_watch_goes_on_when_training_is_over(monkeypatch):
    counting(monkeypatch)
    trainer, control = small_trainer(), Control()
    watching, saver = Watching.of(trainer, control.clock), Saver(trainer, None)
    control.post(ObserveRequest("counting", 0))
    seen = of(Observed, list(run(trainer, control, 5, watching=watching)))
    serving = serve_until_stopped(trainer, control, saver, watching)
    if not seen or seen[-1].value != 5:
        assert next(serving).value == 5
    control.stop()
    assert of(Observed, list(serving)) == []


def test_a_look_that_is_not_due_for_long_is_of_the_last_update_once_training_rests(monkeypatch):
    counting(monkeypatch, pieces=3)
    trainer, control = small_trainer(), Control()
    watching, saver = Watching.of(trainer, control.clock), Saver(trainer, None)
    control.post(ObserveRequest("counting", 1000.0))
    seen = of(Observed, list(run(trainer, control, 40, watching=watching)))
    assert len(seen) < 2
    assert watching.seconds_to_wait() == 0
    serving = serve_until_stopped(trainer, control, saver, watching)
    while not seen or seen[-1].value != 40:
        seen.append(next(serving))
    control.stop()
    assert of(Observed, list(serving)) == []


def test_a_saved_state_is_seen_as_the_one_in_training_is():
    trainer = trained(small_trainer(holdout=0.3, memory_start=1.0), 7)
    trainer.adjust("eta", 0.03)
    saved = Subject.of_saved(state_snapshot(trainer, 5.0), small_trainer().corpus)
    live = Subject.of(trainer, 5.0)
    assert look("parameter_norms", saved) == look("parameter_norms", live)
    assert (saved.unseen == live.unseen).all()
    assert saved.has_unseen
    seen, known = look("health", saved), look("health", live)
    for name in ("step", "gradient_norm", "clipped", "saturated", "shares", "ratios", "characters"):
        assert getattr(seen, name) == getattr(known, name)
    assert (seen.hidden == known.hidden).all()
    assert seen.ratios
    assert saved.window.places[0] > 0


def test_a_model_alone_reads_the_text_from_its_beginning():
    trainer = trained(small_trainer(holdout=0.3), 7)
    saved = Subject.of_saved(best_snapshot(trainer, CheckpointKind.BEST), small_trainer().corpus)
    assert look("health", saved).ratios == ()
    assert look("health", saved).characters == TEXT[: len(saved.corpus.train)]


def test_the_unseen_text_is_not_copied():
    held_out = Subject.of(small_trainer(holdout=0.3))
    assert np.shares_memory(held_out.unseen, held_out.corpus.indices)
    without = Subject.of(small_trainer())
    assert np.shares_memory(without.unseen, without.corpus.indices)
