"""The n-grams of a run's text on the screen: counted once beside training, kept, and named in the ladder."""

import math

import pytest

from tests.runs.support import small_job
from tests.tui.support import live, started
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.events import NGramsCounted
from tui_rnn.tui import counting
from tui_rnn.tui.counting import count_ngrams
from tui_rnn.tui.run_state import RunState


@pytest.fixture
def job(tmp_path):
    with small_job(tmp_path) as job:
        yield job


def counted(job, *, is_stopped=lambda: False):
    """What is posted, and the thread that counted."""
    posted = []
    thread = count_ngrams(Corpus.from_source(job.source), job.directory, posted.append, is_stopped)
    if thread is not None:
        thread.join()
    return [message.event.losses for message in posted], thread


def test_a_text_is_counted_once(job):
    text = job.source.characters
    judged = round(len(text) / 10)
    train, end = text[:-judged], text[-judged:]
    alphabet = set(text)
    types = len(set(train))
    single = [(train.count(c) + types / len(alphabet)) / (len(train) + types) for c in end]
    ((losses,), thread) = counted(job)
    assert thread is not None
    assert len(losses) == 5
    assert losses[0] == pytest.approx(-sum(map(math.log, single)) / judged)
    assert counted(job) == ([losses], None)  # from the file beside the run


def test_nothing_is_told_or_kept_once_the_run_has_ended(job):
    assert counted(job, is_stopped=lambda: True)[0] == []
    assert not job.directory.ngrams_file.exists()


def test_a_text_that_is_too_long_is_not_counted(job, monkeypatch):
    monkeypatch.setattr(counting, "MOST_CHARACTERS", 100)
    assert counted(job) == ([], None)


def levels(recipe="adagrad", vocab_size=75, **settings):
    """(nats, the names) of the levels that a run's chart has."""
    config = RunConfig.from_recipe(recipe, "made-up.txt", **settings)
    run = RunState(config, config.goal, "runs/made-up")
    begun = started(corpus={"path": "x", "characters": 882_242, "vocab_size": vocab_size, "sha256": "0"})
    for event in (begun, NGramsCounted((3.0, 2.4))):
        run.take(event, 0.0, paused=False)
    run.take_picture(live(500))
    return {reference.names: reference.nats for reference in run.series().references}


def test_what_counting_reaches_stands_beside_every_run():
    counted = {("1-gram",): 3.0, ("2-gram",): 2.4}
    assert levels("wide") == counted
    assert levels() == counted  # on a text that cannot be the report's book


def test_the_published_figure_stands_beside_the_book_and_its_settings_alone():
    assert levels(vocab_size=80)[("the 2021 report", "2021 report", "report")] == pytest.approx(1.555, abs=5e-5)
    assert levels("adam", 80)[("the 2026 handout", "2026 handout", "handout")] == pytest.approx(1.5344)
    assert len(levels("wide", 80)) == len(levels(vocab_size=80, hidden_size=50)) == 2
