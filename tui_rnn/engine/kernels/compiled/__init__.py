"""The update compiled by numba: the recurrences, the softmax and the optimizers as loops, the other products BLAS's."""
