"""A twin is the run that the same command with other options makes: its configuration, its text, its digest."""

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs.support import OPTIONS, of, small_job, train
from tests.runs.test_resume import resumed, stopped_at
from tui_rnn.engine.config import SAMPLED_BY_TIME, RunConfig
from tui_rnn.engine.control import AdjustRequest, Control
from tui_rnn.engine.errors import ConfigError, CorpusError, RunError
from tui_rnn.engine.events import Started, Warned
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.engine.recipes import RECIPES
from tui_rnn.runs.branch import branched_job
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import new_job
from tui_rnn.runs.manifest import Manifest
from tui_rnn.runs.twin import changed, run_named, twin_job


def twin(folder, changes, run="twin", of="run", **options):
    return twin_job(RunDirectory(folder / of), changes, str(folder / run), dict(OPTIONS), **options)


OVERRIDES = st.fixed_dictionaries(
    {},
    optional={
        "hidden_size": st.sampled_from([7, 100]),
        "eta": st.sampled_from([0.1, 0.03]),
        "clip": st.sampled_from([0, 5.0, 2.5]),
        "clip_norm": st.sampled_from([0, 1.0]),
        "steps": st.sampled_from([50, 100_000]),
        "minutes": st.sampled_from([2.0]),
        "sample_every": st.sampled_from([3, 10_000, 2_000]),
        "schedule": st.sampled_from(["constant", "cosine"]),
        "holdout": st.sampled_from([0.1]),
        "sig": st.sampled_from([0.02]),
        "kernel": st.sampled_from(["numpy"]),
    },
)


@given(st.sampled_from(list(RECIPES)), OVERRIDES)
def test_a_recipe_and_what_a_configuration_has_unlike_it_make_that_configuration(recipe, given):
    config = RunConfig.from_recipe(recipe, "tale.txt", **given)
    assert RunConfig.from_recipe(recipe, "tale.txt", **config.overrides) == config == changed(config, {})
    assert set(config.overrides) <= set(given)


@given(st.sampled_from(list(RECIPES)), OVERRIDES, OVERRIDES)
def test_changed_options_are_those_of_a_command_with_both(recipe, given, more):
    config = changed(RunConfig.from_recipe(recipe, "tale.txt", **given), more)
    goal_is_changed = "steps" in more or "minutes" in more
    kept = {name: value for name, value in given.items() if not goal_is_changed or name not in ("steps", "minutes")}
    if "minutes" not in given and kept.get("sample_every") == RECIPES[recipe].settings["sample_every"]:
        del kept["sample_every"]  # as if it had not been given: minutes then have samples taken by time
    assert config == RunConfig.from_recipe(recipe, "tale.txt", **{**kept, **more})


def test_another_recipe_leaves_what_was_given_beside_the_first():
    config = RunConfig.from_recipe("adagrad", "tale.txt", hidden_size=30, steps=70, clip=0)
    other = changed(config, {"recipe": "lstm"})
    assert other == RunConfig.from_recipe("lstm", "tale.txt", hidden_size=30, steps=70, clip=0)


@pytest.mark.parametrize(
    ("given", "change", "goal", "sample_every"),
    [
        ({"steps": 40}, {"minutes": 3.0}, Goal(UNLIMITED, 3.0), SAMPLED_BY_TIME),
        ({"minutes": 3.0}, {"steps": 40}, Goal(40), 10_000),
        ({"minutes": 3.0, "steps": 40}, {"seed": 1}, Goal(40, 3.0), SAMPLED_BY_TIME),
        ({"minutes": 3.0, "sample_every": 7}, {"minutes": 4.0}, Goal(UNLIMITED, 4.0), 7),
    ],
)
def test_steps_and_minutes_that_are_given_alone_make_the_goal(given, change, goal, sample_every):
    config = changed(RunConfig.from_recipe("adagrad", "tale.txt", **given), change)
    assert (config.goal, config.sample_every) == (goal, sample_every)


def test_a_twin_is_the_run_that_a_command_with_the_option_makes(tmp_path):
    train(small_job(tmp_path))
    before = {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()}
    mine = train(twin(tmp_path, {"seq_length": 12, "hidden_size": None}))
    assert mine[-1].state_sha256 == train(small_job(tmp_path, "by-hand", seq_length=12))[-1].state_sha256
    of_run, of_twin = (json.loads((tmp_path / run / "config.json").read_text()) for run in ("run", "twin"))
    unlike = {name for name in of_run | of_twin if of_run.get(name) != of_twin.get(name)}
    assert unlike == {"seq_length", "run", "twin_of"}
    assert of_twin["twin_of"] == str(tmp_path / "run")
    assert not of(mine, Warned)
    assert {path: path.read_bytes() for path in before} == before


def test_an_option_that_changes_no_update_leaves_the_digest(tmp_path):
    train(small_job(tmp_path, clip=0.5))
    mine, again = (
        [event for event in train(job) if getattr(event, "loss", None) is not None]
        for job in (twin(tmp_path, {"checkpoint_every": 7}), small_job(tmp_path, "again", clip=0.5))
    )
    assert [event.loss for event in mine] == [event.loss for event in again]


