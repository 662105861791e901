"""Samples come when they are due, by updates or by time, and at the end; none of them changes the training."""

import dataclasses

import numpy as np
import pytest

from tests import oracle
from tests.engine.test_serving import ask
from tests.small import Clock, of, run_to, small_config, small_trainer, trained
from tui_rnn.engine.checkpoint import resumed_trainer, state_snapshot
from tui_rnn.engine.clock import RunClock
from tui_rnn.engine.config import SAMPLED_BY_TIME
from tui_rnn.engine.control import AdjustRequest, Control, SampleRequest
from tui_rnn.engine.events import HeldOut, Sample, SamplePiece, StepDone
from tui_rnn.engine.loop import run
from tui_rnn.engine.rng import stream
from tui_rnn.engine.state import digest


def timed_run(trainer, seconds, *adjustments, clock=None, elapsed=0.0):
    """All events of a run in which each update takes so many seconds."""
    clock = clock or Clock()
    control, events = Control(clock=RunClock(clock)), []
    control.clock.restore(elapsed)
    for adjustment in adjustments:
        control.post(AdjustRequest(*adjustment))
    for event in run(trainer, control, trainer.config.steps, max_minutes=trainer.config.minutes):
        events.append(event)
        clock.now += seconds * isinstance(event, StepDone)
    return events


def scheduled(events):
    return [sample.step for sample in of(Sample, events) if sample.kind == "scheduled"]


def test_the_last_sample_is_the_text_that_a_longer_run_writes_there_and_the_digest_is_that_of_any_run():
    trainer = small_trainer(sample_every=1000)
    *_, last = of(Sample, run_to(trainer, 12))
    assert (last.kind, last.step, last.smooth_loss) == ("final", 12, trainer.smooth_loss)
    longer = small_trainer(sample_every=13)
    (there,) = [each for each in of(Sample, run_to(longer, 13)) if each.step == 13 and each.kind == "scheduled"]
    assert there.text == last.text
    assert digest(trainer) == digest(trained(small_trainer(), 12))


def test_a_run_that_was_at_its_end_writes_no_second_last_sample_and_one_that_goes_on_has_all_of_its_own():
    whole = of(Sample, run_to(small_trainer(sample_every=6), 12))
    first = small_trainer(sample_every=6)
    before = of(Sample, run_to(first, 5))
    resumed = resumed_trainer(state_snapshot(first), first.corpus)
    assert of(Sample, run_to(resumed, 5)) == []
    after = of(Sample, run_to(resumed, 12))
    assert [*before[:-1], *after] == whole  # the last sample at 5 does not stand for the one before update 6
    assert digest(resumed) == digest(trained(small_trainer(), 12))


def test_a_run_that_is_stopped_or_makes_no_update_writes_no_last_sample():
    trainer, control = small_trainer(), Control()
    for event in run(trainer, control, 10):
        if isinstance(event, StepDone) and event.step == 3:
            control.stop()
        assert not (isinstance(event, Sample) and event.kind == "final")
    assert of(Sample, run_to(small_trainer(), 0)) == []


def test_a_budget_of_time_has_about_twenty_samples_evenly_and_the_same_digest():
    trainer = small_trainer(minutes=1.0)
    assert trainer.config.sample_every == SAMPLED_BY_TIME
    events = timed_run(trainer, 0.25)
    assert scheduled(events) == [1, *range(13, 240, 12)]  # every 3 s
    assert len(of(Sample, events)) == 21
    assert digest(trainer) == digest(trained(small_trainer(), 240))


def test_samples_that_take_long_stay_even_and_apart():
    """Each takes 2 s of the 3 s that a part lasts: a part of which less than half is left has none."""
    trainer, clock = small_trainer(minutes=1.0), Clock()
    control, at = Control(clock=RunClock(clock)), []
    for event in run(trainer, control, trainer.config.steps, max_minutes=1.0):
        if isinstance(event, Sample):
            at.append(clock.now)
            clock.now += 2
        clock.now += 0.25 * isinstance(event, StepDone)
    begun = [when - at[0] for when in at]
    assert begun == [*range(0, 60, 6), 60]


