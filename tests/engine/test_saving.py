"""What the disk refuses is tried again until it is saved; nothing waits longer than minutes for a checkpoint."""

import threading

import pytest

from tests.small import TEXT, Clock, FullDisk, MemoryStore, of, run_to, saving, small_trainer, trained
from tui_rnn.engine.checkpoint import unseal
from tui_rnn.engine.clock import RunClock
from tui_rnn.engine.control import Control, SampleRequest, SaveRequest
from tui_rnn.engine.events import Checkpointed, Done, NotSaved, Paused, Sample, StepDone
from tui_rnn.engine.loop import run, serve_until_stopped
from tui_rnn.engine.saving import FIRST_SECONDS, RETRY_SECONDS, SAVE_SECONDS, Saver
from tui_rnn.engine.serving import evaluate
from tui_rnn.engine.state import digest


class Disk(MemoryStore):
    """Refuses what it is given, in these words, while it has any."""

    words = ""

    def save(self, snapshot, kind):
        if self.words:
            raise OSError(28, self.words, "checkpoints/last.ckpt")
        return super().save(snapshot, kind)


def training(clock, store, updates, seconds_per_update=0.0, control=None, **settings):
    """The events of a run in which each update takes so long; the test sees each before the next update."""
    for event in saving(store, control or Control(clock=RunClock(clock)), updates, **settings):
        if isinstance(event, StepDone):
            clock.now += seconds_per_update
        yield event


def test_a_slow_run_is_saved_soon_and_then_at_times_though_its_next_checkpoint_is_far():
    clock, store = Clock(), MemoryStore()
    list(training(clock, store, 20, seconds_per_update=10.0, checkpoint_every=1000))
    states = [(step, kind) for step, kind, _ in store.saved if kind != "best"]
    assert (FIRST_SECONDS, SAVE_SECONDS, states) == (30, 300, [(3, "timed"), (20, "final")])
    store.saved.clear()
    clock.now = 0.0
    list(training(clock, store, 20, seconds_per_update=SAVE_SECONDS / 6))
    states = [(step, kind) for step, kind, _ in store.saved if kind != "best"]
    assert states == [(1, "timed"), (7, "timed"), (13, "timed"), (19, "timed"), (20, "final")]
    for step, kind, data in store.saved:
        assert kind == "best" or unseal(data).state.step == step


def test_a_quick_run_is_saved_at_its_steps_alone():
    clock, store = Clock(), MemoryStore()
    list(training(clock, store, 20, seconds_per_update=FIRST_SECONDS / 12, checkpoint_every=10))
    assert [(step, kind) for step, kind, _ in store.saved if kind != "best"] == [
        (10, "periodic"),
        (20, "periodic"),
        (20, "final"),
    ]


def test_what_was_refused_is_tried_again_and_said_once_a_reason():
    clock, store = Clock(), Disk()
    told = []
    for event in training(clock, store, 40, seconds_per_update=RETRY_SECONDS / 2, checkpoint_every=10):
        if isinstance(event, StepDone):
            store.words = {9: "No space left on device", 16: "Input/output error", 24: ""}.get(event.step, store.words)
        if isinstance(event, NotSaved | Checkpointed) and getattr(event, "kind", "") != "best":
            told.append((event.step, event.kind, getattr(event, "reason", "saved")))
    assert told == [
        (10, "periodic", "No space left on device"),
        (16, "timed", "Input/output error"),  # after silent attempts at 12 and 14, and before one at 18
        (24, "timed", "saved"),
        (30, "periodic", "saved"),
        (40, "periodic", "saved"),
        (40, "final", "saved"),
    ]


def test_what_was_refused_is_named():
    store = Disk()
    store.words = "No space left on device"
    (warned,) = of(NotSaved, run_to(small_trainer(), 3, store=store))
    assert (warned.event, warned.step, warned.kind, warned.reason) == ("warning", 3, "final", "No space left on device")
    assert "step 3 is not saved (No space left on device: checkpoints/last.ckpt)" in warned.message


def test_a_paused_run_is_saved_as_soon_as_the_disk_takes_it():
    store, clock = Disk(), Clock()
    store.words = "No space left on device"
    control = Control(clock=RunClock(clock))
    told = []
    for event in saving(store, control, 10, checkpoint_every=5):
        if isinstance(event, StepDone) and event.step == 5:
            control.pause()
        elif isinstance(event, Paused):
            told.append("waits")
            if told.count("waits") == 1:
                store.words = ""
                clock.now += RETRY_SECONDS  # so the wait is over at once
            else:
                control.resume()
        elif isinstance(event, NotSaved | Checkpointed) and event.kind != "best":
            told.append((event.step, event.kind))
    assert told == [(5, "periodic"), "waits", (5, "timed"), "waits", (10, "periodic"), (10, "final")]


