"""Weights in PyTorch's layout: there and back, and the same text for the same numbers drawn."""

from itertools import islice

import numpy as np
import pytest

from tests.small import small_config, small_trainer, trained
from tui_rnn.engine.errors import InputError
from tui_rnn.engine.model import Model
from tui_rnn.engine.sampling import cumulative, draw, generate, start
from tui_rnn.engine.state_dict import from_state_dict, to_state_dict

networks = pytest.mark.parametrize(("cell", "layers"), [("rnn", 1), ("rnn", 2), ("lstm", 1), ("lstm", 2), ("gru", 3)])


def a_network(cell, layers):
    model = Model(7, 5, cell, layers)
    theta = model.init(np.random.default_rng(layers), np.float64, "scaled")
    theta.flat[:] += np.random.default_rng(1).normal(0, 0.3, theta.flat.size)
    return model, theta


@networks
def test_there_and_back_is_the_same(cell, layers):
    model, theta = a_network(cell, layers)
    weights = to_state_dict(model, theta)
    assert np.array_equal(from_state_dict(model, weights, "float64").flat, theta.flat)
    for array in weights.values():
        array += 1  # copies: theta keeps its numbers
    assert not np.array_equal(from_state_dict(model, weights, "float64").flat, theta.flat)


@networks
def test_a_bias_of_the_hidden_state_is_added_but_for_a_candidate_s(cell, layers):
    """Against the cell's own step, whose sum is z_t = h_{t-1} W + a_t."""
    model, theta = a_network(cell, layers)
    weights = to_state_dict(model, theta)
    moved = 4 if cell == "gru" else 5  # of the last gate but one, or of the only ones
    weights["rnn.bias_ih_l0"][:moved] -= 0.25
    weights["rnn.bias_hh_l0"][:moved] += 0.25
    np.testing.assert_allclose(from_state_dict(model, weights, "float64").flat, theta.flat, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda weights: weights.pop("rnn.weight_hh_l0"), "rnn.weight_hh_l0 is missing"),
        (lambda weights: weights.update(x=np.zeros(1)), "x belongs to no such network"),
        (lambda weights: weights.update({"readout.bias": np.zeros(3)}), r"readout.bias is \(3,\), where .* \(7,\)"),
    ],
)
def test_weights_of_another_network_are_refused(change, words):
    model, theta = a_network("lstm", 1)
    weights = to_state_dict(model, theta)
    change(weights)
    with pytest.raises(InputError, match=words):
        from_state_dict(model, weights, "float32")


def test_every_cell_that_can_be_chosen_has_its_layout():
    for cell in ("rnn", "lstm", "gru"):
        model = Model.from_config(small_config(cell=cell), 4)
        assert to_state_dict(model, model.init(np.random.default_rng(0), "float32"))


@networks
def test_pytorch_writes_the_same_text_for_the_same_numbers_drawn(cell, layers):
    torch = pytest.importorskip("torch")
    trainer = trained(small_trainer(cell=cell, layers=layers, dtype="float64", init="scaled", eta=0.05), 60)
    model, theta, vocabulary = trainer.model, trainer.theta, trainer.corpus.vocabulary
    K, m = model.vocab_size, model.hidden_size
    net = torch.nn.ModuleDict(
        {
            "rnn": getattr(torch.nn, cell.upper())(K, m, num_layers=layers, dtype=torch.float64),
            "readout": torch.nn.Linear(m, K, dtype=torch.float64),
        }
    )
    net.load_state_dict({name: torch.tensor(array) for name, array in to_state_dict(model, theta).items()})
    _, x = start(model, theta, vocabulary)
    ours = list(islice(generate(model, theta, model.zero_state(1, "float64")[0], x, np.random.default_rng(3)), 80))
    theirs, state = [], None
    with torch.no_grad():
        for u in np.random.default_rng(3).random(80):
            h, state = net["rnn"](torch.nn.functional.one_hot(torch.tensor([[x]]), K).double(), state)
            x = draw(cumulative(net["readout"](h)[0, 0].numpy(), 1.0, 1.0), u)
            theirs.append(x)
    assert ours == theirs
    assert len(set(ours)) > 5
