"""`tui-rnn RUN --option value`: the run is trained again with that option changed."""

import json
from pathlib import Path

import pytest

from tests.cli.support import SMALL, is_one_line


@pytest.fixture
def run(command, tale):
    assert command(tale, *SMALL, "--clip", "2", "--steps", "12", "--run", "runs/one").code == 0
    return "runs/one"


def config(run):
    return json.loads(Path(run, "config.json").read_text())


def unlike(one, other):
    """The options that differ, those of the front end left out."""
    one, other = config(one), config(other)
    return {name: other[name] for name in one if one[name] != other[name] and name not in ("run", "json", "headless")}


def test_an_option_that_is_given_is_the_only_one_that_differs(command, run, monkeypatch, home):
    home.mkdir(parents=True, exist_ok=True)  # where numba is installed, it keeps what it compiled there
    (home / "settings.toml").write_text("[train]\neta = 0.7\nhidden-size = 9\n")  # which would hold for a new run
    answer = command(run, "--seq-length", 20, "--run", "two")
    assert (answer.code, answer.err) == (0, "")
    assert unlike(run, "two") == {"seq_length": 20}
    assert "twin of  runs/one" in answer.out.splitlines()
    assert command("one", "--clip", "none", "--json", "--run", "three").code == 0
    assert unlike(run, "three") == {"clip": None}
    monkeypatch.setenv("TUI_RNN_ETA", "0.01")  # a variable is given too
    assert command(run, "--seed", 5, "--run", "four").code == 0
    assert unlike(run, "four") == {"eta": 0.01, "seed": 5}


def test_without_one_a_line_says_what_can_be_done(command, run):
    for name in (run, "one"):
        answer = command(name)
        assert (answer.code, answer.out) == (2, "")
        assert is_one_line(answer.err)
        for words in ("tui-rnn resume runs/one", "tui-rnn replay runs/one", "tui-rnn runs/one --seed 1"):
            assert words in answer.err
    assert [path.name for path in Path("runs").iterdir()] == ["one"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--memory-start", 0, "--clip", 2], "runs/one already has memory_start 0, clip 2: go on"),
        (["--recipe", "adagrad"], "runs/one already has recipe adagrad: go on"),
    ],
)
def test_options_that_the_run_has_already_are_named(command, run, options, said):
    answer = command(run, *options)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


@pytest.mark.parametrize("name", ["runs/one", "one"])
def test_another_text_stands_beside_the_run(command, run, name):
    Path("other.txt").write_text("another text, and a short one. " * 20)
    answer = command(name, "other.txt", "--run", "two", "--json")
    first = json.loads(answer.out.splitlines()[0])
    assert (answer.code, first["corpus"]["path"], first["config"]["clip"]) == (0, "other.txt", 2.0)
    assert any("cannot be compared" in line for line in answer.out.splitlines())


def test_bad_values_are_refused_as_of_a_new_run(command, run):
    for options, words in ((["--seq-length", "0"], "--seq-length 0"), (["--seed", "1", "--run", run], "already holds")):
        answer = command(run, *options)
        assert (answer.code, answer.out) == (2, "")
        assert words in answer.err
