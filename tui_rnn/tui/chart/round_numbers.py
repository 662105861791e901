"""Round numbers for both axes, and how losses and steps are written."""

import math
from collections.abc import Sequence
from itertools import pairwise

_UNITS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
_LARGE, _HUGE = 1e4, 1e12  # losses of a network that is off course


def ticks(low: float, high: float, most: int) -> list[float]:
    """At the most `most` + 1 round numbers in [low, high], a step of 1, 2 or 5 times a power of ten apart."""
    rough = (high - low) / max(1, most)
    if rough <= 0 or not math.isfinite(rough):
        return [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in (1, 2, 5, 10) if nice * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [float(f"{number * step:.12g}") + 0.0 for number in range(first, last + 1)]  # + 0.0: no minus before a zero


def y_ticks(low: float, high: float, rows: int) -> list[float]:
    """Round losses for so many rows: at least three, where the rows allow it."""
    most = max(2, rows // 3 if rows > 10 else rows // 2)
    found = ticks(low, high, most)
    while len(found) < 3 and most < rows:
        most += 1
        found = ticks(low, high, most)
    return found


def tick_texts(values: Sequence[float]) -> list[str]:
    """All with as many decimals as tell them apart; of those that lie ten apart or more, none."""
    apart = min((b - a for a, b in pairwise(values)), default=1.0)
    decimals = max(0 if apart >= 10 else 1, min(6, -math.floor(math.log10(apart) + 1e-9))) if apart > 0 else 1
    return [loss_text(value, decimals) for value in values]


def loss_text(loss: float, decimals: int) -> str:
    """With so many decimals, as `52.5k` where it is large, or with an exponent; no minus before a zero.

    The exponent is for what is huge, or would be shown as 0.
    """
    if abs(loss) >= _LARGE:
        size, unit = next(((size, unit) for size, unit in _UNITS if abs(loss) >= size), (1.0, ""))
        return f"{loss / size:.4g}{unit}" if abs(loss) < _HUGE else f"{loss:.3g}"
    tiny = 0 < abs(loss) < 0.5 * 10**-decimals
    text = f"{loss:.1e}" if tiny else f"{loss:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def step_text(step: float) -> str:
    """`500`, `20k`, `1.5M`."""
    for size, unit in _UNITS:
        if abs(step) >= size:
            return f"{step / size:g}{unit}"
    return f"{step:g}"
