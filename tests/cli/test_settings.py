"""The settings file: what it gives a run, that an option and a variable win, and how each fault of it is named."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.cli.support import SMALL, is_one_line
from tui_rnn import remembered, settings
from tui_rnn.tui.panels.base import ScreenOptions


@pytest.fixture
def put(home):
    """Write the settings file."""

    def write(text):
        home.mkdir(parents=True, exist_ok=True)
        data = text if isinstance(text, bytes) else text.encode()
        (home / "settings.toml").write_bytes(data)

    return write


@pytest.fixture
def trained(command, tale, monkeypatch):
    """The options of the run that a command line would train, and what it says on stderr."""
    jobs = []
    monkeypatch.setattr("tui_rnn.headless.training.train", lambda job, **_: jobs.append(job) or 0)

    def train(*arguments):
        answer = command(tale, *arguments)
        assert answer.code == 0, answer.err
        job = jobs.pop()
        job.directory.release()
        return job.options, answer.err

    return train


@pytest.fixture
def drawn(command, tale, monkeypatch):
    """The screen's options that a command line would draw by, and what it says on stderr."""
    seen = []
    monkeypatch.setattr("tui_rnn.cli.training.has_terminal", lambda: True)

    def show(job, options, **_):
        job.directory.release()
        return seen.append(options) or 0

    monkeypatch.setattr("tui_rnn.tui.program.train", show)

    def draw(*arguments):
        answer = command(tale, *arguments)
        assert answer.code == 0, answer.err
        return seen.pop(), answer.err

    return draw


def test_a_value_is_taken_from_the_option_else_the_variable_else_the_file_else_the_recipe(trained, put, monkeypatch):
    def hidden_size(*arguments):
        return trained(*arguments, "--recipe", "wide")[0]["hidden_size"]

    assert hidden_size() == 200
    put("[train]\nhidden-size = 20\nrecipe = 'fast'\neta_input = 3\nclip = 'none'\n")
    assert hidden_size() == 20
    monkeypatch.setenv("TUI_RNN_HIDDEN_SIZE", "30")
    assert hidden_size() == 30
    assert hidden_size("--hidden-size", "40") == 40
    options, _ = trained()
    assert (options["recipe"], options["eta_input"], options["clip"]) == ("fast", 3.0, None)


def test_a_goal_that_is_given_takes_the_place_of_the_files(trained, put):
    put("[train]\nminutes = 2\n")
    assert trained()[0]["minutes"] == 2
    options, _ = trained("--steps", "7")
    assert (options["steps"], options["minutes"]) == (7, None)


def test_a_run_that_is_made_goes_on_without_the_file(command, tale, put, home):
    put("[train]\nhidden-size = 6\nseq-length = 9\n")
    assert command(tale, "--steps", "8", "--run", "one", "--json").code == 0
    put("[train]\nhidden-size = 7\nseed = 4\n")
    resumed = command("resume", "one", "--steps", "12", "--json").out
    (home / "settings.toml").unlink()
    whole = command(tale, "--hidden-size", "6", "--seq-length", "9", "--steps", "12", "--run", "two", "--json").out
    digests = [json.loads(out.splitlines()[-1])["state_sha256"] for out in (resumed, whole)]
    assert digests[0] == digests[1]


WRONG_TRAINING = [
    ("[train]\nhiden-size = 3", ["hiden-size", "did you mean hidden-size?"]),
    ("[train]\nhidden-size = 'many'", ["hidden-size", "many"]),
    ("[train]\nhidden-size = true", ["hidden-size", "neither a number nor a text"]),
    ("[train]\nhidden-size = [1]", ["hidden-size", "neither a number nor a text"]),
    ("[train]\nhidden-size = 0", ["--hidden-size 0", "taken from hidden-size under [train]"]),
    ("[train]\nrecipe = 'soup'", ["soup", "adagrad", "taken from recipe under [train]"]),
    ("[train]\nrun = 'here'", ["run", "is not known"]),
    ("hidden-size = 3", ["hidden-size", "put it under [train]"]),
    ("[trian]\neta = 3", ["[trian]", "did you mean train?"]),
    ("train = 3", ["[train]", "is no table"]),
    ("[train]\neta = \n", ["cannot be read", "line 2"]),
    (b"\xff\xfe[train]", ["UTF-8"]),
]


@pytest.mark.parametrize(("text", "words"), WRONG_TRAINING)
def test_a_fault_in_how_runs_are_made_keeps_one_from_being_made(command, tale, put, home, text, words):
    put(text)
    answer = command(tale)
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    for word in (*words, str(home / "settings.toml")):
        assert word in answer.err
    assert [path.name for path in Path().iterdir()] in (["tale.txt"], [home.name, "tale.txt"])


WRONG_LOOKS = [
    ("[screen]\nmarkr = 'hd'", "did you mean marker?"),
    ("[screen]\nmarker = 'crayon'", "crayon"),
    ("[screen]\nfps = 'fast'", "no number"),
    ("[screen]\nfps = 900", "900"),
    ("[screen]\ntheme = 3", "no text"),
    ("[screen]\ntheme = 'mauve'", "mauve"),
    ("theme = 'nord'", "put it under [screen]"),
    ("[scren]\nfps = 3", "did you mean screen?"),
]


@pytest.mark.parametrize(("text", "word"), WRONG_LOOKS)
def test_a_fault_in_how_the_screen_looks_is_a_warning_on_both(drawn, put, text, word):
    put(text)
    options, said = drawn()
    assert (options.marker, options.fps, options.theme) == ("braille", 2.0, None)
    (line,) = options.warnings
    assert word in line
    assert said == f"tui-rnn: warning: {line}\n"


