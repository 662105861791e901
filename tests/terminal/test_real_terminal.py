"""The real program in a pseudo-terminal: what it paints, what its keys do, and how it leaves the terminal."""

import re
import signal
import sys
import time
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from tests.cli.support import SMALL
from tests.terminal.support import ENDLESS, is_restored, last_event
from tui_rnn.engine.checkpoint import load


def test_a_run_is_trained_watched_and_left_on_a_real_terminal(terminal, tmp_path):
    screen = terminal("tale.txt", *ENDLESS)
    screen.until("TRAINING", "1 Loss", "2 Samples", "8 Check", "/s", "pause", "step 1 ")
    screen.press(" ")
    screen.until("PAUSED", "go on")
    screen.press("s")
    screen.until("weights at step")
    assert "PAUSED" in screen.text().splitlines()[0]  # it opens below the header, from its first frame on
    screen.press("\x1b")
    screen.until_gone("weights at step")
    screen.press("c")
    screen.until("Checkpoint", "is saved")
    (saved,) = Path(tmp_path, "run/checkpoints").glob("step-*.ckpt")
    step = load(saved).state.step
    assert f"Step {step:,} is saved" in screen.text()
    screen.press("n")
    screen.until(f"{step + 1:,} of")
    screen.press("q")
    screen.until("1 update is not ")
    screen.press("q")
    code, after = screen.end()
    assert code == 0
    assert is_restored(screen)
    for words in ("Stopped after", "smooth loss", "best", " resume run", " sample run", "state sha256"):
        assert words in after
    assert "\x1b[" not in after.partition("Stopped")[2]
    done = last_event(tmp_path)
    assert (done["event"], done["reason"], done["step"]) == ("done", "stopped", step + 1)
    assert load(Path(tmp_path, "run/checkpoints/last.ckpt")).state.step == step + 1


@pytest.mark.slow
def test_the_header_goes_on_behind_two_screens_on_top_of_each_other(terminal):
    screen = terminal("tale.txt", *ENDLESS)
    screen.until("TRAINING", "/s", "step 1 ")
    screen.press("s")
    screen.until("1,000 characters each")
    screen.press("?")
    screen.until("You are in Sample")
    for _ in range(3):  # it may be painted once more because the help opens
        (step,) = re.findall(r"([\d,]+) of 100,000,000", screen.text().splitlines()[0])
        screen.until_gone(f"{step} of")
        screen.until(" of 100,000,000")
    screen.child.kill(signal.SIGTERM)
    assert screen.end()[0] == 143
    assert is_restored(screen)


@pytest.mark.slow
def test_a_key_is_answered_after_a_frame_or_two_where_the_terminal_was_slow_to_take_them(terminal):
    screen = terminal("tale.txt", *ENDLESS)
    screen.until("TRAINING", "/s")
    time.sleep(8)  # in which nothing is read
    screen.press("?")
    before = len(screen.raw)
    screen.until("esc back")
    assert len(screen.raw) - before < 300_000  # of 450,000 that wait where every frame is drawn
    screen.child.kill(signal.SIGTERM)
    assert screen.end()[0] == 143


def check_signal(terminal, folder, number, state):
    screen = terminal("tale.txt", *ENDLESS)
    screen.until("TRAINING", "/s")
    if state != "training":
        screen.press(" ")
        screen.until("PAUSED")
    if state == "sampling":
        screen.press("s")
        screen.until("weights at step")
    screen.child.kill(number)
    code, after = screen.end()
    assert code == 128 + number
    assert is_restored(screen)
    assert "Stopped by a signal" in after
    done = last_event(folder)
    assert (done["event"], done["reason"]) == ("done", "signal")
    assert load(Path(folder, "run/checkpoints/last.ckpt")).state.step == done["step"]


@pytest.mark.slow
def test_a_signal_leaves_a_checkpoint_the_code_and_the_terminal_restored(terminal, tmp_path):
    check_signal(terminal, tmp_path, signal.SIGHUP, "sampling")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("state", ["training", "paused", "sampling"])
def test_every_signal_in_every_state(terminal, tmp_path, number, state):
    check_signal(terminal, tmp_path, number, state)


