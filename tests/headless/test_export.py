"""What is exported says to another program what it says to this one; and no file is ever written over."""

import csv
import json
from math import log
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from tests.cli.support import SMALL, TALE, is_one_line
from tests.cli.support import command as command  # the fixture
from tui_rnn.engine.checkpoint import load
from tui_rnn.engine.writing import network, weights


@pytest.fixture
def run(command):
    """A run with a best model that is not its latest; its path."""
    Path("tale.txt").write_text(TALE, newline="")
    answer = command("tale.txt", *SMALL, "--steps", "60", "--run", "one", "--holdout", "0.1", "--dtype", "float64",
                     "--progress-every", "7", "--json")  # fmt: skip
    assert answer.code == 0
    return Path("one")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def logits_by_torchs_equations(cell, weights, layers, indices):
    """o_T after reading the characters one-hot, by the equations of torch.nn.RNN, LSTM and GRU's documentation."""
    K = weights["rnn.weight_ih_l0"].shape[1]
    m = weights["rnn.weight_hh_l0"].shape[1]
    h, c = np.zeros((layers, m)), np.zeros((layers, m))
    for index in indices:
        x = np.eye(K)[index]
        for layer in range(layers):
            names = ("weight_ih", "bias_ih", "weight_hh", "bias_hh")
            W_i, b_i, W_h, b_h = (weights[f"rnn.{name}_l{layer}"] for name in names)
            of_x, of_h = W_i @ x + b_i, W_h @ h[layer] + b_h
            if cell == "rnn":
                h[layer] = np.tanh(of_x + of_h)
            elif cell == "lstm":
                i, f, g, o = np.split(of_x + of_h, 4)
                c[layer] = sigmoid(f) * c[layer] + sigmoid(i) * np.tanh(g)
                h[layer] = sigmoid(o) * np.tanh(c[layer])
            else:
                (r_x, z_x, n_x), (r_h, z_h, n_h) = np.split(of_x, 3), np.split(of_h, 3)
                z = sigmoid(z_x + z_h)
                h[layer] = (1 - z) * np.tanh(n_x + sigmoid(r_x + r_h) * n_h) + z * h[layer]
            x = h[layer]
    return weights["readout.weight"] @ x + weights["readout.bias"]


def own_logits(snapshot, text):
    """The same by this program's own model."""
    model, theta = network(snapshot), weights(snapshot)
    state = model.zero_state(1, "float64")[0]
    for character in text:
        o, state = model.step(theta, snapshot.vocabulary.index(character), state)
    return o


@pytest.mark.parametrize(("cell", "layers"), [("rnn", 1), ("lstm", 2), ("gru", 1)])
def test_torch_is_given_the_same_network(command, cell, layers):
    Path("tale.txt").write_text(TALE, newline="")
    options = ("--cell", cell, "--layers", layers, "--dtype", "float64", "--steps", "30", "--run", "one", "--json")
    assert command("tale.txt", *SMALL, *options).code == 0
    answer = command("export", "one", "--format", "torch", "--last")
    assert (answer.code, answer.out, answer.err) == (0, "one.safetensors\n", "")
    with safe_open("one.safetensors", "numpy") as file:
        found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # it is no dictionary
        about = {name: json.loads(value) for name, value in file.metadata().items()}
    snapshot = load(Path("one", "checkpoints", "last.ckpt"))
    characters = "".join(map(chr, about["characters"]))
    assert characters == snapshot.vocabulary
    assert (about["step"], about["config"]["cell"]) == (30, cell)
    text = "the cat sat"
    theirs = logits_by_torchs_equations(cell, found, layers, [characters.index(each) for each in text])
    np.testing.assert_allclose(theirs, own_logits(snapshot, text), rtol=1e-12, atol=1e-13)


def test_numpy_is_given_the_weights_by_their_names(command, run):
    for more, kind in (((), "best"), (("--last",), "last"), (("--held-out",), "best-held-out")):
        out = f"{kind}.npz"
        assert command("export", run, "--format", "npz", "-o", out, *more).out == f"{out}\n"
        snapshot = load(run / "checkpoints" / f"{kind}.ckpt")
        with np.load(out) as found:  # which runs no code
            assert set(found) == {"U", "W", "b", "V", "c", "characters", "config", "step"}
            for name in "UWbVc":
                assert np.array_equal(found[name], snapshot.arrays[f"theta.{name}"])
                assert found[name].dtype == np.float64
            assert "".join(map(chr, found["characters"])) == snapshot.vocabulary
            assert json.loads(str(found["config"])) == snapshot.config.to_json()
            assert found["step"] == snapshot.state.step
    of_file = command("export", run / "checkpoints" / "best.ckpt", "--format", "npz")
    assert of_file.out == "best-2.npz\n"
    assert Path("best-2.npz").read_bytes() == Path("best.npz").read_bytes()


def test_the_losses_are_those_of_the_run(command, run):
    assert command("export", run, "--format", "csv").out == "one.csv\n"
    rows = list(csv.DictReader(Path("one.csv").read_text().splitlines()))
    history = load(run / "checkpoints" / "last.ckpt").arrays
    assert [int(row["step"]) for row in rows] == history["history.steps"].tolist() == list(range(1, 61))
    assert [float(row["smooth_loss"]) for row in rows] == history["history.smooth"].tolist()
    assert [float(row["loss"]) for row in rows] == history["history.raw"].tolist()
    for row in rows:
        assert float(row["nats_per_char"]) == pytest.approx(float(row["smooth_loss"]) / 10, rel=1e-15)
        assert float(row["bits_per_char"]) == pytest.approx(float(row["smooth_loss"]) / 10 / log(2), rel=1e-15)


def test_without_a_checkpoint_the_losses_are_those_that_were_logged(command, run):
    for path in (run / "checkpoints").iterdir():
        path.unlink()
    assert command("export", run, "--format", "csv").code == 0
    rows = list(csv.DictReader(Path("one.csv").read_text().splitlines()))
    logged = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    expected = {each["step"]: each["smooth_loss"] for each in logged if each["event"] in ("progress", "done")}
    assert {int(row["step"]): float(row["smooth_loss"]) for row in rows} == expected
    assert rows[-1]["loss"] == ""  # not known of the last update


def test_nothing_is_written_over(command, run):
    Path("mine.npz").write_text("mine")
    answer = command("export", run, "--format", "npz", "-o", "mine.npz")
    assert (answer.code, answer.out) == (2, "")
    assert "mine.npz is there already: give the path of a new file" in answer.err
    Path("link.npz").symlink_to("nowhere")
    assert command("export", run, "--format", "npz", "-o", "link.npz").code == 2
    assert Path("mine.npz").read_text() == "mine"
    for name in ("one.csv", "one-2.csv", "one-3.csv"):
        assert command("export", run, "--format", "csv").out == f"{name}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["one", "--format", "onnx"], "choose npz, torch or csv"),
        (["one", "--format", "csv", "--last"], "--last chooses a model"),
        (["nowhere", "--format", "csv"], "holds no run"),
        (["one", "--format", "npz", "-o", "no/such/folder/x.npz"], "cannot be written"),
        (["one/checkpoints/best.ckpt", "--format", "csv"], "holds a model alone"),
        (["one"], "--format"),
    ],
)
def test_what_cannot_be_exported_is_said_in_one_line(command, run, arguments, words):
    answer = command("export", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    assert words in answer.err
    assert sorted(path.name for path in Path().iterdir() if path.is_file()) == ["tale.txt"]