def test_an_update_let_through_while_paused_is_one_though_a_wait_was_over_before():
    store, clock = Disk(), Clock()
    control = Control(clock=RunClock(clock))
    store.words = "No space left on device"
    steps, waits = [], 0
    for event in saving(store, control, 10, checkpoint_every=1):
        if isinstance(event, StepDone):
            steps.append(event.step)
            control.pause()
        elif isinstance(event, Paused):
            waits += 1
            clock.now += RETRY_SECONDS
            if waits == 3:
                control.one_step()
            elif waits == 6:
                control.stop()
    assert steps == [1, 2]


class Passing(Clock):
    """So much time passes between two looks that whatever waits for it has waited long enough."""

    def __call__(self):
        self.now += RETRY_SECONDS
        return self.now


class FullFor(Disk):
    """Refuses so many checkpoints, and no more."""

    def __init__(self, refusals):
        super().__init__()
        self.refusals = refusals

    def save(self, snapshot, kind):
        self.refusals -= 1
        self.words = "No space left on device" if self.refusals >= 0 else ""
        return super().save(snapshot, kind)


@pytest.mark.parametrize("ends", ["at its goal", "when stopped"])
def test_the_last_state_is_tried_until_it_is_saved_where_control_is_patient(ends):
    store, control = FullFor(4), Control(patient=ends == "at its goal", clock=RunClock(Passing()))
    told = []
    for event in saving(store, control, 3):  # within FIRST_SECONDS on this clock
        if isinstance(event, StepDone) and event.step == 2 and ends == "when stopped":
            control.stop(patient=True)
        if isinstance(event, NotSaved):
            told.append(event.kind)
    assert told == ["final"]  # once, since the reason stays the same
    assert store.refusals < 0
    assert isinstance(event, Done)
    assert event.saved
    assert event.best_saved
    assert unseal(store.saved[-1][2]).state.step == event.step == (3 if ends == "at its goal" else 2)


def test_after_a_signal_nothing_that_is_said_makes_a_run_wait_for_room():
    control, store = Control(patient=True), FullFor(10**6)
    waits_for_ever = threading.Timer(10, lambda: setattr(store, "refusals", 0))
    waits_for_ever.start()
    for event in saving(store, control, 5):
        if isinstance(event, NotSaved):
            control.stop("signal")
            control.stop(patient=True)  # as a key typed after it
    waits_for_ever.cancel()
    assert isinstance(event, Done)
    assert not event.saved


def diverged(control, store):
    """A run that diverged at its second update, while the disk took nothing."""
    trainer = small_trainer(eta=3e38)
    saver = Saver(trainer, store, RunClock(Passing()))
    *_, refused, done = run(trainer, control, 5, saver=saver)
    assert (done.reason, done.best_saved) == ("diverged", False)
    assert isinstance(refused, NotSaved)
    assert "the best model is not saved" in refused.message
    return trainer, saver


def test_the_best_model_of_a_run_that_diverged_is_tried_again_and_again():
    control, store = Control(), Disk()
    store.words = "No space left on device"
    trainer, saver = diverged(control, store)
    store.words = ""
    saved = next(serve_until_stopped(trainer, control, saver))
    assert (saved.kind, saved.step) == ("best", 1)


def test_a_best_model_is_said_to_be_refused_though_the_state_was_for_the_same_reason():
    store = Disk()
    store.words = "No space left on device"
    events = list(saving(store, Control(), 5, eta=3e38, checkpoint_every=1))
    assert [event.kind for event in of(NotSaved, events)] == ["periodic", "best"]


def test_each_best_model_of_a_run_that_diverged_is_refused_by_name_and_once():
    class Choosy(Disk):
        refuses = "best-held-out"

        def save(self, snapshot, kind):
            self.words = "No space left on device" if kind == self.refuses else ""
            return super().save(snapshot, kind)

    store, control = Choosy(), Control()
    trainer = small_trainer(text=TEXT * 4, eta=3e38, holdout=0.2)
    saver = Saver(trainer, store, RunClock(Passing()))
    *_, refused, done = run(trainer, control, 5, saver=saver)
    assert (done.reason, refused.kind) == ("diverged", "best-held-out")
    assert "the best model by held-out loss is not saved" in refused.message
    serving, told = serve_until_stopped(trainer, control, saver), []
    store.refuses = "best"
    told += [next(serving), next(serving)]
    store.refuses = ""
    told.append(next(serving))
    assert [(type(event), event.kind) for event in told] == [
        (Checkpointed, "best-held-out"),
        (NotSaved, "best"),
        (Checkpointed, "best"),
    ]


