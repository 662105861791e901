"""The script that draws the documents' pictures: what it is asked for, and what it refuses before a run is begun."""

import asyncio
import runpy
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "docs" / "screenshot.py"


@pytest.fixture
def taken(tmp_path, monkeypatch):
    """Run the script with these words; the runs that it would train and draw."""
    (tmp_path / "book.txt").write_text("so it goes. " * 99)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    runs = []

    def keep(taking):
        runs.append(taking.cr_frame.f_locals["run"])
        taking.close()

    monkeypatch.setattr(asyncio, "run", keep)

    def run(*words):
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *words])
        runpy.run_path(str(SCRIPT), run_name="__main__")
        return runs

    return run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["book.txt", "--theme", "mauve"], "--theme 'mauve' is not known"),
        (["book.txt", "--recipe", "mauve"], "'mauve' is not known"),
        (["book.txt", "--holdout", "2"], "--holdout 2.0 cannot be used"),
        (["nowhere.txt"], "nowhere.txt"),
        ([], "a corpus, or --all"),
    ],
)
def test_what_it_cannot_use_is_said_in_one_line(tmp_path, taken, capsys, words, said):
    with pytest.raises(SystemExit) as ended:
        taken(*words)
    *_, last = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert said in last
    assert list(tmp_path.iterdir()) == [tmp_path / "book.txt"]


def test_one_picture_is_taken_as_it_is_asked_for(tmp_path, taken):
    words = "book.txt --recipe wide --steps 20 --holdout 0.1 --size 200 60 --keys 3 v --theme paper --marker ascii"
    [run] = taken(*words.split(), "--output", "read.svg")
    [shot] = run.shots
    assert (shot.output, shot.size, shot.keys) == (tmp_path / "read.svg", (200, 60), ("3", "v"))
    assert (run.corpus, run.recipe, run.steps, run.goal) == (tmp_path / "book.txt", "wide", 20, 40)
    assert (run.holdout, run.theme, run.marker, run.goes_on) == (0.1, "paper", "ascii", False)


def test_all_pictures_are_those_of_the_documents(taken):
    shown = {shot.output.name for run in taken("--all") for shot in run.shots}
    assert shown == {path.name for path in SCRIPT.parent.glob("*.svg")}
