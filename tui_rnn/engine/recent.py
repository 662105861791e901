"""The recent loss, which the first losses do not weigh in, and how long the smooth loss lags behind it. No NumPy.

The smooth loss, 0.999 of the last value and 0.001 of the new loss, begins with the first loss and forgets it slowly: of
the distance from there, about 3 nats a character, 0.999^5000 = 0.7 % is left after 5,000 updates, which is 0.02 nats.
Measured on the stand-in novel with a tenth held out, seed 0, the smooth loss lies more than 0.05 nats a character above
the mean loss of the last 1,000 updates until step 4,907 (wide), 5,068 (adagrad), 4,995 (adam) and to the end at 4,000
(fast), and afterwards less: by the same step with every recipe, so a number of updates is the whole criterion.
"""

from collections.abc import Sequence

RECENT_UPDATES = 50
LAGS_BEFORE = 5000  # updates


def smooth_loss_lags(step: int) -> bool:
    """Whether after so many updates the smooth loss still lags behind the network."""
    return 1 < step < LAGS_BEFORE


def comparable_loss(step: int, smooth: float | None, recent: float | None) -> float | None:
    """The loss by which a network is compared with others: the recent one, if known, while the smooth one lags."""
    return recent if recent is not None and smooth_loss_lags(step) else smooth


def recent_means(means: Sequence[float], stride: int) -> list[float]:
    """For each of the means of `stride` updates the mean of the last 50 updates by then, or of all those before."""
    count = max(1, -(-RECENT_UPDATES // max(1, stride)))
    windows = (means[max(0, end - count) : end] for end in range(1, len(means) + 1))
    return [sum(window) / len(window) for window in windows]


def mean_of_last(means: Sequence[float], stride: int, pending: int, pending_sum: float) -> float | None:
    """The mean loss of the last 50 updates, or of all where there are fewer; None without any.

    `means` are those of `stride` updates each, followed by `pending` updates whose losses add up to `pending_sum`.
    Where points are longer than one update the mean is over whole ones, so over up to one more than 50 updates need.
    """
    total, count = pending_sum, pending
    for mean in reversed(means):
        if count >= RECENT_UPDATES:
            break
        total, count = total + mean * stride, count + stride
    return total / count if count else None
