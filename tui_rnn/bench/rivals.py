"""PyTorch where it is installed: the same network as its users write it, eagerly, on one thread."""

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Parameters
from tui_rnn.engine.state_dict import to_state_dict
from tui_rnn.engine.windows import Sequential

Work = Callable[[], object]


def torch_version() -> str | None:
    """The version of PyTorch that can be imported here; None where there is none."""
    try:
        import torch
    except ImportError:
        return None
    return str(torch.__version__)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """PyTorch, where there is one, on one thread, as the engine is."""
    if torch_version() is None:
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _network(theta: Parameters, cell: str = "rnn") -> tuple[Any, Any]:
    """A torch.nn.RNN, LSTM or GRU on one-hot inputs and its readout, with the weights of theta."""
    import torch

    m, K = theta["V"].shape
    dtype = {4: torch.float32, 8: torch.float64}[theta.flat.dtype.itemsize]
    recurrence, readout = getattr(torch.nn, cell.upper())(K, m, dtype=dtype), torch.nn.Linear(m, K, dtype=dtype)
    weights = {name: torch.from_numpy(array) for name, array in to_state_dict(Model(K, m, cell), theta).items()}
    for module, prefix in ((recurrence, "rnn."), (readout, "readout.")):
        module.load_state_dict({name.removeprefix(prefix): w for name, w in weights.items() if name.startswith(prefix)})
    if cell != "gru":  # where a part of it stands inside the reset
        recurrence.bias_hh_l0.requires_grad_(False)  # the second of its two biases, which the network does not have
    return recurrence, readout


def _loss(network: tuple[Any, Any], x: Any, y: Any, h0: Any) -> tuple[Any, Any]:
    """Loss summed over T, averaged over B, and the last state."""
    import torch

    recurrence, readout = network
    K = readout.out_features
    one_hot = torch.nn.functional.one_hot(x, K).to(readout.weight.dtype)
    H, h = recurrence(one_hot, h0)
    loss = torch.nn.functional.cross_entropy(readout(H).reshape(-1, K), y.reshape(-1), reduction="sum")
    return loss / x.shape[1], h


def training(config: RunConfig, theta: Parameters, indices: Any) -> Work:
    """One update a call, with the config's windows, optimizer and clipping, from the weights of theta."""
    import torch

    network = _network(theta, config.cell)
    parameters = [parameter for module in network for parameter in module.parameters() if parameter.requires_grad]
    kinds: dict[str, Any] = {
        "adagrad": partial(torch.optim.Adagrad, initial_accumulator_value=config.memory_start),
        "adam": torch.optim.Adam,
        "nadam": torch.optim.NAdam,
        "rmsprop": torch.optim.RMSprop,
        "sgd": torch.optim.SGD,
    }
    optimizer = kinds[config.optimizer](parameters, lr=config.eta)
    order = Sequential(indices, config.seq_length, config.batch_size)
    h = torch.zeros(1, config.batch_size, config.hidden_size, dtype=parameters[0].dtype)
    zeros = (h, h) if config.cell == "lstm" else h
    state: Any = zeros

    def update() -> float:
        nonlocal state
        window = order.next()
        if window.fresh:
            state = zeros
        x, y = torch.from_numpy(window.x), torch.from_numpy(window.y)
        optimizer.zero_grad()
        loss, state = _loss(network, x, y, state)
        (loss / config.seq_length if config.reduction == "mean" else loss).backward()
        state = tuple(part.detach() for part in state) if config.cell == "lstm" else state.detach()
        if config.clip is not None:
            torch.nn.utils.clip_grad_value_(parameters, config.clip)
        if config.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(parameters, config.clip_norm)
        optimizer.step()
        return float(loss.item())

    return update


def autograd(theta: Parameters, x: Any, y: Any) -> Callable[[], dict[str, Any]]:
    """The gradient of one window from a state of zeros, in the engine's shapes."""
    import torch

    network = _network(theta)
    recurrence, readout = network
    x_, y_ = torch.from_numpy(np.ascontiguousarray(x)), torch.from_numpy(np.ascontiguousarray(y))
    h0 = torch.zeros(1, x.shape[1], recurrence.hidden_size, dtype=readout.weight.dtype)

    def gradient() -> dict[str, Any]:
        for module in network:
            module.zero_grad()
        loss, _ = _loss(network, x_, y_, h0)
        loss.backward()
        return {
            "U": recurrence.weight_ih_l0.grad.numpy().T,
            "W": recurrence.weight_hh_l0.grad.numpy().T,
            "b": recurrence.bias_ih_l0.grad.numpy(),
            "V": readout.weight.grad.numpy().T,
            "c": readout.bias.grad.numpy(),
        }

    return gradient
