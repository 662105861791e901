"""`tui-rnn bench` on the command line: sections, texts, JSON, bad input."""

import json

import pytest

from tests.cli.support import is_one_line
from tui_rnn.bench import sections
from tui_rnn.bench.measure import Figure
from tui_rnn.bench.sections import SECTIONS, Section, text_for


@pytest.fixture
def quick(monkeypatch):
    """Sections that measure nothing, and remember what they were given."""
    given = []

    def measure(name):
        def remember(text, seconds):
            given.append((name, len(text.corpus), text.made_up, seconds))
            return [Figure(name, 1.0, "x")]

        return remember

    for name, section in SECTIONS.items():
        fake = Section(section.title, measure(name), section.bar, section.usual, section.needs_a_book)
        monkeypatch.setitem(SECTIONS, name, fake)
    return given


def test_the_usual_sections_are_measured_on_a_made_up_text_where_no_book_is_at_hand(command, quick):
    answer = command("bench")
    assert (answer.code, answer.err) == (0, "")
    assert [name for name, *_ in quick] == ["speed", "gradient", "phases"]
    assert {(made_up, seconds) for _, _, made_up, seconds in quick} == {(True, 2.0)}
    for name, section in SECTIONS.items():
        assert (section.title in answer.out) == section.usual, name


def test_all_but_what_needs_a_book_is_measured_without_one(command, quick):
    assert command("bench", "--all", "--json").code == 0
    assert [name for name, *_ in quick] == [name for name, s in SECTIONS.items() if not s.needs_a_book]


def test_sections_are_chosen_by_name_on_the_text_given(command, tale, quick):
    answer = command("bench", tale, "--only", "recipe", "--only", "speed", "--seconds", "0.5", "--json")
    assert answer.code == 0
    assert quick == [("speed", 2080, False, 0.5), ("recipe", 2080, False, 0.5)]
    record = json.loads(answer.out)
    assert list(record["sections"]) == ["speed", "recipe"]
    assert set(record["machine"]) >= {"numpy", "blas", "threads", "torch", "processor", "cores"}


def test_the_stand_in_is_taken_where_it_lies_at_hand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "goblet.txt").write_text("a book")
    with text_for(None) as text:
        assert (len(text.corpus), text.made_up) == (6, False)
    (tmp_path / "corpora" / "goblet.txt").unlink()
    with text_for(None) as text:
        assert text.made_up
        assert text.path.read_text().startswith("Sphinx")
    assert not text.path.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seconds", "0"], ["--seconds 0", "positive"]),
        (["--seconds", "nan"], ["--seconds nan", "positive"]),
        (["--only", "haste"], ["--only 'haste'", "speed, gated, gradient"]),
        (["--only", "recipe"], ["recipe", "needs a book"]),
        (["nowhere.txt"], ["nowhere.txt does not exist"]),
    ],
)
def test_bad_input_is_one_line(command, quick, arguments, words):
    answer = command("bench", *arguments)
    assert answer.code == 2
    assert is_one_line(answer.err)
    assert all(word in answer.err for word in words)
    assert quick == []


def test_every_usual_section_measures(command, monkeypatch):
    monkeypatch.setattr(sections.rivals, "torch_version", lambda: None)
    answer = command("bench", "--seconds", "0.02", "--json")
    assert answer.code == 0
    found = json.loads(answer.out)["sections"]
    assert {name: bool(figures) for name, figures in found.items()} == {"speed": True, "gradient": True, "phases": True}
    assert all(figure["value"] > 0 for figures in found.values() for figure in figures)


def test_what_the_environment_holds_does_not_steer_the_terminal(command, quick, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1\x1b[2J")
    answer = command("bench", "--only", "speed")
    assert "OMP_NUM_THREADS=1␛[2J" in answer.out
    assert "\x1b" not in answer.out


def test_the_help_names_every_section(command):
    assert ", ".join([*SECTIONS][:-1]) + " or " + [*SECTIONS][-1] in " ".join(command("bench", "--help").out.split())
