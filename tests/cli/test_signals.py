"""A signal at any moment of a run's making, and between two screens: nothing half made, nothing unsaved."""

import errno
import io
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.cli.support import SMALL
from tests.tui.test_full_stack import OPTIONS, job
from tui_rnn import signals, stdio
from tui_rnn.cli.training import train_job
from tui_rnn.headless import training
from tui_rnn.runs import job as runs_job
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.log import read_records
from tui_rnn.storage.files import Files
from tui_rnn.tui import program
from tui_rnn.tui.app import TuiRnnApp

ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Outside(BaseException):
    """In place of the end of the tests' own process."""


def outside(number, _):
    raise Outside(number)


@pytest.fixture(autouse=True)
def handlers():
    """What a signal does outside of tests is put back, even where one came and further ones are ignored."""
    before = {number: signal.getsignal(number) for number in ENDING}
    for number in ENDING:
        signal.signal(number, outside)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def then_signal(monkeypatch, owner, name, number, *, before=False):
    """Have the signal come right after this call, or before it."""
    real = getattr(owner, name)

    def call(*arguments, **options):
        if before:
            signal.raise_signal(number)
        answer = real(*arguments, **options)
        if not before:
            signal.raise_signal(number)
        return answer

    monkeypatch.setattr(owner, name, call)


def check_undone(command, tale, number):
    """A run that is begun ends with the code of this signal, nothing is left of it, and the signal does what it did."""
    with pytest.raises(SystemExit) as ended:
        command(tale, *SMALL, "--steps", "2000", "--run", "run")
    assert ended.value.code == 128 + number
    assert os.listdir() == ["tale.txt"]
    assert signal.getsignal(number) is outside


@pytest.mark.parametrize("number", ENDING)
@pytest.mark.parametrize(("owner", "name"), [(runs_job, "read_files"), (RunDirectory, "write_config")])
def test_a_signal_while_a_run_is_made_ends_it_at_once_and_leaves_nothing(
    command, tale, monkeypatch, owner, name, number
):
    then_signal(monkeypatch, owner, name, number)
    check_undone(command, tale, number)


@pytest.mark.parametrize("again", ENDING)
@pytest.mark.parametrize("number", ENDING)
@pytest.mark.parametrize(
    ("name", "undone_by"), [("sync", "unlink"), ("replace", "unlink"), ("replace", "remove_folder")]
)
def test_a_second_signal_does_not_keep_what_is_half_made_from_being_taken_away(
    command, tale, monkeypatch, name, undone_by, number, again
):
    then_signal(monkeypatch, Files, name, number, before=True)
    then_signal(monkeypatch, Files, undone_by, again, before=True)
    check_undone(command, tale, number)


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_before_the_front_end_listens_ends_the_run_with_a_checkpoint(command, tale, monkeypatch, number):
    then_signal(monkeypatch, training, "train", number, before=True)
    answer = command(tale, *SMALL, "--steps", "2000", "--run", "run")
    assert answer.code == 128 + number
    *_, last = read_records(Path("run/events.jsonl"))
    assert (last["event"], last["reason"], last["saved"]) == ("done", "signal", True)
    assert Path("run/checkpoints/last.ckpt").is_file()


def test_an_error_in_the_making_leaves_the_signals_as_they_were(command, tmp_path):
    assert command("nowhere.txt").code == 2
    assert [signal.getsignal(number) for number in ENDING] == [outside] * len(ENDING)


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_while_a_branch_is_made_reaches_the_screen_that_shows_it(tale, tmp_path, monkeypatch, capsys, number):
    shown = []

    def show(app):
        shown.append(app)
        app.goes_back, app.exit_code = len(shown) == 1, 3 if len(shown) == 1 else 0

    monkeypatch.setattr(TuiRnnApp, "run", show)
    then_signal(monkeypatch, program, "gone_back", number)
    one = job("wild")
    code = train_job(lambda: one, {**OPTIONS, "headless": False, "theme": None})
    assert code == 128 + number
    assert [app.caught_signal for app in shown] == [None, number]
    assert shown[1].control.stop_reason == "signal"


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_after_a_divergence_leaves_its_exit_code_without_a_screen(command, tale, monkeypatch, number):
    then_signal(monkeypatch, training, "summary", number, before=True)
    wild = ("--optimizer", "sgd", "--eta", "1e300", "--clip", "none")
    assert command(tale, *SMALL, *wild, "--steps", "100", "--run", "run").code == 3


def test_a_hang_up_that_comes_after_its_terminal_took_no_more_gives_the_exit_code(command, tale, monkeypatch):
    def refuse():
        raise OSError(errno.EIO, "Input/output error")

    stdout = io.StringIO()
    stdout.flush = refuse
    monkeypatch.setattr(sys, "stdout", stdout)
    monkeypatch.setattr(stdio, "discard_stdout", lambda: signal.raise_signal(ENDING[-1]))
    answer = command(tale, *SMALL, "--steps", "2000", "--run", "run")
    assert (answer.code, answer.err) == (128 + ENDING[-1], "")
    assert Path("run/checkpoints/last.ckpt").is_file()


def test_what_is_held_back_comes_once_it_is_let(monkeypatch):
    signals.hold()
    signal.raise_signal(signal.SIGTERM)
    with pytest.raises(Outside):
        signals.release()
    came = []
    signals.hold()
    signal.raise_signal(signal.SIGTERM)
    with signals.caught(came.append):
        assert came == [signal.SIGTERM]


@pytest.mark.parametrize("again", ENDING)
def test_further_signals_are_ignored_once_one_was_caught(again):
    came = []
    with signals.caught(came.append):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(again)
    signal.raise_signal(again)
    signals.release()
    signal.raise_signal(again)
    assert came == [signal.SIGTERM, again]
