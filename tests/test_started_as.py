"""The commands that are shown to be typed begin with a name that the shell finds."""

import sys

import pytest

from tests.test_run_summary import told
from tui_rnn.started_as import program


@pytest.mark.parametrize(
    ("started", "name"),
    [
        (".venv/bin/tui-rnn", ".venv/bin/tui-rnn"),
        ("/a b/tui-rnn", "'/a b/tui-rnn'"),
        ("C/tui-rnn.exe", "C/tui-rnn.exe"),
        ("/lib/tui_rnn/__main__.py", "'/my bin/python' -m tui_rnn"),
        ("/lib/other/__main__.py", "tui-rnn"),
        ("-c", "tui-rnn"),
    ],
)
def test_where_the_shell_does_not_find_it_it_is_named_as_it_was_started(monkeypatch, tmp_path, started, name):
    monkeypatch.setattr(sys, "argv", [started, "resume"])
    monkeypatch.setattr(sys, "executable", "/my bin/python")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program() == name
    assert f"{name} resume runs/a --steps 2000\n" in told()
    assert f"{name} sample runs/a\n" in told()
    (tmp_path / "tui-rnn").touch(0o755)
    assert program() == "tui-rnn"
