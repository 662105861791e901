"""The phases' clocks add up to the update and leave training as it was."""

import pytest

from tests.small import small_corpus, small_trainer, trained
from tui_rnn.bench import phases
from tui_rnn.engine.state import digest


@pytest.mark.parametrize("recipe", ["adagrad", "fast"])
def test_watched_training_ends_in_the_same_state(recipe):
    text = "to be, or not to be: that is the question. " * 20
    plain, watched = small_trainer(recipe, text), small_trainer(recipe, text)
    clocks = phases.watched(watched)
    assert digest(trained(watched, 7)) == digest(trained(plain, 7))
    assert len(clocks.spent) == 8
    assert all(seconds > 0 for seconds in clocks.spent.values())


def test_the_phases_are_the_whole_update():
    corpus = small_corpus("to be, or not to be: that is the question. " * 20)
    figures = phases.phases(corpus, seconds=0.05, recipe="adagrad", hidden_size=4)
    assert [figure.name for figure in figures][-2:] == [phases.REST, "one update"]
    assert len(figures) == 10
    assert {figure.unit for figure in figures} == {"µs"}
    assert all(figure.value > 0 for figure in figures)


def test_a_phase_that_is_left_out_shows_in_the_rest(monkeypatch):
    class Clock:
        now = 0.0

        def perf_counter(self):
            self.now += 1
            return self.now

    monkeypatch.setattr(phases, "time", Clock())
    trainer = small_trainer()
    clocks = phases.watched(trainer)
    trainer.step()
    assert dict(clocks.spent) == dict.fromkeys(clocks.spent, 1.0)
