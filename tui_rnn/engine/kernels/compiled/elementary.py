"""tanh and exp of many numbers at once: in float32 by forms that a processor computes side by side."""

import math

import numpy as np

from tui_rnn.engine.kernels.compiled.jit import within
from tui_rnn.engine.parameters import Array

# e^x = 2^k e^r with |r| <= ln(2) / 2. ln 2 in two parts, the first of so few bits that k times it is exact.
_PER_LN2 = np.float32(1 / math.log(2))
_LN2_HIGH = np.float32(0.693359375)
_LN2_LOW = np.float32(math.log(2) - 0.693359375)
_LOWEST = np.float32(-87.0)  # e^-87 is about the least float32 of full precision
_SATURATED = np.float32(9.0)  # tanh(9) is 1 in float32


@within
def tanh_all(z: Array) -> None:
    """tanh of each number of a vector, in place.

    In float32 from Lambert's continued fraction, tanh u = u / (1 + u²/(3 + u²/(5 + ...))), broken off after 11, of
    u = z / 4, and tanh 2u = 2 tanh u / (1 + tanh² u) twice: relative error below 4e-7. In float64 the library's.
    """
    if z.itemsize == 4:
        for i in range(z.size):
            u = z[i]
            u = -_SATURATED if u < -_SATURATED else u  # as comparisons, these leave a NaN what it is
            u = _SATURATED if u > _SATURATED else u
            u = u * np.float32(0.25)
            y = u * u
            p = u * (np.float32(10395) + y * (np.float32(1260) + y * np.float32(21)))
            q = np.float32(10395) + y * (np.float32(4725) + y * (np.float32(210) + y))
            # tanh u = p / q, so tanh 2u = 2 p q / (p² + q²)
            once = np.float32(2) * p * q / (p * p + q * q)
            z[i] = np.float32(2) * once / (np.float32(1) + once * once)
    else:
        for i in range(z.size):
            z[i] = math.tanh(z[i])


@within
def exp_all(z: Array) -> None:
    """exp of each number of a vector, in place. None of them is above 88, of which exp is about the largest float32.

    In float32 from the Taylor series of e^r up to r^7 / 7!: relative error below 4e-7; below exp(-87) it is that. In
    float64 the library's.
    """
    if z.itemsize == 4:
        for i in range(z.size):
            x = z[i]
            x = _LOWEST if x < _LOWEST else x
            k = np.floor(x * _PER_LN2 + np.float32(0.5))
            r = (x - k * _LN2_HIGH) - k * _LN2_LOW
            s = np.float32(1 / 720) + r * np.float32(1 / 5040)
            s = np.float32(1 / 24) + r * (np.float32(1 / 120) + r * s)
            s = np.float32(1 / 2) + r * (np.float32(1 / 6) + r * s)
            s = np.float32(1) + r * (np.float32(1) + r * s)
            two_to_k = np.int32((np.int32(k) + np.int32(127)) << np.int32(23)).view(
                np.float32
            )  # by its exponent's bits
            z[i] = s * two_to_k
    else:
        for i in range(z.size):
            z[i] = math.exp(z[i])
