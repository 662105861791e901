"""The compiled kernel: what one update computes, of loops that numba compiled."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from tui_rnn.engine.cells import Cell
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.kernels.compiled.descent import Descent
from tui_rnn.engine.kernels.compiled.gru import CompiledGRU
from tui_rnn.engine.kernels.compiled.lstm import CompiledLSTM
from tui_rnn.engine.kernels.compiled.products import room_for_transposed
from tui_rnn.engine.kernels.compiled.readout import read_out
from tui_rnn.engine.kernels.compiled.rnn import CompiledRNN
from tui_rnn.engine.kernels.compiled.rows import look_up, sum_by_character
from tui_rnn.engine.model import Model
from tui_rnn.engine.optimizers import Optimizer, make_optimizer
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.stack import Stack, Unrolled
from tui_rnn.engine.windows import Indices

_CELLS: Mapping[str, type[CompiledRNN] | type[CompiledLSTM] | type[CompiledGRU]] = {
    "rnn": CompiledRNN,
    "lstm": CompiledLSTM,
    "gru": CompiledGRU,
}


class CompiledKernel:
    """See engine/kernels: Kernel."""

    def __init__(self, config: RunConfig, model: Model, theta: Parameters, g: Parameters, optimizer: Optimizer) -> None:
        T, B, dtype = config.seq_length, config.batch_size, theta.flat.dtype
        self._theta, self._g = theta, g
        cell: Cell = _CELLS[config.cell]()
        self._stack = _Unrolled(Stack(cell, model.vocab_size, model.hidden_size, config.layers), T, B, dtype)
        self._O: Array = np.empty((T * B, model.vocab_size), dtype)  # o_t, then dL/do_t
        self._V_T = room_for_transposed((model.hidden_size, model.vocab_size), dtype)
        self.row_losses: Array = np.empty(T * B, dtype)
        self._descent = Descent(theta, g, optimizer)

    @property
    def state(self) -> Array:
        """The state (B, S) after the window; to be copied before the next one."""
        return self._stack.state

    def drop(self, rng: np.random.Generator, part: float) -> None:
        """From now on leave out this part of what each layer hands to the one above it."""
        self._stack.drop(rng, part)

    def loss_and_gradient(self, x: Indices, y: Indices, state: Array, scale: float) -> float:
        """The loss in nats, summed over T and averaged over B; the gradient of `scale` times it overwrites g."""
        theta, g, stack, O, B = self._theta, self._g, self._stack, self._O, x.shape[1]
        stack.forward(theta, x, state)
        V, c, per_row = theta["V"], theta["c"], O.dtype.type(scale / B)
        losses, y = self.row_losses, y.reshape(-1)
        total = read_out(stack.H, V, self._V_T, c, y, O, losses, g["V"], g["c"], stack.dH, per_row)
        stack.backward(theta, x, g)
        loss: float = float(total) / B
        return loss

    def clip(self, limit: float | None, norm_limit: float | None) -> bool:
        """Find out by what g is clipped in `descend`; False where it has a NaN or its square overflows."""
        return self._descent.clip(limit, norm_limit)

    @property
    def clipped_gradient(self) -> Parameters:
        """A copy of g, clipped: the loops clip it number by number, on the way."""
        return self._descent.clipped_gradient()

    def descend(self, eta: float, step: int) -> None:
        """Change theta and the optimizer's slots, by g clipped, at update `step` (from 1)."""
        self._descent.step(eta, step)


def compile_for(config: RunConfig) -> None:
    """Compile, or find in the cache, all that updates of this configuration call, by making a very small one."""
    small = replace(config, hidden_size=2, seq_length=2, batch_size=1)
    model = Model(2, 2, config.cell, config.layers)
    theta, g = Parameters(model.shapes, config.dtype), Parameters(model.shapes, config.dtype)
    kernel = CompiledKernel(small, model, theta, g, make_optimizer(small, theta, model.rates(small)))
    x = np.zeros((2, 1), np.intp)
    kernel.loss_and_gradient(x, x, model.zero_state(1, config.dtype), 1.0)
    kernel.clip(None, None)
    kernel.descend(0.0, 1)


class _Unrolled(Unrolled):
    """The stack over a window, with what is looked up and summed up by character compiled."""

    def gather(self, theta: Parameters, x: Indices) -> None:
        look_up(theta["U"], theta["b"], x.reshape(-1), self.A)

    def scatter(self, index: Indices, g: Parameters) -> None:
        sum_by_character(index, self.dA, g["U"], g["b"])
