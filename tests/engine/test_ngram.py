"""The n-gram baselines are probabilities, agree with an oracle of dictionaries, and are the tables' formulas."""

from collections import Counter
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small import TEXT, small_corpus
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.ngram import NGrams, losses, text_losses
from tui_rnn.engine.text import read_text

K = 4
TEXTS = st.lists(st.integers(0, K - 1), max_size=60)
ORDERS = st.integers(1, 6)


def array(text):
    return np.array(text, np.uint8)


def oracle(text, context, character, size):
    """p(character | context) by the definition, from the text itself."""
    lower = oracle(text, context[1:], character, size) if context else 1 / size
    n = len(context)
    after = Counter(text[i + n] for i in range(len(text) - n) if text[i : i + n] == context)
    if not after:
        return lower
    return (after[character] + len(after) * lower) / (after.total() + len(after))


@given(TEXTS, TEXTS, ORDERS)
def test_every_order_agrees_with_the_definition(train, text, order):
    """Short texts over four characters: most contexts of the higher orders are unseen, many seen only at the end."""
    p = NGrams(array(train), K, order).probabilities(array(text))
    assert p.shape == (order, len(text))
    for n in range(1, order + 1):
        for i, character in enumerate(text):
            expected = oracle(train, text[max(0, i - n + 1) : i], character, K)
            assert p[n - 1, i] == pytest.approx(expected, rel=1e-12), (n, i)


@given(TEXTS, st.lists(st.integers(0, K - 1), max_size=8), ORDERS)
def test_the_probabilities_of_all_next_characters_sum_to_one(train, context, order):
    grams = NGrams(array(train), K, order)
    p = np.array([grams.probabilities(array([*context, w]))[:, -1] for w in range(K)])
    assert p.sum(axis=0) == pytest.approx(np.ones(order), rel=1e-12)
    assert (p > 0).all()


def test_they_sum_to_one_for_an_alphabet_whose_powers_no_integer_holds():
    size = 2_631  # 2631^6 > 2^64
    rng = np.random.default_rng(1)
    text = rng.zipf(1.3, 5000).clip(1, size).astype(np.uint16) - 1
    grams = NGrams(text, size, 6)
    for place in (7, 1000, 4000):
        context = text[place - 6 : place]
        p = np.array([grams.probabilities(np.append(context, w).astype(np.uint16))[:, -1] for w in range(size)])
        assert p.sum(axis=0) == pytest.approx(np.ones(6), rel=1e-9)
        assert p[text[place]].argmax() > 0  # where it stands in the text, a longer context foretells it better


def test_worked_by_hand():
    """Of `abab`: a is followed by b twice, b by a once; a and b stand twice each, and there is a third character c."""
    grams = NGrams(array([0, 1, 0, 1]), 3, 3)
    p = grams.probabilities(array([0, 1, 2]))
    a = (2 + 2 / 3) / (4 + 2)  # of two types in four characters
    c = (0 + 2 / 3) / (4 + 2)
    b_after_a = (2 + 1 * a) / (2 + 1)
    c_after_b = (0 + 1 * c) / (1 + 1)
    c_after_ab = (0 + 1 * c_after_b) / (1 + 1)
    assert p == pytest.approx(np.array([[a, a, c], [a, b_after_a, c_after_b], [a, b_after_a, c_after_ab]]), rel=1e-15)


def test_order_one_is_the_cross_entropy_of_the_counted_characters():
    corpus = small_corpus()
    train, held_out, size = corpus.indices[:30], corpus.indices[30:], len(corpus.vocabulary)
    counted, types = Counter(TEXT[:30]), len(set(TEXT[:30]))
    expected = -sum(log((counted[w] + types / size) / (30 + types)) for w in TEXT[30:]) / 9
    assert losses(train, held_out, size, 1) == pytest.approx([expected], rel=1e-12)


def test_counted_on_itself_order_one_is_nearly_the_entropy():
    text = array([0, 1, 2, 3, 0, 1, 0, 0] * 5000)
    (loss,) = losses(text, text, K, 1)
    assert loss == pytest.approx(-(0.5 * log(0.5) + 0.25 * log(0.25) + 0.25 * log(0.125)), abs=1e-3)


@pytest.mark.parametrize("train", [[], [2]])
def test_what_was_hardly_counted_is_nearly_uniform(train):
    loss = losses(array(train), array([0, 1, 3]), K, 5)
    assert len(loss) == 5
    assert loss == pytest.approx([log(K) if not train else log(2 * K)] * 5)


def test_a_book_is_foretold_the_better_the_longer_the_context():
    corpus = Corpus.from_source(read_text(Path(__file__).parents[2] / "corpora" / "alice.txt")).holding_out(0.1)
    size = len(corpus.vocabulary)
    one, two, three, four, five = losses(corpus.train, corpus.held_out, size)
    assert log(size) > one > two > three > four
    assert 1.5 < five < three  # a small book: five characters are met too seldom to help much


@given(st.lists(st.integers(0, K - 1), min_size=5, max_size=80), ORDERS)
def test_nine_tenths_of_a_text_are_counted_and_its_last_tenth_is_judged(text, order):
    judged = round(len(text) * 0.1)
    if judged == 0:  # round(0.5)
        assert text_losses(array(text), K, order) == []
        return
    counted, end = text[:-judged], text[-judged:]
    expected = [
        -sum(log(oracle(counted, end[max(0, i - n + 1) : i], end[i], K)) for i in range(judged)) / judged
        for n in range(1, order + 1)
    ]
    assert text_losses(array(text), K, order) == pytest.approx(expected, abs=1e-12)


def test_a_text_of_hardly_any_characters_has_nothing_to_be_judged_by():
    for length in range(5):
        assert text_losses(array([0] * length), K) == []


def test_a_text_of_one_character_costs_nothing():
    assert text_losses(array([0] * 100), 1) == pytest.approx([0] * 5, abs=1e-12)
