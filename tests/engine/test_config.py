"""A configuration is a recipe and its overrides; a value that cannot be used is refused by its option's name."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small import small_config
from tui_rnn.engine.config import CHOICES, WHOLE_NUMBERS, RunConfig
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.recipes import RECIPES


def test_the_report_is_the_2021_form():
    config = RunConfig.from_recipe("adagrad", "book.txt")
    assert (config.hidden_size, config.seq_length, config.batch_size, config.sig) == (100, 25, 1, 0.01)
    assert (config.optimizer, config.eta, config.schedule, config.warmup) == ("adagrad", 0.1, "constant", 0)
    assert (config.clip, config.clip_norm, config.reduction, config.init) == (5, None, "sum", "normal")
    assert (config.sample_every, config.sample_length, config.steps) == (10_000, 200, 100_000)
    assert (config.memory_start, config.seed, config.dtype) == (0, 0, "float32")
    assert (config.checkpoint_every, config.encoding, config.errors) == (10_000, "utf-8", "strict")


def test_adam_is_the_2026_form():
    config = RunConfig.from_recipe("adam", "book.txt")
    assert (config.hidden_size, config.seq_length, config.batch_size) == (100, 25, 1)
    assert (config.optimizer, config.eta, config.schedule, config.warmup) == ("adam", 0.001, "constant", 0)
    assert (config.clip, config.clip_norm, config.reduction, config.init) == (None, None, "mean", "scaled")
    assert config.sample_every == 1_000


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_is_whole_and_survives_json(recipe):
    config = RunConfig.from_recipe(recipe, "book.txt")
    assert (config.recipe, config.corpus) == (recipe, "book.txt")
    text = json.dumps(config.to_json(), allow_nan=False)
    assert RunConfig.from_json(json.loads(text)) == config
    assert RECIPES[recipe].summary


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "eta": st.floats(1e-300, 1e300),
            "clip": st.floats(1e-300, 1e300) | st.none(),
            "memory_start": st.floats(0, 1e6),
            "minutes": st.floats(1e-300, 1e6) | st.none(),
            "holdout": st.floats(0, 0.5),
            **{name: st.sampled_from(tuple(choices)) for name, choices in CHOICES.items()},
            **{name: st.integers(low, min(high, 400)) for name, (low, high) in WHOLE_NUMBERS.items()},
            "layers": st.just(2),  # of 400 units over 400 streams of 400 characters no more are allowed
            "dropout": st.floats(0, 0.9),
        },
    )
)
def test_every_configuration_survives_json(settings):
    settings.setdefault("layers", 2 if "dropout" in settings else 1)
    if settings.get("order") != "chunks":
        settings.pop("chunks", None)
    config = dataclasses.replace(small_config(), **settings)
    assert RunConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_an_override_replaces_a_setting_and_none_leaves_it():
    config = RunConfig.from_recipe("adagrad", "book.txt", eta=0.5, hidden_size=None, seed=7)
    assert (config.eta, config.hidden_size, config.seed) == (0.5, 100, 7)


def test_an_override_changes_no_recipe():
    RunConfig.from_recipe("adagrad", "book.txt", eta=0.5)
    assert RunConfig.from_recipe("adagrad", "book.txt").eta == 0.1


@pytest.mark.parametrize("name", ["clip", "clip_norm"])
def test_a_clip_of_zero_means_none(name):
    assert getattr(RunConfig.from_recipe("adagrad", "book.txt", **{name: 0.0}), name) is None


def test_a_configuration_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        small_config().eta = 1.0


def refusal(**settings):
    with pytest.raises(ConfigError) as error:
        dataclasses.replace(small_config(), **settings)
    message = str(error.value)
    assert len(message.splitlines()) == 1
    return message


@pytest.mark.parametrize("name", WHOLE_NUMBERS)
def test_a_whole_number_is_whole_and_within_its_bounds(name):
    low, high = WHOLE_NUMBERS[name]
    option = "--" + name.replace("_", "-")
    for value in (low - 1, high + 1):
        assert f"{option} {value} is out of range: use a whole number from {low} to {high}" in refusal(**{name: value})
    for value in (float(low), str(low), True, [low], *([] if name == "chunks" else [None])):
        assert f"{option} {value!r} is not a whole number" in refusal(**{name: value})
    small = {"hidden_size": 1, "seq_length": 1, "batch_size": 1, "order": "chunks"}
    for value in (low, high):
        assert getattr(dataclasses.replace(small_config(), **{**small, name: value}), name) == value


@pytest.mark.parametrize("name", ["eta", "sig", "clip", "clip_norm"])
@pytest.mark.parametrize("value", [0, -1.0, float("nan"), float("inf"), "0.1", True, pytest.param(10**400, id="huge")])
def test_a_rate_or_bound_is_a_positive_finite_number(name, value):
    assert f"--{name.replace('_', '-')} {value!r} cannot be used: give a positive number" in refusal(**{name: value})


@pytest.mark.parametrize("value", [-1e-9, float("nan"), float("inf"), "1", None])
def test_a_memory_starts_at_zero_or_above(value):
    assert "--memory-start" in refusal(memory_start=value)


@pytest.mark.parametrize(
    "value", [0, -0.5, 1e6 + 1, float("nan"), float("inf"), "30", True, pytest.param(10**400, id="huge")]
)
def test_a_budget_is_a_time_that_a_run_can_take(value):
    assert f"--minutes {value!r} cannot be used: give a number above 0, up to 1000000" in refusal(minutes=value)


def test_minutes_without_steps_are_the_only_bound():
    goals = [
        RunConfig.from_recipe("fast", "book.txt", **given).goal
        for given in ({}, {"minutes": 0.5}, {"minutes": 0.5, "steps": 7}, {"steps": 7}, {"minutes": 0.5, "steps": None})
    ]
    assert goals == [Goal(100_000), Goal(10**12, 0.5), Goal(7, 0.5), Goal(7), Goal(10**12, 0.5)]


def test_a_configuration_of_before_there_were_minutes_has_none():
    values = small_config().to_json()
    del values["minutes"]
    assert RunConfig.from_json(values) == small_config()


@pytest.mark.parametrize(
    "value", [-0.1, 0.51, 1, 10, float("nan"), float("inf"), "0.1", None, True, pytest.param(10**400, id="huge")]
)
def test_a_holdout_is_a_part_of_the_text(value):
    assert f"--holdout {value!r} cannot be used: give a part of the text, from 0 to 0.5" in refusal(holdout=value)


@pytest.mark.parametrize("recipe", RECIPES)
def test_no_recipe_holds_anything_out(recipe):
    assert RunConfig.from_recipe(recipe, "book.txt").holdout == 0


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("value", ["", "REPORT", "no-such", None, 3, ["report"]])
def test_a_choice_is_one_of_those_listed(name, value):
    message = refusal(**{name: value})
    assert f"--{name} {value!r} is not known: choose " in message
    assert all(choice in message for choice in CHOICES[name])


def test_sizes_whose_product_is_too_large_are_refused_together():
    message = refusal(seq_length=10_000, batch_size=1_000, hidden_size=8_000)
    assert "--seq-length 10000 x --batch-size 1000 x --hidden-size 8000" in message


@pytest.mark.parametrize("name", ["corpus", "encoding"])
@pytest.mark.parametrize("value", ["", None, 3])
def test_a_name_is_a_text(name, value):
    assert name in refusal(**{name: value})


def test_an_unknown_recipe_is_refused_with_those_known():
    with pytest.raises(ConfigError, match="'reprot' is not known: choose adagrad, adam, fast, wide, lstm or gru"):
        RunConfig.from_recipe("reprot", "book.txt")


@pytest.mark.parametrize("values", [None, [], "report", 3])
def test_what_is_no_object_is_no_configuration(values):
    with pytest.raises(ConfigError, match="not a JSON object"):
        RunConfig.from_json(values)


def test_a_setting_of_another_version_is_named():
    with pytest.raises(ConfigError, match="'colour'"):
        RunConfig.from_json({**small_config().to_json(), "colour": "blue"})


@pytest.mark.parametrize("name", ["corpus", "eta", "clip", "reduction"])
def test_a_missing_setting_is_named(name):
    values = small_config().to_json()
    del values[name]
    with pytest.raises(ConfigError, match=rf"lacks .*\b{name}\b"):
        RunConfig.from_json(values)


def test_a_setting_with_a_default_may_be_missing():
    values = small_config().to_json()
    del values["errors"]
    assert RunConfig.from_json(values).errors == "strict"


def test_a_recipe_that_was_renamed_is_known_by_its_old_name_too():
    """The 2021 form was once named `report`: in a command, a config.json or a checkpoint that name still means it."""
    by_old_name = RunConfig.from_recipe("report", "book.txt")
    assert by_old_name == RunConfig.from_recipe("adagrad", "book.txt")
    assert by_old_name.recipe == "adagrad"
    assert RunConfig.from_json({**by_old_name.to_json(), "recipe": "report"}) == by_old_name
