"""A command imports what it needs and no more: no screen without a terminal, no NumPy for a page of help."""

import subprocess
import sys

import pytest

from tests.cli.support import SECONDS, SMALL, TALE, environment

_TELL = """
import sys
from tui_rnn import cli
if sys.argv[1:2] == ["on a terminal"]:
    del sys.argv[1]
    cli._has_terminal = lambda: True
code = cli._run(sys.argv[1:])
print(code, *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def imported(*arguments, cwd):
    """The top-level packages in memory after the command, and its exit code."""
    told = subprocess.run(
        [sys.executable, "-c", _TELL, *arguments],
        cwd=cwd,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    code, *names = told.stderr.splitlines()[-1].split()
    return int(code), set(names)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["resume", "-h"], ["sample", "--help"], []])
def test_help_and_version_import_neither_numpy_nor_a_screen(tmp_path, arguments):
    code, names = imported(*arguments, cwd=tmp_path)
    assert code == (0 if arguments else 2)
    assert "click" in names
    assert not names & {"numpy", "textual", "rich", "plotext", "safetensors"}


def test_a_bad_corpus_is_told_of_before_numpy_is_imported(tmp_path):
    code, names = imported("nowhere.txt", "--headless", cwd=tmp_path)
    assert code == 2
    assert not names & {"numpy", "textual", "rich", "plotext"}


@pytest.mark.parametrize("arguments", [["nowhere.txt"], ["tale.txt", "--seq-length", "5000"], ["resume", "nowhere"]])
def test_a_bad_job_is_told_of_before_numpy_or_a_screen_is_imported(tmp_path, arguments):
    (tmp_path / "tale.txt").write_text(TALE)
    code, names = imported("on a terminal", *arguments, cwd=tmp_path)
    assert code == 2
    assert not names & {"numpy", "textual", "rich", "plotext"}


def test_an_unknown_theme_is_told_of_before_a_run_is_made(tmp_path):
    (tmp_path / "tale.txt").write_text(TALE)
    code, names = imported("on a terminal", "tale.txt", "--theme", "mauve", cwd=tmp_path)
    assert code == 2
    assert not names & {"numpy", "plotext"}
    assert [path.name for path in tmp_path.iterdir()] == ["tale.txt"]


@pytest.mark.parametrize("option", ["--headless", "--json"])
def test_a_headless_run_imports_no_screen(tmp_path, option):
    (tmp_path / "tale.txt").write_text(TALE)
    code, names = imported("tale.txt", option, *SMALL, "--steps", "5", cwd=tmp_path)
    assert code == 0
    assert "numpy" in names
    assert not names & {"textual", "rich", "plotext"}


def test_resume_sample_runs_and_gradcheck_import_no_screen(tmp_path):
    (tmp_path / "tale.txt").write_text(TALE)
    imported("tale.txt", *SMALL, "--steps", "5", "--run", "run", cwd=tmp_path)
    for arguments in (["resume", "run", "--steps", "6"], ["sample", "run"], ["runs"], ["gradcheck", *SMALL[:4]]):
        code, names = imported(*arguments, cwd=tmp_path)
        assert code == 0
        assert not names & {"textual", "rich", "plotext"}
