"""What is adjusted while a run trains is part of its state: a log replayed makes the same run, to the bit."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small import Clock, MemoryStore, of, run_to, small_config, small_corpus, small_trainer, trained
from tui_rnn.engine.adjustments import NAMES, Hyperparameters
from tui_rnn.engine.checkpoint import resumed_trainer, seal, state_snapshot, unseal
from tui_rnn.engine.clock import RunClock
from tui_rnn.engine.control import AdjustRequest, Control, SaveRequest
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.event_records import as_record
from tui_rnn.engine.events import Adjusted, Done, HeldOut, Sample, StepDone, Warned
from tui_rnn.engine.loop import run, serve_until_stopped
from tui_rnn.engine.saving import Saver
from tui_rnn.engine.state import digest

UPDATES = 20

SOUND = st.one_of(
    st.tuples(st.just("eta"), st.floats(1e-3, 0.5)),
    st.tuples(st.just("clip"), st.none() | st.floats(0.1, 10)),
    st.tuples(st.just("clip_norm"), st.none() | st.floats(0.1, 10)),
    st.tuples(st.just("sample_every"), st.integers(1, 30)),
    st.tuples(st.just("sample_length"), st.integers(1, 40)),
    st.tuples(st.just("temperature"), st.floats(0, 3)),
    st.tuples(st.just("top_p"), st.floats(0.1, 1)),
)
REFUSED = [
    ("eta", -1.0),
    ("eta", float("nan")),
    ("eta", "0.1"),
    ("clip", 0),
    ("clip_norm", float("inf")),
    ("sample_every", 0),
    ("sample_every", 2.5),
    ("temperature", -0.1),
    ("temperature", None),
    ("top_p", 1.5),
    ("hidden_size", 200),
    ("colour", "blue"),
]


def adjusting(trainer, changes, *, last=UPDATES, saver=None):
    """All events of a run in which each (step, name, value) is asked for when so many updates are made."""
    control, events = Control(), []

    def ask(step):
        for at, name, value in changes:
            if at == step:
                control.post(AdjustRequest(name, value, step))

    ask(trainer.step_count)
    for event in run(trainer, control, last, saver=saver):
        events.append(event)
        if isinstance(event, StepDone):
            ask(event.step)
    return events


def replayed(log, trainer):
    """The run again, from the lines of its log alone."""
    records = [record for record in map(json.loads, log) if record["event"] == "adjusted"]
    changes = [(each["step"], each["name"], each["value"]) for each in records if each["refused_because"] is None]
    return adjusting(trainer, changes)[-1]


def logged(events):
    return [json.dumps(as_record(event), allow_nan=False) for event in events if event.event]


@settings(max_examples=40)
@given(
    changes=st.lists(st.tuples(st.integers(0, UPDATES - 1), SOUND).map(lambda c: (c[0], *c[1])), max_size=6),
    recipe=st.sampled_from(["adagrad", "adam", "fast"]),
)
def test_a_log_replayed_gives_the_digest_of_the_run_that_made_it(changes, recipe):
    settings = {"recipe": recipe, "steps": UPDATES, "batch_size": 2}
    events = adjusting(small_trainer(**settings), changes)
    assert len(of(Adjusted, events)) == len(changes)
    assert replayed(logged(events), small_trainer(**settings)).state_sha256 == events[-1].state_sha256


@settings(max_examples=25)
@given(
    changes=st.lists(st.tuples(st.integers(0, UPDATES - 1), SOUND).map(lambda c: (c[0], *c[1])), max_size=6),
    k=st.integers(0, UPDATES),
)
def test_an_adjusted_run_resumed_ends_as_one_that_was_never_stopped(changes, k):
    whole = adjusting(small_trainer(), changes)[-1]
    stopped = small_trainer()
    adjusting(stopped, [change for change in changes if change[0] < k], last=k)
    parted = resumed_trainer(unseal(seal(state_snapshot(stopped))), small_corpus())
    assert parted.hyperparameters == stopped.hyperparameters
    assert digest(parted) == digest(stopped)
    assert adjusting(parted, [change for change in changes if change[0] >= k])[-1].state_sha256 == whole.state_sha256


def test_an_adjusted_learning_rate_makes_the_updates_of_a_run_that_was_given_it():
    adjusted, given_it = small_trainer(), small_trainer(eta=0.02)
    adjusting(adjusted, [(0, "eta", 0.02)])
    trained(given_it, UPDATES)
    assert adjusted.theta.flat.tobytes() == given_it.theta.flat.tobytes()
    assert adjusted.config.eta == 0.1  # as it was given
    assert digest(adjusted) != digest(given_it)


@pytest.mark.parametrize(("name", "value"), [("clip", 0.01), ("clip_norm", 0.01), ("eta", 0.3)])
def test_what_an_update_reads_is_what_was_adjusted_from_that_update_on(name, value):
    plain, changed = small_trainer(), small_trainer()
    adjusting(changed, [(7, name, value)], last=7)
    assert changed.theta.flat.tobytes() == trained(plain, 7).theta.flat.tobytes()
    adjusting(changed, [(7, name, value)], last=8)
    assert changed.theta.flat.tobytes() != trained(plain, 1).theta.flat.tobytes()


def test_scheduled_samples_follow_what_was_adjusted():
    trainer = small_trainer(sample_every=1000)
    changes = [(3, "sample_every", 4), (3, "sample_length", 7), (3, "temperature", 0.0), (12, "sample_every", 1000)]
    first, *samples, last = of(Sample, adjusting(trainer, changes))
    assert (last.kind, len(last.text), last.temperature) == ("final", 7, 0)
    assert (first.step, len(first.text), first.temperature) == (1, 30, 1)
    assert [(sample.step, len(sample.text), sample.temperature) for sample in samples] == [
        (4, 7, 0),
        (8, 7, 0),
        (12, 7, 0),
    ]


def test_the_held_out_loss_is_measured_at_samples_as_adjusted():
    trainer = small_trainer(holdout=0.2, sample_every=1000)
    told = of(HeldOut, adjusting(trainer, [(2, "sample_every", 5)]))
    assert [event.step for event in told if event.kind == "scheduled"] == [1, 5, 10, 15]  # after 20: final


def test_adjusted_back_at_once_a_run_is_the_one_it_was():
    plain, changed = trained(small_trainer(), UPDATES), small_trainer()
    events = adjusting(changed, [(5, "eta", 0.3), (5, "eta", 0.1), (9, "clip", None), (9, "clip", 5.0)])
    assert digest(changed) == digest(plain)
    assert [(event.before, event.value) for event in of(Adjusted, events)] == [
        (0.1, 0.3),
        (0.3, 0.1),
        (5, None),
        (None, 5),
    ]


def test_adjusted_back_after_an_update_it_is_another():
    plain, changed = trained(small_trainer(), UPDATES), small_trainer()
    adjusting(changed, [(5, "eta", 0.3), (6, "eta", 0.1)])
    assert changed.adjusted == {}
    assert digest(changed) != digest(plain)


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_what_is_refused_changes_nothing_and_says_why(name, value):
    trainer = small_trainer()
    events = adjusting(trainer, [(5, name, value)])
    (refused,) = of(Adjusted, events)
    assert (refused.name, refused.step, refused.requested_at) == (name, 5, 5)
    assert refused.refused_because
    assert len(refused.refused_because.splitlines()) == 1
    assert refused.before == (getattr(Hyperparameters.of(trainer.config), name) if name in NAMES else None)
    assert digest(trainer) == digest(trained(small_trainer(), UPDATES))
    assert replayed(logged(events), small_trainer()).state_sha256 == events[-1].state_sha256


def test_an_adjustment_is_told_with_what_was_before_and_when():
    (told,) = of(Adjusted, adjusting(small_trainer(), [(4, "eta", 1)]))
    assert as_record(told) == {
        "event": "adjusted",
        "name": "eta",
        "value": 1.0,
        "before": 0.1,
        "step": 4,
        "requested_at": 4,
        "refused_because": None,
    }
    assert isinstance(told.value, float)  # so that 1 and 1.0 are one state


def test_an_adjustment_is_what_the_warnings_name():
    trainer = small_trainer()
    *_, warned, _ = adjusting(trainer, [(3, "eta", 3e38)])
    assert isinstance(warned, Warned)
    assert "(now 3e+38)" in warned.message


def test_an_adjusted_state_is_not_the_one_that_was_saved():
    trainer, control, store = small_trainer(), Control(paused=True), MemoryStore()
    saver = Saver(trainer, store, control.clock)
    list(saver.save("requested"))
    assert saver.has_state
    trainer.adjust("eta", 0.2)
    assert not saver.has_state
    assert saver.unsaved


def test_after_the_end_of_training_nothing_is_adjusted():
    trainer, control = small_trainer(), Control()
    run_to(trainer, 5)
    before = digest(trainer)
    control.post(AdjustRequest("eta", 0.2))
    told = next(serve_until_stopped(trainer, control, Saver(trainer, None)))
    assert "resumed" in told.refused_because
    assert (told.before, told.value) == (0.1, 0.2)
    assert digest(trainer) == before


def test_hyperparameters_begin_as_configured_and_tell_what_differs():
    config = small_config(eta=0.2, clip=0)
    begun = Hyperparameters.of(config)
    assert (begun.eta, begun.clip, begun.temperature) == (0.2, None, 1)
    assert begun.adjusted_from(config) == {}
    changed = begun.with_value(config, "clip", 2).with_value(config, "top_p", 0.5)
    assert changed.adjusted_from(config) == {"clip": 2, "top_p": 0.5}
    assert Hyperparameters.of(config, {"clip": 2, "top_p": 0.5}) == changed
    assert changed.in_force(config) == small_config(eta=0.2, clip=2.0)
    with pytest.raises(ConfigError):
        Hyperparameters.of(config, {"eta": 0})


def test_a_checkpoint_that_was_asked_for_holds_the_time_of_now():
    """Also where no budget of time has the loop look at the clock."""
    trainer, store, seconds = small_trainer(), MemoryStore(), Clock()
    control = Control(clock=RunClock(seconds))
    for event in run(trainer, control, 6, saver=Saver(trainer, store, control.clock)):
        seconds.now += 20 * isinstance(event, StepDone)
        if isinstance(event, StepDone) and event.step in (1, 3):
            control.post(SaveRequest())
    assert isinstance(event, Done)
    times = {(kind, step): unseal(data).state.elapsed_seconds for step, kind, data in store.saved if kind != "best"}
    assert times == {("requested", 1): 20, ("requested", 3): 60, ("final", 6): 120}
