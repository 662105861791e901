"""A product of few rows with a matrix, added to what is there: that of one time step, for which BLAS is too large."""

from tui_rnn.engine.kernels.compiled.jit import within
from tui_rnn.engine.parameters import Array


@within
def add_product(A: Array, M: Array, O: Array) -> None:
    """O += A M: A (B, n), M (n, w), O (B, w), rows contiguous.

    Four rows of O take four rows of M at a time: each number that is read serves four multiplications.
    """
    B, n, w = A.shape[0], M.shape[0], M.shape[1]
    s = 0
    while s + 4 <= B:
        o0, o1, o2, o3 = O[s], O[s + 1], O[s + 2], O[s + 3]
        j = 0
        while j + 4 <= n:
            m0, m1, m2, m3 = M[j], M[j + 1], M[j + 2], M[j + 3]
            a00, a01, a02, a03 = A[s, j], A[s, j + 1], A[s, j + 2], A[s, j + 3]
            a10, a11, a12, a13 = A[s + 1, j], A[s + 1, j + 1], A[s + 1, j + 2], A[s + 1, j + 3]
            a20, a21, a22, a23 = A[s + 2, j], A[s + 2, j + 1], A[s + 2, j + 2], A[s + 2, j + 3]
            a30, a31, a32, a33 = A[s + 3, j], A[s + 3, j + 1], A[s + 3, j + 2], A[s + 3, j + 3]
            for i in range(w):
                o0[i] += a00 * m0[i] + a01 * m1[i] + a02 * m2[i] + a03 * m3[i]
                o1[i] += a10 * m0[i] + a11 * m1[i] + a12 * m2[i] + a13 * m3[i]
                o2[i] += a20 * m0[i] + a21 * m1[i] + a22 * m2[i] + a23 * m3[i]
                o3[i] += a30 * m0[i] + a31 * m1[i] + a32 * m2[i] + a33 * m3[i]
            j += 4
        while j < n:
            m0 = M[j]
            a00, a10, a20, a30 = A[s, j], A[s + 1, j], A[s + 2, j], A[s + 3, j]
            for i in range(w):
                o0[i] += a00 * m0[i]
                o1[i] += a10 * m0[i]
                o2[i] += a20 * m0[i]
                o3[i] += a30 * m0[i]
            j += 1
        s += 4
    while s < B:
        add_row_product(A[s], M, O[s])
        s += 1


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
