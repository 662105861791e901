"""The script that draws the documents' pictures says what it cannot use in one line, before a run is begun."""

import runpy
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "docs" / "screenshot.py"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["book.txt", "--theme", "mauve"], "--theme 'mauve' is not known"),
        (["book.txt", "--recipe", "mauve"], "'mauve' is not known"),
        (["nowhere.txt"], "nowhere.txt"),
        ([], "a corpus, or --all"),
    ],
)
def test_what_it_cannot_use_is_said_in_one_line(tmp_path, monkeypatch, capsys, words, said):
    (tmp_path / "book.txt").write_text("so it goes. " * 99)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), *words])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    *_, last = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert said in last
    assert list(tmp_path.iterdir()) == [tmp_path / "book.txt"]
