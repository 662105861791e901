"""A corpus is cut into windows by the report's rule, to the letter, in one stream and in many."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small import TEXT, small_corpus
from tui_rnn.engine.corpus import Corpus, Windows
from tui_rnn.engine.errors import CorpusError
from tui_rnn.engine.text import read_text

CORPORA = Path(__file__).parents[2] / "corpora"


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


@given(st.integers(1, 12), st.integers(0, 40))
def test_one_stream_is_the_rule_of_the_report(T, more):
    length = T + 1 + more
    windows = Windows(numbered(length), T, 1)
    for e, epochs in report_starts(length, T, 20):
        x, y = windows.next()
        assert x[:, 0].tolist() == list(range(e, e + T))
        assert y[:, 0].tolist() == list(range(e + 1, e + T + 1))
        assert windows.epochs == epochs
        assert windows.position == e + T


@given(st.integers(1, 12), st.integers(0, 40), st.integers(2, 5))
def test_each_of_many_streams_is_the_rule_on_its_part(T, more, B):
    length = (T + 1) * B + more
    part = length // B
    windows = Windows(numbered(length), T, B)
    alone = [Windows(numbered(length)[i * part : (i + 1) * part], T, 1) for i in range(B)]
    for _ in range(20):
        x, y = windows.next()
        pairs = [stream.next() for stream in alone]
        assert np.array_equal(x, np.hstack([pair[0] for pair in pairs]))
        assert np.array_equal(y, np.hstack([pair[1] for pair in pairs]))
        assert x.flags.c_contiguous
        assert y.flags.c_contiguous


def test_a_text_of_one_window_starts_an_epoch_at_every_update():
    windows = Windows(numbered(26), 25, 1)
    for update in range(4):
        x, y = windows.next()
        assert (x[0, 0], x[-1, 0], y[-1, 0]) == (0, 24, 25)
        assert windows.ends_epoch
        assert windows.epochs == update


@pytest.mark.parametrize(("length", "T", "B"), [(25, 25, 1), (51, 25, 2), (1, 1, 1), (0, 1, 1)])
def test_a_text_without_one_window_a_stream_is_refused(length, T, B):
    with pytest.raises(CorpusError, match=f"needs at least {(T + 1) * B}"):
        Windows(numbered(length), T, B)


@given(st.integers(1, 6), st.integers(0, 20), st.integers(1, 3))
def test_what_is_read_next_is_what_peek_says(T, more, B):
    windows = Windows(numbered((T + 1) * B + more), T, B)
    for _ in range(12):
        expected = windows.peek()
        before = (windows.position, windows.epochs)
        assert windows.peek() == expected
        assert (windows.position, windows.epochs) == before
        assert windows.next()[0][0, 0] == expected


def test_the_epoch_counts_texts_read():
    windows = Windows(numbered(20), 5, 1)
    read = [windows.epoch]
    for _ in range(5):
        windows.next()
        read.append(windows.epoch)
    assert read == [0, 0.25, 0.5, 0.75, 1.25, 1.5]  # a window from 15 would need a 21st character


def test_a_window_is_a_copy_and_never_changes_the_text():
    corpus = small_corpus()
    before = corpus.indices.copy()
    x, y = Windows(corpus.indices, 5, 1).next()
    x[:], y[:] = 0, 0
    assert np.array_equal(corpus.indices, before)


def test_a_corpus_is_its_text_in_indices():
    corpus = small_corpus()
    assert len(corpus) == len(TEXT)
    assert corpus.vocabulary.characters == "".join(sorted(set(TEXT)))
    assert corpus.vocabulary.decode(corpus.indices) == TEXT
    assert corpus.indices.itemsize == 1


@pytest.mark.parametrize(
    ("name", "characters", "K"),
    [("goblet", 882_242, 75), ("alice", 58_701, 65), ("tang", 27_639, 2_631), ("kural", None, 103)],
)
def test_the_corpora_are_those_the_figures_were_measured_on(name, characters, K):
    corpus = Corpus.from_source(read_text(CORPORA / f"{name}.txt"))
    assert len(corpus.vocabulary) == K
    assert characters in (None, len(corpus))
