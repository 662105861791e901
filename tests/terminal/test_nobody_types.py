"""Pseudo-terminals at whose keys nobody sits: lines there, without an escape sequence; a screen, where it is forced."""

import shutil
import signal
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from tests.cli.support import SMALL
from tests.terminal.support import ENDLESS, is_restored, last_event

STEPS = (*SMALL, "--steps", "60", "--progress-every", "20", "--run", "run")
NO_INPUT = ("sh", "-c", 'exec "$@" </dev/null', "sh")


@pytest.mark.parametrize(
    "sign",
    [
        {"JPY_PARENT_PID": "4711", "term": "xterm-color"},
        pytest.param({"CI": "true"}, marks=pytest.mark.slow),
        pytest.param({"before": NO_INPUT}, marks=pytest.mark.slow),
    ],
)
def test_there_are_lines_and_nothing_that_steers_a_terminal(terminal, sign):
    screen = terminal("tale.txt", *STEPS, **sign)
    code, _ = screen.end()
    lines = screen.raw.decode().split("\r\n")
    assert code == 0
    if "before" not in sign:
        assert lines.pop(0).endswith("; --screen opens it all the same")
        assert "\r" not in "".join(lines)
    assert "\x1b" not in "".join(lines)
    assert any("step        60" in line for line in lines)
    assert any("state sha256" in line for line in lines)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("script") is None, reason="needs script")
def test_under_script_without_input_there_are_lines(tmp_path, terminal):
    command = f"{sys.executable} -m tui_rnn tale.txt {' '.join(STEPS)}"
    screen = terminal(before=("sh", "-c", f'exec script -qec "{command}" log </dev/null', "sh"))
    assert screen.end()[0] == 0
    assert b"since stdin is at its end" in screen.raw
    assert b"\x1b" not in screen.raw
    assert last_event(tmp_path)["event"] == "done"


@pytest.mark.slow
@pytest.mark.parametrize("sign", [{"CI": "true"}, {"before": NO_INPUT}], ids=["CI", "no input"])
def test_a_screen_that_is_forced_there_closes_when_training_ends(terminal, sign, tmp_path):
    screen = terminal("tale.txt", *STEPS, "--screen", **sign)
    code, after = screen.end()
    assert code == 0
    assert "state sha256" in after
    assert is_restored(screen)
    assert last_event(tmp_path)["step"] == 60


@pytest.mark.slow
@pytest.mark.parametrize("sign", [{"CI": "true"}, {"before": NO_INPUT}], ids=["CI", "no input"])
@pytest.mark.parametrize("closed", [False, True], ids=["SIGTERM", "closed"])
def test_and_before_that_by_a_signal_or_with_its_terminal(terminal, sign, closed, tmp_path):
    screen = terminal("tale.txt", *ENDLESS, "--screen", **sign)
    screen.until("TRAINING", "/s")
    if closed:
        screen.hang_up()
        assert screen.exit_code() == 129
    else:
        screen.child.kill(signal.SIGTERM)
        assert screen.end()[0] == 143
        assert is_restored(screen)
    assert last_event(tmp_path)["reason"] == "signal"


@pytest.mark.slow
def test_whoever_presses_a_key_is_there_and_the_screen_stays(terminal):
    screen = terminal("tale.txt", *SMALL, "--steps", "3000", "--run", "run", "--screen", CI="true")
    screen.until("TRAINING")
    screen.press("2")
    screen.until("✓ DONE")
    screen.press("q")
    assert screen.end()[0] == 0
