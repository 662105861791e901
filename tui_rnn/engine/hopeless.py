"""When a loss is finite and yet so high that the run has gone off course, and what is said of it then. No NumPy."""

_HOPELESS = 2.0  # times the loss of guessing: finite, but no learning rate that learns gets there


def is_hopeless(smooth_loss: float, uniform_loss: float) -> bool:
    """Whether a finite loss is so far above the uniform guess's that training will not bring it down."""
    return smooth_loss > _HOPELESS * uniform_loss


def why_hopeless(step: int, smooth_loss: float, uniform_loss: float, eta: float) -> str:
    """How far the loss is above the uniform guess's, and the remedy."""
    times = smooth_loss / uniform_loss
    many = f"{times:,.0f}" if 100 <= times < 1e6 else f"{times:.3g}"
    return (
        f"at step {step:,} the smooth loss is {many} times that of "
        f"guessing every character alike: lower --eta (now {eta:g})"
    )
