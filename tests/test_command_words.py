"""A configuration as words of the command line: typed, they are the same configuration."""

import shlex

import pytest

from tests.small import small_config
from tui_rnn import cli
from tui_rnn.cli import training
from tui_rnn.command_words import COMMANDS, every_option, goal_options, options_beyond_recipe
from tui_rnn.command_words import training as training_words
from tui_rnn.engine.config import RunConfig, word
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.engine.kernels import choice
from tui_rnn.engine.recipes import RECIPES

OTHERS = (
    {},
    {"minutes": 0.1, "clip": 0, "holdout": 0.1, "seed": 7},
    {"eta": 1 / 3, "minutes": 0.5, "steps": 30},
    {"minutes": 0.5, "sample_every": 2_000},  # as fast's own, which minutes alone would replace
    {"order": "chunks", "chunks": 7},
    {"cell": "gru", "layers": 2, "clip_norm": 5.0, "sample_every": 50, "errors": "replace"},
)


def typed(*words):
    """The configuration that the command line makes of these words."""
    given = training.train.make_context("train", list(words)).params
    (corpus,), name = given.pop("corpus"), given.pop("recipe")
    known = {key: value for key, value in given.items() if key in RunConfig.__dataclass_fields__}
    return RunConfig.from_recipe(name, corpus, **known)


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("others", OTHERS)
def test_every_option_is_named(recipe, others):
    config = RunConfig.from_recipe(recipe, "tale.txt", **others)
    words = every_option(config)
    assert typed("tale.txt", *words) == config
    named = {each.removeprefix("--").replace("-", "_") for each in words if each.startswith("--")}
    assert named | {"corpus", "sig", "minutes"} == set(RunConfig.__dataclass_fields__) | {"minutes"}


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("others", OTHERS)
def test_a_command_to_train_makes_the_same_configuration(recipe, others):
    config = RunConfig.from_recipe(recipe, "tale.txt", **others, kernel="auto")
    program, *words = training_words(config, ["tale.txt"], config.goal)
    assert program == "tui-rnn"
    assert typed(*words) == config


@pytest.mark.parametrize(
    ("texts", "shown"),
    [(["report", "b"], "./report b"), (["-x.txt"], "./-x.txt"), (["a b.txt"], "'a b.txt'"), (["tale"], "tale")],
)
def test_a_text_is_not_taken_for_a_command_or_an_option(texts, shown):
    assert shlex.join(training_words(small_config(), texts, Goal(1))).startswith(f"tui-rnn {shown} --recipe adagrad")


def test_every_command_is_known_that_a_text_can_be_taken_for():
    assert cli.command_line.commands.keys() == set(COMMANDS)


def test_settings_of_the_recipe_need_no_option(monkeypatch):
    monkeypatch.setattr(choice, "numba_is_installed", lambda: False)
    assert options_beyond_recipe(RunConfig.from_recipe("adagrad", "x")) == []
    unlike = RunConfig.from_recipe("adagrad", "x", clip=0, eta=0.2)
    assert options_beyond_recipe(unlike) == ["--eta", "0.2", "--clip", "none"]
    assert options_beyond_recipe(RunConfig.from_recipe("fast", "x", cell="gru")) == ["--cell", "gru"]
    assert options_beyond_recipe(RunConfig.from_recipe("gru", "x")) == []


def test_the_kernel_is_named_where_auto_would_take_another(monkeypatch):
    monkeypatch.setattr(choice, "numba_is_installed", lambda: False)
    assert "--kernel" not in options_beyond_recipe(small_config())
    monkeypatch.setattr(choice, "numba_is_installed", lambda: True)
    assert options_beyond_recipe(small_config())[-2:] == ["--kernel", "numpy"]
    assert options_beyond_recipe(small_config(kernel="numba"))[-2:] == ["--kernel", "numba"]


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (Goal(30), "--steps 30"),
        (Goal(30, 0.5), "--steps 30 --minutes 0.5"),
        (Goal(UNLIMITED, 2.0), "--minutes 2"),
        (Goal(UNLIMITED), f"--steps {UNLIMITED}"),
    ],
)
def test_a_goal_is_typed_by_what_bounds_it(goal, words):
    assert goal_options(goal) == words.split()


@pytest.mark.parametrize(
    ("value", "typed"),
    [(None, "none"), (5.0, "5"), (0.1, "0.1"), (1 / 3, repr(1 / 3)), (1e-8, "1e-08"), (7, "7"), ("gru", "gru")],
)
def test_a_value_is_short_and_loses_no_digit(value, typed):
    assert word(value) == typed