def test_the_screen_looks_as_the_file_says_unless_an_option_says_otherwise(drawn, put):
    put("[screen]\nmarker = 'dot'\nfps = 4\ntheme = 'nord'\npanel = 'samples'\n")
    assert drawn()[0] == ScreenOptions("dot", 4.0, "nord", panel="samples")
    assert drawn("--marker", "hd", "--fps", "1", "--theme", "paper")[0] == ScreenOptions(
        "hd", 1.0, "paper", panel="samples"
    )


def test_what_was_chosen_last_holds_where_nothing_else_says(drawn, put, home):
    remembered.remember({"theme": "paper", "panel": "run"})
    assert drawn()[0] == ScreenOptions(theme="paper", panel="run")
    put("[screen]\ntheme = 'nord'\npanel = 'samples'\n")
    assert drawn()[0] == ScreenOptions(theme="nord", panel="samples")
    remembered.remember({"theme": "of-another-version"})
    (home / "settings.toml").unlink()
    assert drawn() == (ScreenOptions(theme=None, panel="run"), "")


def test_what_is_remembered_is_merged_and_the_users_file_never_written(put, home):
    put("# mine\n")
    remembered.remember({"theme": "paper"})
    remembered.remember({"panel": "run"})  # as another program would
    assert remembered.read() == {"theme": "paper", "panel": "run"}
    assert (home / "settings.toml").read_text() == "# mine\n"
    assert sorted(path.name for path in home.iterdir()) == ["remembered.json", "settings.toml"]


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', '{"theme": 3}', '{"theme": "a\\u001b[31m"}', "[" * 5000])
def test_a_damaged_memory_is_no_memory(home, text):
    home.mkdir(parents=True)
    (home / "remembered.json").write_text(text)
    assert remembered.read() == {}


def test_what_cannot_be_remembered_is_no_fault(home):
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("a file where the folder would be")
    remembered.remember({"theme": "paper"})
    assert remembered.read() == {}


def test_config_says_what_is_in_force_and_why(command, put, home, monkeypatch):
    put("[train]\nhidden-size = 20\n[screen]\nfps = 4\n[keys]\nsample = 'w'\n")
    monkeypatch.setenv("TUI_RNN_ETA", "0.5")
    monkeypatch.setenv("TUI_RNN_RECIPE", "adam")
    remembered.remember({"theme": "paper"})
    answer = command("config", "--json")
    record = json.loads(answer.out)
    assert (answer.code, record["faults"], record["settings"]) == (0, [], str(home / "settings.toml"))
    expected = {
        "recipe": ("adam", "TUI_RNN_RECIPE"), "hidden-size": (20, "settings file"), "eta": (0.5, "TUI_RNN_ETA"),
        "optimizer": ("adam", "recipe adam"), "seed": (0, "default"), "clip": (None, "recipe adam"),
        "fps": (4.0, "settings file"), "theme": ("paper", "remembered"), "key of sample": ("w", "settings file"),
    }  # fmt: skip
    found = {name: tuple(record["values"][name].values()) for name in expected}
    assert found == expected
    rows = {line.split()[0]: line.split()[1:] for line in command("config").out.splitlines() if line.startswith("  ")}
    assert rows["hidden-size"] == ["20", "settings", "file"]
    assert rows["clip"] == ["none", "recipe", "adam"]


@pytest.mark.parametrize(
    ("text", "variable", "words"),
    [
        ("[train]\nhiden-size = 3", ("FPS", "3"), ["did you mean hidden-size?"]),
        ("[screen]\nfps = 900", ("FPS", ""), ["900"]),
        ("[train", ("FPS", ""), ["line 1"]),
        ("", ("HIDDEN", "3"), ["TUI_RNN_HIDDEN ", "did you mean TUI_RNN_HIDDEN_SIZE?"]),
        ("", ("STEPS", "x"), ["taken from the variable TUI_RNN_STEPS"]),
        ("", ("ETA", "-1"), ["--eta", "taken from the variable TUI_RNN_ETA"]),
        ("[train]\neta = -1", ("FPS", ""), ["--eta", "taken from eta under [train]"]),
    ],
)
def test_config_names_what_cannot_be_used_and_fails(command, put, monkeypatch, text, variable, words):
    put(text)
    monkeypatch.setenv(f"TUI_RNN_{variable[0]}", variable[1])
    answer = command("config")
    assert (answer.code, answer.err) == (1, "")
    (line,) = [line for line in answer.out.splitlines() if line.startswith("✖")]
    for word in words:
        assert word in line


def test_the_example_is_a_settings_file(command, put, trained):
    example = command("config", "--example").out
    put("".join(line.removeprefix("# ") for line in example.splitlines(keepends=True) if "A line counts" not in line))
    options, said = trained(*SMALL)
    assert (said, options["recipe"], options["minutes"], options["clip"]) == ("", "fast", 5, None)
    assert set(tomllib.loads(example)) == set(settings.TABLES)
    put(example)
    assert command("config").code == 0


def test_where_the_files_lie_is_the_systems_business_unless_a_folder_is_given(monkeypatch, home):
    from tui_rnn import user_folder

    assert user_folder.settings_file() == home / "settings.toml"
    monkeypatch.delenv("TUI_RNN_HOME")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/etc/of-mine")
    assert user_folder.settings_file().name == "settings.toml"
    assert user_folder.settings_file().parent.name == "tui-rnn"
    assert user_folder.remembered_file() != user_folder.settings_file()
