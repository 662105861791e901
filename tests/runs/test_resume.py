"""A run that was stopped, or crashed, goes on exactly where its newest sound checkpoint stands, or says why not."""

import errno
from dataclasses import replace

import pytest

from tests.cli.support import SMALL
from tests.runs.support import OPTIONS, damage, of, small_job, train
from tests.small import small_trainer, uncompiled
from tui_rnn.engine import arithmetic
from tui_rnn.engine.checkpoint import state_snapshot
from tui_rnn.engine.control import Control
from tui_rnn.engine.errors import ConfigError, RunError
from tui_rnn.engine.events import Done, StepDone, Warned
from tui_rnn.engine.extras import install_command
from tui_rnn.engine.kernels import choice
from tui_rnn.runs.job import resumed_job
from tui_rnn.runs.manifest import Manifest
from tui_rnn.runs.session import Session


def stopped_at(job, step):
    """The job trained to this step and stopped."""
    control, events = Control(), []
    session = Session(job, control, progress_every=10)
    for event in session.events():
        events.append(event)
        if isinstance(event, StepDone) and event.step == step:
            control.stop()
    session.close()
    job.directory.release()
    return events


def resumed(folder, steps=None, run="run"):
    return resumed_job(str(folder / run), steps, dict(OPTIONS))


@pytest.mark.parametrize("recipe", ["adagrad", "adam", "fast"])
@pytest.mark.parametrize("step", [1, 13, 39])
def test_a_resumed_run_ends_as_one_never_stopped(tmp_path, recipe, step):
    settings = {"recipe": recipe, "sample_every": 5, "checkpoint_every": 10}
    whole = train(small_job(tmp_path, "whole", **settings))[-1]
    assert stopped_at(small_job(tmp_path, **settings), step)[-1].step == step
    events = train(resumed(tmp_path))
    assert events[0].resumed_step == step
    assert events[0].resumed_from.endswith("last.ckpt")
    ended = events[-1]
    assert isinstance(ended, Done)
    assert replace(ended, elapsed_seconds=0) == replace(whole, elapsed_seconds=0)


def test_a_resumed_run_goes_further_only_where_told_and_keeps_that_goal(tmp_path):
    train(small_job(tmp_path, steps=20))
    assert train(resumed(tmp_path))[-1].step == 20
    job = resumed(tmp_path, steps=50)
    assert stopped_at(job, 30)[-1].step == 30
    job = resumed(tmp_path)
    assert job.goal.steps == 50
    assert train(job)[-1].step == 50


def test_a_goal_nearer_than_the_runs_own_is_for_this_time_alone(tmp_path):
    stopped_at(small_job(tmp_path, steps=40), 10)
    assert train(resumed(tmp_path, steps=15))[-1].step == 15
    assert train(resumed(tmp_path))[-1].step == 40


def test_a_goal_behind_the_run_is_refused_and_the_run_stays_free(tmp_path):
    train(small_job(tmp_path, steps=20))
    with pytest.raises(RunError, match="--steps 19 lies behind the run, which stands at step 20"):
        resumed(tmp_path, steps=19)
    resumed(tmp_path).directory.release()


def test_a_run_stopped_before_its_first_checkpoint_begins_again_aloud(tmp_path):
    job = small_job(tmp_path)
    job.directory.release()  # as after a crash
    events = train(resumed(tmp_path))
    assert any("begins again" in warned.message for warned in of(events, Warned))
    whole = train(small_job(tmp_path, "whole"))[-1]
    assert events[-1].state_sha256 == whole.state_sha256


def test_a_damaged_checkpoint_is_told_of_and_the_one_before_it_resumed(tmp_path):
    whole = train(small_job(tmp_path, checkpoint_every=10, steps=35))[-1]
    damage(tmp_path / "run" / "checkpoints" / "last.ckpt")
    events = train(resumed(tmp_path))
    assert events[0].resumed_step == 30
    assert "last.ckpt is damaged" in of(events, Warned)[0].message
    assert events[-1].state_sha256 == whole.state_sha256


@pytest.mark.parametrize("stopped", [True, False])
def test_a_corpus_edited_since_is_refused(tmp_path, stopped):
    job = small_job(tmp_path)
    if stopped:
        stopped_at(job, 10)
    job.directory.release()
    corpus = tmp_path / "tale.txt"
    corpus.write_text(corpus.read_text().replace("cat", "bat"))
    with pytest.raises(RunError, match=r"tale\.txt is not the text this run was trained on .*put the old text back"):
        resumed(tmp_path)


