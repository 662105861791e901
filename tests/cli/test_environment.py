"""Where nobody can press a key there is no screen by itself; and no variable of an odd value ends the program."""

import json
import os
import re
import subprocess
import sys
import threading

import pytest

from tests.cli.support import PROGRAM, ROOT, SECONDS, SMALL, TALE, environment, is_one_line
from tui_rnn import cli
from tui_rnn.environment import NOBODY_THERE, has_keys, is_terminal, leave_out_odd_values

SIZE = (80, 24)


@pytest.mark.parametrize(
    ("variables", "size", "hung_up", "keys"),
    [
        ({}, SIZE, False, True),
        ({"TMUX": "/tmp/tmux-0/default,1,0", "STY": "1.pts"}, SIZE, False, True),
        ({"SSH_TTY": "/dev/pts/1", "VSCODE_PID": "12", "TERM_PROGRAM": "vscode"}, SIZE, False, True),
        ({"JUPYTERHUB_USER": "a"}, SIZE, False, True),  # a terminal of JupyterLab's
        ({"CI": "false"}, SIZE, False, True),
        ({"CI": ""}, SIZE, False, True),
        ({}, SIZE, True, False),  # the other end is gone
        ({}, (0, 0), False, False),  # `script` without a person's terminal
        *(({name: "1"}, SIZE, False, False) for name in NOBODY_THERE),
        ({"CI": "true"}, SIZE, False, False),
        ({"JPY_PARENT_PID": "4711"}, SIZE, False, False),  # `!tui-rnn` in a cell of a notebook
    ],
)
def test_keys_can_be_pressed_where_somebody_is(variables, size, hung_up, keys):
    assert has_keys(variables, size, hung_up=hung_up) is keys


class Stream:
    def __init__(self, terminal):
        self.isatty = lambda: terminal


def test_a_screen_needs_every_stream_to_be_a_terminal():
    whole = [Stream(True)] * 3
    assert is_terminal(whole, {"TERM": "xterm"})
    assert not is_terminal(whole, {"TERM": "dumb"})
    for place in range(3):
        for other in (Stream(False), None):
            assert not is_terminal([*whole[:place], other, *whole[place + 1 :]], {})


@pytest.fixture
def asked(monkeypatch):
    """Whether a command line asks for the screen, on a terminal or not, with or without somebody at it."""

    def ask(*options, terminal=True, keys=True):
        monkeypatch.setattr(cli, "_has_terminal", lambda: terminal and keys)
        monkeypatch.setattr(cli.environment, "is_terminal", lambda streams, variables: terminal)
        seen = []
        monkeypatch.setattr(cli, "_train", lambda make_job, front_end: seen.append(not front_end["headless"]) or 0)
        cli.command_line.main(["tale.txt", *options], standalone_mode=False)
        return seen[0]

    return ask


def test_the_screen_can_be_forced_where_nobody_seems_to_be(asked):
    assert asked()
    assert not asked(keys=False)
    assert asked("--screen", keys=False)


@pytest.mark.parametrize("option", ["--headless", "--json"])
def test_a_screen_and_none_exclude_each_other(command, option):
    answer = command("tale.txt", "--screen", option)
    assert answer.code == 2
    assert is_one_line(answer.err)
    assert option in answer.err


def test_without_a_terminal_the_screen_is_refused_with_the_remedy(command):
    answer = command("tale.txt", "--screen")
    assert answer.code == 2
    assert is_one_line(answer.err)
    assert "leave it out" in answer.err


ODD = [
    "",
    "none",
    "x",
    "-1",
    "1e9",
    "²",
    "9" * 5000,
    "\x1b[31m",
    "\udcff\udc80",
    "a b;c",
    "0",
    "true",
    "/nowhere/at/all",
]
READ = [
    *("TEXTUAL_COLOR_SYSTEM", "TEXTUAL_DRIVER", "TEXTUAL_FPS", "TEXTUAL_ANIMATIONS", "TEXTUAL_DIM_FACTOR"),
    *("TEXTUAL_SLOW_THRESHOLD", "TEXTUAL_SMOOTH_SCROLL", "TEXTUAL_THEME", "TEXTUAL_FILTERS", "TEXTUAL_PRESS"),
    *("TEXTUAL_SCREENSHOT", "TEXTUAL_DEVTOOLS_PORT", "TEXTUAL_LOG", "ESCDELAY", "COLUMNS", "LINES"),
    *("JUPYTER_COLUMNS", "JUPYTER_LINES", "NO_COLOR", "FORCE_COLOR", "COLORTERM", "TTY_INTERACTIVE", "TTY_COMPATIBLE"),
    *("NUMPY_MADVISE_HUGEPAGE", "NPY_PROMOTION_STATE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"),
    *("MPLBACKEND", "MPLCONFIGDIR", "MATPLOTLIBRC", "_TUI_RNN_COMPLETE", "COMP_CWORD", "PAGER", "LESS"),
]


