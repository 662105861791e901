"""Which words are the book's: any case, any script that puts spaces, none where words cannot be told."""

import re
from pathlib import Path

import pytest

from tui_rnn.engine.words import Words, words_of

CORPORA = Path(__file__).parents[2] / "corpora"


def counted(text, piece=1 << 14):
    """The words of this text, read in pieces of so many characters; None where it has none."""
    pieces = [text[begin : begin + piece] for begin in range(0, len(text), piece)]
    return ([None, *words_of(pieces, "".join(sorted(set(text))))])[-1]


BOOK = "Emma said it. \"Don't,\" he said; the Café's well-known 'tis no more.\nÉMILE"


@pytest.mark.parametrize("piece", [1, 2, 7, 1000])
def test_words_are_runs_of_letters_with_apostrophes_inside_in_any_case_however_the_text_is_cut(piece):
    words = counted(BOOK, piece)
    assert isinstance(words, Words)
    assert len(words) == 1 + " said it don't he the café's well known tis no more émile".count(" ")
    for known in ("emma", "EMMA", "Don't", "café's", "well", "known", "tis", "émile"):
        assert known in words
    for unknown in ("don", "ema", "well-known", "'tis", "café"):
        assert unknown not in words


def test_of_a_book_every_word_is_real_and_they_are_those_of_a_plain_search():
    text = (CORPORA / "alice.txt").read_text(encoding="utf-8")
    words = counted(text)
    assert words.share(text) == 1.0
    plain = {word.lower() for word in re.findall(r"[A-Za-z]+(?:['’][A-Za-z]+)*", text)}
    assert plain <= {word for word in plain if word in words}
    assert abs(len(words) - len(plain)) < 20  # letters with accents


def test_marks_belong_to_the_word_they_stand_in():
    text = (CORPORA / "kural.txt").read_text(encoding="utf-8")
    tamil = next(word for word in text.split() if len(word) > 6 and all(ord(letter) > 0xB80 for letter in word))
    assert tamil in counted(text)
    assert tamil[:-1] not in counted(text)


UNTOLD = {
    "unspaced": (CORPORA / "tang.txt").read_text(encoding="utf-8"),
    "unspaced beside spaces": "\u4eba \u5927 \u5929 " * 50,
    "one word": "ACGT" * 500 + "\n",
    "no letters": "12 34 5. " * 50,
    "blank": " ",
}


@pytest.mark.parametrize("text", UNTOLD.values(), ids=UNTOLD)
def test_nothing_is_said_of_a_text_whose_words_cannot_be_told(text):
    assert counted(text) is None


def test_a_word_that_the_text_cuts_is_none_and_the_others_are_counted():
    words = counted(BOOK)
    text = "ot said: it hood said he's mor"
    parts = list(words.parts(text))
    assert "".join(part.text for part in parts) == text
    assert [part.text for part in parts if part.is_word] == ["said", "it", "hood", "said", "he's"]
    assert [part.text for part in parts if part.is_word and not part.is_real] == ["hood", "he's"]
    assert words.share(text) == 3 / 5
    assert words.share("more") is None
    assert words.share("") is None


def test_a_beginning_that_was_given_is_not_counted_but_the_word_it_ends_in_is():
    words = counted(BOOK)
    begun, text = "mm sai", "mm said mm it "
    parts = list(words.parts(text, len(begun)))
    assert "".join(part.text for part in parts) == "d mm it "
    assert [(part.text, part.is_real) for part in parts if part.is_word] == [("d", True), ("mm", False), ("it", True)]
    assert words.share(text, len(begun)) == 2 / 3
