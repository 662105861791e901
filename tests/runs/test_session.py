"""A session tells and logs a run from its start to its end, and serves what is asked of it afterwards."""

import json
import threading

import pytest

from tests.cli.support import SECONDS
from tests.runs.support import of, small_job, train
from tui_rnn.engine.control import Control, SaveRequest
from tui_rnn.engine.errors import CorpusError
from tui_rnn.engine.event_records import as_record
from tui_rnn.engine.events import Checkpointed, GradientChecked, Paused, Started, StepDone, Warned
from tui_rnn.headless.runs import state_text
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.followed import FollowedRun
from tui_rnn.runs.job import resumed_job
from tui_rnn.runs.listing import list_runs
from tui_rnn.runs.log import read_records
from tui_rnn.runs.session import Session


def test_the_first_event_tells_what_is_trained(tmp_path):
    started = train(small_job(tmp_path))[0]
    assert isinstance(started, Started)
    assert started.run == str(tmp_path / "run")
    assert (started.resumed_from, started.resumed_step) == (None, 0)
    assert started.corpus["characters"] == 2080
    assert started.config["hidden_size"] == 6
    assert started.config["progress_every"] == 10


def test_both_gradient_checks_come_before_the_first_update(tmp_path):
    events = train(small_job(tmp_path))
    kinds = [type(event) for event in events if isinstance(event, GradientChecked | StepDone)]
    assert kinds[:3] == [GradientChecked, GradientChecked, StepDone]
    assert [check.method for check in of(events, GradientChecked)] == ["central", "complex"]


def test_every_event_with_a_name_is_logged_and_no_other(tmp_path):
    events = train(small_job(tmp_path))
    expected = [json.loads(json.dumps(as_record(event))) for event in events if event.event]
    assert list(read_records(tmp_path / "run" / "events.jsonl")) == expected
    assert len(expected) < len(events)


def test_a_pause_is_logged_once_and_seen_by_others_until_it_is_over(tmp_path):
    """Single steps are part of it. Its end changes nothing of what is trained."""
    alone = train(small_job(tmp_path, "alone", steps=20))[-1]
    control, seen, paused = Control(), [], 0
    with small_job(tmp_path, steps=20) as job, Session(job, control) as session:
        for event in session.events():
            if isinstance(event, StepDone) and event.step in (5, 15):
                control.pause()
            elif isinstance(event, Paused):
                paused += 1
                (line,) = (each for each in list_runs(tmp_path) if each.run == job.run)
                seen.append((line.state, line.paused, state_text(line), line.step >= 5))
                control.one_step() if event.step in (5, 6) else control.resume()
            elif isinstance(event, StepDone) and event.step == 9:
                followed = FollowedRun(RunDirectory(job.directory.path))
                assert (followed.state, followed.is_paused) == ("training", False)
    assert seen == [("training", True, "paused", True)] * paused
    assert paused >= 4
    told = [(e["event"], e["step"]) for e in read_records(job.directory.events_file, ("paused", "continued"))]
    assert told == [("paused", 5), ("continued", 7), ("paused", 15), ("continued", 15)]
    assert event.state_sha256 == alone.state_sha256
    assert not FollowedRun(job.directory).is_paused


def test_a_process_that_was_killed_while_it_was_paused_is_not_paused_any_more(tmp_path):
    control = Control()
    with small_job(tmp_path) as job, Session(job, control) as session:
        for event in session.events():
            if isinstance(event, StepDone):
                control.pause()
            elif isinstance(event, Paused):
                break
        assert list_runs(tmp_path)[0].paused
    (line,) = list_runs(tmp_path)
    assert (line.state, line.paused) == ("interrupted", False)
    train(resumed_job(job.run, None, {}))
    assert not list_runs(tmp_path)[0].paused


def test_the_configuration_on_disk_is_the_resolved_one(tmp_path):
    job = small_job(tmp_path, seed=7)
    stored = job.directory.read_config()
    assert stored["seed"] == 7
    assert stored["optimizer"] == "adagrad"
    assert stored["corpus_sha256"] == job.source.sha256
    job.directory.release()


def test_a_corpus_that_cannot_be_used_leaves_nothing_on_disk(tmp_path):
    with pytest.raises(CorpusError, match="characters"):
        small_job(tmp_path, text="short", run="refused")
    assert not (tmp_path / "refused").exists()


def test_a_full_disk_under_the_log_is_told_of_once_and_training_goes_on(tmp_path, monkeypatch):
    def full(self, record, *, durable=False):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tui_rnn.runs.log.EventLog.append", full)
    events = train(small_job(tmp_path))
    (warned,) = of(events, Warned)
    assert "events.jsonl cannot be written (No space left on device)" in warned.message
    assert events[-1].step == 40


def test_after_its_end_a_session_serves_until_it_is_told_to_stop(tmp_path):
    control = Control()
    session = Session(small_job(tmp_path), control, progress_every=10)
    *_, done = session.events()
    control.post(SaveRequest())
    served = []
    for event in session.serve_until_stopped():
        served.append(event)
        control.stop()
    session.close()
    assert [event.step for event in of(served, Checkpointed) if event.kind == "requested"] == [done.step]


def test_a_stop_that_comes_before_it_serves_is_not_lost(tmp_path):
    control = Control()
    session = Session(small_job(tmp_path), control, progress_every=10)
    for _ in session.events():
        pass
    control.stop()
    served = session.serve_until_stopped()
    try:
        assert control.stopped
        control.pause()
        assert list(_bounded(served, control)) == []
    finally:
        session.close()


def _bounded(events, control):
    """The events; where they would wait for ever, a second word lets them end and is told of."""
    late = []
    watch = threading.Timer(SECONDS / 12, lambda: (late.append("waited"), control.stop()))
    watch.start()
    yield from events
    watch.cancel()
    yield from late


def test_a_directory_is_free_after_close(tmp_path):
    train(small_job(tmp_path))
    again = RunDirectory(tmp_path / "run")
    again.lock()
    again.release()


def test_a_text_is_not_kept_twice(tmp_path):
    session = Session(small_job(tmp_path), Control(), progress_every=10)
    assert session.job.source.characters == ""
    assert session.job.source.sha256 == session.trainer.corpus.sha256
    session.close()
