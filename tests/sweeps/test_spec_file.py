"""A spec file asks for the sweep that the same words on a command line do; a slip in it is named with its place."""

from pathlib import Path

import pytest

from tui_rnn.engine.errors import ConfigError
from tui_rnn.sweeps.asked import Asked
from tui_rnn.sweeps.spec_file import read

FILE = """
corpus = "tale.txt"
recipe = "adam"
seeds = 2
seed = 5
out = "swept"

[options]
steps = 30
hidden-size = 4
clip = "none"

[set]
eta = [0.01, 0.02]
seq-length = "lin(5,7,3)"
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("there").mkdir()
    Path("there/tale.txt").write_text("Once upon a time there was a network.\n" * 20)


def spec(content):
    Path("there/sweep.toml").write_text(content)
    return "there/sweep.toml"


def test_a_file_asks_for_what_a_command_line_does():
    asked = read(spec(FILE))
    typed = Asked(
        corpus=("there/tale.txt",),
        recipe="adam",
        options={"steps": 30, "hidden_size": 4, "clip": 0.0},
        varied={"eta": [0.01, 0.02], "seq_length": [5, 6, 7]},
        seeds=2,
        seed=5,
        out="there/swept",
    )
    assert asked == typed
    plan = asked.plan()
    assert plan.digest == typed.plan().digest
    assert len(plan.jobs) == 12
    assert {job.config["clip"] for job in plan.jobs} == {None}
    assert {job.seed for job in plan.jobs} == {5, 6}


def test_the_command_line_stands_in_its_place():
    plan = (
        Asked(seeds=1, options={"eta": 0.5, "steps": 7}, varied={"hidden_size": [2, 3]}).over(read(spec(FILE))).plan()
    )
    assert list(plan.varied) == ["seq_length", "hidden_size"]
    assert {job.config["eta"] for job in plan.jobs} == {0.5}
    assert {job.config["steps"] for job in plan.jobs} == {7}
    assert plan.seeds == [5]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("corpus = ", "no TOML"),
        ("seeds = 2", "corpus"),
        ('corpus = "a.txt"\nseed = "2"', "seed"),
        ('corpus = "a.txt"\nseeds = true', "seeds"),
        ('corpus = "a.txt"\nrecipe = 2', "recipe"),
        ('corpus = "a.txt"\nreceipt = "fast"', "receipt"),
        ('corpus = "a.txt"\n[options]\netta = 1', "etta"),
        ('corpus = "a.txt"\n[options]\neta = [1]', "eta"),
        ('corpus = "a.txt"\n[set]\netta = [1]', "etta"),
        ('corpus = "a.txt"\n[set]\neta = 1', "eta"),
        ('corpus = "a.txt"\n[set]\neta = [[1]]', "eta"),
        ('corpus = "a.txt"\n[set]\neta = "log(0,1,2)"', "log(0,1,2)"),
        ('corpus = "a.txt"\nset = 1', "set"),
        ("\x00", "no TOML"),
    ],
)
def test_a_slip_is_named(content, word):
    with pytest.raises(ConfigError) as refused:
        read(spec(content))
    assert str(refused.value).startswith("there/sweep.toml")
    assert word in str(refused.value)


@pytest.mark.parametrize("path", ["there", "nowhere.toml"])
def test_what_is_no_file_is_refused(path):
    with pytest.raises(ConfigError, match=path):
        read(path)
