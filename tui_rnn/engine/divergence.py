"""What is said of a run whose numbers grow until one is no longer finite."""

from math import isfinite

import numpy as np

from tui_rnn.engine.parameters import Parameters


def what_is_not_finite(loss: float, gradient: Parameters) -> str:
    """The loss, or else the parameters whose gradient is not finite, or that its square overflows."""
    if not isfinite(loss):
        return f"the loss is {loss}"
    bad = [name for name, view in gradient.items() if not np.isfinite(view).all()]
    return f"the gradient of {' '.join(bad)} is not finite" if bad else "the gradient's square overflows"


def why_diverged(
    update: int, what: str, text: str, begin: int, batch_size: int, theta: Parameters, gradient: Parameters, eta: float
) -> str:
    """Why this update cannot be made: what is not finite, on which `text`, and how large the other numbers are."""
    where = f"{text!r}" if batch_size == 1 else f"the first of {batch_size} streams reads {text!r}"
    with np.errstate(all="ignore"):
        norms = f"|theta| = {np.linalg.norm(theta.flat):.3g}, |g| = {np.linalg.norm(gradient.flat):.3g}"
    return (
        f"diverged at update {update}: {what} on characters {begin} to {begin + len(text)} ({where}); "
        f"{norms}; lower --eta (now {eta:g}) or set --clip"
    )
