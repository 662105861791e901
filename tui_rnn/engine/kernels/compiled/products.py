"""Products of matrices, added to what is there: a row at a time, or by tiles that stay in registers.

At the sizes of a network they take no longer than BLAS's, which is made for larger ones, and some half as long.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from tui_rnn.engine.kernels.compiled.jit import apart, compiled, within
from tui_rnn.engine.kernels.compiled.registers import REGISTERS
from tui_rnn.engine.parameters import Array

_VECTOR, _MOST_VECTORS = REGISTERS.bytes, REGISTERS.vectors
_AT_ONCE = 256  # rows of M: so many of one tile's columns stay in the nearest cache for the next tile


def tile(A: Array, M: Array, O: Array, j0: int, j1: int, s: int, rows: int, c: int, vectors: int) -> None:
    """O[s:s+rows, c:] += A[s:s+rows, j0:j1] M[j0:j1, c:], so many vectors of columns, as far as there are columns.

    This and the next one stand for those of tiles.py where numba is not installed.
    """
    columns = slice(c, c + vectors * (_VECTOR // O.itemsize))
    O[s : s + rows, columns] += A[s : s + rows, j0:j1] @ M[j0:j1, columns]


def tile_of_transposed(A: Array, M: Array, O: Array, j0: int, j1: int, s: int, rows: int, c: int, vectors: int) -> None:
    """The same of A^T, A[j0:j1, s:s+rows]."""
    columns = slice(c, c + vectors * (_VECTOR // O.itemsize))
    O[s : s + rows, columns] += A[j0:j1, s : s + rows].T @ M[j0:j1, columns]


if find_spec("numba") is not None:
    from tui_rnn.engine.kernels.compiled.tiles import tile_of

    tile, tile_of_transposed = tile_of(transposed=False), tile_of(transposed=True)


def _by_tiles(tile: Any) -> Callable[[Array, Array, Array], None]:
    def by_tiles(A: Array, M: Array, O: Array) -> None:
        """Columns in tiles of about equal width; rows by sixes and fours, and up to three one by one."""
        n, lanes = M.shape[0], _VECTOR // O.itemsize
        vectors, rows = (O.shape[1] + lanes - 1) // lanes, O.shape[0]
        across = (vectors + _MOST_VECTORS - 1) // _MOST_VECTORS
        for j in range(0, n, _AT_ONCE):
            v = 0
            for right in range(across, 0, -1):
                wide = (vectors - v + right - 1) // right
                s = 0
                while s < rows:
                    left = rows - s
                    high = 1 if left < 4 else 4 if left < 6 or left == 8 or left == 9 else 6
                    tile(A, M, O, j, min(n, j + _AT_ONCE), s, high, v * lanes, wide)
                    s += high
                v += wide

    return apart(by_tiles)


_add_product = _by_tiles(tile)
add_product_of_transposed = _by_tiles(tile_of_transposed)
"""O += A^T M: A (n, r), M (n, w), O (r, w), rows contiguous."""


@within
def add_product(A: Array, M: Array, O: Array) -> None:
    """O += A M: A (B, n), M (n, w), O (B, w), rows contiguous."""
    if A.shape[0] == 1:
        add_row_product(A[0], M, O[0])
    else:
        _add_product(A, M, O)


@within
def add_row_product(a: Array, M: Array, o: Array) -> None:
    """o += a M: a (n,), M (n, w), o (w,); M's rows eight, then one at a time."""
    n, w = M.shape
    j = 0
    while j + 8 <= n:
        a0, a1, a2, a3 = a[j], a[j + 1], a[j + 2], a[j + 3]
        a4, a5, a6, a7 = a[j + 4], a[j + 5], a[j + 6], a[j + 7]
        m0, m1, m2, m3 = M[j], M[j + 1], M[j + 2], M[j + 3]
        m4, m5, m6, m7 = M[j + 4], M[j + 5], M[j + 6], M[j + 7]
        for i in range(w):
            o[i] += (a0 * m0[i] + a1 * m1[i] + a2 * m2[i] + a3 * m3[i]) + (
                a4 * m4[i] + a5 * m5[i] + a6 * m6[i] + a7 * m7[i]
            )
        j += 8
    while j < n:
        a0, m0 = a[j], M[j]
        for i in range(w):
            o[i] += a0 * m0[i]
        j += 1


@within
def add_product_back(A: Array, M: Array, M_T: Array, O: Array) -> None:
    """O += A M^T: A (B, w), M (n, w), O (B, n); M_T (w, n) is M as `transpose` left it, and is not read where B is 1.

    One row is multiplied by eight rows of M at a time, which is as quick as with M transposed and saves the copy.
    """
    if A.shape[0] > 1:
        add_product(A, M_T, O)
        return
    a, o = A[0], O[0]
    n, w = M.shape
    j = 0
    while j + 8 <= n:
        m0, m1, m2, m3 = M[j], M[j + 1], M[j + 2], M[j + 3]
        m4, m5, m6, m7 = M[j + 4], M[j + 5], M[j + 6], M[j + 7]
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = A.dtype.type(0)
        for i in range(w):
            s0 += a[i] * m0[i]
            s1 += a[i] * m1[i]
            s2 += a[i] * m2[i]
            s3 += a[i] * m3[i]
            s4 += a[i] * m4[i]
            s5 += a[i] * m5[i]
            s6 += a[i] * m6[i]
            s7 += a[i] * m7[i]
        o[j] += s0
        o[j + 1] += s1
        o[j + 2] += s2
        o[j + 3] += s3
        o[j + 4] += s4
        o[j + 5] += s5
        o[j + 6] += s6
        o[j + 7] += s7
        j += 8
    while j < n:
        m0 = M[j]
        s0 = A.dtype.type(0)
        for i in range(w):
            s0 += a[i] * m0[i]
        o[j] += s0
        j += 1


@within
def transpose(M: Array, M_T: Array) -> None:
    """M (n, w) transposed into M_T (w, n), by so few rows that those stay in the nearest cache."""
    n, w = M.shape
    for start in range(0, n, 16):
        for j in range(w):
            for i in range(start, min(n, start + 16)):
                M_T[j, i] = M[i, j]


@compiled
def product_of_transposed(A: Array, M: Array, O: Array) -> None:
    """O = A^T M: A (n, r), M (n, w), O (r, w), rows contiguous."""
    O[:] = 0
    add_product_of_transposed(A, M, O)
