"""The tape of a cell: the arrays of one unrolled sequence. What forward leaves in them, backward reads."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np
from numpy.typing import DTypeLike

from tui_rnn.engine.parameters import Array


class Tape(ABC):
    """T steps of B streams, m hidden units, G gates: allocated once. Time comes first and rows are vectors."""

    def __init__(self, T: int, B: int, m: int, G: int, dtype: DTypeLike) -> None:
        self.H: Array = np.zeros((T + 1, B, m), dtype)  # H[0] = h_0, H[t] = h_t
        self.A: Array = np.empty((T, B, G * m), dtype)  # in: a_t = x_t U + b
        self.dH: Array = np.empty((T, B, m), dtype)  # in: dL/dh_t by way of all that reads h_t but the next step
        self.dA: Array = np.empty((T, B, G * m), dtype)  # out: dL/da_t
        # The same memory as T B rows: the products outside the recurrence see no time and no batch.
        self.rows_before: Array = self.H[:-1].reshape(T * B, m)  # h_{t-1} beside
        self.rows_dA: Array = self.dA.reshape(T * B, G * m)  # dL/da_t

    @property
    @abstractmethod
    def state(self) -> Array:
        """The state (B, S) after the last step; to be copied before the next window."""

    @abstractmethod
    def forward(self, theta: Mapping[str, Array], state: Array) -> None:
        """All T steps from the state (B, S), which is copied. Reads A, and may overwrite it; writes H."""

    @abstractmethod
    def backward(self, theta: Mapping[str, Array]) -> None:
        """Back through time, after `forward`. Reads dH; writes dA. No gradient reaches the state before the window."""

    def inner(self) -> dict[str, Array]:
        """What the cell computed on the way to H, after `forward`: each (T, B, m), by the symbols of its `inner`."""
        return {}

    @abstractmethod
    def gradient(self, g: Mapping[str, Array]) -> None:
        """The gradients of the recurrent parameters, after `backward`, written over those in g."""
