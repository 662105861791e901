"""The page of help: groups, the recipes' table, completion; and variables, which give an option's value."""

import os
import re
import subprocess
import sys

import pytest

from tests.cli.support import SECONDS, SMALL, environment, is_one_line
from tui_rnn import cli
from tui_rnn.bench.sections import SECTIONS
from tui_rnn.cli import completion, help, measuring
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.extras import install_command
from tui_rnn.engine.recipes import RECIPES
from tui_rnn.tui.shell import check_theme

GROUPS = ("Network", "Learning", "Length", "Text", "Output", "Screen")


def headings(page):
    return re.findall(r"^(\w[^:\n]*):$", page, re.MULTILINE)


def test_the_options_of_training_stand_in_groups(command):
    page = command("--help").out
    assert headings(page)[:2] == ["Commands", "Recipes"]
    assert tuple(headings(page)[2:8]) == GROUPS
    for option in cli.command_line.commands["train"].params[1:]:
        assert page.count(f"\n  {option.opts[0]} ") == 1 + (f"--{option.name.replace('_', '-')}" in dict(ROWS))


ROWS = {row[0]: row[1:] for row in help.recipe_rows()}


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_table_holds_what_a_run_by_each_recipe_is_trained_with(recipe):
    config = RunConfig.from_recipe(recipe, "a.txt").to_json()
    column = ROWS[""].index(recipe)
    for option, values in ROWS.items():
        if option:
            value = config[option.removeprefix("--").replace("-", "_")]
            shown = values[column]
            assert (shown == "none") if value is None else shown == str(value) or float(shown) == value


def test_the_table_leaves_no_setting_of_a_recipe_out():
    named = {name for recipe in RECIPES.values() for name in recipe.settings}
    assert {"--" + name.replace("_", "-") for name in named} == ROWS.keys() - {""}


def test_the_help_of_serve_names_the_command_that_installs_what_it_needs(command):
    lines = command("serve", "--help").out.splitlines()
    assert [line for line in lines if "install" in line] == [f"    {install_command('web')}"]


@pytest.mark.parametrize("arguments", [["-V"], ["resume", "-h"], ["view", "-h"], ["runs", "-h"]])
def test_short_names_are_there_everywhere(command, arguments):
    answer = command(*arguments)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(("tui-rnn, version", "Usage: tui-rnn"))


@pytest.mark.parametrize("name", sorted(cli.command_line.commands.keys() - {"train", "home"}))
def test_every_command_has_a_page_of_its_own_and_is_listed(command, name):
    for asked in ([name, "--help"], [name, "-h"]):
        page = command(*asked)
        assert (page.code, page.err) == (0, "")
        assert page.out.startswith(f"Usage: tui-rnn {name}")
        assert "did you mean" not in page.out
        assert "Recipes" not in page.out
    listed = re.findall(rf"^  {name} {{2,}}\S.*", command("--help").out, re.MULTILINE)
    assert len(listed) == 1
    assert not listed[0].endswith("...")  # whole


@pytest.mark.parametrize("asked", ["--help", "-h"])
def test_a_page_of_help_is_given_of_no_command_that_there_is_none_of(command, tale, asked):
    answer = command("completion", asked)
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    assert "completion is neither a text file nor a command: the commands are bench, config," in answer.err
    assert command(tale, asked).out.startswith("Usage: tui-rnn train")


def trained_with(monkeypatch, command, *arguments):
    """The job that a command line would train."""
    jobs = []
    monkeypatch.setattr("tui_rnn.headless.training.train", lambda job, **_: jobs.append(job) or 0)
    answer = command(*arguments)
    assert (answer.code, answer.err) == (0, "")
    jobs[0].directory.release()
    return jobs[0].options


def test_a_variable_gives_what_no_option_does(command, tale, monkeypatch):
    monkeypatch.setenv("TUI_RNN_HIDDEN_SIZE", "7")
    monkeypatch.setenv("TUI_RNN_RECIPE", "adam")
    monkeypatch.setenv("TUI_RNN_ETA", "")  # as good as none
    options = trained_with(monkeypatch, command, tale, "--run", "a")
    assert (options["hidden_size"], options["recipe"], options["eta"]) == (7, "adam", 0.001)
    options = trained_with(monkeypatch, command, tale, "--hidden-size", "9", "--run", "b")
    assert (options["hidden_size"], options["recipe"]) == (9, "adam")


