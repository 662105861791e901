"""A sparkline: values over time in one row of blocks, the newest at the right end."""

from collections.abc import Sequence
from math import isfinite

BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int, blocks: str) -> str:
    """The values in at most so many of the blocks, each the mean of as many of them; those not finite are left out."""
    finite = [value for value in values if isfinite(value)]
    count = min(max(0, width), len(finite))
    parts = [finite[len(finite) * k // count : len(finite) * (k + 1) // count] for k in range(count)]
    means = [sum(part) / len(part) for part in parts]
    low, high = min(means, default=0.0), max(means, default=0.0)
    return "".join(blocks[round((mean - low) / ((high - low) or 1.0) * (len(blocks) - 1))] for mean in means)