@pytest.mark.parametrize(
    ("steps", "every", "kinds"),
    [
        (12, 4, ["scheduled"] * 4),
        (13, 4, [*["scheduled"] * 4, "final"]),
        (402, 400, ["scheduled"] * 2),  # 2 of 402 updates are few
        (410, 400, [*["scheduled"] * 2, "final"]),
    ],
)
def test_a_scheduled_sample_right_before_the_end_is_the_last_one(steps, every, kinds):
    trainer = small_trainer(sample_every=every, hidden_size=2)
    assert [sample.kind for sample in of(Sample, run_to(trainer, steps))] == kinds


def test_the_held_out_loss_is_measured_once_of_a_step():
    told = of(HeldOut, run_to(small_trainer(sample_every=5, holdout=0.2), 20))
    assert [event.step for event in told] == [1, 5, 10, 15, 20]
    assert told[-1].kind == "final"


def test_where_an_update_takes_longer_than_a_part_of_the_budget_each_has_one_sample():
    assert scheduled(timed_run(small_trainer(minutes=1.0), 7.0)) == list(range(1, 10))


def test_a_run_that_goes_on_in_the_midst_of_a_part_waits_for_the_next():
    trainer = trained(small_trainer(minutes=1.0), 5)
    assert scheduled(timed_run(trainer, 1.0, elapsed=31.0))[:3] == [8, 11, 14]  # at 33, 36 and 39 s


def test_by_updates_again_where_they_are_given_or_adjusted():
    assert scheduled(timed_run(small_trainer(minutes=0.5, sample_every=7), 1.0)) == [1, 7, 14, 21, 28]
    adjusted = timed_run(small_trainer(minutes=0.5), 1.0, ("sample_every", 11))
    assert scheduled(adjusted) == [1, 11, 22]
    assert small_config(sample_every=7).sample_every == 7
    assert dataclasses.replace(small_config(minutes=2.0), minutes=None).sample_every == SAMPLED_BY_TIME


@pytest.mark.parametrize(("temperature", "top_p"), [(1.0, 1.0), (0.4, 0.7), (0.0, 1.0)])
def test_bits_per_char_are_the_oracles_surprise_at_temperature_one_of_what_was_written(temperature, top_p):
    trainer = trained(small_trainer(hidden_size=6, dtype="float64", eta=0.3), 60)
    theta = oracle.columns(trainer.theta)  # as asked: an update ends the pause
    request = SampleRequest(40, temperature, top_p, prime="so it")
    *pieces, sample = [event for event in ask(trainer, request) if getattr(event, "request", 0) == request.number]
    indices = trainer.corpus.vocabulary.encode(sample.text).tolist()
    _, _, p = oracle.forward(theta, indices[:-1], indices[1:], np.zeros(6))
    bits = [-np.log2(at[y, 0]) for at, y in zip(p, indices[1:], strict=True)][len("so it") - 1 :]
    assert len(bits) == 40
    assert sample.bits_per_char == pytest.approx(np.mean(bits), rel=1e-9)
    assert sum(piece.bits for piece in pieces) == pytest.approx(sum(bits), rel=1e-9)


def test_an_alphabet_of_one_character_holds_no_surprise():
    trainer = small_trainer(text="a" * 40)
    assert [sample.bits_per_char for sample in of(Sample, run_to(trainer, 2))] == [0.0, 0.0]


def test_requests_of_one_series_draw_by_the_same_numbers_and_leave_those_of_others_as_they_were():
    trainer = trained(small_trainer(dtype="float64"), 5)
    theta, (h, x) = oracle.columns(trainer.theta), trainer.reading()
    asked = [SampleRequest(60, series=3), SampleRequest(60, series=3), SampleRequest(60, series=4)]
    first, second, third = of(Sample, ask(trainer, *asked))
    assert trainer.requested_samples == 0
    assert first.text == second.text != third.text
    expected = []
    for u in stream(0, "sampling", 0, 0, 3).random(60):
        _, states, p = oracle.forward(theta, [x], [0], h)
        h, x = states[-1], int(np.searchsorted(np.cumsum(p[0]), u))
        expected.append(x)
    assert trainer.corpus.vocabulary.decode(expected) == first.text


def test_a_sample_in_pieces_is_the_same_text_and_no_event_of_the_log():
    trainer = trained(small_trainer(), 5)
    whole = of(Sample, ask(trainer, SampleRequest(60, series=9)))[0]
    events = list(ask(trained(small_trainer(), 5), SampleRequest(60, series=9, in_pieces=True)))
    assert "".join(piece.text for piece in of(SamplePiece, events)) == whole.text
    assert of(Sample, events) == []
