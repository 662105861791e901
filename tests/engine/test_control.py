"""A running loop is told what to do from other threads and from signal handlers, and it waits while paused."""

import itertools
import signal
import threading
from queue import Queue
from types import SimpleNamespace

import pytest

from tests.small import Clock, MemoryStore, saving, small_trainer
from tui_rnn.engine.clock import RunClock
from tui_rnn.engine.control import Control, GradientCheckRequest, SampleRequest, SaveRequest
from tui_rnn.engine.events import Checkpointed, Done, Sample, StepDone, Warned
from tui_rnn.engine.loop import run, serve_until_stopped
from tui_rnn.engine.saving import Saver
from tui_rnn.engine.state import digest

SECONDS = 20  # to wait for what should come at once, before a test is red


class Running:
    """A loop in a thread of its own; the events that matter here come out of a queue."""

    def __init__(self, events):
        self._queue = Queue()
        self._thread = threading.Thread(target=self._collect, args=(events,), daemon=True)
        self._thread.start()

    def _collect(self, events):
        for event in events:
            if isinstance(event, StepDone | Sample | Checkpointed | Warned | Done):
                self._queue.put(event)
        self._queue.put(None)

    def next(self):
        return self._queue.get(timeout=SECONDS)

    def rest(self):
        """All that follows, to the end of the loop."""
        events = list(iter(self.next, None))
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()
        return events


def test_requests_come_in_the_order_they_were_posted():
    control = Control()
    posted = [SampleRequest(3), SaveRequest(), GradientCheckRequest(), SampleRequest(3)]
    for request in posted:
        control.post(request)
    assert list(control.requests()) == posted
    assert list(control.requests()) == []  # and does not wait for more


def test_every_sample_request_has_a_number_of_its_own():
    assert len({SampleRequest(3).number for _ in range(50)}) == 50


def test_a_paused_loop_waits_and_serves_until_it_is_resumed():
    control = Control(paused=True)
    loop = Running(run(small_trainer(), control, 5))
    for length in range(1, 20):  # each is posted when the last was served, so the loop has been waiting
        control.post(SampleRequest(length))
        assert len(loop.next().text) == length
    control.resume()
    rest = loop.rest()
    assert [event.step for event in rest if isinstance(event, StepDone)] == [1, 2, 3, 4, 5]
    assert rest[-1].reason == "steps"


def test_one_step_makes_one_update_while_paused():
    control = Control(paused=True)
    loop = Running(run(small_trainer(sample_every=1000), control, 100))
    for step in range(1, 6):
        control.one_step()
        if step == 1:
            assert loop.next().kind == "scheduled"
        assert loop.next().step == step
        control.post(SampleRequest(2))  # what comes next is this sample, no further update
        sample = loop.next()
        assert (sample.kind, sample.step) == ("requested", step)
    control.stop()
    assert [type(event) for event in loop.rest()] == [Done]


def test_several_single_steps_are_all_made():
    control = Control(paused=True)
    loop = Running(run(small_trainer(), control, 3))
    for _ in range(3):
        control.one_step()
    assert sum(isinstance(event, StepDone) for event in loop.rest()) == 3


def test_a_single_step_asked_for_while_running_is_not_kept_for_later():
    control = Control()
    control.one_step()
    assert list(control.requests()) == []
    control.pause()
    control.post(SaveRequest())
    waiting = control.requests()
    assert next(waiting) == SaveRequest()
    control.stop()
    assert list(waiting) == []


def test_a_pause_takes_hold_after_the_update_at_hand():
    control = Control()
    events = run(small_trainer(), control, 100)
    steps = (event for event in events if isinstance(event, StepDone))
    for done in steps:
        if done.step == 7:
            control.pause()
            control.post(SampleRequest(2))
            break
    after = next(event for event in events if isinstance(event, StepDone | Sample))
    assert isinstance(after, Sample)
    control.stop()
    assert [type(event) for event in events if isinstance(event, StepDone | Done)] == [Done]


@pytest.mark.parametrize("paused", [True, False])
@pytest.mark.parametrize("reason", ["stopped", "signal"])
def test_a_stop_ends_a_loop_paused_or_not_with_a_last_checkpoint(paused, reason):
    control, store = Control(paused=paused), MemoryStore()
    loop = Running(saving(store, control, 10**9))
    if not paused:
        loop.next()
    control.stop(reason)
    assert loop.rest()[-1].reason == reason
    assert store.saved[-1][1] == "final"


def test_a_stop_without_saving_writes_nothing():
    control, store = Control(paused=True), MemoryStore()
    control.stop(save=False)
    assert Running(saving(store, control, 10)).rest()[-1].reason == "stopped"
    assert store.saved == []


def test_the_first_reason_to_stop_stands_and_the_last_word_on_saving():
    control = Control()
    assert not control.stopped
    control.stop("signal", save=False)
    control.stop("stopped", save=True)
    assert control.stopped
    assert control.stop_reason == "signal"
    assert control.save_at_end


def test_requests_posted_before_a_stop_are_still_given():
    control = Control(paused=True)
    control.post(SaveRequest())
    control.stop()
    control.post(SaveRequest())
    assert list(control.requests()) == [SaveRequest(), SaveRequest()]


def test_time_spent_waiting_is_left_out_and_no_other(monkeypatch):
    seconds = Clock()
    control = Control(clock=RunClock(seconds))
    control.clock.start()
    get = control._inbox.get

    def slow_get(**told):
        seconds.now += 10
        return get(**told)

    monkeypatch.setattr(
        control, "_inbox", SimpleNamespace(get=slow_get, put=control._inbox.put, empty=control._inbox.empty)
    )
    control.post(SaveRequest())
    list(control.requests())
    assert control.clock.elapsed_seconds == 10  # not paused: it counts
    control.pause()
    for _ in range(3):
        control.post(SaveRequest())
    control.one_step()
    assert len(list(control.requests())) == 3
    assert control.clock.elapsed_seconds == 10
    seconds.now += 5
    assert control.clock.elapsed_seconds == 15


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="this system sends no signals to threads")
def test_a_signal_handler_may_stop_a_loop_that_waits():
    control = Control(paused=True)
    main = threading.main_thread().ident
    before = signal.signal(signal.SIGUSR1, lambda *_: control.stop("signal"))
    sender = threading.Thread(target=lambda: signal.pthread_kill(main, signal.SIGUSR1))
    try:
        control.post(SaveRequest())
        events = saving(MemoryStore(), control, 10)
        assert any(isinstance(event, Checkpointed) for event in itertools.islice(events, 2))
        sender.start()
        assert list(events)[-1].reason == "signal"
    finally:
        sender.join(SECONDS)
        signal.signal(signal.SIGUSR1, before)


def test_after_training_requests_are_served_and_no_update_is_made_until_it_is_stopped():
    control, store, trainer = Control(), MemoryStore(), small_trainer()
    loop = Running(serve_until_stopped(trainer, control, Saver(trainer, store)))
    before = digest(trainer)
    for ask in (lambda: None, control.one_step, control.resume, control.pause):
        ask()
        control.post(SampleRequest(4))
        assert len(loop.next().text) == 4
    control.post(SaveRequest())
    assert loop.next().kind == "requested"
    control.stop()
    assert loop.rest() == []
    assert digest(trainer) == before
