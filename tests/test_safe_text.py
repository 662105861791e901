"""What joins or selects inside a word or an emoji is kept where it can do no harm, else it is a picture of its own."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_rnn.safe_text import MOST_MARKS, safe_text

PERSIAN = "می\u200cخواهم"
HALF_FORM = "क्\u200dष"
WORDS = (
    PERSIAN,
    "क्\u200cष",
    HALF_FORM,
    "ᠠ\u180bᠠ",
    "👨\u200d👩\u200d👧",
    "👍🏽",
    "❤\ufe0f",
    "🇩🇪",
    "1\ufe0f\u20e3",
    "a\u0301",
    "床",
)
PIECES = st.lists(
    st.one_of(st.sampled_from(WORDS), st.sampled_from("\u200c\u200d\ufe0f\u180b\u0301م ک aक्ᠠ\n👩"), st.characters())
)
TEXTS = PIECES.map("".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (PERSIAN, PERSIAN),
        ("کتاب\u200cها و نمی\u200cدانم", "کتاب\u200cها و نمی\u200cدانم"),
        ("क्\u200cष", "क्\u200cष"),
        (HALF_FORM, "क्⁀ष"),
        ("ᠠ\u180bᠠ", "ᠠ\u180bᠠ"),
        ("a\u180b", "a⬚"),
        ("\u180b\u200cم", "⬚◌م"),
        ("Auf\u200clage", "Auf◌lage"),
        ("می\u200c\u200cخواهم", "می◌◌خواهم"),
        ("\u200cخ می\u200c می\u200c", "◌خ می◌ می◌"),
        ("م\u200ca", "م◌a"),
        ("👨\u200d👩\u200d👧", "👨⁀👩⁀👧"),
        ("👍🏽", "👍◍"),
        ("❤\ufe0f", "❤⬚"),
        ("1\ufe0f\u20e3", "1⬚\u20e3"),
        ("🇩🇪", "🄳🄴"),
        ("co\u00adop\u200b", "co◌op◌"),
        ("\ufeffa", "◌a"),
        ("\u2067abc\u2069\u200f", "⇄abc⇄⇄"),
        ("\u06dd1", "▯1"),
        ("\ue000\U0010ffff\u0378", "▯▯▯"),
        ("\x85\u2028\u2029", "␤␤␤"),
        ("\x9b\x80", "␦␦"),
        ("\U0001f3f4\U000e0067\U000e007f", "🏴◌◌"),
    ],
)
def test_each_kind_is_shown_as_itself_or_as_its_own_picture(text, shown):
    assert safe_text(text) == shown


def test_what_does_not_decode_and_nothing_else_is_the_replacement_character():
    undecodable = {code for code in range(0x110000) if safe_text(chr(code)) == "\ufffd"}
    assert undecodable == {0xFFFD, *range(0xD800, 0xE000)}
    assert safe_text(b"caf\xe9".decode("utf-8", "surrogateescape")) == "caf\ufffd"


@given(TEXTS, st.booleans())
def test_the_width_of_what_is_shown_is_that_of_its_characters(text, one_line):
    cells = pytest.importorskip("rich.cells")
    shown = safe_text(text, one_line=one_line)
    assert cells.cell_len(shown) == sum(map(cells.get_character_cell_size, shown))


@given(TEXTS, st.booleans())
def test_what_is_shown_a_second_time_stays_as_it_is(text, one_line):
    once = safe_text(text, one_line=one_line)
    assert safe_text(once, one_line=one_line) == once


@given(TEXTS)
def test_no_format_character_is_left_but_one_non_joiner_between_letters_of_a_joining_script(text):
    shown = safe_text(text)
    for place, character in enumerate(shown):
        if character == "\u200c":
            before, behind = shown[place - 1], shown[place + 1]
            assert unicodedata.category(behind) in ("Lo", "Lm")
            assert unicodedata.category(before) in ("Lo", "Lm", "Mn", "Mc", "Me")
            assert min(before, behind) >= "\u0620"
        elif character != "\n":
            assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@pytest.mark.parametrize("browser", [False, True])
def test_joiners_do_not_let_marks_pile_up(browser):
    shown = safe_text("م" + ("\u064b" * 5 + "\u200c\u200d") * 9 + "م", browser=browser)
    assert "\u200c" not in shown
    assert safe_text("م" + "\u064b" * 9 + "\u200cم", browser=browser) == "م" + "\u064b" * MOST_MARKS + "\u200cم"


@pytest.mark.parametrize("text", [*WORDS, "🏴\u200d☠\ufe0f", "👩🏽\u200d🔬", "葛\U000e0100"])
def test_a_browser_is_given_words_and_emoji_as_they_are(text):
    assert safe_text(text, browser=True) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a \u200d\u200d\u200cb", "a ⁀⁀◌b"),
        ("a\u200d\u200db", "a⁀⁀b"),
        (" \ufe0f\ufe0f", " ⬚⬚"),
        ("a\ufe0f\ufe0f", "a\ufe0f⬚"),
        ("\u202e\x1b\ufeff\u200b\U000e0041", "⇄␛◌◌◌"),
    ],
)
def test_a_browser_is_given_nothing_that_steers_or_stands_where_it_says_nothing(text, shown):
    assert safe_text(text, browser=True) == shown
