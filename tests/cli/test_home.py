"""`tui-rnn` alone: home on a terminal, else what is missing."""

from tui_rnn.cli import showing
from tui_rnn.tui import program


def test_the_command_alone_is_home_where_there_is_a_terminal(command, monkeypatch):
    monkeypatch.setattr(showing, "has_terminal", lambda: True)
    monkeypatch.setattr(program, "home", lambda screen: 7 if screen.marker == "ascii" else 1)
    monkeypatch.setenv("TUI_RNN_MARKER", "ascii")
    assert command().code == 7
    monkeypatch.setattr(showing, "has_terminal", lambda: False)
    answer = command()
    assert answer.code == 2
    assert "no CORPUS given" in answer.err
