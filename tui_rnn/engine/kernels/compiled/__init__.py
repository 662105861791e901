"""The update compiled by numba: the recurrences, the softmax, the products of matrices and the optimizers."""