def test_a_corpus_is_found_at_its_full_path_from_another_folder(tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(tmp_path)
    stored = small_job(tmp_path)
    config = stored.directory.read_config()
    stored.directory.write_config({**config, "corpus": "tale.txt"})  # as it was typed
    stored.directory.release()
    monkeypatch.chdir(elsewhere)
    assert train(resumed(tmp_path))[-1].step == 40


@pytest.mark.parametrize(("name", "value"), [("eta", 0.2), ("seed", 1), ("hidden_size", 7), ("optimizer", "adam")])
def test_a_configuration_edited_since_is_refused(tmp_path, name, value):
    job = small_job(tmp_path)
    stopped_at(job, 10)
    stored = job.directory.read_config()
    job.directory.write_config({**stored, name: value})
    with pytest.raises(RunError, match=r"config\.json was changed since .*put the old values back"):
        resumed(tmp_path)
    job.directory.write_config(stored)
    assert train(resumed(tmp_path))[-1].step == 40


@pytest.mark.parametrize(("name", "value"), [("eta", -1), ("hidden_size", "many"), ("recipe", "cake")])
def test_a_configuration_that_fits_no_run_is_refused(tmp_path, name, value):
    job = small_job(tmp_path)
    job.directory.write_config({**job.directory.read_config(), name: value})
    job.directory.release()
    with pytest.raises(RunError, match=r"config\.json cannot be used"):
        resumed(tmp_path)


def test_a_run_in_training_is_not_resumed_beside(tmp_path):
    job = small_job(tmp_path)
    with pytest.raises(RunError, match="another process"):
        resumed(tmp_path)
    job.directory.release()


def test_another_library_is_warned_of(tmp_path, monkeypatch):
    stopped_at(small_job(tmp_path), 10)
    monkeypatch.setattr("tui_rnn.runs.session.libraries", lambda kernel: {"numpy": "99.0"})
    warned = of(train(resumed(tmp_path)), Warned)
    assert any("99.0" in event.message and "last bits" in event.message for event in warned)


def test_the_schedule_keeps_to_the_steps_it_was_made_for(tmp_path):
    """Resumed beyond its own goal and stopped there again, a cosine ends as without the second stop."""
    settings = {"recipe": "fast", "steps": 20, "schedule": "cosine"}
    train(small_job(tmp_path, "a", **settings))
    once = train(resumed(tmp_path, 30, "a"))[-1]
    train(small_job(tmp_path, "b", **settings))
    train(resumed(tmp_path, 25, "b"))
    assert train(resumed(tmp_path, 30, "b"))[-1].state_sha256 == once.state_sha256


@pytest.mark.parametrize(
    ("given", "remedy"),
    [([], "make room, or make the folder writable"), (["--eta", 1], "give another folder with --run")],
)
def test_a_full_disk_is_told_of_with_what_can_be_done(command, tale, monkeypatch, given, remedy):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    assert command(tale, *SMALL, "--steps", 5, "--run", "run").code == 0
    monkeypatch.setattr("tui_rnn.runs.directory.write_atomically", full)
    answer = command("resume", "run", "--steps", 9, *given)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.endswith(f" cannot be written (No space left on device): {remedy}\n")


# The kernel


def test_a_run_keeps_its_kernel_and_goes_on_with_another_where_that_is_asked_for(tmp_path, monkeypatch):
    uncompiled(monkeypatch)
    stopped_at(small_job(tmp_path, kernel="numba"), 10)
    job = resumed(tmp_path)
    assert job.config.kernel == "numba" == Manifest.read(job.directory).config.kernel
    assert stopped_at(job, 20)[0].config["kernel"] == "numba"
    job = resumed_job(str(tmp_path / "run"), None, dict(OPTIONS), kernel="numpy")
    assert stopped_at(job, 25)[0].config["kernel"] == "numpy"
    assert train(resumed(tmp_path))[0].config["kernel"] == "numpy"


def test_a_run_whose_kernel_is_not_installed_is_refused_with_two_remedies_and_left_as_it_was(tmp_path, monkeypatch):
    uncompiled(monkeypatch)
    stopped_at(small_job(tmp_path, kernel="numba"), 10)
    monkeypatch.setattr(choice, "numba_is_installed", lambda: False)
    with pytest.raises(ConfigError) as raised:
        resumed(tmp_path)
    run = tmp_path / "run"
    assert str(raised.value) == (
        f"the kernel of {run} needs numba, which is not installed: {install_command('numba')}, or go on by "
        f"tui-rnn resume {run} --kernel numpy"
    )
    assert train(resumed_job(str(run), None, dict(OPTIONS), kernel="numpy"))[-1].step == 40


def test_a_checkpoint_of_numba_names_the_version_that_its_last_bits_hang_on(monkeypatch):
    uncompiled(monkeypatch)
    monkeypatch.setattr(arithmetic, "version_of", lambda name: "0.1")
    snapshot = state_snapshot(small_trainer(kernel="numba"))
    assert snapshot.libraries["numba"] == "0.1"
    assert "numba" not in state_snapshot(small_trainer()).libraries
    loops, earlier = snapshot.libraries["compiled loops"], {"numba": "0.1"}
    now = {**earlier, "compiled loops": loops}
    assert list(arithmetic.differences(earlier, now).values()) == [f"compiled loops earlier -> {loops}"]
    assert arithmetic.differences({"numpy": "1"}, {"numpy": "2", "blas": "b"}) == {"numpy": "numpy 1 -> 2"}
    assert not arithmetic.differences({}, now)
    assert not arithmetic.differences(now, now)
