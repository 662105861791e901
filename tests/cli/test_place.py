"""Where there is a screen: a terminal, and no sign that nobody presses its keys."""

import os
import select
import sys

import pytest

if sys.platform != "win32":
    import termios

from tests.cli.support import SECONDS
from tui_rnn import place
from tui_rnn.place import Streams, why_no_screen, why_nobody_types, why_undrawable

TERMINAL = {"TERM": "xterm-256color"}
NOTEBOOK = "this is a notebook"
HEADLESS = [
    (Streams(stdin=False), {}, "stdin is no terminal"),
    (Streams(stdout=False), {}, "stdout is no terminal"),
    (Streams(stderr=False), {}, "stderr is no terminal"),
    (Streams(), {"TERM": "dumb"}, "TERM is dumb"),
    (Streams(at_end=True), {}, "stdin is at its end"),
    (Streams(has_size=False), {}, "the terminal has no size"),
    (Streams(), {"JPY_PARENT_PID": "4711"}, NOTEBOOK),
    (Streams(), {"JPY_PARENT_PID": "4711", "COLAB_RELEASE_TAG": "release"}, NOTEBOOK),
    (Streams(), {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "TERM": "xterm-color"}, NOTEBOOK),
    (Streams(), {"MPLBACKEND": "module://ipykernel.pylab.backend_inline"}, NOTEBOOK),
    (Streams(), {"CI": "true"}, "CI is set"),
    (Streams(), {"CI": "1"}, "CI is set"),
    (Streams(), {"CI": "true", "GITHUB_ACTIONS": "true"}, "GITHUB_ACTIONS is set"),
    (Streams(), {"GITLAB_CI": "true"}, "GITLAB_CI is set"),
    (Streams(), {"TF_BUILD": "True"}, "TF_BUILD is set"),
    (Streams(), {"BUILDKITE": "true"}, "BUILDKITE is set"),
    (Streams(), {"JENKINS_URL": "https://ci.example/"}, "JENKINS_URL is set"),
    (Streams(), {"TEAMCITY_VERSION": "2025.1"}, "TEAMCITY_VERSION is set"),
    (Streams(), {"CODEBUILD_BUILD_ID": "a:b"}, "CODEBUILD_BUILD_ID is set"),
]
SCREEN = [
    {},
    {"TERM": ""},
    {"TMUX": "/tmp/tmux-1000/default,1,0", "TERM": "screen-256color"},
    {"STY": "1.pts-0.host", "TERM": "screen"},
    {"SSH_TTY": "/dev/pts/3", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"},
    {"container": "docker", "HOSTNAME": "a1b2c3", "TERM": "xterm"},
    {"TERM_PROGRAM": "vscode", "VSCODE_PID": "1"},
    {"CODESPACES": "true"},
    {"JUPYTER_SERVER_ROOT": "/home/u", "JUPYTER_SERVER_URL": "http://localhost:8888/"},  # a terminal of JupyterLab
    {"COLAB_RELEASE_TAG": "release"},  # Colab's terminal
    {"DATABRICKS_RUNTIME_VERSION": "16.4"},  # that of Databricks
    {"MPLBACKEND": "agg"},
    {"MPLBACKEND": "module://drawilleplot"},
    {"PAGER": "cat", "GIT_PAGER": "cat"},
    *({"CI": no} for no in ("", "0", "false", "False", "no", " ")),
]


@pytest.mark.parametrize(("streams", "environ", "why"), HEADLESS)
def test_here_there_are_lines(streams, environ, why):
    assert why_no_screen(streams, TERMINAL | environ) == why


@pytest.mark.parametrize("environ", SCREEN)
def test_here_there_is_a_screen(environ):
    assert why_no_screen(Streams(), TERMINAL | environ) == ""


def test_each_machine_and_each_notebook_can_be_overruled():
    for streams, environ, why in HEADLESS:
        undrawable = why_undrawable(streams, TERMINAL | environ)
        assert undrawable in ("", why)
        nobody = why_nobody_types(streams, TERMINAL | environ)
        assert bool(undrawable) + bool(nobody) + (not streams.stdin) + (not streams.has_size) == 1


def test_all_that_is_looked_at_is_named():
    looked_at = {name for _, environ, _ in HEADLESS for name in environ} - {"TERM", "COLAB_RELEASE_TAG"}
    assert looked_at <= set(place.SIGNS)


class Terminal:
    def __init__(self, fileno):
        self.fileno = lambda: fileno


class Stream:
    closed = False

    def __init__(self, is_terminal):
        self.isatty = lambda: is_terminal


@pytest.mark.parametrize("missing", ["stdin", "stdout", "stderr"])
def test_a_stream_that_is_no_terminal_or_closed_is_seen(monkeypatch, missing):
    monkeypatch.setattr(place, "_is_at_end", lambda: False)
    monkeypatch.setattr(place, "_has_size", lambda: True)
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(place.sys, name, Stream(True))
    assert place.streams() == Streams()
    for stream in (Stream(False), None):
        monkeypatch.setattr(place.sys, missing, stream)
        assert place.streams() == Streams(**{missing: False})


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_the_end_of_a_terminal_is_seen_and_no_key_is_taken(monkeypatch):
    keys, terminal = os.openpty()
    monkeypatch.setattr(place.sys, "stdin", Terminal(terminal))
    try:
        assert not place._is_at_end()
        os.write(keys, b"half a line")
        assert not place._is_at_end()
        os.write(keys, b"\n")
        soon_readable(terminal)
        assert not place._is_at_end()
        assert os.read(terminal, 100) == b"half a line\n"
        os.write(keys, b"\x04")  # as `script` does, once its own stdin is at its end
        soon_readable(terminal)
        assert place._is_at_end()
    finally:
        os.close(keys)
    try:
        assert place._is_at_end()
    finally:
        os.close(terminal)


def soon_readable(terminal):
    assert select.select([terminal], [], [], SECONDS)[0]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_a_terminal_that_nobody_gave_a_size_is_seen(monkeypatch):
    keys, terminal = os.openpty()
    try:
        monkeypatch.setattr(place.sys, "stdout", Terminal(terminal))
        assert not place._has_size()
        termios.tcsetwinsize(keys, (24, 80))
        assert place._has_size()
    finally:
        os.close(keys)
        os.close(terminal)
