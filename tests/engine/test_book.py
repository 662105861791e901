"""The book as the weights read it: every figure by reading the same characters again with the oracle."""

import numpy as np
import pytest

from tests.oracle import columns, forward
from tests.small import small_trainer, trained
from tui_rnn.engine.character_kinds import KINDS, kind_of
from tui_rnn.engine.instruments import book
from tui_rnn.engine.instruments.book import Losses, read_book

TEXT = 'Chapter 1\nSo it goes: "on", she said, and on!\nAnd 7 more of it, quite\tquietly. ' * 6


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """So that a text of a few hundred characters has parts, pieces that are warmed up, and passages."""
    for name, value in {
        "PARTS": 8,
        "_LEAST_PARTS": 8,
        "READ": 9,
        "WARM": 7,
        "_STEPS": 4,
        "_MOST_STEPS": 6,
        "PASSAGE": 30,
    }.items():
        monkeypatch.setattr(book, name, value)
    monkeypatch.setattr(book, "WINDOW", 6)


def trainer_on(text=TEXT, updates=60, **settings):
    return trained(small_trainer("adam", text, eta=0.02, dtype="float64", hidden_size=8, **settings), updates)


def told(trainer, **options):
    *_, last = read_book(trainer.model, trainer.theta, trainer.corpus.indices, trainer.corpus.vocabulary, **options)
    return last


def losses_from(trainer, begin, count):
    """The loss of each of the characters behind `begin`, read from zeros, by where they stand."""
    text, theta = trainer.corpus.indices, columns(trainer.theta)
    x, y = text[begin : begin + count], text[begin + 1 : begin + count + 1]
    _, _, p = forward(theta, x, y, np.zeros(8))
    return {begin + 1 + t: -float(np.log(p_t[y[t], 0])) for t, p_t in enumerate(p)}


def pieces(trainer, starts):
    """What is read of each part: all losses, and whether each counts."""
    for start in starts:
        begin = max(0, start - 7)
        losses = losses_from(trainer, begin, 16)
        yield {at: loss for at, loss in losses.items() if begin == 0 or at > begin + 7}


def is_near(found, expected):
    assert found.count == len(expected)
    assert found.sum == pytest.approx(sum(expected))


@pytest.mark.parametrize("turn", [0, 1])
def test_parts_kinds_letters_and_places_are_what_the_oracle_reads(turn):
    trainer = trainer_on()
    reading, n = told(trainer, turn=turn), len(TEXT)
    shift = int((n // 8 - 9) * (turn * 0.618034 % 1))
    read = list(pieces(trainer, [part * n // 8 + shift for part in range(8)]))
    assert len(reading.parts) == 8
    for found, expected in zip(reading.parts, read, strict=True):
        is_near(found, expected.values())
    flat = [(at, loss) for piece in read for at, loss in piece.items()]
    for kind, found in zip(KINDS, reading.kinds, strict=True):
        is_near(found, [loss for at, loss in flat if kind_of(TEXT[at]) == kind])
    for index, found in enumerate(reading.by_index):
        is_near(found, [loss for at, loss in flat if TEXT[at] == trainer.corpus.vocabulary.characters[index]])


def test_a_letter_counts_at_its_place_in_the_word(monkeypatch):
    monkeypatch.setattr(book, "WARM", 0)  # so that each piece's first letter begins a word
    trainer = trainer_on()
    n, expected = len(TEXT), [[] for _ in range(6)]
    for start in (part * n // 8 for part in range(8)):
        place = 0
        for at, loss in losses_from(trainer, start, 9).items():
            place = place + 1 if TEXT[at].isalpha() else 0
            if TEXT[at].islower():
                expected[min(place, 6) - 1].append(loss)
    for found, losses in zip(told(trainer).letters_by_place, expected, strict=True):
        is_near(found, losses)
    assert any(expected[5])


def test_passages_are_the_hardest_and_the_easiest_and_quoted_where_they_are_so():
    trainer = trainer_on("it goes on and on. " * 12 + "ZXQ, WVJ! KYFH; " * 4 + "it goes on and on. " * 12, 200)
    reading = told(trainer)
    for passage in (*reading.hardest, *reading.easiest):
        begin = 0 if passage.place == 1 else passage.place - 8
        losses = losses_from(trainer, begin, 37 if begin else 30)
        whole = [losses[at] for at in range(passage.place, passage.place + passage.length)]
        assert passage.loss == pytest.approx(np.mean(whole))
        sums = [sum(whole[k : k + 6]) for k in range(len(whole) - 5)]
        worst = sums.index(max(sums) if passage in reading.hardest else min(sums)) + passage.place
        text = trainer.corpus.vocabulary.decode(trainer.corpus.indices)
        assert text[passage.quoted_at :].startswith(passage.quote)
        assert passage.quoted_at == text.rfind(" ", 0, worst) + 1
    assert {"ZXQ", "WVJ", "KYFH"} & set(reading.hardest[0].quote[:12].replace(",", "").split())
    assert [each.loss for each in reading.hardest] == sorted((each.loss for each in reading.hardest), reverse=True)
    assert reading.easiest[0].loss == min(each.loss for each in reading.easiest) < reading.hardest[0].loss


@pytest.mark.parametrize("text", ["aaaa", "ab", "abcab", "天地玄黄宇宙洪荒" * 20])
def test_odd_texts_are_read(text):
    trainer = small_trainer("adam", text, seq_length=1, hidden_size=1)
    reading = told(trainer)
    assert sum(each.count for each in reading.parts) > 0
    assert reading.hardest[0].quote in text + "\n"


def test_weights_that_are_no_numbers_give_no_passages_and_raise_nothing():
    trainer = trainer_on(updates=0)
    trainer.theta.flat[:] = np.nan
    assert told(trainer).hardest == ()


def test_blending_counts_what_was_read_before_for_half():
    a = book.Reading(9, (Losses(8.0, 4),), (), (), (Losses(2.0, 2),), (), ())
    b = book.Reading(9, (Losses(4.0, 4),), (), (), (Losses(0.0, 0),), (), ())
    blended = a.blended(b)
    assert blended.parts == (Losses(10.0, 6.0),)
    assert blended.by_index[0].mean == 1.0
    assert Losses(0, 0).mean is None
    assert a.blended(None) is a
