"""What is looked up by a character, and what is summed up by one: rows of U and of its gradient, compiled."""

from tui_rnn.engine.kernels.compiled.jit import compiled
from tui_rnn.engine.parameters import Array
from tui_rnn.engine.windows import Indices


@compiled
def look_up(U: Array, b: Array, x: Indices, A: Array) -> None:
    """A[r] = U[x[r]] + b for every row r: U (K, n), b (n,), x (rows,), A (rows, n)."""
    for r in range(x.size):
        u, a = U[x[r]], A[r]
        for i in range(a.size):
            a[i] = u[i] + b[i]


@compiled
def sum_by_character(x: Indices, dA: Array, dU: Array) -> None:
    """dU[k] = sum of the rows of dA (rows, n) whose x is k; dU (K, n)."""
    dU[:] = 0
    for r in range(x.size):
        da, du = dA[r], dU[x[r]]
        for i in range(da.size):
            du[i] += da[i]
