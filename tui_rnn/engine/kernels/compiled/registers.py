"""The processor's vector registers, and how large a tile of a product they hold."""

from importlib.util import find_spec
from typing import NamedTuple


class Registers(NamedTuple):
    """A tile of six rows by `vectors` leaves room beside it for a row of vectors and for one number.

    So does one of a single row by `row_vectors`: the wider it is, the longer are the pieces in which M is read.
    """

    bytes: int  # of one vector
    vectors: int
    row_vectors: int
    masks_are_free: bool = False  # a vector of which some numbers are left out is read as quickly
    rows: tuple[int, ...] = (6, 4, 1)


_AVX512, _AVX, _NEON, _OTHER = (
    Registers(64, 4, 20, masks_are_free=True),
    Registers(32, 2, 12),
    Registers(16, 4, 20),
    Registers(16, 2, 12),
)


def _found() -> Registers:
    """Those of this processor, as numba's compiler knows it."""
    if find_spec("numba") is None:
        return _OTHER
    import llvmlite.binding as llvm

    has = llvm.get_host_cpu_features()
    if has.get("avx512f"):
        return _AVX512
    if has.get("avx"):
        return _AVX
    return _NEON if has.get("neon") else _OTHER


REGISTERS = _found()