@pytest.mark.parametrize("value", ODD, ids=lambda value: ascii(value[:12]))
def test_what_is_left_is_what_a_library_takes(value):
    """Checked by what each of them makes of it: a number, or one of its own names."""
    left = dict.fromkeys(READ, value)
    leave_out_odd_values(left)
    for name in ("COLUMNS", "LINES", "ESCDELAY", "TEXTUAL_FPS", "OPENBLAS_NUM_THREADS", "NUMPY_MADVISE_HUGEPAGE"):
        assert name not in left or 0 <= int(left[name]) < 100_000
    assert left.get("TEXTUAL_COLOR_SYSTEM") in (None, "auto", "standard", "256", "truecolor")
    assert "TEXTUAL_THEME" not in left


def test_what_is_usable_stays():
    given = {
        "TEXTUAL_COLOR_SYSTEM": "256",
        "TEXTUAL_FPS": "60",
        "ESCDELAY": "25",
        "COLUMNS": "120",
        "OPENBLAS_NUM_THREADS": "4",
        "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
        "_TUI_RNN_COMPLETE": "bash_source",
        "NPY_DISABLE_CPU_FEATURES": "AVX2 AVX512F",
    }
    left = dict(given)
    leave_out_odd_values(left)
    assert left == given


def test_numpy_is_not_asked_to_do_without_what_it_is_built_on():
    for given in (
        {"NPY_DISABLE_CPU_FEATURES": "SSE3"},
        {"NPY_DISABLE_CPU_FEATURES": "AVX2", "NPY_ENABLE_CPU_FEATURES": "AVX2"},
    ):
        leave_out_odd_values(given)
        assert given == {}


SCREEN = """
import asyncio, os, sys
from tui_rnn import environment
environment.leave_out_odd_values(os.environ)
from tests.tui.support import MadeUpApp, begin, painted
async def main():
    async with MadeUpApp().run_test(size=(100, 30)) as pilot:
        await begin(pilot)
        assert "TRAINING" in painted(pilot)
asyncio.run(main())
"""


@pytest.mark.parametrize("value", ["none", "²", "\udcff x"], ids=ascii)
@pytest.mark.skipif(sys.platform == "win32", reason="a variable of undecodable bytes")
def test_the_program_runs_and_its_screen_opens_whatever_the_variables_hold(tmp_path, value):
    (tmp_path / "tale.txt").write_text(TALE)
    odd = {name: value for name in READ if name != "_TUI_RNN_COMPLETE"}
    told = subprocess.run(
        [*PROGRAM, "tale.txt", *SMALL, "--steps", "5", "--run", "run", "--json"],
        cwd=tmp_path, env=environment(**odd), capture_output=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (0, b"")
    assert json.loads(told.stdout.splitlines()[-1])["event"] == "done"
    screen = subprocess.run(
        [sys.executable, "-c", SCREEN],
        cwd=ROOT,
        env=environment(**odd),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert screen.returncode == 0, screen.stderr.decode(errors="replace")[-2000:]


@pytest.mark.parametrize("value", ["", "x", "bash_complete", "nonsense_source"])
def test_an_odd_request_for_completion_is_no_fault(value):
    told = subprocess.run(
        [sys.executable, "-c", "import tui_rnn.cli; tui_rnn.cli.main(['--version'])"],
        env=environment(_TUI_RNN_COMPLETE=value), capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (0, "")
    assert re.fullmatch(r"tui-rnn, version \S+\n", told.stdout)


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals")
@pytest.mark.parametrize(("size", "variables"), [((0, 0), {}), ((24, 80), {"JPY_PARENT_PID": "4711"})])
def test_on_a_terminal_that_nobody_types_into_a_run_ends_by_itself_in_plain_lines(tmp_path, size, variables):
    import fcntl
    import struct
    import termios

    (tmp_path / "tale.txt").write_text(TALE)
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    process = subprocess.Popen(
        [*PROGRAM, "tale.txt", *SMALL, "--steps", "5", "--run", "run"],
        cwd=tmp_path, env=environment(TERM="xterm-256color", **variables), stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    too_long = threading.Timer(SECONDS / 2, process.kill)  # where it waits for a key after all
    too_long.start()
    written = b""
    try:
        while piece := os.read(ours, 4096):
            written += piece
    except OSError:  # the program has ended
        pass
    finally:
        too_long.cancel()
        os.close(ours)
    assert process.wait(SECONDS) == 0
    assert b"Finished after 5 of 5 steps" in written
    assert b"\x1b" not in written
