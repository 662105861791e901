"""The end of a text is held out: no update sees it, the loss on it is told at every sample, and the best is kept."""

import dataclasses

import numpy as np
import pytest

from tests.small import TEXT, MemoryStore, of, run_to, small_config, small_corpus, small_trainer, trained
from tui_rnn.engine import held_out
from tui_rnn.engine.checkpoint import resumed_trainer, unseal
from tui_rnn.engine.control import Control, GradientCheckRequest, SampleRequest
from tui_rnn.engine.errors import CorpusError
from tui_rnn.engine.evaluation import mean_loss
from tui_rnn.engine.events import Done, HeldOut, Sample, StepDone
from tui_rnn.engine.loop import run
from tui_rnn.engine.saving import Saver
from tui_rnn.engine.serving import evaluate
from tui_rnn.engine.state import digest
from tui_rnn.engine.trainer import Trainer

HELD = 8  # characters, of the 39, that a holdout of 0.2 holds out


def judged(sample_every=5, **settings):
    return small_trainer(holdout=0.2, sample_every=sample_every, **settings)


def test_train_and_held_out_are_views_of_the_one_text():
    corpus = small_corpus().holding_out(0.2)
    assert (len(corpus), len(corpus.train), len(corpus.held_out)) == (39, 31, HELD)
    assert np.array_equal(np.concatenate([corpus.train, corpus.held_out]), corpus.indices)
    assert np.shares_memory(corpus.train, corpus.indices)
    assert np.shares_memory(corpus.held_out, corpus.indices)


def test_without_a_holdout_all_is_trained_on():
    corpus = small_corpus().holding_out(0.0)
    assert (len(corpus.train), len(corpus.held_out)) == (39, 0)
    assert small_trainer().held_out is None
    events = run_to(small_trainer(), 10)
    assert of(HeldOut, events) == []
    done = events[-1]
    assert (done.held_out_nats_per_char, done.best_held_out_nats_per_char, done.best_held_out_step) == (None,) * 3


def test_the_vocabulary_is_that_of_the_whole_text():
    trainer = small_trainer(text=TEXT + "Z" * 9, holdout=0.2)
    assert "Z" not in trainer.corpus.vocabulary.decode(trainer.corpus.train)
    assert "Z" in trainer.corpus.vocabulary.characters
    assert of(HeldOut, run_to(trainer, 1))[0].nats_per_char > 0


@pytest.mark.parametrize("recipe", ["adagrad", "fast"])
def test_what_is_held_out_leaks_into_nothing_that_is_trained(recipe):
    """Two texts that differ in their held-out ends alone: all but the held-out losses is the same."""
    ends = TEXT[-HELD:], TEXT[-HELD:][::-1]
    assert ends[0] != ends[1]

    def told(end):
        control = Control()
        control.post(GradientCheckRequest(most_elements=5))
        control.post(SampleRequest(20, number=1))
        text = TEXT[:-HELD] + end
        trainer = small_trainer(recipe, text, holdout=0.2, sample_every=5, batch_size=2)
        events = run_to(trainer, 40, control)
        losses = [event.nats_per_char for event in of(HeldOut, events)]
        rest = [event for event in events if not isinstance(event, HeldOut | Done)]
        return digest(trainer), rest, losses

    first, second = map(told, ends)
    assert first[0] == second[0]
    assert first[1] == second[1]
    assert all(a != b for a, b in zip(first[2], second[2], strict=True))


def test_a_run_trains_as_on_a_text_that_ends_where_the_held_out_part_begins():
    corpus = small_corpus()
    alone = Trainer(small_config(), dataclasses.replace(corpus, indices=corpus.indices[:-HELD]))
    assert digest(trained(judged(), 40)) == digest(trained(alone, 40))


def test_the_loss_is_told_at_every_scheduled_sample_and_at_the_end():
    events = run_to(judged(), 12)
    told = of(HeldOut, events)
    assert [(e.step, e.kind) for e in told] == [(1, "scheduled"), (5, "scheduled"), (10, "scheduled"), (12, "final")]
    for sample in of(Sample, events):
        assert events[events.index(sample) + 1].step == sample.step
        assert isinstance(events[events.index(sample) + 1], HeldOut)
    assert isinstance(events[-1], Done)
    assert events[-2] is told[-1]


