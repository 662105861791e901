"""The worker: it trains a real small run, publishes pictures, posts events, and always says that it has ended."""

import gc
import threading
from types import SimpleNamespace

import pytest

from tests.cli.support import SECONDS
from tests.runs.support import OPTIONS, damage, small_job
from tests.small import Clock, small_trainer
from tui_rnn.engine.clock import Rate, RunClock
from tui_rnn.engine.control import Control, SampleRequest, SaveRequest
from tui_rnn.engine.events import (
    Checkpointed,
    Done,
    GradientChecked,
    Paused,
    Progress,
    Sample,
    SamplePiece,
    Started,
    StepDone,
)
from tui_rnn.runs.job import resumed_job
from tui_rnn.tui.messages import Ended, EventPosted, Failed, RunPast
from tui_rnn.tui.worker import TrainingWorker


class Worker:
    """A worker at work in a thread; what it posts is kept, with the picture there was then."""

    def __init__(self, job, after=None):
        self.job, self.control, self.posted = job, Control(), []
        self._after = after or (lambda event, control: isinstance(event, Done) and control.stop())
        self.worker = TrainingWorker(job, self.control, self.post, progress_every=10)
        self.thread = threading.Thread(target=self.worker.work, daemon=True)

    def post(self, message):
        self.posted.append((message, self.worker.picture))
        if isinstance(message, EventPosted):
            self._after(message.event, self.control)

    def run(self):
        self.thread.start()
        self.thread.join(SECONDS)
        assert not self.thread.is_alive()
        assert self.job.directory._lock.is_locked  # up to whoever runs the job
        self.job.directory.release()
        return self

    def events(self, kind=object):
        return [m.event for m, _ in self.posted if isinstance(m, EventPosted) and isinstance(m.event, kind)]


@pytest.fixture
def worked(tmp_path):
    """A job trained to its end."""
    return Worker(small_job(tmp_path, steps=40, sample_every=10, checkpoint_every=20)).run()


def test_events_are_posted_from_start_to_end(worked):
    events = worked.events()
    assert isinstance(events[0], Started)
    assert [check.method for check in worked.events(GradientChecked)] == ["central", "complex"]
    assert [sample.step for sample in worked.events(Sample)] == [1, 10, 20, 30, 40]
    assert [done.reason for done in worked.events(Done)] == ["steps"]
    assert isinstance(worked.posted[-1][0], Ended)


def test_updates_progress_and_pieces_of_scheduled_samples_are_not_posted_one_by_one(worked):
    assert [event.step for event in worked.events(StepDone)] == [1]  # so that the first is shown at once
    assert worked.events(Progress) == worked.events(SamplePiece) == []


def test_whoever_is_told_finds_the_picture_of_that_moment(worked):
    told = {type(m.event): live for m, live in worked.posted if isinstance(m, EventPosted)}
    assert told[Done].step == 40
    live = told[Done]
    assert live.smooth_loss == worked.events(Done)[0].smooth_loss
    assert live.best_step == worked.events(Done)[0].best_step
    assert live.steps == tuple(range(1, 41))
    assert len(live.smooth) == len(live.raw) == 40
    assert live.smooth[-1] == live.smooth_loss
    assert live.raw[-1] == live.loss


def test_a_picture_is_never_changed_once_published(worked):
    pictures = [live for _, live in worked.posted if live is not None]
    for live in pictures:
        assert live.steps == tuple(range(1, live.step + 1))
        with pytest.raises(AttributeError):
            live.step = 0


def test_a_run_that_goes_on_shows_what_its_checkpoint_holds_from_the_first_moment(tmp_path):
    Worker(small_job(tmp_path)).run()
    worker = Worker(resumed_job(str(tmp_path / "run"), 60, dict(OPTIONS))).run()
    first = next(live for message, live in worker.posted if isinstance(message, EventPosted))
    assert first.step == 40
    assert first.steps == tuple(range(1, 41))
    assert first.smooth_loss == first.smooth[-1]
    assert first.best_smooth_loss == min(first.smooth)
    assert [event.step for event in worker.events(StepDone)] == [41]  # is told, so that it is shown at once


def test_a_finished_run_that_is_opened_again_shows_its_figures_though_it_makes_no_update(tmp_path):
    before = Worker(small_job(tmp_path)).run().events(Done)[0]
    worker = Worker(resumed_job(str(tmp_path / "run"), None, dict(OPTIONS))).run()
    told = [live for message, live in worker.posted if isinstance(message, EventPosted)]
    assert {live.step for live in told} == {40}
    assert {live.best_smooth_loss for live in told} == {before.best_smooth_loss}
    assert {live.elapsed_seconds >= before.elapsed_seconds for live in told} == {True}


def test_the_rate_of_a_run_that_goes_on_is_measured_from_its_first_update(tmp_path, monkeypatch):
    Worker(small_job(tmp_path)).run()
    asked = []
    monkeypatch.setattr(Rate, "at", lambda rate, step: asked.append(step))
    Worker(resumed_job(str(tmp_path / "run"), 60, dict(OPTIONS))).run()
    assert asked[0] == 41  # not before the gradient checks, which take their time


def test_a_new_run_has_no_figures_before_its_first_update(tmp_path):
    worker = Worker(small_job(tmp_path)).run()
    (started,) = (live for message, live in worker.posted if isinstance(getattr(message, "event", None), Started))
    assert started is None


