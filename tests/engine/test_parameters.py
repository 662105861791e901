"""One vector owns the numbers; the names are views of it, and a copy shares nothing."""

import numpy as np
import pytest

from tui_rnn.engine.parameters import Parameters

SHAPES = {"U": (3, 2), "W": (2, 2), "b": (2,)}


def test_what_changes_a_view_changes_the_vector_and_the_other_way_round():
    theta = Parameters(SHAPES, np.float64, np.arange(12.0))
    assert theta["U"].tolist() == [[0, 1], [2, 3], [4, 5]]
    assert theta["W"].tolist() == [[6, 7], [8, 9]]
    assert theta["b"].tolist() == [10, 11]
    theta["W"][1, 0] = -1
    theta.flat[11] = -2
    assert theta.flat.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, -1, 9, 10, -2]
    assert theta["b"].tolist() == [10, -2]


def test_it_is_a_mapping_in_the_order_of_its_shapes():
    theta = Parameters(SHAPES, np.float32)
    assert list(theta) == ["U", "W", "b"]
    assert len(theta) == 3
    assert not theta.flat.any()
    assert theta.flat.dtype == theta["U"].dtype == np.float32


@pytest.mark.parametrize("dtype", [None, np.float64, np.complex128])
def test_a_copy_shares_nothing(dtype):
    theta = Parameters(SHAPES, np.float32, np.arange(12, dtype=np.float32))
    copy = theta.copy(dtype)
    assert copy.flat.dtype == (dtype or np.float32)
    assert np.array_equal(copy.flat, theta.flat)
    copy["U"][:] = 9
    assert theta.flat.tolist() == list(range(12))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_every_vector_begins_on_a_cache_line(dtype):
    kept = [Parameters({"U": (size,)}, dtype) for size in range(1, 40)]
    kept += [theta.copy() for theta in kept]
    assert {theta.flat.ctypes.data % 64 for theta in kept} == {0}
    assert [theta.flat.size for theta in kept] == 2 * list(range(1, 40))


@pytest.mark.parametrize("size", [0, 11, 13])
def test_a_vector_of_another_size_is_refused(size):
    with pytest.raises(ValueError, match="does not hold 12 parameters"):
        Parameters(SHAPES, np.float64, np.zeros(size))
