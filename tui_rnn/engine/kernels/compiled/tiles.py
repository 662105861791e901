"""Tiles of matrices in the processor's registers, multiplied or transposed: written in LLVM, for numba's loops to call.

The product is what BLAS has at its heart. No loop in Python says that sums are to stay in registers while a whole row
of factors goes by; said here, each number that is read serves several multiplications, at any size, with no copy first.
Each sum is taken in the order of j, a product and a sum in one rounding where the processor has that: so its bits are
the same in any tile.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from tui_rnn.engine.kernels.compiled.registers import REGISTERS

_I32, _I64 = ir.IntType(32), ir.IntType(64)
# Rows and vectors of the tiles, of several rows and of a single one.
_SIZES = [(rows, vectors) for rows in REGISTERS.rows for vectors in range(1, REGISTERS.vectors + 1)]
_ROWS = [(1, vectors) for vectors in range(1, REGISTERS.row_vectors + 1)]


def tile_of(*, transposed: bool = False, one_row: bool = False) -> Any:
    """A function of numba's: `products.tile`, `products.row_tile` or `products.tile_of_transposed`."""
    sizes = _ROWS if one_row else _SIZES

    def tile(_: Any, A: Any, M: Any, O: Any, j0: Any, j1: Any, s: Any, rows: Any, c: Any, vectors: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            a, m, o = _matrices(context, builder, signature.args[:3], arguments)
            j, (s, rows, c, vectors) = arguments[3:5], arguments[5:]
            for size in _branches(builder, rows, c, vectors, o, sizes):
                _emit(builder, a, m, o, j, s, c, size, transposed=transposed)
            return context.get_dummy_value()

        return types.void(A, M, O, j0, j1, s, rows, c, vectors), generate

    return intrinsic(tile)


def tile_transposing() -> Any:
    """A function of numba's: `products.transpose_tile`."""

    def tile(_: Any, M: Any, M_T: Any, j: Any, i: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            m, m_t = _matrices(context, builder, signature.args[:2], arguments)
            j, i = arguments[2:]
            rows = [m.load(builder.add(j, ir.Constant(_I64, row)), i, None) for row in range(m.lanes)]
            for column, vector in enumerate(_transposed(builder, rows, m.lanes)):
                m_t.store(vector, builder.add(i, ir.Constant(_I64, column)), j, None)
            return context.get_dummy_value()

        return types.void(M, M_T, j, i), generate

    return intrinsic(tile)


def _transposed(builder: Any, rows: Sequence[Any], lanes: int) -> list[Any]:
    """As many vectors as each has numbers, transposed: blocks of 1, 2, 4, ... change places across the diagonal.

    Eklundh, IEEE Transactions on Computers C-21 (1972).
    """
    rows, size, kind = list(rows), 1, ir.VectorType(_I32, lanes)
    while size < lanes:
        # Of two vectors in a row: the numbers of the first are 0, 1, ..., those of the second lanes, lanes + 1, ...
        upper = ir.Constant(kind, [lanes + k - size if k & size else k for k in range(lanes)])
        lower = ir.Constant(kind, [lanes + k if k & size else k + size for k in range(lanes)])
        for r in (r for r in range(lanes) if not r & size):
            pair = rows[r], rows[r + size]
            rows[r], rows[r + size] = builder.shuffle_vector(*pair, upper), builder.shuffle_vector(*pair, lower)
        size *= 2
    return rows


@dataclass(frozen=True, slots=True)
class _Size:
    """A tile's size, known to the compiler."""

    rows: int
    vectors: int
    mask: Any = None  # which numbers of the last vector there are; None where all are


class _Matrix:
    """A matrix with contiguous rows, read and written by vectors."""

    def __init__(self, builder: Any, kind: Any, array: Any) -> None:
        self._builder, self._data = builder, array.data
        self.width = cgutils.unpack_tuple(builder, array.shape, 2)[1]
        self.itemsize = kind.dtype.bitwidth // 8
        self.lanes = REGISTERS.bytes // self.itemsize
        self._number = ir.FloatType() if self.itemsize == 4 else ir.DoubleType()
        self.vector = ir.VectorType(self._number, self.lanes)
        self._suffix = f"v{self.lanes}f{8 * self.itemsize}"

    def number(self, row: Any, column: Any) -> Any:
        """One of its numbers, in all places of a vector."""
        return spread(self._builder, self._builder.load(self._at(row, column)), self.vector)

    def load(self, row: Any, column: Any, mask: Any) -> Any:
        """The vector that begins there; zeros where there are none."""
        place = self._builder.bitcast(self._at(row, column), self.vector.as_pointer())
        if mask is None:
            return self._builder.load(place, align=self.itemsize)
        arguments = place, ir.Constant(_I32, self.itemsize), mask, ir.Constant(self.vector, None)
        return self._call(f"llvm.masked.load.{self._suffix}.p0", self.vector, *arguments)

    def store(self, vector: Any, row: Any, column: Any, mask: Any) -> None:
        """Write the vector that begins there, as far as the mask goes."""
        place = self._builder.bitcast(self._at(row, column), self.vector.as_pointer())
        if mask is None:
            self._builder.store(vector, place, align=self.itemsize)
            return
        arguments = vector, place, ir.Constant(_I32, self.itemsize), mask
        self._call(f"llvm.masked.store.{self._suffix}.p0", ir.VoidType(), *arguments)

    def multiply_add(self, a: Any, b: Any, c: Any) -> Any:
        """a b + c, in one rounding where the processor has that."""
        return self._call(f"llvm.fmuladd.{self._suffix}", self.vector, a, b, c)

    def _at(self, row: Any, column: Any) -> Any:
        builder = self._builder
        return builder.gep(self._data, [builder.add(builder.mul(row, self.width), column)])

    def _call(self, name: str, returns: Any, *arguments: Any) -> Any:
        kind = ir.FunctionType(returns, [argument.type for argument in arguments])
        return self._builder.call(cgutils.get_or_insert_function(self._builder.module, kind, name), arguments)


def _matrices(context: Any, builder: Any, kinds: Any, arguments: Any) -> list[_Matrix]:
    """The first arguments, which are matrices of these kinds."""
    pairs = zip(kinds, arguments[: len(kinds)], strict=True)
    return [_Matrix(builder, kind, context.make_array(kind)(context, builder, array)) for kind, array in pairs]


def spread(builder: Any, number: Any, vector: Any) -> Any:
    """A vector of that type, each number of which is this one."""
    undefined = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(undefined, number, ir.Constant(_I32, 0))
    return builder.shuffle_vector(first, undefined, ir.Constant(ir.VectorType(_I32, vector.count), [0] * vector.count))


def _branches(
    builder: Any, rows: Any, c: Any, vectors: Any, o: _Matrix, sizes: Sequence[tuple[int, int]]
) -> Iterator[_Size]:
    """Each of these sizes of a tile, the builder standing in the branch that is taken for it."""
    indices = ir.VectorType(_I64, o.lanes)
    last = builder.add(c, builder.mul(builder.sub(vectors, ir.Constant(_I64, 1)), ir.Constant(_I64, o.lanes)))
    left = builder.sub(o.width, last)
    there = builder.icmp_signed("<", ir.Constant(indices, list(range(o.lanes))), spread(builder, left, indices))
    if REGISTERS.masks_are_free:
        cut, masks = ir.Constant(_I64, 0), {0: there}
    else:
        cut = builder.zext(builder.icmp_signed("<", left, ir.Constant(_I64, o.lanes)), _I64)
        masks = {0: None, 1: there}
    key = builder.add(builder.mul(rows, ir.Constant(_I64, 1000)), builder.mul(vectors, ir.Constant(_I64, 10)))
    done = builder.append_basic_block("done")
    switch = builder.switch(builder.add(key, cut), done)
    for (r, v), is_cut in product(sizes, masks):
        block = builder.append_basic_block(f"tile_{r}_{v}")
        switch.add_case(ir.Constant(_I64, 1000 * r + 10 * v + is_cut), block)
        builder.position_at_end(block)
        yield _Size(r, v, masks[is_cut])
        builder.branch(done)
    builder.position_at_end(done)


def _emit(
    builder: Any, a: _Matrix, m: _Matrix, o: _Matrix, j: Any, s: Any, c: Any, size: _Size, *, transposed: bool
) -> None:
    """The tile of this size: its sums are read, all factors go by, and they are written."""
    rows = [builder.add(s, ir.Constant(_I64, r)) for r in range(size.rows)]
    columns = [
        (builder.add(c, ir.Constant(_I64, v * o.lanes)), size.mask if v == size.vectors - 1 else None)
        for v in range(size.vectors)
    ]
    sums = [[cgutils.alloca_once(builder, o.vector) for _ in columns] for _ in rows]
    for row, of_row in zip(rows, sums, strict=True):
        for column, total in zip(columns, of_row, strict=True):
            builder.store(o.load(row, *column), total)
    with cgutils.for_range_slice(builder, *j, ir.Constant(_I64, 1), _I64) as (k, _):
        factors = [m.load(k, *column) for column in columns]
        for row, of_row in zip(rows, sums, strict=True):
            by = a.number(k, row) if transposed else a.number(row, k)
            for factor, total in zip(factors, of_row, strict=True):
                builder.store(m.multiply_add(by, factor, builder.load(total)), total)
    for row, of_row in zip(rows, sums, strict=True):
        for column, total in zip(columns, of_row, strict=True):
            o.store(builder.load(total), row, *column)
