"""A run with another learning rate goes on from another run's newest sound checkpoint; that run stays as it was."""

import json

import pytest

from tests.runs.support import OPTIONS, damage, of, small_job, train
from tests.runs.test_resume import resumed, stopped_at
from tui_rnn.engine.checkpoint import load
from tui_rnn.engine.control import Control
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.errors import ConfigError, RunError
from tui_rnn.engine.events import StepDone, Warned
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.trainer import Trainer
from tui_rnn.report import write
from tui_rnn.runs.job import branched_job, gone_back
from tui_rnn.runs.session import Session


def branched(folder, eta=0.05, run="branch", **options):
    return branched_job(str(folder / "run"), eta, str(folder / run), None, dict(OPTIONS), **options)


def content(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("recipe", ["adagrad", "adam", "fast"])
def test_a_branch_takes_the_updates_that_the_other_learning_rate_makes_of_the_state(tmp_path, recipe):
    stopped_at(small_job(tmp_path, recipe=recipe), 13)
    job = branched(tmp_path, eta=0.003)
    alone = Trainer.from_snapshot(job.snapshot, Corpus.from_source(job.source))
    assert alone.config.eta == 0.003
    while alone.step_count < 40:
        alone.step()
    events = train(job)
    assert (events[0].resumed_step, events[-1].step) == (13, 40)
    assert events[0].resumed_from == str(tmp_path / "run" / "checkpoints" / "last.ckpt")
    assert events[0].config["eta"] == 0.003
    assert events[-1].state_sha256 == alone.state_sha256()
    assert events[-1].state_sha256 != train(resumed(tmp_path))[-1].state_sha256


def test_the_other_run_is_not_written_to(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    before = content(tmp_path / "run")
    train(branched(tmp_path))
    assert content(tmp_path / "run") == before


def test_a_branch_that_crashed_before_its_first_update_resumes_from_where_it_branched(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    whole = train(branched(tmp_path, run="whole"))[-1]
    branched(tmp_path).directory.release()  # as after a crash
    events = train(resumed(tmp_path, run="branch"))
    assert events[0].resumed_step == 13
    assert (events[-1].step, events[-1].state_sha256) == (40, whole.state_sha256)
    assert load(tmp_path / "branch" / "checkpoints" / "last.ckpt").config.eta == 0.05


def test_a_branch_says_where_it_came_from(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    branched(tmp_path).directory.release()
    stored = json.loads((tmp_path / "branch" / "config.json").read_text())
    assert stored["eta"] == 0.05
    assert stored["branched_from"] == {
        "run": str(tmp_path / "run"),
        "checkpoint": str(tmp_path / "run" / "checkpoints" / "last.ckpt"),
        "step": 13,
        "eta": 0.1,
        "accept_changed_corpus": False,
    }


def test_without_a_checkpoint_a_branch_begins_at_the_first_step_aloud(tmp_path):
    small_job(tmp_path).directory.release()
    events = train(branched(tmp_path))
    assert any("begins again" in warned.message for warned in of(events, Warned))
    assert events[-1].state_sha256 == train(small_job(tmp_path, "fresh", eta=0.05))[-1].state_sha256


def test_a_branch_goes_on_from_the_newest_sound_checkpoint_aloud(tmp_path):
    train(small_job(tmp_path, checkpoint_every=10, steps=35))
    damage(tmp_path / "run" / "checkpoints" / "last.ckpt")
    job = branched(tmp_path)
    job.directory.release()
    assert job.snapshot.step == 30
    assert any("damaged" in warning for warning in job.warnings)


def test_a_branch_keeps_the_goal_it_was_on_its_way_to(tmp_path):
    train(small_job(tmp_path, steps=20))
    stopped_at(resumed(tmp_path, steps=60), 30)
    job = branched(tmp_path)
    assert stopped_at(job, 40)[-1].step == 40
    assert job.goal.steps == 60
    assert train(resumed(tmp_path, run="branch"))[-1].step == 60


@pytest.mark.parametrize("eta", [0.0, -1.0, float("nan"), float("inf")])
def test_a_learning_rate_that_is_none_is_refused_and_nothing_made(tmp_path, eta):
    stopped_at(small_job(tmp_path), 13)
    with pytest.raises(ConfigError, match="--eta"):
        branched(tmp_path, eta=eta)
    assert not (tmp_path / "branch").exists()


def test_a_branch_into_a_folder_that_holds_a_run_is_refused(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    with pytest.raises(RunError, match="already holds a run"):
        branched(tmp_path, run="run")


def test_a_branch_of_a_run_in_training_is_made_of_what_is_saved(tmp_path):
    session = Session(small_job(tmp_path, checkpoint_every=10), Control())
    at_25 = (event for event in session.events() if isinstance(event, StepDone) and event.step == 25)
    (job,) = [branched(tmp_path) for _ in at_25]
    session.close()
    session.job.directory.release()
    assert job.snapshot.step == 20
    assert train(job)[-1].step == 40


def test_a_branch_is_reported_as_what_it_is(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    job = branched(tmp_path)
    train(job)
    page = write([str(tmp_path / "branch")], None).with_name("report.md").read_text()
    assert "0.05" in page
    assert f"{tmp_path / 'run'} at step 13, where eta was 0.1" in page
    assert f"tui-rnn resume {tmp_path / 'run'} --eta 0.05 --steps 40 --headless" in page


@pytest.mark.parametrize("goal", [Goal(40), Goal(50, 1.5)])
def test_a_job_that_goes_back_keeps_its_goal_and_what_the_front_end_was_told_but_halves_the_learning_rate(
    tmp_path, monkeypatch, goal
):
    monkeypatch.chdir(tmp_path)
    stopped_at(small_job(tmp_path), 13)
    gone = resumed(tmp_path)
    gone.goal, gone.options = goal, {**gone.options, "fps": 7}
    gone.directory.release()
    for eta in (0.05, 0.025):  # and once more
        gone = gone_back(gone)
        gone.directory.release()
        assert (gone.config.eta, gone.options["eta"], gone.directory.read_config()["eta"]) == (eta, eta, eta)
        assert (gone.goal, gone.options["fps"], gone.snapshot.step) == (goal, 7, 13)
        assert gone.options["run"] == gone.run != str(tmp_path / "run")
