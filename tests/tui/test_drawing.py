"""Reach, letters and book as they are painted: each figure where it belongs, whole at any size, and true remarks."""

import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from tests.tui.whole import RememberingGrid
from tui_rnn.engine.chapters import Chapter
from tui_rnn.engine.character_kinds import KINDS
from tui_rnn.engine.instruments.book import Losses, Passage, Reading
from tui_rnn.engine.instruments.epochs import Epochs
from tui_rnn.engine.instruments.letters import Letter, Letters
from tui_rnn.engine.instruments.reach import Guess, MeanReach, Staircase
from tui_rnn.tui.drawing import book, letters, reach
from tui_rnn.tui.drawing.book_details import Book, place_text
from tui_rnn.tui.drawing.glyphs import glyphs
from tui_rnn.tui.palette import INK, Palette

INKS = Palette.of(INK, {})
FINE = glyphs("braille")
SIZES = [(w, h) for w in (1, 7, 34, 52, 60, 78, 99, 103, 116, 160, 196) for h in (1, 2, 5, 9, 12, 19, 24, 35, 53)]


def rows(paint, width=116, height=35, marker="braille"):
    grid = RememberingGrid(width, height, INKS.text)
    paint(grid, INKS, glyphs(marker))
    text = grid.text()
    assert {cell_len(row) for row in text} == {width}
    return [row.rstrip() for row in text], grid


# Reach

TEXT = "he said so and so"
GUESSES = tuple(
    Guess(place, TEXT.index(TEXT[place + 1]), TEXT.index(TEXT[place + 1]), 0.62, (0.5, 0.3, 0.2)) for place in (13, 14)
)
STAIRS = Staircase(TEXT, 0, GUESSES, len(TEXT))
MEAN = MeanReach((0.4, 0.2, 0.15, 0.1, 0.06, 0.05, 0.04), 500)


def stairs(guesses=GUESSES, mean=MEAN, remarks=()):
    found = replace(STAIRS, guesses=guesses)
    return lambda grid, palette, signs: reach.draw(grid, palette, signs, found, mean, TEXT, remarks)


def test_each_row_is_a_character_longer_and_its_heat_lies_under_the_last_ones():
    text, grid = rows(stairs())
    first, second = text[3].split("│")[0], text[4].split("│")[0]
    assert first.split("▸")[0].strip() == "he said so and"
    assert second.split("▸")[0].strip() == "he said so and·"
    assert first.split("▸")[1].split() == ["·", ".62"]
    end = first.index("▸") - 2
    heats = [grid.background_at(x, 3) for x in range(end + 1)]
    assert [heat is not None for heat in heats] == [False] * (end - 2) + [True] * 3
    assert heats[-1] == INKS.heat((0.5 / 0.55) ** 0.8 * 0.92)
    assert heats[-3] == INKS.heat((0.2 / 0.55) ** 0.8 * 0.92)


def test_without_colour_a_right_guess_is_told_from_a_wrong_one_by_its_sign():
    guesses = (GUESSES[0], replace(GUESSES[1], index=TEXT.index("h")))  # " " came, as guessed; then s, not h
    grid = RememberingGrid(120, 12, INKS.text)
    stairs(guesses)(grid, Palette.of(INK, {}, colourless=True), glyphs("braille"))
    legend, right, wrong = (grid.text()[y].split("│")[0] for y in (1, 2, 3))
    assert "✓ e right   ▸ e wrong" in legend
    assert (right.split("and")[1].split()[0], wrong.split("and")[1].split()[1]) == ("✓", "▸")


def test_a_guess_is_good_where_it_is_what_came():
    wrong = replace(GUESSES[0], index=TEXT.index("h"))
    _, grid = rows(stairs((wrong, GUESSES[1])))
    colours = [next(cell[1] for cell in row[row.index(("▸", INKS.dim, None, False)) + 2 :]) for row in grid.rows[3:5]]
    assert colours == [INKS.accent, INKS.success]