def test_the_time_trained_in_the_picture_is_that_of_its_moment():
    """Not of the last event that told it; it stands still before training begins, in a pause, and after the end."""
    seconds = Clock(100.0)
    clock = RunClock(seconds)
    clock.restore(7.0)
    seconds.now = 101.0
    assert clock.elapsed_seconds == 7.0
    clock.start()
    seconds.now = 106.0
    assert clock.elapsed_seconds == 12.0
    with clock.paused():
        seconds.now = 109.0
        assert clock.elapsed_seconds == 12.0
    seconds.now = 110.0
    assert clock.elapsed_seconds == 13.0
    clock.stop()
    seconds.now = 200.0
    assert clock.elapsed_seconds == 13.0
    worker = TrainingWorker(None, Control(clock=clock), print)
    worker._last = StepDone(1, 2.0, 2.0)
    worker._publish(SimpleNamespace(trainer=small_trainer()))
    assert worker.picture.elapsed_seconds == 13.0


def test_pieces_of_a_requested_sample_are_posted_as_they_come(tmp_path):
    request = SampleRequest(60)

    def after(event, control):
        if isinstance(event, Started):
            control.post(request)
        if isinstance(event, Done):
            control.stop()

    worker = Worker(small_job(tmp_path), after).run()
    pieces = [piece.text for piece in worker.events(SamplePiece) if piece.request == request.number]
    (whole,) = (sample for sample in worker.events(Sample) if sample.request == request.number)
    assert len(pieces) > 1
    assert "".join(pieces) == whole.text
    assert len(whole.text) == 60


def test_requests_are_served_after_the_end_until_it_is_told_to_stop(tmp_path):
    def after(event, control):
        if isinstance(event, Done):
            control.post(SaveRequest())
        if isinstance(event, Checkpointed) and event.kind == "requested":
            control.stop()

    worker = Worker(small_job(tmp_path), after).run()
    assert worker.events()[-1].kind == "requested"


def test_a_pause_is_told_with_its_picture(tmp_path):
    def after(event, control):
        if isinstance(event, Sample) and event.step == 10:
            control.pause()
        if isinstance(event, Paused):
            control.resume()
        if isinstance(event, Done):
            control.stop()

    worker = Worker(small_job(tmp_path, sample_every=10), after).run()
    ((paused, live),) = ((m.event, live) for m, live in worker.posted if isinstance(getattr(m, "event", None), Paused))
    assert paused.step == live.step
    assert paused.step in (9, 10)  # before the update at hand, or after it


def test_the_past_of_a_resumed_run_is_told_first(tmp_path):
    Worker(small_job(tmp_path, sample_every=10)).run()
    worker = Worker(resumed_job(str(tmp_path / "run"), 60, dict(OPTIONS))).run()
    past = worker.posted[0][0]
    assert isinstance(past, RunPast)
    assert [event.step for event in past.events if isinstance(event, Sample)] == [1, 10, 20, 30, 40]
    assert any(isinstance(event, Checkpointed) and event.step == 40 for event in past.events)
    assert [message for message, _ in worker.posted if isinstance(message, RunPast)] == [past]


@pytest.mark.parametrize(
    "line",
    ['{"event": "sample", "step": "many"}', '{"event": "sample", "step": null}', '{"event": "sample"}', "[", "{}"],
)
def test_a_damaged_past_does_not_keep_a_run_from_being_resumed(tmp_path, line):
    Worker(small_job(tmp_path)).run()
    with open(tmp_path / "run" / "events.jsonl", "a") as file:
        file.write(line + "\n")
    worker = Worker(resumed_job(str(tmp_path / "run"), 60, dict(OPTIONS))).run()
    assert not [m.message for m, _ in worker.posted if isinstance(m, Failed)]
    assert worker.events(Done)[0].step == 60


@pytest.mark.parametrize(("error", "code"), [(ValueError("a wheel came off"), 1), (OSError(5, "I/O error"), 1)])
def test_an_unexpected_error_is_told_in_a_line_with_its_traceback_in_the_run(tmp_path, monkeypatch, error, code):
    def fail(self, *_):
        raise error

    monkeypatch.setattr("tui_rnn.engine.trainer.Trainer.step", fail)
    worker = Worker(small_job(tmp_path)).run()
    (failed,) = (m for m, _ in worker.posted if isinstance(m, Failed))
    assert failed.exit_code == code
    assert str(error) in failed.message
    (path,) = (tmp_path / "run").glob("traceback-*.txt")
    assert str(path) in failed.message
    assert isinstance(worker.posted[-1][0], Ended)


def test_a_known_error_is_told_with_its_own_code(tmp_path):
    Worker(small_job(tmp_path)).run()
    job = resumed_job(str(tmp_path / "run"), 60, dict(OPTIONS))
    job.source = type(job.source)(job.source.path, job.source.characters.replace("cat", "bat☃"), "")
    worker = Worker(job).run()
    (failed,) = (m for m, _ in worker.posted if isinstance(m, Failed))
    assert failed.exit_code == 2
    assert "not in this model's vocabulary" in failed.message
    assert isinstance(worker.posted[-1][0], Ended)


def test_a_warning_of_the_job_is_told(tmp_path):
    Worker(small_job(tmp_path, checkpoint_every=10)).run()
    damage(tmp_path / "run" / "checkpoints" / "last.ckpt")
    worker = Worker(resumed_job(str(tmp_path / "run"), 60, dict(OPTIONS))).run()
    assert any("last.ckpt is damaged" in getattr(event, "message", "") for event in worker.events())


def test_what_was_imported_is_not_walked_through_by_the_garbage_collector(tmp_path):
    gc.unfreeze()
    Worker(small_job(tmp_path)).run()
    assert gc.get_freeze_count() > 10_000
    gc.unfreeze()
