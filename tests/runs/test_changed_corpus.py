"""A text that was edited since is refused, unless it is said to be meant; then the run goes on with it."""

import json
import os

import numpy as np
import pytest

from tests.cli.support import TALE
from tests.runs.support import OPTIONS, of, small_job, train
from tests.runs.test_resume import stopped_at
from tui_rnn.engine.checkpoint import load, resumed_trainer
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.errors import CorpusError, RunError
from tui_rnn.engine.events import Warned
from tui_rnn.engine.state import digest
from tui_rnn.report import write
from tui_rnn.runs.job import resumed_job

EDITED = TALE.replace("cat", "cot", 1)
ACCEPTED = {"accept_changed_corpus": True}


def edit(folder, text):
    (folder / "tale.txt").write_text(text, newline="")


def resumed(folder, **options):
    return resumed_job(str(folder / "run"), None, dict(OPTIONS), **options)


def test_an_edited_text_is_refused_with_the_option_that_accepts_it(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    edit(tmp_path, EDITED)
    with pytest.raises(RunError, match=r"sha256 differs.*put the old text back.*--accept-changed-corpus"):
        resumed(tmp_path)
    edit(tmp_path, TALE)
    resumed(tmp_path).directory.release()


def test_an_accepted_text_is_trained_on_from_where_the_run_stood_aloud(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    edit(tmp_path, EDITED)
    job = resumed(tmp_path, **ACCEPTED)
    alone = resumed_trainer(job.snapshot, Corpus.from_source(job.source))
    while alone.step_count < 40:
        alone.step()
    events = train(job)
    assert any("goes on with the text as it is now" in warned.message for warned in of(events, Warned))
    assert events[0].corpus["sha256"] == job.source.sha256
    assert (events[0].resumed_step, events[-1].step) == (13, 40)
    assert events[-1].state_sha256 == digest(alone)


def test_a_text_is_accepted_once(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    edit(tmp_path, EDITED)
    stopped_at(resumed(tmp_path, **ACCEPTED), 20)
    job = resumed(tmp_path)
    assert job.warnings == []
    assert train(job)[-1].step == 40
    edit(tmp_path, TALE)  # the text it began with is another one now
    with pytest.raises(RunError, match="--accept-changed-corpus"):
        resumed(tmp_path)


def test_a_text_accepted_before_a_crash_stays_accepted(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    edit(tmp_path, EDITED)
    resumed(tmp_path, **ACCEPTED).directory.release()  # as after a crash before the next checkpoint
    job = resumed(tmp_path)
    job.directory.release()
    assert any("as it is now" in warning for warning in job.warnings)


def test_a_text_with_strange_characters_is_refused_though_accepted(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    edit(tmp_path, EDITED + "¿Ж")
    with pytest.raises(RunError, match=r"2 characters that the run was not trained on, such as '\\xbf'"):
        resumed(tmp_path, **ACCEPTED)


def test_a_text_that_lost_a_character_keeps_the_vocabulary(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    before = load(tmp_path / "run" / "checkpoints" / "last.ckpt")
    edit(tmp_path, TALE.replace("m", ""))
    train(resumed(tmp_path, **ACCEPTED))
    after = load(tmp_path / "run" / "checkpoints" / "last.ckpt")
    assert after.vocabulary == before.vocabulary
    assert after.corpus_characters == before.corpus_characters - TALE.count("m")
    assert not np.array_equal(after.arrays["theta.V"], before.arrays["theta.V"])
    assert train(resumed(tmp_path))[-1].step == 40  # and resumes as it is


@pytest.mark.parametrize("length", [9, 17, 100])
def test_a_run_further_than_the_text_now_reaches_begins_it_again(tmp_path, length):
    stopped_at(small_job(tmp_path), 38)
    edit(tmp_path, TALE[:length])
    job = resumed(tmp_path, **ACCEPTED)
    assert job.snapshot.state.position > length
    train(job)
    assert load(tmp_path / "run" / "checkpoints" / "last.ckpt").state.step == 40


def test_a_run_stopped_at_once_with_a_shorter_text_has_a_checkpoint_that_loads(tmp_path):
    stopped_at(small_job(tmp_path), 38)
    edit(tmp_path, TALE[:20])
    stopped_at(resumed(tmp_path, **ACCEPTED), 38)
    assert load(tmp_path / "run" / "checkpoints" / "last.ckpt").corpus_characters == 20


def test_a_text_too_short_for_a_window_is_refused(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    edit(tmp_path, TALE[:8])
    with pytest.raises(CorpusError, match="has 8 characters"):
        resumed(tmp_path, **ACCEPTED)


def test_accepting_where_nothing_changed_changes_nothing(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    before = json.loads((tmp_path / "run" / "config.json").read_text())
    job = resumed(tmp_path, **ACCEPTED)
    job.directory.release()
    assert job.warnings == []
    assert json.loads((tmp_path / "run" / "config.json").read_text()) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_text_that_became_a_pipe_is_refused_without_waiting(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    (tmp_path / "tale.txt").unlink()
    os.mkfifo(tmp_path / "tale.txt")
    with pytest.raises(CorpusError, match="named pipe"):
        resumed(tmp_path, **ACCEPTED)


def test_a_report_says_that_the_text_changed(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    edit(tmp_path, EDITED)
    train(resumed(tmp_path, **ACCEPTED))
    page = write([str(tmp_path / "run")], None).with_name("report.md").read_text()
    assert "The text was changed in the course of training" in page