def test_the_mean_stands_beside_it_with_how_many_characters_hold_a_half_and_nine_tenths():
    text, _ = rows(stairs())
    beside = " ".join(re.sub(r"^[^│]*│", "", row).strip() for row in text)
    assert "Half of a guess hangs on the last 2 characters, nine tenths on the last 5." in re.sub(r"\s+", " ", beside)
    assert [float(share) for share in re.findall(r"(\d+\.\d) %", beside)] == [40.0, 20.0, 15.0, 10.0, 6.0, 5.0, 4.0]


@pytest.mark.parametrize(
    ("half", "nine", "sentence"),
    [
        (1, 1, "Half of a guess hangs on the last character, nine tenths on it too."),
        (1, 3, "Half of a guess hangs on the last character, nine tenths on the last 3."),
        (2, 6, "Half of a guess hangs on the last 2 characters, nine tenths on the last 6."),
    ],
)
def test_the_sentence_is_english(half, nine, sentence):
    assert "".join(text for text, _ in reach.reach_parts(half, nine)) == sentence


NGRAMS = {1: 3.089, 2: 2.387, 3: 1.822, 4: 1.422, 5: 1.258}


@pytest.mark.parametrize(
    ("nine", "nats", "quotation", "found"),
    [
        (6, 1.297, None, ["A 5-gram sees 4 and reaches 1.258 nats/char; this one 1.297."]),
        (6, 1.5, None, ["A 4-gram sees 3 and reaches 1.422 nats/char; this one 1.500."]),
        (6, 1.2, None, ["Better than a 5-gram, which sees 4: 1.200 to 1.258 nats/char."]),
        (3, 1.9, None, ["A 3-gram sees 2 and reaches 1.822 nats/char; this one 1.900."]),
        (2, 2.5, None, ["A 2-gram sees 1 and reaches 2.387 nats/char; this one 2.500."]),
        (1, 1.297, None, []),  # all of them but the 1-gram see as far as this one, or further
        (None, 1.297, 90.0, []),
        (6, None, None, []),
        (6, None, 90.0, ["Half of the quotations are longer than 90 characters: they end beyond its reach."]),
        (6, None, 5.0, []),
    ],
)
def test_a_remark_is_made_only_where_the_figures_bear_it_out(nine, nats, quotation, found):
    assert reach.remarks(nine, nats, NGRAMS, quotation) == found
    assert reach.remarks(nine, nats, {}, None) == []


# Letters


def letter(index, x, y, seen=9000, nearest=()):
    return Letter(index, seen, x, y, tuple(nearest))


def map_of(*found, **changes):
    whole = Letters("U", tuple(found), ((0, 1, 0.5),), 300, 8000, 2, 0.4)
    return replace(whole, **changes)


def chart(found, characters, chosen=0):
    return lambda grid, palette, signs: letters.draw(grid, palette, signs, found, characters, chosen)


def test_no_chip_lies_on_another_even_where_all_letters_are_at_one_place():
    chips = letters.placed([letter(k, 0.0, 0.0) for k in range(40)], 80, 20)
    assert len(chips) == 40
    cells = [(chip.x + k, chip.y) for chip in chips for k in (-1, 0, 1)]
    assert len(set(cells)) == len(cells)
    assert {0 <= x < 80 and 0 <= y < 20 for x, y in cells} == {True}


def test_a_chip_that_is_not_in_the_way_stands_at_its_own_place():
    chips = letters.placed([letter(0, -1.0, -1.0), letter(1, 1.0, 1.0), letter(2, 0.0, 0.0)], 81, 21)
    (left, low), (right, high), (middle, half) = ((chip.x, chip.y) for chip in chips)
    assert left < middle < right
    assert high < half < low
    assert (middle - left, low - half) == (right - middle, half - high)


