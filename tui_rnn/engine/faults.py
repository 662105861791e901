"""Faults of a backward pass, as students make them: the line that is wrong, and what the gradient check shows. No NumPy

The equations have rows as vectors, as all of the engine: a_t = x_t U + h_{t-1} W + b, o_t = h_t V + c,
p_t = softmax(o_t), and y_t is one-hot. In a stack the line is wrong in every layer.
"""

from dataclasses import dataclass

SIGN, TERM, TRANSPOSE, CLIP = "sign", "term", "transpose", "clip"
CLIP_LIMIT = 5.0  # of the assignment

# dL/dh_t, but for its last term, and that term: what step t + 1 sends back through W
_BY_READOUT = "dL/dh_t = dL/do_t V^T"
_THROUGH_W = {"rnn": "dL/da_{t+1} ", "lstm": "dL/da_{t+1} ", "gru": "dL/d(h_t W) "}
_BESIDE_W = {"gru": " + z_{t+1} dL/dh_{t+1}"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of a backward pass, right and wrong."""

    name: str  # as --break takes it
    title: str
    right: str  # the equation
    wrong: str
    lesson: str  # what to see, and why


def fault(name: str, cell: str = "rnn", limit: float = CLIP_LIMIT) -> Fault:
    """The fault of this name in the backward pass of a cell; `limit` is what a gradient is clipped to."""
    back, beside = _THROUGH_W[cell], _BESIDE_W.get(cell, "")
    block = "W is m x m" if cell == "rnn" else "Each gate's part of W is m x m"
    match name:
        case "sign":
            return Fault(
                SIGN,
                "a wrong sign",
                "dL/do_t = p_t - y_t",
                "dL/do_t = y_t - p_t",
                "Each error is 1, the most there is: a = -n, so |a - n| = |a| + |n|. An update would climb.",
            )
        case "term":
            return Fault(
                TERM,
                "a dropped term",
                f"{_BY_READOUT} + {back}W^T{beside}",
                f"{_BY_READOUT}{beside}",
                "What step t + 1 sends back through W is lost. V and c need dL/do_t alone and stay right; all that is "
                "summed over dL/da_t is wrong. The loss falls all the same: only the check tells.",
            )
        case "transpose":
            return Fault(
                TRANSPOSE,
                "a missing transpose",
                f"{_BY_READOUT} + {back}W^T{beside}",
                f"{_BY_READOUT} + {back}W{beside}",
                f"{block}, so it fits either way round and nothing complains. V is m x K: without its transpose NumPy "
                "refuses the product, unless m = K.",
            )
        case "clip":
            return Fault(
                CLIP,
                "clipping before the check",
                "g = dL/dtheta",
                f"g = clip(dL/dtheta, -{limit:.3g}, {limit:.3g})",
                "The gradient is right, and checked too late. Only rows with a number beyond the limit fail"
                + (
                    ""
                    if limit == CLIP_LIMIT
                    else f" (none is beyond the assignment's {CLIP_LIMIT:g}: it is lower here)"
                )
                + ". Check first, then clip, then update.",
            )
    raise ValueError(name)


FAULTS = (SIGN, TERM, TRANSPOSE, CLIP)


def why_nothing_changes(name: str, vocab_size: int, hidden_size: int, seq_length: int) -> str:
    """Why this fault leaves the gradient of so small a network as it is; "" where it does not."""
    if vocab_size == 1:
        return "with one character in the text (K = 1) the loss is 0, and so is every gradient"
    if name in (TERM, TRANSPOSE) and seq_length == 1:
        return "with T = 1 there is no step t + 1 that sends anything back through W"
    if name == TRANSPOSE and hidden_size == 1:
        return "with m = 1 a number is its own transpose"
    return ""