def test_twice_its_characters_are_trained_on_between_two_measurements():
    trainer = small_trainer("adam", TEXT * 10, holdout=0.2, sample_every=2)
    held_out = len(trainer.corpus.held_out)
    steps = [event.step for event in of(HeldOut, run_to(trainer, 200)) if event.kind == "scheduled"]
    assert steps[0] == 1
    gaps = np.diff(steps[1:])
    assert 0 <= 5 * gaps.min() - 2 * held_out < 10
    assert set(gaps) == {gaps[0]}


def test_it_is_the_mean_loss_of_the_weights_of_that_moment():
    for event in of(HeldOut, run_to(judged(dtype="float64", eta=0.3), 12)):
        updates = event.step - (event.kind == "scheduled")
        alone = trained(judged(dtype="float64", eta=0.3), updates)
        assert event.nats_per_char == mean_loss(alone.model, alone.theta, small_corpus().indices[-HELD:])
        assert event.bits_per_char == pytest.approx(event.nats_per_char / np.log(2))


def test_the_best_is_a_copy_of_the_weights_that_had_the_lowest_loss():
    trainer = judged(sample_every=2, eta=0.3)
    weights, lowest, improved, told = None, np.inf, 0, 0
    for event in run(trainer, Control(), 60):
        if isinstance(event, HeldOut):
            told += 1
            if event.nats_per_char < lowest:
                lowest, weights, step = event.nats_per_char, trainer.theta.flat.copy(), event.step
                improved += 1
            assert (event.best_nats_per_char, event.best_step) == (lowest, step)
            assert np.array_equal(trainer.held_out.best.theta.flat, weights)
            assert not np.shares_memory(trainer.held_out.best.theta.flat, trainer.theta.flat)
    assert 1 < improved < told
    assert (event.best_held_out_nats_per_char, event.best_held_out_step) == (lowest, step)
    assert event.held_out_nats_per_char == trainer.held_out.latest


def test_what_was_measured_with_these_weights_is_not_measured_again():
    trainer = judged(sample_every=10)
    assert len(of(HeldOut, run_to(trainer, 9))) == 2
    assert of(HeldOut, run_to(trainer, 9)) == []
    assert [event.step for event in of(HeldOut, run_to(trainer, 12))] == [12]  # 10 has the weights of after 9


def test_a_stop_is_not_kept_waiting_and_the_loss_is_measured_on_resuming(monkeypatch):
    trainer, control, looked = judged(), Control(), []
    real = held_out.mean_losses

    def endless(*_):
        for number in range(1000):
            looked.append(number)
            if number == 3:
                control.stop()
            yield 1.0

    for event in run(trainer, control, 20):
        if isinstance(event, StepDone) and event.step == 4:
            monkeypatch.setattr(held_out, "mean_losses", endless)
        assert not (isinstance(event, HeldOut) and event.step > 1)
    assert looked == [0, 1, 2, 3, 4]  # to the end of the slice at hand
    assert (event.reason, event.step) == ("stopped", 4)
    monkeypatch.setattr(held_out, "mean_losses", real)
    assert [event.step for event in of(HeldOut, run_to(trainer, 12))] == [5, 10, 12]


def test_no_random_number_is_drawn_and_no_state_of_training_is_touched():
    trainer = trained(judged(), 7)
    before = digest(trainer), trainer.order.place, trainer.state.copy(), trainer.kernel.workspace.stack.tape.H.copy()
    (event,) = evaluate(trainer, "final", Control())
    assert event.step == 7
    assert (digest(trainer), trainer.order.place) == before[:2]
    assert np.array_equal(trainer.state, before[2])
    assert np.array_equal(trainer.kernel.workspace.stack.tape.H, before[3])


def test_a_loss_that_is_not_finite_is_told_as_none_and_is_not_the_best():
    trainer = trained(judged(), 3)
    (good,) = evaluate(trainer, "final", Control())
    weights = trainer.theta.flat.copy()
    trainer.step()
    trainer.theta["c"][0] = np.nan
    (bad,) = evaluate(trainer, "final", Control())
    assert (bad.nats_per_char, bad.bits_per_char) == (None, None)
    assert (bad.best_nats_per_char, bad.best_step) == (good.nats_per_char, 3)
    assert np.array_equal(trainer.held_out.best.theta.flat, weights)