def test_a_line_joins_a_letter_to_its_nearest_where_they_are_alike():
    def dots(cosine):
        near = letter(0, -1.0, 0.5, nearest=[(1, cosine)]), letter(1, 1.0, -0.5, nearest=[(0, cosine)])
        text, _ = rows(chart(map_of(*near), "ab"), 78, 19)
        return sum("\u2800" < sign <= "\u28ff" for row in text for sign in row)

    assert dots(0.23) > 20
    assert dots(0.21) == 0


@pytest.mark.parametrize(
    ("characters", "chips"),
    [("ab \n", ["a", "b", "␣", "⏎"]), ("天。", ["天", "。"]), ("க\u0bbf\u0bcd", ["க", "◌\u0bbf", "◌\u0bcd"])],
)
def test_chips_are_three_cells_whatever_their_character(characters, chips):
    found = map_of(*(letter(k, float(k), float(k)) for k in range(len(characters))))
    text, grid = rows(chart(found, characters), 78, 19)
    for sign in chips:
        assert sum(sign in row for row in text) == 1
    tinted = [sum(cell[2] is not None for cell in row) for row in grid.rows]
    assert sorted(tinted) == [0] * (19 - len(chips)) + [3] * len(chips)


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("e", "vowels"),
        ("é", "vowels"),
        ("ю", "vowels"),
        ("b", "other letters"),
        ("天", "other letters"),
        ("Q", "capitals"),
        ("\u0bbf", "marks on letters"),
        (" ", "spaces and signs"),
        ("7", "digits"),
    ],
)
def test_the_class_of_a_character(character, name):
    assert letters.class_of(character) == name


def test_it_is_not_said_that_the_network_found_out_what_it_did_not():
    characters = "aeiounstAEI"

    def with_nearest(nearest, pairs=("io", "eE", "aA")):
        return map_of(
            *(
                letter(k, 0.0, 0.0, nearest=[(characters.index(o), 0.5) for o in nearest[c]])
                for k, c in enumerate(characters)
            ),
            pairs=tuple((characters.index(one), characters.index(other), 0.5) for one, other in pairs),
        )

    among_vowels = dict(
        zip(characters, ["Aei", "Eai", "Iae", "uae", "oae", "sta", "nta", "nsa", "aei", "eai", "iae"], strict=True)
    )
    among_others = dict.fromkeys(characters, "nst")
    no_cases = among_vowels | {"a": "eio", "e": "aio", "i": "aeo"}
    assert letters.remark(with_nearest(among_vowels), characters) == (
        "Nobody taught the network which letters are vowels, or that A and a are one."
    )
    assert letters.remark(with_nearest(among_others), characters) == ""
    vowels = "Nobody taught the network which letters are vowels"
    assert letters.remark(with_nearest(no_cases), characters) == f"{vowels}."
    # What is named stands in the list of the closest pairs, of which the first eight have room.
    others = ["io", "st", "ns", "nt", "ou", "ie", "ei", "ea"]
    for pairs, named in {("io", "eE"): "E and e", ("Ii", "eE"): "I and i", (*others, "aA"): "", ("io",): ""}.items():
        words = f"{vowels}, or that {named} are one." if named else f"{vowels}."
        assert letters.remark(with_nearest(among_vowels, pairs), characters) == words


# Book

CHAPTERS = (
    Chapter(0, "VOLUME", "I"),
    Chapter(10, "CHAPTER", "I"),
    Chapter(500, "VOLUME", "II"),
    Chapter(510, "CHAPTER", "I"),
)
READING = Reading(
    1000,
    tuple(Losses(2.0 + k % 5, 1) for k in range(100)),
    tuple(Losses(10.0 * k, 10) for k in range(1, len(KINDS) + 1)),
    tuple(Losses(1.5 * k, 10) for k in range(1, 7)),
    (Losses(9.0, 6), Losses(6.0, 6)),
    (Passage(700, 100, 3.25, 720, "a hard one [b]and[/b] more of it " * 9),),
    (Passage(100, 100, 1.125, 120, "an easy one " * 9),),
)
EPOCHS = Epochs(
    2,
    "sequential",
    tuple(Losses(3.0, 1) if k < 45 else Losses(0.0, 0) for k in range(90)),
    tuple(Losses(3.2 if k < 20 else 2.9, 1) for k in range(90)),
    99,
    (450,),
    "and so it goes",
)
BOOK = Book(1000, 900, CHAPTERS, "ab", READING, EPOCHS)


