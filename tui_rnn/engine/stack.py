"""What runs over the sequence between the text and the readout: characters looked up, and the layers that read them.

The first layer's input is a row of U. That of layer l above it is H of the layer below, times a matrix U of its own;
its parameters have their layer's number behind their names (U2, W2, b2), and the layers' states stand side by side in
(B, S). The model sees the top H, its gradient and the state alone, and names and shapes.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import DTypeLike

from tui_rnn.engine.cells import Cell
from tui_rnn.engine.parameters import Array, Parameters, Shapes
from tui_rnn.engine.windows import Indices

# The gradient of U is one product with a one-hot matrix up to this size, above it sums over sorted rows.
_MOST_ROWS, _MOST_CHARACTERS = 512, 256


class LayerParameters(Mapping[str, Array]):
    """The parameters of one layer by the names that its cell has for them."""

    def __init__(self, theta: Mapping[str, Array], names: Mapping[str, str]) -> None:
        """`names`: the cell's name of each, and theta's."""
        self._theta, self._names = theta, names

    def __getitem__(self, name: str) -> Array:
        return self._theta[self._names[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Stack:
    """L layers of a cell over K characters, m hidden units each. It holds sizes only; the numbers are passed in."""

    def __init__(self, cell: Cell, vocab_size: int, hidden_size: int, layers: int = 1) -> None:
        self.cell, self.vocab_size, self.hidden_size, self.layers = cell, vocab_size, hidden_size, layers
        m = hidden_size
        self.names: list[dict[str, str]] = []  # of each layer: theta's name for each of the cell's
        self.shapes: Shapes = {}
        self.deviations: Mapping[str, float] = {}  # of the `scaled` initial values
        for layer in range(layers):
            inputs = vocab_size if layer == 0 else m
            shapes = cell.shapes(inputs, m)
            names = {name: name if layer == 0 else f"{name}{layer + 1}" for name in shapes}
            self.names.append(names)
            self.shapes = {**self.shapes, **{names[name]: shape for name, shape in shapes.items()}}
            drawn = {names[name]: deviation for name, deviation in cell.deviations(inputs, m).items()}
            self.deviations = {**self.deviations, **drawn}
        self.layer_width = cell.state_width(m)
        self.state_width = layers * self.layer_width  # S
        self.input_parameters = self._of_all_layers(cell.input_parameters)
        self.recurrent_parameters = self._of_all_layers(cell.recurrent_parameters)

    def _of_all_layers(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(layer[name] for layer in self.names for name in names)

    def of_layer(self, theta: Mapping[str, Array], layer: int) -> Mapping[str, Array]:
        """The layer's parameters, or their gradients, by the cell's names."""
        return theta if layer == 0 else LayerParameters(theta, self.names[layer])

    def begin(self, theta: Mapping[str, Array]) -> None:
        """Set the initial values that are neither drawn nor zero."""
        for layer in range(self.layers):
            self.cell.begin(self.of_layer(theta, layer), self.hidden_size)

    def step(self, theta: Mapping[str, Array], x: int, state: Array) -> tuple[Array, Array]:
        """h_t (m,) of the top layer and the state (S,) after the character x is read, from the state before it."""
        h, after = self.cell.step(theta, theta["U"][x] + theta["b"], state[: self.layer_width])
        if self.layers == 1:
            return h, after
        states = [after]
        for layer in range(1, self.layers):
            own, start = self.of_layer(theta, layer), layer * self.layer_width
            a = np.dot(h, own["U"]) + own["b"]
            h, after = self.cell.step(own, a, state[start : start + self.layer_width])
            states.append(after)
        return h, np.concatenate(states)

    def unrolled(self, T: int, B: int, dtype: DTypeLike) -> "Unrolled":
        """The arrays of windows of (T, B)."""
        return Unrolled(self, T, B, np.dtype(dtype))


class Unrolled:
    """The stack over a (T, B) window, forward and back: its arrays, allocated once."""

    def __init__(self, stack: Stack, T: int, B: int, dtype: np.dtype) -> None:
        K, m, rows = stack.vocab_size, stack.hidden_size, T * B
        self.stack = stack
        self.tapes = [stack.cell.tape(T, B, m, dtype) for _ in range(stack.layers)]
        self.tape = self.tapes[0]  # that reads the characters
        # The same memory as rows of T B vectors: the products outside the recurrence see no time and no batch.
        self.A = self.tape.A.reshape(rows, -1)
        self.dA = self.tape.dA.reshape(rows, -1)
        self._H = [tape.H[1:].reshape(rows, m) for tape in self.tapes]
        self._dH = [tape.dH.reshape(rows, m) for tape in self.tapes]
        self.dH, self.H = self._dH[-1], self._H[-1]  # in: dL/dh_t by way of the readout; out
        # What the layers above read: H of the layer below, with what is dropped from it set to zero.
        self.masks: list[Array] = []
        self._dropped: list[Array] = [np.empty((rows, m), dtype) for _ in self.tapes[1:]]
        self._after: Array | None = np.empty((B, stack.state_width), dtype) if stack.layers > 1 else None
        few = rows <= _MOST_ROWS and K <= _MOST_CHARACTERS
        self.one_hot: Array | None = np.zeros((rows, K), dtype) if few else None
        self._ones: Array | None = None if self.one_hot is None else self.one_hot.ravel()  # a view
        self._row_start: Indices = np.arange(rows, dtype=np.intp) * K
        self._places: Indices = np.empty(rows, np.intp)
        self._index_dtype = np.min_scalar_type(K - 1)

    @property
    def state(self) -> Array:
        """The state (B, S) after the window; to be copied before the next one."""
        if self._after is None:
            return self.tape.state
        return np.concatenate([tape.state for tape in self.tapes], -1, out=self._after)

    def hidden(self) -> Array:
        """H (T, B, L m) of all layers, the units of the lowest first."""
        return _side_by_side([tape.H[1:] for tape in self.tapes])

    def inner(self) -> dict[str, Array]:
        """What the cells computed on the way to `hidden`, by its symbol, each likewise (T, B, L m)."""
        layers = [tape.inner() for tape in self.tapes]
        return {symbol: _side_by_side([each[symbol] for each in layers]) for symbol in layers[0]}

    def drop(self, rng: np.random.Generator, part: float) -> None:
        """From now on set this part of what each layer but the top one hands up to zero, and scale the rest up.

        Srivastava et al., JMLR 15 (2014), between layers alone, as Zaremba et al. (2014) have it: h / (1 - part) where
        a number drawn from [0, 1) reaches `part`. A `part` of 0 drops nothing.
        """
        dtype, shape = self.H.dtype, self.H.shape
        self.masks = [
            (rng.random(shape, np.float32) >= part).astype(dtype) / dtype.type(1 - part) for _ in self._dropped if part
        ]

    def gather(self, theta: Parameters, x: Indices) -> None:
        """A = U[x_t] + b: an input is a row of U, never a product with a one-hot vector."""
        theta["U"].take(x.ravel(), 0, self.A, "clip")  # clip: the indices are in range, and `raise` copies first
        self.A += theta["b"]

    def forward(self, theta: Parameters, x: Indices, state: Array) -> None:
        """H of the inputs x (T, B) from the state (B, S)."""
        self.gather(theta, x)
        width = self.stack.layer_width
        self.tape.forward(theta, state[:, :width])
        for layer, tape in enumerate(self.tapes[1:], 1):
            own, A = self.stack.of_layer(theta, layer), tape.A.reshape(len(self.H), -1)
            np.dot(self._input(layer), own["U"], A)
            A += own["b"]
            tape.forward(own, state[:, layer * width : (layer + 1) * width])

    def backward(self, theta: Parameters, x: Indices, g: Parameters) -> None:
        """The gradients of all parameters but the readout's, from dH."""
        self.back_to_inputs(theta)
        self.gradient(x, g)

    def back_to_inputs(self, theta: Parameters) -> None:
        """dL/da_t of every layer, from dH; that of the layer which reads the characters is left in dA."""
        for layer in range(self.stack.layers - 1, 0, -1):
            own, tape = self.stack.of_layer(theta, layer), self.tapes[layer]
            tape.backward(own)
            below = self._dH[layer - 1]
            np.dot(tape.rows_dA, own["U"].T, below)
            if self.masks:
                below *= self.masks[layer - 1]
        self.tape.backward(theta)

    def gradient(self, x: Indices, g: Parameters) -> None:
        """The gradients from dL/da_t, each over all rows at once."""
        for layer, tape in enumerate(self.tapes):
            own = self.stack.of_layer(g, layer)
            tape.gradient(own)
            if layer:
                np.add.reduce(tape.rows_dA, axis=0, out=own["b"])
                np.dot(self._read(layer).T, tape.rows_dA, own["U"])
        self.scatter(x.ravel(), g)

    def scatter(self, index: Indices, g: Parameters) -> None:
        """The gradients of U and b: each row of dA added to the row of U that was looked up for it."""
        np.add.reduce(self.dA, axis=0, out=g["b"])
        self._sum_rows(index, g["U"])

    def _input(self, layer: int) -> Array:
        """What the layer reads, computed: H (T B, m) of the layer below, with the mask."""
        if not self.masks:
            return self._H[layer - 1]
        return np.multiply(self._H[layer - 1], self.masks[layer - 1], self._dropped[layer - 1])

    def _read(self, layer: int) -> Array:
        """What the layer has read on the way forward."""
        return self._dropped[layer - 1] if self.masks else self._H[layer - 1]

    def _sum_rows(self, index: Indices, into: Array) -> None:
        """into[k] = sum of the rows of dA whose index is k."""
        if self.one_hot is not None and self._ones is not None:
            places = np.add(self._row_start, index, self._places)
            self._ones[places] = 1
            np.dot(self.one_hot.T, self.dA, into)
            self._ones[places] = 0  # for the next window
            return
        order = index.astype(self._index_dtype).argsort(kind="stable")  # a radix sort, where 16 bits are enough
        sorted_index = index[order]
        starts = np.flatnonzero(np.diff(sorted_index, prepend=-1))
        into.fill(0)
        into[sorted_index[starts]] = np.add.reduceat(self.dA.take(order, 0), starts, axis=0)


def _side_by_side(arrays: Sequence[Array]) -> Array:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays, -1)
