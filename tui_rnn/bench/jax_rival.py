"""JAX where it is installed: the AdaGrad recipe's update as its users write it, compiled by XLA, in float32.

One update a call by `jit`, or many of them in one call by `scan`, which then shows no loss on the way.
"""

import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.parameters import Parameters
from tui_rnn.engine.windows import Sequential

# Read when JAX is first imported: one thread, as the engine has.
_ONE_THREAD = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def jax_is_installed() -> bool:
    """Whether JAX lies where Python finds it; if so it will run on one thread, unless the user has said otherwise."""
    os.environ.setdefault("XLA_FLAGS", _ONE_THREAD)
    return find_spec("jax") is not None


def _update(config: RunConfig) -> Callable[..., Any]:
    """(theta, memory, h), (x, y) -> the same after an AdaGrad update, and its loss; x, y (T,)."""
    import jax
    from jax import numpy as jnp

    def loss_of(theta: Any, h: Any, x: Any, y: Any) -> Any:
        def cell(h: Any, x: Any) -> Any:
            h = jnp.tanh(theta["U"][x] + theta["b"] + h @ theta["W"])
            return h, h

        h, H = jax.lax.scan(cell, h, x)
        O = H @ theta["V"] + theta["c"]
        return -jnp.take_along_axis(jax.nn.log_softmax(O), y[:, None], 1).sum(), h

    def update(carry: Any, window: Any) -> Any:
        (theta, memory, h), (x, y) = carry, window
        (loss, h), g = jax.value_and_grad(loss_of, has_aux=True)(theta, h, x, y)
        if config.clip is not None:
            g = jax.tree.map(lambda a: jnp.clip(a, -config.clip, config.clip), g)
        memory = jax.tree.map(lambda memory, a: memory + a * a, memory, g)
        theta = jax.tree.map(lambda theta, a, memory: theta - config.eta * a / jnp.sqrt(memory), theta, g, memory)
        return (theta, memory, h), loss

    return update


def _begin(config: RunConfig, theta: Parameters) -> Any:
    """Theta, AdaGrad's memory and a state of zeros, as JAX holds them."""
    from jax import numpy as jnp

    weights = {name: jnp.asarray(np.array(value)) for name, value in theta.items()}
    memory = {
        name: jnp.full(value.shape, config.memory_start + 2.0**-52, value.dtype) for name, value in weights.items()
    }
    return weights, memory, jnp.zeros(theta["W"].shape[0], weights["W"].dtype)


def training(config: RunConfig, theta: Parameters, indices: Any) -> Callable[[], object]:
    """One update a call, from the weights of theta; its loss is returned as a number."""
    import jax

    update, carry = jax.jit(_update(config)), _begin(config, theta)
    order = Sequential(indices, config.seq_length, 1)

    def step() -> float:
        nonlocal carry
        window = order.next()
        carry, loss = update(carry, (window.x[:, 0], window.y[:, 0]))
        return float(loss)

    return step


def scanned(config: RunConfig, theta: Parameters, indices: Any, updates: int) -> Callable[[], object]:
    """So many updates a call, one after the other on the text's windows; the last loss is returned."""
    import jax

    fused, carry = jax.jit(lambda carry, windows: jax.lax.scan(_update(config), carry, windows)), _begin(config, theta)
    order = Sequential(indices, config.seq_length, 1)

    def steps() -> float:
        nonlocal carry
        windows = [order.next() for _ in range(updates)]
        x, y = np.stack([window.x[:, 0] for window in windows]), np.stack([window.y[:, 0] for window in windows])
        carry, losses = fused(carry, (x, y))
        return float(losses[-1])

    return steps
