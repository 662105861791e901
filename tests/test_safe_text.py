"""Foreign text is safe for a terminal; what joins or selects inside a word is kept where it can do no harm."""

import functools
import re
import unicodedata
from itertools import pairwise

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
ANY_TEXT = st.text(st.characters())  # surrogates, controls and all
STEERING = st.text(
    st.sampled_from("\x1b\x9b\x07\x00\n\r\t\x7f\u200b\u200d\u202e\u2066\u2028\ufeff\ud800\ue000[;mA\u0301")
)
MARKS = st.text(st.sampled_from("a\u0301\u0308\u20dd\u0903\u0300"), max_size=100)
WILD = st.one_of(ANY_TEXT, STEERING, MARKS)


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
    undecodable = {code for code, shown in enumerate(all_shown()) if shown == "\ufffd"}
    assert undecodable == {0xFFFD, *range(0xD800, 0xE000)}
    assert safe_text(b"caf\xe9".decode("utf-8", "surrogateescape")) == "caf\ufffd"


@given(TEXTS, st.booleans())
def test_the_width_of_what_is_shown_is_that_of_its_characters(text, one_line):
    cells = pytest.importorskip("rich.cells")
    shown = safe_text(text, one_line=one_line)
    assert cells.cell_len(shown) == sum(map(cells.get_character_cell_size, shown))


@given(st.one_of(TEXTS, WILD), st.booleans())
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


@given(WILD, st.booleans())
def test_no_character_that_could_steer_a_terminal_is_left(text, one_line):
    for character in safe_text(text, one_line=one_line):
        if character != "\n":
            assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@functools.cache
def all_shown():
    """What each character of Unicode is shown as on one line, by its code point."""
    return [safe_text(chr(code), one_line=True) for code in range(0x110000)]


@functools.cache
def each_shown():
    """What each character of Unicode is shown as on one line, and whether it is a vowel or a final of Hangul."""
    return {(shown, 0x1100 <= code < 0x1200 or 0xD7B0 <= code < 0xD800) for code, shown in enumerate(all_shown())}


def test_that_holds_for_each_character_of_unicode():
    assert len(each_shown()) > 100_000
    for shown, _ in each_shown():
        assert len(shown) == 1
        assert unicodedata.category(shown)[0] in "LMNPSZ"
        assert unicodedata.category(shown) not in ("Zl", "Zp")


@given(WILD)
def test_lines_are_kept_or_shown_on_one_line(text):
    assert safe_text(text).count("\n") == text.count("\n")
    line = safe_text(text, one_line=True)
    assert "\n" not in line
    assert len(line.splitlines()) <= 1
    assert line.count("␊") == text.count("\n") + text.count("␊")


@given(MARKS)
def test_no_more_than_a_few_marks_stand_on_a_character(text):
    shown = safe_text(text)
    assert max(map(len, re.split("a", shown))) <= MOST_MARKS
    assert shown.count("a") == text.count("a")
    if max(map(len, re.split("a", text))) <= MOST_MARKS:
        assert shown == text


@given(MARKS, st.lists(st.integers(0, 100), max_size=5), st.booleans())
def test_a_text_told_in_pieces_is_told_as_a_whole(text, cuts, one_line):
    ends = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [safe_text(text[begin:end], one_line=one_line, after=text[:begin]) for begin, end in pairwise(ends)]
    assert "".join(pieces) == safe_text(text, one_line=one_line)


def test_each_character_has_the_width_on_which_the_screen_and_terminals_agree():
    cells = pytest.importorskip("rich.cells")
    wcwidth = pytest.importorskip("wcwidth")
    for shown, is_jamo in each_shown():
        assert cells.cell_len(shown) == wcwidth.wcwidth(shown), ascii(shown)
        joins = unicodedata.category(shown) in ("Mn", "Me", "Mc") or is_jamo
        assert wcwidth.wcwidth(shown) > 0 or joins, ascii(shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("👩\u200d🔬", "👩⁀🔬"),
        ("👍🏽", "👍◍"),
        ("❤\ufe0f 1\ufe0f\u20e3", "❤⬚ 1⬚\u20e3"),
        ("🇩🇪 🇫🇷", "🄳🄴 🄵🅁"),
        ("a\u034f\u115f\u3164\uffa0\U000e0101", "a◌◌◌◌⬚"),
        ("\u1112\u1161\u11ab", "\u1112\u1161\u11ab"),
        ("a" + "\u1161" * 100, "a" + "\u1161" * MOST_MARKS),
    ],
)
def test_what_joins_or_hides_is_told_apart_and_stays_readable(text, shown):
    assert safe_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "".join(map(chr, range(0x20, 0x7F))),
        "two\nlines",
        "அகர முதல எழுத்தெல்லாம் ஆதி\nபகவன் முதற்றே உலகு.",
        "床前明月光,疑是地上霜。",
        "Ζεύς naïve Übung Ąę ½ € “quotes” — …",
        "😀 ♥",
        "Z͑ͫ̓a͛ͩl",
    ],
)
def test_readable_text_of_any_script_is_unchanged(text):
    assert safe_text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "␛[31m"),
        ("a\tb\r\n", "a␉b␍\n"),
        ("\x00\x7f", "␀␡"),
        ("\x9b", "␦"),
        ("\u202egnp.exe", "⇄gnp.exe"),
        ("\u2028", "␤"),
        ("\ud800", "\ufffd"),
    ],
)
def test_what_steers_is_shown_as_a_picture(text, shown):
    assert safe_text(text) == shown
