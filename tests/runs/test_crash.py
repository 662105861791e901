"""An unexpected error keeps what is sound, leaves its traceback in the run directory, and is told in one line."""

import pytest

import tui_rnn
from tests.runs.support import OPTIONS, small_job, train
from tui_rnn.engine.checkpoint import load
from tui_rnn.engine.control import Control
from tui_rnn.engine.events import StepDone
from tui_rnn.runs.crash import record_crash
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import resumed_job
from tui_rnn.runs.session import Session


def test_the_line_names_the_error_and_where_its_traceback_is(tmp_path):
    line = record_crash(RunDirectory(tmp_path), ValueError("a wheel came off \ud800"))
    (path,) = tmp_path.glob("traceback-*.txt")
    assert "ValueError: a wheel came off" in line
    assert str(path) in line
    text = path.read_text(encoding="utf-8")
    assert f"tui-rnn {tui_rnn.__version__}" in text
    assert "ValueError: a wheel came off" in text


def test_where_no_traceback_can_be_written_that_is_said_too(tmp_path):
    line = record_crash(RunDirectory(tmp_path / "nowhere"), ValueError("a wheel came off"))
    assert "ValueError: a wheel came off" in line
    assert "could not be written (No such file or directory)" in line


@pytest.fixture
def session(tmp_path):
    """A session in the midst of its training, after update 7."""
    session = Session(small_job(tmp_path), Control(), progress_every=10)
    next(event for event in session.events() if isinstance(event, StepDone) and event.step == 7)
    yield session
    session.close()


def test_a_state_between_two_updates_is_saved(tmp_path, session):
    record_crash(session.job.directory, ValueError(), session)
    assert load(session.job.directory.checkpoints / "last.ckpt").state.step == 7


def test_a_state_in_the_midst_of_an_update_is_not(tmp_path, session, monkeypatch):
    def fail(*_):
        raise ValueError("a wheel came off")

    monkeypatch.setattr("tui_rnn.engine.optimizers.AdaGrad.update", fail)
    with pytest.raises(ValueError, match="wheel") as caught:
        session.trainer.step()
    record_crash(session.job.directory, caught.value, session)
    assert not (session.job.directory.checkpoints / "last.ckpt").exists()


def test_a_disk_that_refuses_the_checkpoint_hides_no_traceback(session, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tui_rnn.runs.directory.write_atomically", full)
    assert "ValueError" in record_crash(session.job.directory, ValueError(), session)


def test_an_error_in_saving_hides_no_traceback(session, monkeypatch):
    def fail(*_):
        raise RuntimeError("a second wheel came off")

    monkeypatch.setattr("tui_rnn.runs.directory.RunDirectory.save", fail)
    assert "ValueError" in record_crash(session.job.directory, ValueError(), session)


def test_a_crashed_run_resumes_to_the_same_end(tmp_path):
    whole = train(small_job(tmp_path, "whole"))[-1]
    session = Session(small_job(tmp_path), Control(), progress_every=10)
    next(event for event in session.events() if isinstance(event, StepDone) and event.step == 7)
    record_crash(session.job.directory, ValueError(), session)
    session.close()
    session.job.directory.release()
    events = train(resumed_job(str(tmp_path / "run"), None, dict(OPTIONS)))
    assert events[0].resumed_step == 7
    assert events[-1].state_sha256 == whole.state_sha256
