"""Figures are shown as a person reads them, bounds with a verdict in words, and as JSON without a NaN."""

import json
from math import inf, nan

import pytest

from tui_rnn.bench.machine import machine
from tui_rnn.bench.measure import Figure
from tui_rnn.bench.show import as_json, number, show_machine, show_section
from tui_rnn.safe_text import safe_text

FACTS = {"processor": "of today", "threads": {"OMP_NUM_THREADS": "1"}, "torch": None}
FIGURES = [
    Figure("ours", 5000.0, "updates/s"),
    Figure("theirs", 500.0, "updates/s"),
    Figure("ours", 125000.0, "characters/s"),
    Figure("ours / theirs", 10.0, "x", 9.0),
    Figure("held out", 1.31, "nats/char", 1.30, at_least=False, note="seeds: 1.30 1.31"),
]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.00123, "0.00123"),
        (1.3, "1.30"),
        (9.613, "9.61"),
        (61.26, "61.3"),
        (167.4, "167"),
        (5612.3, "5,612"),
        (3, "3"),
        (0.0, "0"),
        (inf, "-"),
        (nan, "-"),
    ],
)
def test_numbers_have_the_digits_that_are_told_apart(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("figure", "holds"),
    [
        (Figure("a", 9.0, "x", 9.0), True),
        (Figure("a", 8.9, "x", 9.0), False),
        (Figure("a", 1.3, "x", 1.3, at_least=False), True),
        (Figure("a", inf, "s", 3.0, at_least=False), False),
        (Figure("a", nan, "x", 9.0), False),
        (Figure("a", 1.0, "x"), None),
    ],
)
def test_a_bound_is_kept_or_not(figure, holds):
    assert figure.holds is holds


def test_a_section_is_a_table_with_bars_and_its_bounds_below(capsys):
    show_section("Speed", FIGURES, "updates/s")
    out = capsys.readouterr().out
    title, head, ours, theirs, held, missed = (line.rstrip() for line in out.strip("\n").splitlines())
    assert title == "Speed"
    assert head.split() == ["updates/s", "characters/s"]
    *_, bar = ours.split()
    assert len(bar) > 30
    assert ours.split() == ["ours", "5,000", "125,000", "█" * len(bar)]
    *_, tenth = theirs.split()
    assert theirs.split() == ["theirs", "500", tenth]
    assert len(bar) / 10 <= len(tenth) <= len(bar) / 10 + 1
    assert " ".join(held.split()) == "ours / theirs 10 x at least 9 holds"
    assert " ".join(missed.split()) == "held out 1.310 nats/char at most 1.300 MISSED seeds: 1.30 1.31"
    assert "\x1b" not in out


def test_groups_stand_in_tables_of_their_own_and_notes_where_no_bar_is(capsys):
    figures = [Figure("help", 0.08, "s", note="of a warm cache", group="a"), Figure("frame", 0.5, "s", group="b")]
    show_section("Start", figures, "")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[2:] == [["a", "s"], ["help", "0.08", "of", "a", "warm", "cache"], ["b", "s"], ["frame", "0.50"]]


@pytest.mark.parametrize("place", ["title", "name", "unit", "group", "note", "held", "held note", "fact"])
def test_nothing_that_is_shown_steers_the_terminal(capsys, place):
    path = "\x1b]0;mine\x07a\r\n\x9b2J\u202etxt"  # a text may be named so

    def given(here, otherwise="-"):
        return path if place == here else otherwise

    figures = [
        Figure(given("name"), 5.0, given("unit", "s"), note=given("note"), group=given("group")),
        Figure(given("held"), 9.0, "x", 9.0, note=given("held note")),
    ]
    show_section(given("title"), figures, "updates/s")
    show_machine({**FACTS, "text": given("fact")})
    out = capsys.readouterr().out
    assert safe_text(path, one_line=True) in out
    assert [c for c in out if c != "\n" and not c.isprintable()] == []


def test_the_machine_is_named(capsys):
    show_machine(FACTS)
    out = capsys.readouterr().out
    for words in ("of today", "OMP_NUM_THREADS=1", "not installed"):
        assert words in out


@pytest.mark.parametrize("core", ["Haswell", None])
def test_the_processor_that_blas_is_told_to_compute_for_is_named(capsys, monkeypatch, core):
    if core is None:
        monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    else:
        monkeypatch.setenv("OPENBLAS_CORETYPE", core)
    show_machine(machine())
    out = capsys.readouterr().out
    assert ("OPENBLAS_CORETYPE=Haswell" in out) == ("blas_core" in out) == (core is not None)


def test_json_is_one_line_without_a_nan():
    line = as_json(FACTS, {"speed": [*FIGURES, Figure("to 1.555", inf, "s", 3.0, at_least=False)]})
    assert line.endswith("}\n")
    assert line.count("\n") == 1
    record = json.loads(line)
    assert (record["event"], record["machine"]) == ("bench", FACTS)
    ours, *_, never = record["sections"]["speed"]
    assert ours == {
        "name": "ours",
        "value": 5000.0,
        "unit": "updates/s",
        "bound": None,
        "at_least": True,
        "note": "",
        "group": "",
        "holds": None,
    }
    assert (never["value"], never["holds"]) == (None, False)
