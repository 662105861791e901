"""A run with another learning rate goes on from another run's newest sound checkpoint; that run stays as it was."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.runs.support import OPTIONS, damage, of, small_job, train
from tests.runs.test_resume import resumed, stopped_at
from tui_rnn.engine.checkpoint import load, resumed_trainer, save
from tui_rnn.engine.control import Control
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.errors import CheckpointError, ConfigError, RunError
from tui_rnn.engine.event_records import as_record
from tui_rnn.engine.events import Adjusted, Started, StepDone, Warned
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.state import digest
from tui_rnn.headless.training import train as headless
from tui_rnn.report import write
from tui_rnn.runs.branch import branched_job, gone_back
from tui_rnn.runs.log import read_records
from tui_rnn.runs.session import Session
from tui_rnn.wording import recipe_text


def branched(folder, eta=0.05, run="branch", **options):
    return branched_job(str(folder / "run"), eta, str(folder / run), None, dict(OPTIONS), **options)


def content(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("recipe", ["adagrad", "adam", "fast"])
def test_a_branch_takes_the_updates_that_the_other_learning_rate_makes_of_the_state(tmp_path, recipe):
    stopped_at(small_job(tmp_path, recipe=recipe), 13)
    job = branched(tmp_path, eta=0.003)
    alone = resumed_trainer(job.snapshot, Corpus.from_source(job.source))
    alone.adjust("eta", 0.003)
    while alone.step_count < 40:
        alone.step()
    events = train(job)
    assert (events[0].resumed_step, events[-1].step) == (13, 40)
    assert events[0].resumed_from == str(tmp_path / "run" / "checkpoints" / "last.ckpt")
    assert events[0].config["eta"] == 0.003
    assert events[-1].state_sha256 == digest(alone)
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
    last = load(tmp_path / "branch" / "checkpoints" / "last.ckpt")
    assert (last.config.eta, last.state.adjusted) == (0.1, {"eta": 0.05})


def test_a_branch_says_where_it_came_from(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    branched(tmp_path).directory.release()
    stored = json.loads((tmp_path / "branch" / "config.json").read_text())
    assert (stored["eta"], stored["adjusted"]) == (0.1, {"eta": 0.05})
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
    fresh = train(small_job(tmp_path, "fresh", eta=0.05))
    assert of(events, StepDone) == of(fresh, StepDone)
    mine, other = (load(tmp_path / run / "checkpoints" / "last.ckpt").arrays for run in ("branch", "fresh"))
    assert all(np.array_equal(mine[name], array) for name, array in other.items())


def test_a_branch_goes_on_from_the_newest_sound_checkpoint_aloud(tmp_path):
    train(small_job(tmp_path, checkpoint_every=10, steps=35))
    damage(tmp_path / "run" / "checkpoints" / "last.ckpt")
    job = branched(tmp_path)
    job.directory.release()
    assert job.snapshot.state.step == 30
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
    session = Session(small_job(tmp_path, checkpoint_every=10), Control(), progress_every=10)
    at_25 = (event for event in session.events() if isinstance(event, StepDone) and event.step == 25)
    (job,) = [branched(tmp_path) for _ in at_25]
    session.close()
    session.job.directory.release()
    assert job.snapshot.state.step == 20
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
    gone.manifest = replace(gone.manifest, goal=goal, front_end={**gone.manifest.front_end, "fps": 7})
    gone.directory.release()
    for eta in (0.05, 0.025):  # and once more
        gone = gone_back(gone)
        gone.directory.release()
        assert (gone.hyperparameters.eta, gone.config_in_force.eta, gone.options["eta"]) == (eta, eta, eta)
        assert (gone.config.eta, gone.directory.read_config()["adjusted"]) == (0.1, {"eta": eta})
        assert (gone.goal, gone.options["fps"], gone.snapshot.state.step) == (goal, 7, 13)
        assert gone.options["run"] == gone.run != str(tmp_path / "run")


def test_the_new_learning_rate_is_the_branch_s_first_adjustment_in_its_log_and_its_checkpoints(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    events = train(branched(tmp_path))
    assert isinstance(events[0], Started)
    (adjusted,) = of(events, Adjusted)
    assert (adjusted.name, adjusted.before, adjusted.value, adjusted.step) == ("eta", 0.1, 0.05, 13)
    assert events.index(adjusted) < events.index(of(events, StepDone)[0])
    logged = [each for each in read_records(tmp_path / "branch" / "events.jsonl") if each["event"] == "adjusted"]
    assert logged == [as_record(adjusted)]
    for checkpoint in (tmp_path / "branch" / "checkpoints").glob("*.ckpt"):
        assert load(checkpoint).state.adjusted == {"eta": 0.05}


def test_a_branch_that_is_resumed_goes_on_with_its_learning_rate_and_says_so(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    whole = train(branched(tmp_path, run="whole"))[-1]
    stopped_at(branched(tmp_path), 20)
    job = resumed(tmp_path, run="branch")
    assert (job.config.eta, job.hyperparameters.eta, job.first_adjustments) == (0.1, 0.05, {})
    events = train(job)
    assert events[0].config["eta"] == 0.05
    assert of(events, Adjusted) == []
    assert events[-1].state_sha256 == whole.state_sha256


def test_a_branch_that_has_no_checkpoint_yet_begins_again_with_its_learning_rate(tmp_path):
    small_job(tmp_path).directory.release()
    whole = train(branched(tmp_path, run="whole"))[-1]
    branched(tmp_path).directory.release()  # as after a crash
    events = train(resumed(tmp_path, run="branch"))
    assert [adjusted.value for adjusted in of(events, Adjusted)] == [0.05]
    assert events[-1].state_sha256 == whole.state_sha256


def test_a_branch_at_its_goal_still_ends_with_its_learning_rate(tmp_path):
    train(small_job(tmp_path))
    done = train(branched(tmp_path))[-1]
    assert done.step == 40
    assert load(tmp_path / "branch" / "checkpoints" / "last.ckpt").state.adjusted == {"eta": 0.05}


def test_a_branch_of_a_branch_goes_on_from_its_learning_rate(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    stopped_at(branched(tmp_path), 20)
    job = branched_job(str(tmp_path / "branch"), 0.01, str(tmp_path / "second"), None, dict(OPTIONS))
    events = train(job)
    (adjusted,) = of(events, Adjusted)
    assert (adjusted.before, adjusted.value) == (0.05, 0.01)
    stored = json.loads((tmp_path / "second" / "config.json").read_text())
    assert (stored["eta"], stored["adjusted"], stored["branched_from"]["eta"]) == (0.1, {"eta": 0.01}, 0.05)


def test_a_branch_that_an_earlier_version_made_is_resumed_and_reported(tmp_path):
    """Its configuration has the new learning rate, which nothing says was adjusted."""
    stopped_at(small_job(tmp_path), 13)
    branched(tmp_path).directory.release()
    folder = tmp_path / "branch"
    stored = json.loads((folder / "config.json").read_text())
    del stored["adjusted"]
    (folder / "config.json").write_text(json.dumps({**stored, "eta": 0.05}))
    for checkpoint in (folder / "checkpoints").glob("*.ckpt"):
        snapshot = load(checkpoint)
        old = replace(snapshot, config=replace(snapshot.config, eta=0.05), state=replace(snapshot.state, adjusted={}))
        save(checkpoint, old)
    events = train(resumed(tmp_path, run="branch"))
    assert (events[0].resumed_step, events[0].config["eta"]) == (13, 0.05)
    page = write([str(folder)], None).with_name("report.md").read_text()
    assert f"{tmp_path / 'run'} at step 13, where eta was 0.1" in page
    assert f"tui-rnn resume {tmp_path / 'run'} --eta 0.05 --steps 40 --headless" in page


@pytest.mark.parametrize("adjusted", [[], {"eta": 0}, {"hidden_size": 3}])
def test_a_branch_whose_adjustments_were_edited_to_what_cannot_be_is_refused_in_a_line(tmp_path, adjusted):
    stopped_at(small_job(tmp_path), 13)
    branched(tmp_path).directory.release()
    config = tmp_path / "branch" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "adjusted": adjusted}))
    with pytest.raises(RunError, match=r"config\.json cannot be used"):
        resumed(tmp_path, run="branch")


def test_all_that_is_said_of_a_branch_names_the_learning_rate_it_has(tmp_path, capsys):
    stopped_at(small_job(tmp_path), 13)
    for make in (lambda: branched(tmp_path), lambda: resumed(tmp_path, steps=50, run="branch")):
        job = make()
        assert headless(job, as_json=False) == 0
        out = capsys.readouterr().out
        assert "eta = 0.05" in out
        assert "eta = 0.1" not in out
    assert job.config_in_force.eta == 0.05
    assert recipe_text(job.config_in_force).count("0.05") == 1


def rewound(folder, at, run="branch", eta=None):
    return branched_job(str(folder / "run"), eta, str(folder / run), None, dict(OPTIONS), at=at)


@pytest.mark.parametrize("recipe", ["adagrad", "fast"])
def test_a_run_that_is_rewound_and_not_changed_makes_the_same_run_again(tmp_path, recipe):
    whole = train(small_job(tmp_path, recipe=recipe, checkpoint_every=10))[-1]
    before = content(tmp_path / "run")
    job = rewound(tmp_path, 20)
    assert (job.snapshot.state.step, job.manifest.origin.step) == (20, 20)
    assert job.resumed_from == str(tmp_path / "run" / "checkpoints" / "step-00000020.ckpt")
    events = train(job)
    assert (events[0].resumed_step, events[-1].step) == (20, 40)
    assert events[-1].state_sha256 == whole.state_sha256
    assert of(events, Adjusted) == []
    assert content(tmp_path / "run") == before


def test_with_another_learning_rate_it_makes_another(tmp_path):
    whole = train(small_job(tmp_path, checkpoint_every=10))[-1]
    events = train(rewound(tmp_path, 20, eta=0.05))
    (adjusted,) = of(events, Adjusted)
    assert (adjusted.name, adjusted.value, adjusted.step) == ("eta", 0.05, 20)
    assert events[-1].state_sha256 != whole.state_sha256


def test_a_step_that_has_no_checkpoint_is_refused_with_those_that_have_and_nothing_made(tmp_path):
    train(small_job(tmp_path, checkpoint_every=10, steps=35))
    with pytest.raises(CheckpointError, match=r"no checkpoint of step 25: the nearest are of steps 20 and 30; "):
        rewound(tmp_path, 25)
    damage(tmp_path / "run" / "checkpoints" / "step-00000020.ckpt")
    with pytest.raises(CheckpointError, match="damaged"):
        rewound(tmp_path, 20)
    assert not (tmp_path / "branch").exists()