def test_a_run_that_went_further_has_a_twin_that_goes_as_far(tmp_path):
    train(small_job(tmp_path, schedule="cosine"))
    train(resumed(tmp_path, steps=60))
    job = twin(tmp_path, {"seed": 1})
    job.directory.release()
    assert (job.goal, job.config.goal) == (Goal(60), Goal(40))  # its schedule ends where the other's did
    shorter = twin(tmp_path, {"steps": 30}, "shorter")
    shorter.directory.release()
    assert shorter.goal == shorter.config.goal == Goal(30)


def test_its_text_is_found_where_it_was_moved_to_and_refused_where_it_was_edited(tmp_path):
    small_job(tmp_path).directory.release()
    (tmp_path / "run" / "tale.txt").write_bytes((tmp_path / "tale.txt").read_bytes())
    text = (tmp_path / "tale.txt").read_text()
    (tmp_path / "tale.txt").unlink()
    job = twin(tmp_path, {"seed": 1})
    job.directory.release()
    assert job.source.path == str(tmp_path / "run" / "tale.txt")
    (tmp_path / "run" / "tale.txt").unlink()
    with pytest.raises(CorpusError, match=r"as in tui-rnn \S*/run CORPUS"):
        twin(tmp_path, {"seed": 1}, "gone")
    (tmp_path / "tale.txt").write_text(text.replace("cat", "cot"))
    with pytest.raises(RunError, match=r"name the text to train on, as in tui-rnn \S*/run \S*tale.txt"):
        twin(tmp_path, {"seed": 1}, "edited")
    assert not (tmp_path / "edited").exists()
    named = twin(tmp_path, {}, "named", texts=[str(tmp_path / "tale.txt")])  # another text is a change
    named.directory.release()
    assert "their losses cannot be compared" in named.warnings[0]
    assert Manifest.read(named.directory).config.corpus == str(tmp_path / "tale.txt")


def test_what_was_piped_in_is_kept_by_the_twin_too(tmp_path):
    config = RunConfig.from_recipe("adagrad", "stdin.txt", hidden_size=6, seq_length=8, steps=10)
    new_job(config, str(tmp_path / "run"), OPTIONS, texts=["-"], stdin=b"so it goes. " * 9).directory.release()
    job = twin(tmp_path, {"seed": 1})
    job.directory.release()
    assert (tmp_path / "twin" / "stdin.txt").read_bytes() == b"so it goes. " * 9
    assert Manifest.read(job.directory).corpus.path == str(tmp_path / "twin" / "stdin.txt")


def test_the_twin_of_a_branch_begins_at_the_first_step_as_the_branch_began(tmp_path):
    stopped_at(small_job(tmp_path), 13)
    branched_job(str(tmp_path / "run"), 0.05, str(tmp_path / "branch"), None, OPTIONS).directory.release()
    job = twin(tmp_path, {"seed": 1}, of="branch")
    assert "begins at the first step" in " ".join(job.warnings)
    assert (job.config.eta, job.snapshot, job.manifest.origin) == (0.05, None, None)
    started = of(train(job), Started)[0]
    assert (started.resumed_step, started.config["eta"]) == (0, 0.05)


def test_changes_made_while_the_other_trained_are_said_to_be_missing(tmp_path):
    control = Control()
    control.post(AdjustRequest("eta", 0.02))
    train(small_job(tmp_path), control)
    job = twin(tmp_path, {"seed": 1})
    job.directory.release()
    assert job.config.eta == 0.1
    assert job.warnings == [f"{tmp_path / 'run'} was adjusted while it trained (eta): its twin is not"]


@pytest.mark.parametrize("changes", [{}, {"seq_length": 8}, {"eta": 0.1, "recipe": "adagrad"}])
def test_a_run_with_nothing_changed_is_refused_with_what_can_be_done(tmp_path, changes):
    small_job(tmp_path).directory.release()
    with pytest.raises(ConfigError, match=r"tui-rnn resume .*tui-rnn replay .*--seed 1"):
        twin(tmp_path, changes)
    assert not (tmp_path / "twin").exists()


def test_a_run_is_known_by_its_path_or_its_name_under_runs_unless_a_file_has_that_name(tmp_path, monkeypatch):
    small_job(tmp_path, "runs/one").directory.release()
    monkeypatch.chdir(tmp_path)
    assert run_named("runs/one").path == run_named("one").path
    assert run_named("runs") is run_named("tale.txt") is run_named("nothing") is run_named("-") is None
    (tmp_path / "one").write_text("a text of that name")
    assert run_named("one") is None


def test_every_setting_is_as_it_was(tmp_path):
    job = small_job(
        tmp_path, "run", "gru", batch_size=2, dropout=0.1, layers=2, order="chunks", chunks=3, holdout=0.1, sig=0.5
    )
    job.directory.release()
    mine = twin(tmp_path, {"seed": 9})
    mine.directory.release()
    for each in fields(RunConfig):
        assert getattr(mine.config, each.name) == (9 if each.name == "seed" else getattr(job.config, each.name))
