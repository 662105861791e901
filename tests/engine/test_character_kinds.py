"""Each character has one kind, in every script, and a letter its place in the word."""

import pytest

from tui_rnn.engine.character_kinds import KINDS, kind_of, kinds_of, places_in_words


@pytest.mark.parametrize(
    ("characters", "kind"),
    [
        (" \t\u3000", "space"),
        ("\n\r", "new line"),
        (".,;:!?-—。，", "punctuation"),
        ("\"'“”«", "quote"),
        ("07٣", "digit"),
        ("AÉЖ", "capital"),
        ("aéж天க\u0bbf\u0bcd", "letter"),
        ("(&€_*", "other sign"),
    ],
)
def test_the_kind_of_a_character(characters, kind):
    assert {kind_of(character) for character in characters} == {kind}
    assert {KINDS[at] for at in kinds_of(characters)} == {kind}


def test_the_place_of_each_letter_in_its_word():
    texts = ["ab Cde,f", "don't  a"]
    assert places_in_words(kinds_of("".join(texts)).reshape(2, 8)).tolist() == [
        [1, 2, 0, 1, 2, 3, 0, 1],
        [1, 2, 3, 0, 1, 0, 0, 1],
    ]
