"""A text is cut into windows by the report's rule, to the letter, in one stream and in many."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small import small_corpus
from tui_rnn.engine.errors import CorpusError
from tui_rnn.engine.windows import Place, Sequential


def report_starts(length, T, count):
    """Where the windows start, and the epochs before each: e += T; when e > length - T - 1, e = 0."""
    e = epochs = 0
    for _ in range(count):
        yield e, epochs
        e += T
        if e > length - T - 1:
            e, epochs = 0, epochs + 1


def numbered(length):
    """A text whose every character tells its place."""
    return np.arange(length)


def assert_same(window, expected):
    """Two windows are equal in every field."""
    for field in dataclasses.fields(window):
        assert np.array_equal(getattr(window, field.name), getattr(expected, field.name)), field.name


@given(st.integers(1, 12), st.integers(0, 40))
def test_one_stream_is_the_rule_of_the_report(T, more):
    length = T + 1 + more
    order = Sequential(numbered(length), T, 1)
    for e, epochs in report_starts(length, T, 20):
        window = order.next()
        assert window.x[:, 0].tolist() == list(range(e, e + T))
        assert window.y[:, 0].tolist() == list(range(e + 1, e + T + 1))
        assert list(window.places) == [e]
        assert window.fresh == (e == 0)
        assert order.place == Place(epochs, e + T)


@given(st.integers(1, 12), st.integers(0, 40), st.integers(2, 5))
def test_each_of_many_streams_is_the_rule_on_its_part(T, more, B):
    length = (T + 1) * B + more
    part = length // B
    order = Sequential(numbered(length), T, B)
    alone = [Sequential(numbered(length)[i * part : (i + 1) * part], T, 1) for i in range(B)]
    for _ in range(20):
        window = order.next()
        each = [stream.next() for stream in alone]
        assert np.array_equal(window.x, np.hstack([one.x for one in each]))
        assert np.array_equal(window.y, np.hstack([one.y for one in each]))
        assert list(window.places) == [i * part + one.places[0] for i, one in enumerate(each)]
        assert list(window.places) == window.x[0].tolist()  # each character of this text is its place
        assert {one.fresh for one in each} == {window.fresh}
        assert window.x.flags.c_contiguous
        assert window.y.flags.c_contiguous


def test_a_text_of_one_window_starts_an_epoch_at_every_update():
    order = Sequential(numbered(26), 25, 1)
    for update in range(4):
        window = order.next()
        assert (window.x[0, 0], window.x[-1, 0], window.y[-1, 0]) == (0, 24, 25)
        assert order.ends_epoch
        assert window.fresh
        assert order.place.epochs == update


@pytest.mark.parametrize(("length", "T", "B"), [(25, 25, 1), (51, 25, 2), (1, 1, 1), (0, 1, 1)])
def test_a_text_without_one_window_a_stream_is_refused(length, T, B):
    with pytest.raises(CorpusError, match=f"needs at least {(T + 1) * B}"):
        Sequential(numbered(length), T, B)


@given(st.integers(1, 6), st.integers(0, 20), st.integers(1, 3))
def test_what_is_read_next_is_what_peek_says(T, more, B):
    order = Sequential(numbered((T + 1) * B + more), T, B)
    for _ in range(12):
        before = order.place
        expected = order.peek()
        assert order.place == before
        assert_same(order.next(), expected)


@given(st.integers(1, 6), st.integers(0, 20), st.integers(1, 3), st.integers(0, 12))
def test_an_order_goes_on_from_any_place_as_the_one_that_stood_there(T, more, B, count):
    order, other = (Sequential(numbered((T + 1) * B + more), T, B) for _ in range(2))
    for _ in range(count):
        order.next()
    other.restore(order.place)
    assert other.place == order.place
    assert other.epoch == order.epoch
    for _ in range(5):
        assert_same(other.next(), order.next())


def test_a_place_behind_the_end_of_a_text_that_has_become_shorter_is_its_end():
    order = Sequential(numbered(11), 5, 1)
    order.restore(Place(2, 40))
    assert order.place == Place(2, 11)
    window = order.next()
    assert (window.fresh, window.x[0, 0], order.place) == (True, 0, Place(3, 5))


def test_the_epoch_counts_texts_read_by_their_windows():
    order = Sequential(numbered(20), 5, 1)
    read = [order.epoch]
    for _ in range(5):
        order.next()
        read.append(order.epoch)
    assert read == pytest.approx([0, 1 / 3, 2 / 3, 1, 4 / 3, 5 / 3])  # a window from 15 would need a 21st character
    order.restore(Place(1, 18))  # of a text that was longer
    assert order.epoch == 2


def test_a_window_is_a_copy_and_never_changes_the_text():
    corpus = small_corpus()
    before = corpus.indices.copy()
    window = Sequential(corpus.indices, 5, 1).next()
    window.x[:], window.y[:] = 0, 0
    assert np.array_equal(corpus.indices, before)