def test_weights_that_are_not_finite_are_not_the_best_though_their_loss_is():
    trainer = judged(text=TEXT[:-HELD] + "so it so")
    absent = trainer.corpus.vocabulary.encode("g")[0]
    assert absent not in trainer.corpus.held_out
    trainer.theta["U"][absent] = np.inf
    (event,) = evaluate(trainer, "scheduled", Control())
    assert np.isfinite(event.nats_per_char)
    assert (event.best_nats_per_char, event.best_step) == (None, None)
    assert np.isfinite(trainer.held_out.best.theta.flat).all()
    trainer.theta["U"][absent] = 0
    trained(trainer, 1)
    assert next(iter(evaluate(trainer, "scheduled", Control()))).best_step == 2


def test_the_best_by_held_out_loss_is_saved_beside_the_best_by_smooth_loss_when_it_is_new():
    trainer, store = judged(sample_every=4, eta=0.3, checkpoint_every=8), MemoryStore()
    on_disk = None
    for _ in run(trainer, Control(), 60, saver=Saver(trainer, store)):
        while store.saved:
            step, kind, data = store.saved.pop(0)
            if kind == "best-held-out":
                on_disk = unseal(data)
                assert (on_disk.contents, on_disk.state.step, step) == (
                    "model",
                    trainer.held_out.best.step,
                    trainer.held_out.best.step,
                )
                assert on_disk.state.best_held_out_loss == trainer.held_out.best.loss
                assert on_disk.state.smooth_loss is None
            if kind in ("periodic", "final"):
                assert on_disk.state.best_held_out_loss == trainer.held_out.best.loss
                for name, array in trainer.held_out.best.theta.items():
                    assert np.array_equal(on_disk.arrays[f"theta.{name}"], array)
    assert on_disk is not None


def test_each_better_model_by_held_out_loss_is_saved():
    trainer, store = judged(sample_every=8, checkpoint_every=8), MemoryStore()
    control = Control()
    losses = [
        event.nats_per_char
        for event in run(trainer, control, 9, saver=Saver(trainer, store))
        if isinstance(event, HeldOut)
    ]
    assert losses[0] > losses[1] > losses[2]  # each a new best
    kinds = [kind for _, kind, _ in store.saved if kind != "best"]
    assert kinds == ["best-held-out", "periodic", "best-held-out", "final"]
    saved = [unseal(data) for _, kind, data in store.saved if kind == "best-held-out"]
    assert [model.state.best_held_out_loss for model in saved] == losses[1:]
    assert [model.state.step for model in saved] == [8, 9]


def test_a_best_model_is_saved_once_by_the_process_that_has_it():
    """And by one that goes on from its state, whose file may be another's."""
    trainer, store = judged(), MemoryStore()
    saver = Saver(trainer, store)
    for _ in range(2):
        list(run(trainer, Control(), 8, saver=saver))
    assert [kind for _, kind, _ in store.saved] == ["best-held-out", "best", "final", "final"]
    resumed = resumed_trainer(unseal(store.saved[-1][2]), small_corpus())
    store.saved.clear()
    run_to(resumed, 8, store=store)
    assert [kind for _, kind, _ in store.saved] == ["best-held-out", "best", "final"]


@pytest.mark.parametrize(
    ("holdout", "words"),
    [
        (0.1, ["39 characters", "--holdout 0.1 holds out 4", "seq_length 5 needs at least 6", "larger --holdout"]),
        (0.001, ["holds out 0", "0 for none"]),
        (0.5, ["without its last 20 characters (--holdout 0.5)", "has 19 characters", "needs at least 24"]),
    ],
)
def test_a_text_too_short_on_either_side_is_refused_in_a_line(holdout, words):
    with pytest.raises(CorpusError) as error:
        small_trainer(holdout=holdout, batch_size=4 if holdout == 0.5 else 1)
    message = str(error.value)
    assert len(message.splitlines()) == 1
    for word in words:
        assert word in message


def test_the_configuration_keeps_it():
    config = small_config(holdout=0.2)
    assert dataclasses.asdict(config)["holdout"] == 0.2
    assert type(config).from_json(config.to_json()) == config
    values = config.to_json()
    del values["holdout"]
    assert type(config).from_json(values) == small_config()
