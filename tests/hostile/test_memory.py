"""A text of too many characters for the memory allowed is refused in a line that names the option, which lifts it."""

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from tests.cli.support import SMALL, TALE, is_one_line
from tests.cli.test_imports import imported
from tui_rnn.engine import memory
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import ConfigError, CorpusError
from tui_rnn.engine.memory import MAX_MEMORY, check_max_memory, check_memory, distinct, parameters, state_bytes
from tui_rnn.engine.model import Model
from tui_rnn.engine.optimizers import make_optimizer
from tui_rnn.engine.rng import stream

MANY = "".join(map(chr, [*range(0x100, 0xD800), *range(0xE000, 0x110000)]))  # 1,111,808 characters
SHORT = (*SMALL, "--steps", "2", "--json")


def refusal(answer):
    assert (answer.code, answer.out, is_one_line(answer.err)) == (2, "", True)
    return answer.err


def test_a_text_of_all_characters_is_refused_before_numpy_is_imported(tmp_path):
    (tmp_path / "many.txt").write_text(MANY, encoding="utf-8")
    code, names = imported("many.txt", "--headless", cwd=tmp_path)
    assert code == 2
    assert not names & {"numpy", "textual"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["many.txt"]


def test_every_command_refuses_it_and_names_the_option(command):
    Path("many.txt").write_text(MANY, encoding="utf-8")
    for arguments in (["many.txt", "--headless"], ["gradcheck", "many.txt"]):
        told = refusal(command(*arguments))
        for words in ("many.txt has 1,111,808 different characters", f"more than {MAX_MEMORY:,} MB", "--max-memory "):
            assert words in told
    bench = command("bench", "many.txt", "--only", "corpus")
    assert bench.code == 2
    assert "many.txt has 1,111,808 different characters" in bench.err


@pytest.fixture
def little(monkeypatch, command):
    """Without the option, 1 MB is the most; a text that needs more, and what the refusal says to give."""
    for module in ("engine.memory", "runs.job", "headless.gradcheck"):
        monkeypatch.setattr(f"tui_rnn.{module}.MAX_MEMORY", 1)
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 900))) + TALE
    Path("tale.txt").write_text(text, encoding="utf-8")
    told = refusal(command("tale.txt", *SHORT, "--run", "run"))
    assert not Path("run").exists()
    return told.split("--max-memory ")[1].strip()


def test_the_option_that_is_named_lifts_the_bound_and_the_run_remembers_it(command, little):
    begun = command("tale.txt", *SHORT, "--run", "run", "--max-memory", little)
    assert begun.code == 0
    assert json.loads(begun.out.splitlines()[0])["config"]["max_memory"] == int(little)
    assert json.loads(Path("run/config.json").read_text())["max_memory"] == int(little)
    assert command("resume", "run", "--json", "--steps", "3").code == 0
    assert f"--max-memory {little}" in refusal(command("resume", "run", "--steps", "4", "--max-memory", "1"))
    assert command("resume", "run", "--json", "--steps", "4", "--max-memory", "99").code == 0
    assert json.loads(Path("run/config.json").read_text())["max_memory"] == 99
    assert command("resume", "run", "--json", "--eta", "0.01", "--run", "branch").code == 0
    assert json.loads(Path("branch/config.json").read_text())["max_memory"] == 99


def test_the_bound_changes_no_digest(command):
    Path("tale.txt").write_text(TALE)
    lasts = [
        json.loads(command("tale.txt", *SHORT, "--run", name, *more).out.splitlines()[-1])["state_sha256"]
        for name, more in (("a", ()), ("b", ("--max-memory", "77")))
    ]
    assert lasts[0] == lasts[1]


def test_the_gradient_check_is_lifted_by_the_option_it_names(command, little, monkeypatch):
    monkeypatch.setattr("tui_rnn.headless.gradcheck._BUDGET", 1)  # a hundred elements
    sizes = ("gradcheck", "tale.txt", "--hidden-size", "20")
    needed = refusal(command(*sizes)).split("--max-memory ")[1].strip()
    assert command(*sizes, "--seq-length", "3", "--max-memory", needed).code == 0


