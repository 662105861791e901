"""How often chance alone makes differences so large: the F distribution. No NumPy."""

from math import exp, isinf, lgamma, log, log1p

RARE = 0.05  # what happens by chance less often than this is taken to be no chance
_MOST_TERMS = 10_000
_TINY = 1e-300


def chance(F: float, between: int, within: int) -> float:
    """P(F' >= F) where there is no difference: F' has the F distribution with these degrees of freedom, both >= 1.

    F is the mean square between groups over the mean square within them; P is I_x(within / 2, between / 2) with
    x = within / (within + between F), https://dlmf.nist.gov/8.17.
    """
    if F <= 0:
        return 1.0
    if isinf(F):
        return 0.0
    return _incomplete_beta(within / (within + between * F), within / 2, between / 2)


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """I_x(a, b), the regularized incomplete beta function, 0 < x < 1; by the symmetry whichever side converges soon."""
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(1 - x, b, a)
    front = exp(a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b)) / a if x > 0 else 0.0
    return front * _continued_fraction(x, a, b)


def _continued_fraction(x: float, a: float, b: float) -> float:
    """1 / (1 + d_1 / (1 + d_2 / (1 + …))), DLMF (8.17.22), by Lentz's method as Thompson and Barnett (1986) mend it."""
    found, C, D = 1.0, 1.0, 0.0
    for n in range(_MOST_TERMS):
        k = n // 2
        if n == 0:
            d = 1.0
        elif n % 2:  # d_(2k + 1)
            d = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1))
        else:  # d_(2k)
            d = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k))
        D = 1 / (1 + d * D or _TINY)
        C = 1 + d / C or _TINY
        found *= C * D
        if n and abs(C * D - 1) < 1e-14:
            break
    # The first step has made 2 of the empty fraction 1, so that what was found is 1 + 1 / (1 + d_1 / …).
    return found - 1