@pytest.mark.slow
def test_a_closed_terminal_leaves_a_checkpoint(terminal, tmp_path):
    screen = terminal("tale.txt", *ENDLESS)
    screen.until("TRAINING", "/s")
    screen.hang_up()
    assert screen.exit_code() == 129
    done = last_event(tmp_path)
    assert (done["event"], done["reason"]) == ("done", "signal")
    assert load(Path(tmp_path, "run/checkpoints/last.ckpt")).state.step == done["step"]


@pytest.mark.slow
def test_ctrl_c_asks_and_a_second_one_saves_and_quits(terminal, tmp_path):
    screen = terminal("tale.txt", *ENDLESS)
    screen.until("TRAINING", "/s")
    screen.press("\x03")
    screen.until("updates are not ")
    screen.press("\x03")
    code, _ = screen.end()
    assert code == 0
    assert is_restored(screen)
    assert load(Path(tmp_path, "run/checkpoints/last.ckpt")).state.step == last_event(tmp_path)["step"]


def test_a_finished_run_stays_on_the_screen_until_it_is_left(terminal):
    screen = terminal("tale.txt", *SMALL, "--steps", "50", "--run", "run")
    screen.until("✓ DONE", "50 of 50")
    screen.press("q")
    code, after = screen.end()
    assert code == 0
    assert is_restored(screen)
    assert "Finished after 50 of 50 steps" in after
    assert " resume run --steps 100" in after


@pytest.mark.slow
def test_a_signal_after_the_end_has_its_code_too(terminal):
    screen = terminal("tale.txt", *SMALL, "--steps", "50", "--run", "run")
    screen.until("✓ DONE")
    screen.child.kill(signal.SIGTERM)
    assert screen.end()[0] == 143
    assert is_restored(screen)


def test_an_error_in_the_screen_restores_the_terminal(terminal, tmp_path):
    """Here what draws the chart cannot be imported, which shows once there is a loss to draw."""
    broken = Path(tmp_path, "sitecustomize.py")
    broken.write_text(
        "import importlib.abc, sys\n"
        "class Break(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'tui_rnn.tui.chart.draw': raise RuntimeError('a pixel fell off')\n"
        "sys.meta_path.insert(0, Break())\n"
    )
    screen = terminal("tale.txt", *ENDLESS, path=tmp_path)
    code, after = screen.end()
    assert code == 1
    assert is_restored(screen)
    assert "RuntimeError" in after
    (traceback,) = Path(tmp_path, "run").glob("traceback-*.txt")
    assert "a pixel fell off" in traceback.read_text()
    assert load(Path(tmp_path, "run/checkpoints/last.ckpt")).state.step == last_event(tmp_path)["step"]


def test_a_dumb_terminal_is_told_lines(terminal):
    screen = terminal("tale.txt", *SMALL, "--steps", "50", "--run", "run", term="dumb")
    while screen.read():
        pass
    text = screen.raw.decode()
    assert "Finished after 50 of 50 steps" in text
    assert "\x1b" not in text


def test_bad_input_is_told_before_any_screen(terminal):
    screen = terminal("nowhere.txt")
    code, _ = screen.end()
    assert code == 2
    assert screen.raw.startswith(b"tui-rnn: nowhere.txt does not exist")
    assert b"\x1b" not in screen.raw


def test_progress_is_told_on_one_line_of_stderr_that_is_cleared(terminal):
    screen = terminal("tale.txt", "--headless", *SMALL, "--steps", "100", "--run", "run", "--progress-every", "50")
    code, _ = screen.end()
    assert code == 0
    assert b"\r50 % of 100 steps" in screen.raw
    assert "steps, about" not in screen.text()
    assert "Finished after 100 of 100 steps" in screen.text()


def test_a_sample_on_a_terminal_shows_what_would_steer_it_as_pictures(terminal, tmp_path):
    Path(tmp_path, "hostile.txt").write_bytes("\x1b[2J\x9b31m\x07\u202e".encode() * 200)
    terminal("hostile.txt", "--json", *SMALL, "--steps", "20", "--run", "run").end()
    screen = terminal("sample", "run", "-n", "300")
    code, _ = screen.end()
    assert code == 0
    text = screen.raw.decode()
    assert len(text.replace("\r\n", "")) == 300
    assert "␛" in text
    assert text.replace("\r\n", "").isprintable()
