"""Every option of the contract is there, has its documented default, and replaces the recipe's value."""

import re
from pathlib import Path

import pytest

from tui_rnn.cli import training
from tui_rnn.engine.recipes import RECIPES
from tui_rnn.engine.text import MAX_CORPUS
from tui_rnn.place import Streams
from tui_rnn.tui.panels.base import ScreenOptions

DEFAULTS = {
    "recipe": "adagrad",
    "hidden_size": 100,
    "seq_length": 25,
    "batch_size": 1,
    "eta": 0.1,
    "optimizer": "adagrad",
    "clip": 5.0,
    "dtype": "float32",
    "steps": 100_000,
    "minutes": None,
    "holdout": 0.0,
    "seed": 0,
    "sample_every": 10_000,
    "sample_length": 200,
    "checkpoint_every": 10_000,
    "encoding": "utf-8",
    "errors": "strict",
    "max_corpus": 256,
    "max_memory": 1024,
    "json": False,
    "progress_every": 1000,
    "marker": "braille",
    "theme": None,
}
GIVEN = [
    ("--recipe", "adam", "recipe", "adam"),
    ("--recipe", "fast", "recipe", "fast"),
    ("--max-corpus", "300", "max_corpus", 300),
    ("--max-memory", "300", "max_memory", 300),
    ("--hidden-size", "7", "hidden_size", 7),
    ("--seq-length", "9", "seq_length", 9),
    ("--batch-size", "3", "batch_size", 3),
    ("--eta", "0.025", "eta", 0.025),
    ("--optimizer", "rmsprop", "optimizer", "rmsprop"),
    ("--optimizer", "sgd", "optimizer", "sgd"),
    ("--clip", "1.5", "clip", 1.5),
    ("--clip", "none", "clip", None),
    ("--clip", "0", "clip", None),
    ("--chunks", "none", "chunks", None),
    ("--clip-norm", "2", "clip_norm", 2.0),
    ("--dtype", "float64", "dtype", "float64"),
    ("--kernel", "numpy", "kernel", "numpy"),
    ("--steps", "12", "steps", 12),
    ("--steps", "0", "steps", 0),
    ("--minutes", "0.5", "minutes", 0.5),
    ("--minutes", "30", "steps", 10**12),
    ("--holdout", "0.1", "holdout", 0.1),
    ("--seed", "5", "seed", 5),
    ("--run", "here/there", "run", "here/there"),
    ("--sample-every", "11", "sample_every", 11),
    ("--sample-length", "13", "sample_length", 13),
    ("--checkpoint-every", "17", "checkpoint_every", 17),
    ("--encoding", "latin-1", "encoding", "latin-1"),
    ("--errors", "replace", "errors", "replace"),
    ("--progress-every", "19", "progress_every", 19),
    ("--marker", "hd", "marker", "hd"),
    ("--marker", "dot", "marker", "dot"),
    ("--marker", "ascii", "marker", "ascii"),
    ("--fps", "0.5", "fps", 0.5),
    ("--theme", "nord", "theme", "nord"),
]


@pytest.fixture
def resolved(command, tale, monkeypatch):
    """The options of the run that a command line would train, which is not trained."""

    def resolve(*arguments):
        jobs = []
        for front_end in ("tui_rnn.headless.training.train", "tui_rnn.tui.program.train"):
            monkeypatch.setattr(front_end, lambda job, *_, **__: jobs.append(job) or 0)
        answer = command(*arguments)
        assert (answer.code, answer.err) == (0, "")
        jobs[0].directory.release()
        return jobs[0].options

    return resolve


def test_without_options_every_one_has_its_documented_default(resolved, tale):
    options = resolved(tale)
    assert {name: options[name] for name in DEFAULTS} == DEFAULTS
    assert options["corpus"] == tale


def test_the_largest_text_is_known_in_one_place_and_the_help_says_so(resolved, command, tale, monkeypatch):
    for words in (("train", "--help"), ("--help",)):
        assert f"--max-corpus MB The largest text that is read. [{MAX_CORPUS}]" in " ".join(command(*words).out.split())
    monkeypatch.setattr("tui_rnn.engine.text.MAX_CORPUS", 7)
    assert resolved(tale)["max_corpus"] == 7


@pytest.mark.parametrize(("option", "text", "name", "value"), GIVEN, ids=lambda part: str(part))
def test_an_option_given_replaces_the_default(resolved, tale, option, text, name, value):
    assert resolved(tale, option, text)[name] == value
    assert DEFAULTS.get(name) != value or name not in DEFAULTS


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_sets_what_it_names_and_an_option_overrides_it(resolved, tale, recipe):
    options = resolved(tale, "--recipe", recipe, "--eta", "0.125", "--hidden-size", "6")
    expected = {**RECIPES[recipe].settings, "eta": 0.125, "hidden_size": 6}
    assert {name: options[name] for name in expected} == expected


