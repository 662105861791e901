"""The softmax and its loss, forward and back in one pass over each row, compiled."""

import math

from tui_rnn.engine.kernels.compiled.elementary import exp_below
from tui_rnn.engine.kernels.compiled.jit import compiled
from tui_rnn.engine.parameters import Array
from tui_rnn.engine.windows import Indices


@compiled
def softmax_loss(O: Array, c: Array, y: Indices, losses: Array, dc: Array, per_row: float) -> float:
    """- log p_t[y_t] in nats of each row, p = softmax(o + c), into `losses` (rows,), and their sum.

    O (rows, K) holds h_t V and is overwritten by dL/do_t = per_row (p_t - one_hot(y_t)), dc (K,) by its sum:
    Goodfellow, Bengio & Courville (10.18).
    """
    K = c.size
    dc[:] = 0
    total = 0.0
    for r in range(y.size):
        o, target = O[r], y[r]
        for k in range(K):
            o[k] += c[k]
        top = o[0]
        for k in range(1, K):
            top = o[k] if o[k] > top else top
        at_target = o[target]
        partition = exp_below(o, top)
        losses[r] = math.log(partition) + (top - at_target)
        total += losses[r]
        factor = per_row / partition
        for k in range(K):
            o[k] *= factor
        o[target] -= per_row
        for k in range(K):
            dc[k] += o[k]
    return total
