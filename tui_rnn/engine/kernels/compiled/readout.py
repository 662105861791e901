"""The readout, its softmax and their loss, forward and back, compiled."""

import math

from tui_rnn.engine.kernels.compiled.elementary import exp_all
from tui_rnn.engine.kernels.compiled.jit import compiled, within
from tui_rnn.engine.kernels.compiled.products import add_product, add_product_of_transposed, transpose
from tui_rnn.engine.parameters import Array
from tui_rnn.engine.windows import Indices

_EXP_IN_RANGE = 60.0  # as in model.py: K exp(60) is far from the largest float32


@compiled
def read_out(
    H: Array,
    V: Array,
    V_T: Array,
    c: Array,
    y: Indices,
    O: Array,
    losses: Array,
    dV: Array,
    dc: Array,
    dH: Array,
    per_row: float,
) -> float:
    """The loss of the rows of H (rows, m) by V (m, K), c (K,), and `per_row` times its gradients in dV, dc, dH.

    Goodfellow, Bengio & Courville (10.10), (10.11), (10.18). Leaves what `softmax_loss` does in O and `losses`; V_T is
    V transposed afterwards.
    """
    for r in range(y.size):
        for k in range(c.size):  # of a vector assigned whole numba compiles the words for one of another length too
            O[r, k] = c[k]
    add_product(H, V, O)
    total = softmax_loss(O, y, losses, dc, per_row)
    dV[:] = 0
    add_product_of_transposed(H, O, dV)
    transpose(V, V_T)
    dH[:] = 0
    add_product(O, V_T, dH)
    return total


@within
def softmax_loss(O: Array, y: Indices, losses: Array, dc: Array, per_row: float) -> float:
    """- log p_t[y_t] in nats of each row, p = softmax(o), into `losses` (rows,), and their sum.

    O (rows, K) holds o_t = h_t V + c and is overwritten by dL/do_t = per_row (p_t - one_hot(y_t)), dc (K,) by its sum.
    """
    K, limit = dc.size, O.dtype.type(_EXP_IN_RANGE)
    outside = 0
    for r in range(y.size):
        o = O[r]
        for k in range(K):
            outside += 0 if abs(o[k]) <= limit else 1  # a NaN too
    if outside > 0 or K == 1:  # softmax is the same for o - max(o), where exp cannot overflow; of one character it is 1
        subtract_highest(O)
    for r in range(y.size):
        losses[r] = -O[r, y[r]]
    exp_all(O.reshape(-1))
    dc[:] = 0
    total = 0.0
    for r in range(y.size):
        o = O[r]
        partition = O.dtype.type(0)
        for k in range(K):
            partition += o[k]
        losses[r] += math.log(partition)
        total += losses[r]
        factor = per_row / partition
        for k in range(K):
            o[k] *= factor
        o[y[r]] -= per_row
        for k in range(K):
            dc[k] += o[k]
    return total


@within
def subtract_highest(O: Array) -> None:
    """From each row its highest number."""
    for r in range(O.shape[0]):
        o = O[r]
        top = o[0]
        for k in range(1, o.size):
            top = o[k] if o[k] > top else top
        for k in range(o.size):
            o[k] -= top