def test_options_may_stand_before_the_corpus(resolved, tale):
    options = resolved("--steps", "12", "--json", tale, "--seed", "3")
    assert (options["steps"], options["json"], options["seed"], options["corpus"]) == (12, True, 3, tale)


def test_a_run_is_named_after_its_corpus_and_the_time(resolved, tale):
    first = resolved(tale)["run"]
    assert re.fullmatch(r"runs[/\\]tale-\d{8}-\d{6}", first)


@pytest.mark.parametrize("option", ["--headless", "--json"])
def test_these_options_keep_the_screen_away(resolved, tale, monkeypatch, option):
    monkeypatch.setattr(training, "has_terminal", lambda: True)
    assert resolved(tale)["headless"] is False
    assert resolved(tale, option, "--run", "another")["headless"] is True


@pytest.mark.parametrize("other", ["--headless", "--json"])
def test_the_screen_and_its_absence_cannot_both_be_asked_for(command, tale, other):
    for arguments in ([tale], ["resume", "a-run"]):
        answer = command(*arguments, "--screen", other)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err == f"tui-rnn: --screen and {other} exclude each other: give one of them\n"


def test_a_screen_that_is_asked_for_needs_a_terminal_to_be_drawn_on(command, tale, monkeypatch):
    monkeypatch.setattr(training.place, "streams", lambda: Streams(stdout=False))
    answer = command(tale, "--screen", "--run", "a-run")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "tui-rnn: --screen cannot be had, since stdout is no terminal: run it in a terminal, or leave it out\n"
    )
    assert not Path("a-run").exists()


def test_a_screen_that_is_asked_for_is_opened_where_nobody_types(resolved, tale, monkeypatch):
    monkeypatch.setattr(training.place, "streams", lambda: Streams(stdin=False))
    monkeypatch.setenv("TERM", "xterm")
    assert resolved(tale)["headless"] is True
    assert resolved(tale, "--screen", "--run", "another")["headless"] is False


def test_the_defaults_of_sample(command, monkeypatch):
    asked = []
    monkeypatch.setattr("tui_rnn.headless.sample.write_sample", lambda *given, **more: asked.append((given, more)) or 0)
    command("sample", "a-run")
    command(
        "sample", "a-run", "-n", "5", "--temperature", ".5", "--top-p", ".9", "--prime", "a", "--seed", "3", "--last"
    )
    command("sample", "a-run", "--held-out", "--prime-file", "f.txt")
    assert asked == [
        (("a-run", 1000, 1.0, 1.0, "", None), {"prime_file": None, "last": False, "held_out": False}),
        (("a-run", 5, 0.5, 0.9, "a", 3), {"prime_file": None, "last": True, "held_out": False}),
        (("a-run", 1000, 1.0, 1.0, "", None), {"prime_file": "f.txt", "last": False, "held_out": True}),
    ]


def test_the_defaults_of_gradcheck(command, monkeypatch):
    asked = []
    monkeypatch.setattr("tui_rnn.headless.gradcheck.check", lambda corpus, **given: asked.append((corpus, given)) or 0)
    command("gradcheck")
    command(
        "gradcheck", "a.txt", "--cell", "rnn", "--hidden-size", "5", "--method", "complex", "--delta", ".5", "--json"
    )
    (none, default), (corpus, given) = asked
    assert (none, corpus) == (None, "a.txt")
    assert (default["cell"], default["hidden_size"], default["method"], default["as_json"]) == (
        "rnn",
        100,
        "central",
        False,
    )
    assert default["delta"] in (None, 1e-4)
    assert (given["hidden_size"], given["method"], given["delta"], given["as_json"]) == (5, "complex", 0.5, True)


def test_resume_goes_to_the_runs_own_goal_unless_told(command, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "tui_rnn.runs.job.resumed_job", lambda *given, **_: asked.append((given[0], given[1], given[3]))
    )
    monkeypatch.setattr("tui_rnn.headless.training.train", lambda job, **_: 0)
    command("resume", "a-run")
    command("resume", "a-run", "--steps", "70", "--json")
    command("resume", "a-run", "--minutes", "1.5")
    assert asked == [("a-run", None, None), ("a-run", 70, None), ("a-run", None, 1.5)]


def test_a_front_end_is_given_what_is_its_own(command, tale, monkeypatch):
    """The screen how it is drawn, each front end how often it tells of progress."""
    given = []

    def trained(job, *options, **more):
        job.directory.release()
        given.append((*options, more["progress_every"]))
        return 0

    for front_end in ("tui_rnn.headless.training.train", "tui_rnn.tui.program.train"):
        monkeypatch.setattr(front_end, trained)
    options = ["--marker", "dot", "--fps", 7, "--theme", "nord", "--progress-every", 3]
    for has_terminal in (True, False):
        monkeypatch.setattr(training, "has_terminal", lambda has_terminal=has_terminal: has_terminal)
        assert command(tale, *options).code == 0
    assert given == [(ScreenOptions("dot", 7.0, "nord"), 3), (3,)]