def pages(**changes):
    by_character = changes.pop("by_character", False)
    found = replace(BOOK, **changes)
    return lambda grid, palette, signs: book.draw(grid, palette, signs, found, by_character=by_character)


def test_bars_are_means_of_the_parts_that_lie_under_them():
    losses = [Losses(1.0, 1), Losses(6.0, 2), Losses(0.0, 0), Losses(5.0, 1)]
    assert book.columns(losses, 2) == [pytest.approx(7 / 3), 5.0]
    assert book.columns(losses, 4) == [1.0, 3.0, None, 5.0]
    assert book.columns(losses, 8) == [1.0, 1.0, 3.0, 3.0, None, None, 5.0, 5.0]
    assert book.columns([Losses(float("nan"), 1)], 1) == [None]


def test_both_epochs_stand_over_one_another_and_what_was_gained_is_of_both():
    text, grid = rows(pages())
    assert text[0].startswith("The loss along the book")
    assert text[4].startswith("epoch 2")
    assert text[9].startswith("epoch 1")
    assert text[10].startswith("gained")
    gained, trained = grid.rows[10][8:], round(108 * 0.9)
    assert [cell[0] for cell in gained[:trained]].count("▀") == pytest.approx(trained / 2, abs=1)
    assert gained[0][1] == INKS.diverging(-0.2 / 0.35, 0.9)
    assert gained[40][1] == INKS.diverging(0.1 / 0.35, 0.9)