def test_a_run_of_before_there_was_a_bound_resumes(command):
    Path("tale.txt").write_text(TALE)
    assert command("tale.txt", *SHORT, "--run", "run").code == 0
    config = json.loads(Path("run/config.json").read_text())
    assert config.pop("max_memory") == MAX_MEMORY
    Path("run/config.json").write_text(json.dumps(config))
    assert command("resume", "run", "--json", "--steps", "4").code == 0


@pytest.mark.parametrize("value", [None, True, 0, -1, 1.5, "8", memory.MOST_MEMORY + 1])
def test_what_is_no_bound_is_refused(value):
    with pytest.raises(ConfigError, match="--max-memory"):
        check_max_memory(value)


def test_a_network_that_no_checkpoint_holds_is_refused_whatever_is_allowed():
    config = RunConfig.from_recipe("wide", "x")
    with pytest.raises(
        CorpusError, match=r"more than the 4,096 that are read back: use a smaller --hidden-size"
    ) as told:
        check_memory("x", MANY, config, memory.MOST_MEMORY)
    assert "--max-memory" not in str(told.value)


@pytest.mark.parametrize("text", ["", "aab", "é" * 9, "\ud83d\ude00\U0001f600" * 70_000], ids=len)
@pytest.mark.parametrize("many", [0, 1 << 22])
def test_distinct_characters_are_counted_by_a_set_or_by_numpy(text, many, monkeypatch):
    monkeypatch.setattr(memory, "_LONG_TEXT", many)
    assert distinct(text) == len(set(text))


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad", "rmsprop", "adam", "nadam"])
@pytest.mark.parametrize(
    ("dtype", "cell", "layers"), [("float32", "rnn", 1), ("float64", "lstm", 2), ("float32", "gru", 3)]
)
def test_the_state_s_size_is_that_of_its_vectors(optimizer, dtype, cell, layers):
    network = {"cell": cell, "layers": layers, "hidden_size": 7}
    config = RunConfig.from_recipe("adagrad", "x", optimizer=optimizer, dtype=dtype, holdout=0.1, **network)
    model = Model.from_config(config, 11)
    theta = model.init(stream(0, "init"), dtype)
    assert parameters(11, 7, cell, layers) == theta.flat.size
    vectors = [theta.flat] * 3 + list(make_optimizer(config, theta, model.rates(config)).slots.values())
    assert state_bytes(11, config) == sum(vector.nbytes for vector in vectors)


@pytest.mark.parametrize(("cell", "layers"), [("rnn", 1), ("rnn", 2), ("lstm", 1), ("lstm", 3), ("gru", 1), ("gru", 2)])
def test_a_window_s_arrays_take_no_more_than_is_reckoned(cell, layers):
    """Counted by the allocator: the workspace, a window forward and back, and what that needs for a moment."""
    K, m, T, B = 20, 100, 10, 20
    model = Model(K, m, cell, layers)
    theta = model.init(stream(0, "init"), "float32")
    x = np.zeros((T, B), np.intp)
    g = theta.copy()
    tracemalloc.start()
    ws = model.workspace(T, B, "float32")
    if layers > 1:
        ws.stack.drop(stream(0, "dropout"), 0.5)
    kept = tracemalloc.get_traced_memory()[0]
    model.loss_and_gradient(theta, x, x, model.zero_state(B, "float32"), ws, g)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    weights_twice = 2 * theta.flat.nbytes  # W halved and W transposed
    row = memory._row(K, m, cell, layers)
    assert kept - weights_twice < 4 * T * B * (row + K) + 100_000  # a one-hot matrix of K beside it
    assert most - weights_twice < 2 * 4 * T * B * row + 100_000