def test_quitting_waits_for_the_best_model_of_a_run_that_diverged():
    control, store = Control(), FullFor(2)
    trainer, saver = diverged(control, store)
    control.stop(patient=True)
    (saved,) = serve_until_stopped(trainer, control, saver)  # what the run said of it is not said again
    assert (saved.kind, saved.step) == ("best", 1)
    assert not saver.unsaved


def test_a_best_model_that_is_no_number_is_not_waited_for():
    trainer, control = trained(small_trainer(), 3), Control(patient=True)
    trainer.best.theta.flat[7] = float("nan")
    saver = Saver(trainer, MemoryStore())
    *_, done = run(trainer, control, 5, saver=saver)
    assert done.reason == "diverged"
    control.stop(patient=True)
    assert list(serve_until_stopped(trainer, control, saver)) == []


def test_a_best_model_that_is_no_number_keeps_no_other_from_being_saved():
    store, trainer = MemoryStore(), trained(small_trainer(text=TEXT * 4, holdout=0.2), 3)
    list(evaluate(trainer, "scheduled", Control()))
    trainer.held_out.best.loss = 0.0  # better than any to come
    trainer.held_out.best.theta.flat[7] = float("nan")
    list(run(trainer, Control(), 5, saver=Saver(trainer, store)))
    assert [kind for _, kind, _ in store.saved] == ["best"]


def test_a_checkpoint_asked_for_where_all_is_saved_is_not_the_state_refused():
    control, store, trainer = Control(), Disk(), small_trainer()
    saver = Saver(trainer, store)
    list(run(trainer, control, 5, saver=saver))
    store.words = "No space left on device"
    control.post(SaveRequest())
    event = next(serve_until_stopped(trainer, control, saver))
    assert not isinstance(event, NotSaved)
    assert "this checkpoint of step 5 is not written (No space left on device: checkpoints/last.ckpt)" in event.message


def test_a_disk_that_refuses_is_left_alone_until_it_is_tried_again():
    """However often checkpoints would be due: each costs the time to seal it."""
    clock, store = Clock(), FullFor(10**6)
    list(training(clock, store, 20, seconds_per_update=RETRY_SECONDS / 4, checkpoint_every=1))
    assert 10**6 - store.refusals <= 20 / 4 + 2


def test_while_it_waits_for_room_a_run_still_answers():
    control, told = Control(patient=True), []
    for event in saving(FullDisk(), control, 5):
        if isinstance(event, NotSaved):
            control.post(SampleRequest(30))
        if isinstance(event, Sample) and event.kind == "requested":
            told.append(event.step)
            control.stop("signal")
    assert told == [5]


@pytest.mark.parametrize("word", ["discard", "signal"])
def test_a_wait_for_room_ends_where_it_is_told_to(word):
    control = Control(patient=True)
    said = []
    for event in saving(FullDisk(), control, 5):
        said.append(event)
        if isinstance(event, NotSaved):
            control.stop("signal") if word == "signal" else control.stop(save=False, patient=True)
    assert isinstance(event, Done)
    assert not event.saved
    assert len(of(NotSaved, said)) == 1


def test_a_wait_for_room_is_ended_from_another_thread():
    control = Control(patient=True)
    done = []
    thread = threading.Thread(target=lambda: done.extend(saving(FullDisk(), control, 5)))
    thread.start()
    control.stop("signal")
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert isinstance(done[-1], Done)


def test_an_impatient_run_ends_with_its_state_unsaved():
    *_, refused, done = run_to(small_trainer(), 5, store=FullDisk())
    assert isinstance(refused, NotSaved)
    assert not done.saved


def test_saving_out_of_turn_changes_no_update():
    clock = Clock()
    *_, done = training(clock, Disk(), 20, seconds_per_update=SAVE_SECONDS)
    assert done.state_sha256 == digest(trained(small_trainer(), 20))


def test_a_clock_that_jumps_saves_once_and_no_more():
    clock, store = Clock(), MemoryStore()
    for event in training(clock, store, 20):
        if isinstance(event, StepDone) and event.step == 7:
            clock.now += 365 * 86_400
    assert [(step, kind) for step, kind, _ in store.saved if kind != "best"] == [(7, "timed"), (20, "final")]


def test_a_disk_that_is_full_again_is_told_of_again():
    clock, store, told = Clock(), Disk(), []
    for event in training(clock, store, 12, seconds_per_update=SAVE_SECONDS):
        if isinstance(event, StepDone):
            store.words = "No space left on device" if event.step in (3, 4, 8, 9) else ""
        if isinstance(event, NotSaved):
            told.append((event.step, event.kind))
    assert told == [(3, "timed"), (8, "timed")]
