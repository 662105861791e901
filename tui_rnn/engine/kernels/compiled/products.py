"""Products of matrices, added to what is there, and matrices transposed, by tiles that stay in registers.

At the sizes of a network they take no longer than BLAS's, which is made for larger ones, and some half as long.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tui_rnn.engine.kernels.compiled.jit import apart, compiled, within
from tui_rnn.engine.kernels.compiled.registers import REGISTERS
from tui_rnn.engine.parameters import CACHE_LINE, Array, zeros

_VECTOR = REGISTERS.bytes
_AT_ONCE = 256  # rows of M: so many of one tile's columns stay in the nearest cache for the next tile


def tile(A: Array, M: Array, O: Array, j0: int, j1: int, s: int, rows: int, c: int, vectors: int) -> None:
    """O[s:s+rows, c:] += A[s:s+rows, j0:j1] M[j0:j1, c:], so many vectors of columns, as far as O has columns.

    This and the next two stand for those of tiles.py where numba is not installed.
    """
    columns = slice(c, min(O.shape[1], c + vectors * (_VECTOR // O.itemsize)))
    O[s : s + rows, columns] += A[s : s + rows, j0:j1] @ M[j0:j1, columns]


row_tile = tile  # for a single row, and more vectors


def tile_of_transposed(A: Array, M: Array, O: Array, j0: int, j1: int, s: int, rows: int, c: int, vectors: int) -> None:
    """The same of A^T, A[j0:j1, s:s+rows]."""
    columns = slice(c, min(O.shape[1], c + vectors * (_VECTOR // O.itemsize)))
    O[s : s + rows, columns] += A[j0:j1, s : s + rows].T @ M[j0:j1, columns]


def transpose_tile(M: Array, M_T: Array, j: int, i: int) -> None:
    """M_T[i:, j:] = M[j:, i:]^T, of a square whose rows are one vector each."""
    lanes = _VECTOR // M.itemsize
    M_T[i : i + lanes, j : j + lanes] = M[j : j + lanes, i : i + lanes].T


if find_spec("numba") is not None:
    from tui_rnn.engine.kernels.compiled.tiles import tile_of, tile_transposing

    tile, row_tile, tile_of_transposed = tile_of(), tile_of(one_row=True), tile_of(transposed=True)
    transpose_tile = tile_transposing()


def _by_tiles(tile: Any, most_vectors: int) -> Callable[[Array, Array, Array], None]:
    def by_tiles(A: Array, M: Array, O: Array) -> None:
        """Columns in tiles of about equal width; rows by sixes and fours, and up to three one by one."""
        n, lanes = M.shape[0], _VECTOR // O.itemsize
        vectors, rows = (O.shape[1] + lanes - 1) // lanes, O.shape[0]
        across = (vectors + most_vectors - 1) // most_vectors
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


_add_product, _add_row_product = _by_tiles(tile, REGISTERS.vectors), _by_tiles(row_tile, REGISTERS.row_vectors)
add_product_of_transposed = _by_tiles(tile_of_transposed, REGISTERS.vectors)
"""O += A^T M: A (n, r), M (n, w), O (r, w), rows contiguous."""


@within
def add_product(A: Array, M: Array, O: Array) -> None:
    """O += A M: A (B, n), M (n, w or more, of which the first w are read), O (B, w), rows contiguous."""
    if A.shape[0] == 1:
        _add_row_product(A, M, O)
    else:
        _add_product(A, M, O)


def room_for_transposed(shape: tuple[int, int], dtype: DTypeLike) -> Array:
    """Where `transpose` puts a matrix of this shape: its rows begin on cache lines, an odd number of them apart.

    So nearby rows do not compete for the same places in the caches, as those of 256 numbers would.
    """
    n, w = shape
    in_a_line = CACHE_LINE // np.dtype(dtype).itemsize
    width = (-(-n // in_a_line) | 1) * in_a_line
    return zeros(w * width, dtype).reshape(w, width)


@within
def transpose(M: Array, M_T: Array) -> None:
    """M (n, w) transposed into M_T (w, n or more, of which the first n are written), a tile at a time.

    The last tile of a row or of a column ends with the matrix: it may do over again some of the one before it.
    """
    n, w = M.shape
    lanes = _VECTOR // M.itemsize
    if n < lanes or w < lanes:
        for j in range(n):
            for i in range(w):
                M_T[i, j] = M[j, i]
        return
    for j in range(0, n, lanes):
        for i in range(0, w, lanes):
            transpose_tile(M, M_T, min(j, n - lanes), min(i, w - lanes))


@compiled
def product_of_transposed(A: Array, M: Array, O: Array) -> None:
    """O = A^T M: A (n, r), M (n, w), O (r, w), rows contiguous."""
    O[:] = 0
    add_product_of_transposed(A, M, O)
