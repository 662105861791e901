"""The chapters of a text: its headings and no other lines, and what a place of it stands under."""

import re
from pathlib import Path

import pytest

from tests.small import small_corpus
from tui_rnn.engine import chapters
from tui_rnn.engine.chapters import Chapter, find_chapters, numbers_at

LONG = "\nWords upon words, line upon line." * 20 + "\n"  # longer than any line of a table of contents is apart


def found(text):
    corpus = small_corpus(text)
    *_, last = find_chapters(corpus.indices, corpus.vocabulary)
    return list(last)


@pytest.mark.parametrize(
    ("line", "kind", "number"),
    [
        ("CHAPTER I", "CHAPTER", "I"),
        ("  CHAPTER 12", "CHAPTER", "12"),
        ("CHAPTER TWENTY-THREE - THE BEGINNING", "CHAPTER", "23"),
        ("CHAPTER TWENTY", "CHAPTER", "20"),
        ("Chapter 1. Loomings", "CHAPTER", "1"),
        ("Chapter XIV", "CHAPTER", "XIV"),
        ("Book One", "BOOK", "1"),
        ("VOLUME III", "VOLUME", "III"),
        ("PART II: at sea", "PART", "II"),
    ],
)
def test_a_heading_is_found_where_it_stands(line, kind, number):
    text = f"{LONG}{line}\n{LONG}"
    assert found(text) == [Chapter(text.index(line.strip()), kind, number)]


@pytest.mark.parametrize(
    "line",
    [
        "part I took",
        "Part I had thought of it",
        "in CHAPTER I",
        "CHAPTER",
        "CHAPTERS I",
        "CHAPTER Iago",
        "book it",
        "CHAPTER I'd",
        "volume i",
    ],
)
def test_no_other_line_is_one(line):
    assert found(f"{LONG}{line}\n{LONG}") == []


def test_a_table_of_contents_is_none():
    heads = ["CHAPTER I", "CHAPTER II", "CHAPTER III"]
    text = "\n".join(heads) + LONG + LONG.join(heads)
    assert [each.place for each in found(text)] == [text.index(f"\n{head}", len(LONG)) + 1 for head in heads]
    assert len(found(LONG + "\n\n".join(heads[:2]))) == 2  # one short chapter


def test_headings_are_found_wherever_a_piece_is_cut(monkeypatch):
    text = LONG.join(["", "CHAPTER I", "CHAPTER II", "CHAPTER III", ""])
    whole = found(text)
    assert len(whole) == 3
    for each in whole:
        for within in range(0, 12, 3):
            monkeypatch.setattr(chapters, "_PIECE", each.place + within)
            assert found(text) == whole


def test_a_piece_that_begins_within_a_line_begins_no_heading(monkeypatch):
    text = LONG + "So ended what they called\tCHAPTER I\n" + LONG
    place = text.index("CHAPTER I")
    monkeypatch.setattr(chapters, "_PIECE", place + chapters._LONGEST_LINE)  # the second piece begins there
    assert found(text) == []


def test_the_stand_in_has_its_three_volumes_and_55_chapters():
    text = Path("corpora/goblet.txt").read_text(encoding="utf-8")
    expected = [m.start() for m in re.finditer(r"(?<=\n)(?:VOLUME|CHAPTER) [IVXL]+(?=\n)", text)]
    told = found(text)
    assert [each.place for each in told] == expected
    assert sum(each.kind == "CHAPTER" for each in told) == 55
    at = text.index("Emma could not feel a doubt of having given")
    assert [each.number for each in numbers_at(told, at)] == ["I", "VI"]


def test_a_new_volume_ends_the_chapter_before_it():
    heads = [("VOLUME", "I"), ("CHAPTER", "I"), ("CHAPTER", "II"), ("VOLUME", "II"), ("CHAPTER", "I")]
    told = [Chapter(1000 * at, kind, number) for at, (kind, number) in enumerate(heads, 1)]
    under = {place: [each.number for each in numbers_at(told, place)] for place in (0, 1500, 2500, 3000, 4500, 9999)}
    assert under == {0: [], 1500: ["I"], 2500: ["I", "I"], 3000: ["I", "II"], 4500: ["II"], 9999: ["II", "I"]}
