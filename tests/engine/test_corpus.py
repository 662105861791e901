"""A corpus is its text in indices, and the texts that come with the program are those that were measured."""

from pathlib import Path

import pytest

from tests.small import TEXT, small_corpus
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.text import read_text

CORPORA = Path(__file__).parents[2] / "corpora"


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