def test_a_variable_of_one_command_is_none_of_another(command, tale, monkeypatch):
    asked = []
    monkeypatch.setattr("tui_rnn.runs.job.resumed_job", lambda *given, **_: asked.append(given[1]))
    monkeypatch.setattr("tui_rnn.headless.training.train", lambda job, **_: 0)
    monkeypatch.setenv("TUI_RNN_STEPS", "5")
    command("resume", "a-run")
    monkeypatch.setenv("TUI_RNN_RESUME_STEPS", "6")
    command("resume", "a-run")
    assert asked == [None, 6]


@pytest.mark.parametrize(
    ("name", "value"),
    [("HIDDEN_SIZE", "many"), ("HIDDEN_SIZE", "0"), ("RECIPE", "soup"), ("HEADLESS", "perhaps"), ("FPS", "900"),
     ("MARKER", "crayon"), ("MAX_CORPUS", "-1")],
)  # fmt: skip
def test_a_variable_that_cannot_be_used_is_named(command, tale, monkeypatch, name, value):
    monkeypatch.setenv(f"TUI_RNN_{name}", value)
    answer = command(tale)
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    assert f"taken from the variable TUI_RNN_{name}" in answer.err
    assert value in answer.err


@pytest.mark.parametrize("name", ["HELP", "VERSION", "RUNS_HELP", "_CLICK_DEFAULT_HELP", "RUNS__CLICK_DEFAULT_HELP"])
def test_no_variable_asks_for_help_or_the_version(command, tmp_path, monkeypatch, name):
    monkeypatch.setenv(f"TUI_RNN_{name}", "1")
    assert command("runs").out == ""
    assert command("nowhere.txt").code == 2


def completed(words, *, cwd=None):
    """What bash is given to complete the last of these words, by the program itself."""
    given = environment(
        _TUI_RNN_COMPLETE="bash_complete", COMP_WORDS=" ".join(["tui-rnn", *words]), COMP_CWORD=str(len(words))
    )
    code = "import sys; from tui_rnn import cli\ntry: cli.main([])\nfinally: assert 'numpy' not in sys.modules"
    told = subprocess.run(
        [sys.executable, "-c", code], env=given, cwd=cwd, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert told.stderr == ""
    return told.stdout.split()


def test_the_program_completes_without_numpy(tmp_path):
    (tmp_path / "runs" / "tale-1").mkdir(parents=True)
    (tmp_path / "runs" / "tale-1" / "config.json").write_text("{}")
    (tmp_path / "runs" / "other").mkdir()
    assert completed(["tale.txt", "--recipe", "a"], cwd=tmp_path) == ["plain,adagrad", "plain,adam"]
    assert completed(["resume", ""], cwd=tmp_path) == ["plain,tale-1"]


def complete(*words):
    """The same, in this process."""
    from click.shell_completion import ShellComplete

    *before, last = words
    found = ShellComplete(cli.command_line, {}, "tui-rnn", "_TUI_RNN_COMPLETE").get_completions(before, last)
    return [item.value for item in found] if all(item.type == "plain" for item in found) else found[0].type


def test_each_word_is_completed_by_what_may_stand_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for run, when in (("c-old", 1), ("a-older", 0), ("b-new", 2)):
        (tmp_path / "runs" / run).mkdir(parents=True)
        (tmp_path / "runs" / run / "config.json").write_text("{}")
        os.utime(tmp_path / "runs" / run / "config.json", (when, when))
    assert complete("vi") == ["view"]
    assert complete("books/go") == complete("chapter") == "file"
    assert set(complete("")) == cli.command_line.commands.keys() - {"train"}
    assert complete("--rec") == ["--recipe"]
    assert complete("view", "") == ["b-new", "c-old", "a-older"]
    assert complete("sample", "runs/b") == ["runs/b-new"]
    assert complete("sample", "runs/b-new/checkpoints/") == "file"
    assert complete("report", "b-new", "") == ["b-new", "c-old", "a-older"]
    assert complete("a.txt", "--optimizer", "ad") == ["adagrad", "adam"]
    assert complete("a.txt", "--run", "") == "dir"
    assert complete("resume", "b-new", "") == "file"
    assert complete("bench", "--only", "sc") == ["scale", "screen"]


def test_the_names_that_are_completed_are_known():
    for name in completion.THEMES:
        check_theme(name)
    with pytest.raises(ConfigError):
        check_theme("mauve")
    for name in completion.ENCODINGS:
        "a".encode(name)
    assert tuple(SECTIONS) == measuring.SECTIONS


def test_nothing_of_the_environment_reaches_the_tests():
    assert SMALL
    assert not [name for name in os.environ if name.startswith("TUI_RNN_") and name != "TUI_RNN_HOME"]
