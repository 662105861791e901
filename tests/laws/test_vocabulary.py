"""Every text comes back from its indices, and the same text has the same indices in every process."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tui_rnn
from tui_rnn.engine.errors import UnknownCharacter
from tui_rnn.engine.vocabulary import Vocabulary

# Any code point: astral ones, combining marks, NUL, and the lone surrogates that some codecs decode to.
texts = st.text(st.characters())


@given(texts)
def test_decode_takes_back_encode(text):
    vocabulary = Vocabulary.from_text(text)
    indices = vocabulary.encode(text)
    assert vocabulary.decode(indices) == text
    assert vocabulary.decode(indices.tolist()) == text


def test_decode_takes_back_encode_for_a_text_of_many_chunks():
    text = "".join(map(chr, range(0x110000))) * 2  # every code point there is, twice
    vocabulary = Vocabulary.from_text(text)
    assert len(vocabulary) == 0x110000
    assert vocabulary.decode(vocabulary.encode(text)) == text


@given(texts)
def test_a_vocabulary_is_the_sorted_distinct_characters(text):
    assert Vocabulary.from_text(text).characters == "".join(sorted(set(text)))


@given(texts)
def test_the_index_of_a_character_is_its_place(text):
    vocabulary = Vocabulary.from_text(text)
    assert vocabulary.encode(vocabulary.characters).tolist() == list(range(len(vocabulary)))


def test_the_order_is_the_same_under_any_hash_seed():
    code = "from tui_rnn.engine.vocabulary import Vocabulary; print(Vocabulary.from_text('zebra crossing').characters)"
    root = Path(tui_rnn.__file__).parents[1]
    orders = set()
    for seed in ("1", "2", "3"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=root, env=env, check=True, capture_output=True, text=True
        )
        orders.add(run.stdout)
    assert orders == {" abceginorsz\n"}


@pytest.mark.parametrize("characters", ["ba", "aa", "abca", "é\U0001f600\ud800"])
def test_a_vocabulary_out_of_order_is_refused(characters):
    with pytest.raises(ValueError, match="ascend"):
        Vocabulary(characters)


@given(texts, st.characters())
def test_an_unknown_character_is_a_named_error(text, character):
    vocabulary = Vocabulary.from_text(text.replace(character, ""))
    with pytest.raises(UnknownCharacter, match=f"U\\+{ord(character):04X}"):
        vocabulary.encode(text + character)


def test_an_unknown_character_is_found_beyond_the_first_chunk():
    with pytest.raises(UnknownCharacter, match=r"'!' \(U\+0021\)"):
        Vocabulary("a").encode("a" * (1 << 20) + "!")


def test_five_unknown_characters_are_named_and_the_others_counted():
    with pytest.raises(UnknownCharacter) as refused:
        Vocabulary("a").encode("hgfedcba")
    message = str(refused.value)
    assert [name for name in "bcdefgh" if f"{name!r} " in message] == list("bcdef")
    assert "and 2 more" in message


def test_an_unknown_character_is_told_in_ascii():
    with pytest.raises(UnknownCharacter) as refused:
        Vocabulary("a").encode("\x1b\u202e\U0001f600")
    assert str(refused.value).isascii()
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("K", "dtype"), [(1, np.uint8), (256, np.uint8), (257, np.uint16), (65536, np.uint16), (65537, np.uint32)]
)
def test_indices_take_the_fewest_bytes_that_hold_them(K, dtype):
    characters = "".join(map(chr, range(K)))
    indices = Vocabulary(characters).encode(characters[-1] + characters[0])
    assert indices.dtype == dtype
    assert indices.tolist() == [K - 1, 0]
