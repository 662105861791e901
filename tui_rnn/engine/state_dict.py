"""A model's weights under the names and in the layout of torch.nn.RNN, LSTM and GRU, and back.

There x_t and h_{t-1} have a bias each, matrices stand before columns, and the gates have an order of their own; the
readout is a torch.nn.Linear. `rnn.` and `readout.` before the names say which is whose.
"""

from collections.abc import Mapping

import numpy as np

from tui_rnn.engine.errors import InputError
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Array, Parameters

# Of each cell: its gates in our order, and in theirs.
_GATES: Mapping[str, tuple[str, str]] = {"rnn": ("h", "h"), "lstm": ("gifo", "ifgo"), "gru": ("rzn", "rzn")}


def to_state_dict(model: Model, theta: Mapping[str, Array]) -> dict[str, Array]:
    """The weights (gates, inputs) of each layer, `rnn.weight_ih_l0` and so on, and the readout's: copies.

    Our one bias b is theirs of the input; theirs of the hidden state is zero, but for the d of a GRU's candidate.
    """
    ours, theirs = _gates(model.cell)
    found: dict[str, Array] = {}
    for layer in range(model.stack.layers):
        own = model.stack.of_layer(theta, layer)
        found[f"rnn.weight_ih_l{layer}"] = _in_order(own["U"], ours, theirs).T.copy()
        found[f"rnn.weight_hh_l{layer}"] = _in_order(own["W"], ours, theirs).T.copy()
        found[f"rnn.bias_ih_l{layer}"] = _in_order(own["b"], ours, theirs)
        of_hidden = np.zeros_like(own["b"])
        if "d" in own:
            of_hidden[-model.hidden_size :] = own["d"]
        found[f"rnn.bias_hh_l{layer}"] = of_hidden
    found["readout.weight"], found["readout.bias"] = theta["V"].T.copy(), theta["c"].copy()
    return found


def from_state_dict(model: Model, weights: Mapping[str, Array], dtype: str) -> Parameters:
    """The parameters of this model from such weights; both biases of a gate are added, which is what they do.

    Raises InputError where one is missing, superfluous or of another shape.
    """
    ours, theirs = _gates(model.cell)
    theta, m = Parameters(model.shapes, dtype), model.hidden_size
    expected = {name: array.shape for name, array in to_state_dict(model, theta).items()}
    if strange := sorted(set(weights) ^ set(expected)):
        raise InputError(f"{strange[0]} {'is missing' if strange[0] in expected else 'belongs to no such network'}")
    for name, shape in expected.items():
        if weights[name].shape != shape:
            raise InputError(f"{name} is {weights[name].shape}, where this network has {shape}")
    for layer in range(model.stack.layers):
        own = model.stack.of_layer(theta, layer)
        own["U"][...] = _in_order(weights[f"rnn.weight_ih_l{layer}"].T, theirs, ours)
        own["W"][...] = _in_order(weights[f"rnn.weight_hh_l{layer}"].T, theirs, ours)
        of_hidden = weights[f"rnn.bias_hh_l{layer}"].copy()
        if "d" in own:  # inside the reset, so no part of b
            own["d"][...] = of_hidden[-m:]
            of_hidden[-m:] = 0
        own["b"][...] = _in_order(weights[f"rnn.bias_ih_l{layer}"] + of_hidden, theirs, ours)
    theta["V"][...], theta["c"][...] = weights["readout.weight"].T, weights["readout.bias"]
    return theta


def _gates(cell: str) -> tuple[str, str]:
    if cell not in _GATES:
        raise InputError(f"PyTorch has no cell like {cell!r}: it has {', '.join(_GATES)}")
    return _GATES[cell]


def _in_order(array: Array, before: str, after: str) -> Array:
    """The columns of each gate, moved from the one order to the other: a copy."""
    parts = dict(zip(before, np.split(array, len(before), -1), strict=True))
    return np.concatenate([parts[gate] for gate in after], -1)
