"""The recurrences, one a file, by name: what each says of itself, and what is asked of it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:  # a configuration is checked against these names before NumPy is imported
    from numpy.typing import DTypeLike

    from tui_rnn.engine.cells.tape import Tape
    from tui_rnn.engine.parameters import Array, Shapes


class Cell(Protocol):
    """A recurrence over a_t = x_t U + b: from a_t and the state before it, the hidden state h_t and the state after it.

    It holds no numbers. m hidden units; G gates, so a_t has G m numbers; S numbers of state a stream, h_t among them.
    Everything is computed on arrays of real and of complex numbers alike, which the complex step needs: no abs, no
    comparison on the way from parameters to h_t. The parameters it is given go by the names of `shapes`.
    """

    gates: int  # G
    input_parameters: tuple[str, ...]  # U and b: what makes a_t of the input; they take the learning rate of the input
    recurrent_parameters: tuple[str, ...]  # all others; they take the recurrent learning rate
    # What of each unit it computes on the way to h_t, by its symbol: a gate, from 0 to 1, or a candidate, from -1 to 1
    inner: Mapping[str, str]

    def shapes(self, inputs: int, m: int) -> "Shapes":
        """Its parameters in the order of theta; U (inputs, G m), so that a one-hot input looks up a row, b (G m,)."""

    def deviations(self, inputs: int, m: int) -> Mapping[str, float]:
        """Standard deviations of the `scaled` initial values. A parameter that is not named begins at zero."""

    def begin(self, theta: "Mapping[str, Array]", m: int) -> None:
        """Set the initial values that are neither drawn nor zero, as the forget gate's bias."""

    def state_width(self, m: int) -> int:
        """S: the numbers that one stream carries from one window to the next."""

    def tape(self, T: int, B: int, m: int, dtype: "DTypeLike") -> "Tape":
        """The arrays of T steps of B streams, with the way forward and back through them."""

    def step(self, theta: "Mapping[str, Array]", a: "Array", state: "Array") -> "tuple[Array, Array]":
        """One step without a tape: h_t (..., m) and the state (..., S) from a_t (..., G m) and the state before it."""


def _rnn() -> Cell:
    from tui_rnn.engine.cells.rnn import RNN

    return RNN()


def _lstm() -> Cell:
    from tui_rnn.engine.cells.lstm import LSTM

    return LSTM()


def _gru() -> Cell:
    from tui_rnn.engine.cells.gru import GRU

    return GRU()


# What makes each cell; its file, and NumPy with it, is imported when it is made.
CELLS: dict[str, Callable[[], Cell]] = {"rnn": _rnn, "lstm": _lstm, "gru": _gru}


class Size(NamedTuple):
    """What memory.py needs to count a network's numbers, before NumPy is imported."""

    gates: int  # G
    vectors: int  # parameters of m numbers besides b
    tape: int  # numbers for each of m T B that a window's arrays hold, at the most


SIZES: dict[str, Size] = {"rnn": Size(1, 0, 6), "lstm": Size(4, 0, 24), "gru": Size(3, 1, 20)}
