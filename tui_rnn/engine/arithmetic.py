"""What the last bits of a sum depend on: the versions of libraries, the machine, and what they make of some numbers."""

import functools
import hashlib
import platform
import sys
from collections.abc import Mapping

import numpy as np

from tui_rnn.engine.kernels.cache import digest_of_sources
from tui_rnn.engine.kernels.choice import NUMBA, NUMPY, version_of
from tui_rnn.engine.parameters import Array

ARITHMETIC, LOOPS = "arithmetic", "compiled loops"  # which say that sums have other last bits


def libraries(kernel: str = NUMPY) -> dict[str, str]:
    """Versions of Python, NumPy and its BLAS, the machine, and a digest of what they compute.

    A version does not say which of its kernels a library takes on this processor, nor how many threads: `arithmetic`
    digests some products and functions of fixed numbers, so that a difference in any bit of the results shows.
    """
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        ARITHMETIC: _arithmetic(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas.get('name')} {blas.get('version')}",
        "machine": f"{sys.platform} {platform.machine()}",
        **({"numba": version_of(NUMBA), LOOPS: digest_of_sources()} if kernel == NUMBA else {}),
    }


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """`numpy 2.3.1 -> 2.4.0` and the like, by the name of each that was recorded `before` and is another now.

    What an earlier version of this program did not record is taken for the same, but for its compiled loops: those were
    others.
    """
    usual = {**now, LOOPS: "earlier"}
    found = {name: before.get(name, usual[name]) for name in now} if before else {}
    return {name: f"{name} {value} -> {now[name]}" for name, value in found.items() if value != now[name]}


@functools.cache
def _arithmetic() -> str:
    numbers = np.linspace(-3, 3, 256 * 256).reshape(256, 256)
    digest = hashlib.sha256()
    A: Array
    for A in (numbers.astype(np.float32), numbers):
        for values in (A @ A, A[0] @ A, A[:25] @ A[:, :100], np.tanh(A), np.exp(A), np.sqrt(A * A), A.sum(axis=1)):
            digest.update(values.tobytes())
    return digest.hexdigest()[:16]