def test_where_training_reads_is_said_with_its_chapter_and_its_words():
    text, grid = rows(pages())
    assert "here now  45.0 % of the book, I·I" in text[2]
    assert "“and so it goes”" in text[3]
    assert grid.rows[1][8 + 450 * 108 // 1000][:2] == ("│", INKS.accent)
    streams, _ = rows(pages(epochs=replace(EPOCHS, places=tuple(range(30, 900, 90)))))
    assert "here now  10 streams, each 33.3 % through its part" in streams[0]
    random, _ = rows(pages(epochs=replace(EPOCHS, places=(3, 70), order="random")))
    assert random[0].endswith("here now  2 streams at random places")


def test_chapters_stand_on_the_axis_and_what_is_held_out_is_marked():
    text, _ = rows(pages())
    assert text[5][8 + 1] == "┴"
    assert text[5][8 + 97 :] == "━" * 11
    assert re.search(r"Volume I +Volume II +held out$", text[6])
    none, _ = rows(pages(chapters=()))
    assert [none[6].count(f" {tenth} %") for tenth in range(10, 100, 10)][:8] == [1] * 8
    narrow, _ = rows(pages(chapters=()), 40, 12)
    assert narrow[6].startswith("0 %     20 %")  # what has no room is left out, and not run together
    assert place_text(replace(BOOK, chapters=()), 430) == "43 %"
    assert place_text(replace(BOOK, chapters=CHAPTERS[1::2]), 999) == "chapter I"


def test_what_is_hard_is_sorted_and_passages_are_quoted_as_they_are():
    text, _ = rows(pages())
    names = [row[:13].strip() for row in text[14:20]]
    means = [float(re.search(r"\d\.\d\d", row[:60]).group()) for row in text[14:20]]
    assert means == sorted(means, reverse=True)
    assert names[0] == "other sign"
    assert "letter" not in names  # they stand by their place in the word
    assert any("3.25  II·I" in row and "“a hard one [b]and[/b]" in row for row in text)
    assert any("1.12  I·I" in row and "“an easy one" in row for row in text)


def test_by_character_the_nats_are_shared_out():
    text, _ = rows(pages(by_character=True))
    (a,) = (row for row in text if re.match(r"a  1\.50 ", row))
    assert "60.0 %" in a
    assert not any("Hardest" in row for row in text)
    assert sum(row.count("of the loss") for row in text) == 2  # a heading over each of the two, and over nothing else


def test_small_it_is_one_strip_and_the_hardest():
    text, _ = rows(pages(), 78, 19)
    assert text[0].startswith("the higher the harder")
    assert text[0].endswith("held out")
    assert text[8] == "Hardest"
    assert "3.25" in text[9]


def test_small_before_a_reading_it_is_the_latest_losses_of_training():
    _, grid = rows(pages(reading=None), 100, 19)
    heights = [sum(grid.rows[y][x][0] in FINE.upright for y in range(1, 5)) for x in range(100)]
    assert all(heights[:90])
    assert not any(heights[90:])  # nothing is known of what is held out
    before = [cell[1] for cell in grid.rows[4]]
    assert before[0] == before[44]  # 3.0, of this epoch
    assert before[45] == before[89] != before[0]  # 2.9, of the last


def test_without_an_epoch_before_the_weights_read_the_book_there_and_it_is_said_why():
    first = replace(EPOCHS, number=1, last=tuple(Losses(0.0, 0) for _ in range(90)))
    text, grid = rows(pages(epochs=first))
    assert text[9].startswith("now")
    assert sum(cell[0] in FINE.upright for cell in grid.rows[9]) == 108  # what is held out too
    assert "as the weights read it now; the epoch before will stand here once one is over" in text[10]
    assert "before this process began is not known" in rows(pages(epochs=replace(first, number=7)))[0][10]
    assert "once one is over" in rows(pages(epochs=first, reading=None))[0][10]


@pytest.mark.parametrize("marker", ["braille", "ascii"])
def test_at_any_size_all_is_whole_and_ascii_is_ascii(marker):
    wide = "天地玄黄宇宙洪荒" * 3
    odd = (
        stairs(),
        stairs(mean=MeanReach((0.0,), 0)),
        lambda g, p, s: reach.draw(
            g, p, s, Staircase(wide, 0, (Guess(9, 3, 3, 1.0, (1.0,)),), 24), MEAN, wide, ["A remark."]
        ),
        chart(map_of(*(letter(k, k % 5, k % 7, nearest=[(0, 0.5)]) for k in range(24))), wide, 99),
        chart(map_of(), ""),
        pages(),
        pages(by_character=True),
        pages(reading=None),
        pages(epochs=None, chapters=(), trained=1000),
    )
    for paint in odd:
        for width, height in SIZES:
            text, grid = rows(paint, width, height, marker)
            if width >= 52:  # the least that a panel has on a screen of several
                assert grid.not_whole() == [], (width, height)
            if marker == "ascii":
                drawn = {sign for row in text for sign in row} - set(wide) - set("│“”…·")
                assert all(sign.isascii() for sign in drawn), drawn


@pytest.mark.parametrize("unsafe", ["\x1b", "\x07", "\u202e", "\u200b", "\u2028", "\ufe0f", "\t"])
def test_no_character_of_a_text_reaches_the_terminal_as_it_is_where_that_could_steer_it(unsafe):
    characters = f"a{unsafe}"
    found = map_of(letter(0, 0.0, 1.0), letter(1, 1.0, 0.0, nearest=[(0, 0.9)]))
    guesses = (Guess(1, 1, 1, 0.5, (0.6, 0.4)),)
    hard = Passage(700, 100, 3.25, 720, f"so{unsafe}on")
    for paint in (
        chart(found, characters, 1),
        lambda g, p, s: reach.draw(g, p, s, Staircase(characters * 2, 0, guesses, 4), None, characters, ()),
        pages(vocabulary=characters, reading=replace(READING, hardest=(hard,))),
        pages(vocabulary=characters, by_character=True),
    ):
        text, _ = rows(paint)
        assert not any(unsafe in row for row in text)
