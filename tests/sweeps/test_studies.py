"""The studies: every run of each can be trained, and what is said to be equal is equal."""

import itertools
import math

import pytest

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.model import Model
from tui_rnn.sweeps.studies import STUDIES, Study, equal_characters, study_named

K = 75


def configs(study: Study) -> list[RunConfig]:
    settings = [dict(zip(study.varied, values, strict=True)) for values in itertools.product(*study.varied.values())]
    return [
        study.coupled(RunConfig.from_recipe(study.recipe, "text", **{**study.options, **setting}), K)
        for setting in settings
    ]


@pytest.mark.parametrize("study", STUDIES.values(), ids=lambda study: study.name)
def test_every_run_of_a_study_can_be_trained(study):
    assert study.questions
    assert all(question.endswith("?") for question in study.questions)
    found = configs(study)
    assert len(set(map(str, found))) == len(found)
    assert all(config.steps < 10**6 for config in found)


def test_the_cells_have_equally_many_parameters():
    sizes = [
        sum(math.prod(shape) for shape in Model.from_config(config, K).shapes.values())
        for config in configs(STUDIES["cells"])
    ]
    assert max(sizes) <= 1.01 * min(sizes)


@pytest.mark.parametrize("name", ["orders", "batches", "speed"])
def test_every_batch_size_reads_as_many_characters(name):
    found = configs(STUDIES[name])
    assert len({config.batch_size for config in found}) > 1
    for name in ("steps", "sample_every"):
        assert len({getattr(config, name) * config.batch_size * config.seq_length for config in found}) == 1


def test_larger_batches_of_the_orders_learn_faster_as_their_root_grows():
    etas = {config.batch_size: config.eta for config in configs(STUDIES["orders"])}
    assert etas == {1: 0.001, 16: 0.004}


def test_of_runs_that_minutes_end_the_time_is_equal_and_stays():
    timed = RunConfig.from_recipe("adam", "text", minutes=2.0, batch_size=16)
    assert equal_characters(timed, K) == timed


def test_an_unknown_study_is_refused_with_those_that_there_are():
    with pytest.raises(ConfigError, match="'cell' is not known: choose orders, batches, cells"):
        study_named("cell")


def test_what_its_user_gives_stands_in_place_of_the_studys_own():
    batches = STUDIES["batches"]
    assert batches.options_with({"steps": 100}, {}) == {**batches.options, "steps": 100}
    assert "steps" not in batches.options_with({"minutes": 1.0}, {})
    assert batches.options_with({"steps": 7, "minutes": 1.0}, {})["steps"] == 7
    assert batches.options_with({}, {"holdout": [0.1, 0.2]}).keys() == {"steps", "sample_every"}
    assert batches.varied_with({"eta": 0.1}, {}) == {"batch_size": list(batches.varied["batch_size"])}
    assert batches.varied_with({}, {"eta": [1.0], "clip": [5]}) == {
        "batch_size": list(batches.varied["batch_size"]),
        "eta": [1.0],
        "clip": [5],
    }
