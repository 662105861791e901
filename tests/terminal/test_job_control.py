"""Ctrl+Z and back: the shell has its terminal, the run goes on, and the time between counts for nothing."""

import contextlib
import json
import os
import shutil
import signal
import sys
import termios
import time
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows stops no process in this way", allow_module_level=True)

from tests.cli.support import SECONDS, SMALL, TALE, finished, running
from tests.terminal.support import Terminal, is_restored
from tui_rnn.runs.log import read_records

STEPS = 25000  # two seconds or more
OPTIONS = (*SMALL, "--steps", str(STEPS), "--checkpoint-every", "100000000")
STOPPED = 1.5  # seconds
SHELL = ("bash", "--norc", "-c", 'set -m; "$@"; stty; echo in the shell; read x; fg >/dev/null; echo code $?', "bash")

SENT_ON = 'bg; until [ -n "$(jobs -s)" ]; do sleep 0.1; done; '  # until it stopped itself, and bash has heard of that


@pytest.fixture(autouse=True)
def tale(tmp_path):
    Path(tmp_path, "tale.txt").write_text(TALE, newline="")


def done(folder, run="run"):
    *_, last = (event for event in read_records(Path(folder, run, "events.jsonl")) if event["event"] == "done")
    return last


def child_of(pid):
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


@pytest.mark.skipif(shutil.which("bash") is None or not Path("/proc").is_dir(), reason="needs bash and /proc")
@pytest.mark.parametrize(
    "how", ["ctrl+z", *(pytest.param(how, marks=pytest.mark.slow) for how in ("ctrl+z in the help", "kill -TSTP"))]
)
def test_a_shell_has_its_terminal_back_and_fg_goes_on_to_the_same_end(tmp_path, how):
    since = time.monotonic()
    screen = Terminal(tmp_path, "tale.txt", *OPTIONS, "--run", "run", before=SHELL)
    try:
        screen.until("TRAINING", "/s")
        if how == "ctrl+z in the help":
            screen.press("?")
            screen.until("esc back")
        if how.startswith("ctrl+z"):
            screen.press("\x1a")
        else:
            os.kill(child_of(screen.child.pid), signal.SIGTSTP)
        screen.until("in the shell")
        screen.after = termios.tcgetattr(screen.child.child_fd)
        assert is_restored(screen)
        written = Path(tmp_path, "run/events.jsonl").stat().st_size
        time.sleep(STOPPED)
        assert Path(tmp_path, "run/events.jsonl").stat().st_size == written
        screen.press("\r")
        screen.until_gone("in the shell")
        if how == "ctrl+z in the help":
            screen.until("esc back")
            time.sleep(0.5)
            screen.press("\x1b")
            screen.until_gone("esc back")
        screen.until("✓ DONE")
        seconds = time.monotonic() - since
        screen.press("q")
        assert screen.end()[0] == 0
        assert is_restored(screen)
        assert "code 0" in screen.text()
    finally:
        screen.close()
    assert done(tmp_path)["elapsed_seconds"] < seconds - STOPPED
    finished("tale.txt", "--json", *OPTIONS, "--run", "whole", cwd=tmp_path)
    assert done(tmp_path)["state_sha256"] == done(tmp_path, "whole")["state_sha256"]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None or not Path("/proc").is_dir(), reason="needs bash and /proc")
def test_a_run_that_is_stopped_can_be_told_to_end(tmp_path):
    """As `kill %1` does: TERM, then CONT, while the shell has the terminal."""
    # bash may not have heard yet that its job goes on: 148 is that it is stopped
    wait = "until wait %1; code=$?; [ $code -ne 148 ]; do sleep 0.1; done"
    script = f'set -m; "$@"; echo in the shell; read x; kill %1; {wait}; echo code $code'
    screen = Terminal(
        tmp_path, "tale.txt", *OPTIONS, "--steps", "100000000", "--run", "run", before=(*SHELL[:3], script, "bash")
    )
    try:
        screen.until("TRAINING", "/s")
        screen.press("\x1a")
        screen.until("in the shell")
        screen.press("\r")
        screen.end()
        assert is_restored(screen)
        assert b"code 143" in screen.raw or b"Exit 143" in screen.raw  # where bash heard of it before it was asked
    finally:
        screen.close()
    assert done(tmp_path)["reason"] == "signal"


@pytest.mark.skipif(shutil.which("bash") is None or not Path("/proc").is_dir(), reason="needs bash and /proc")
@pytest.mark.parametrize("then", ["", pytest.param(SENT_ON, marks=pytest.mark.slow)], ids=["stopped", "sent on"])
def test_a_run_that_was_stopped_unasked_ends_behind_its_shell_without_a_word_to_the_terminal(tmp_path, then):
    """The system stops whoever sets the modes of a terminal that is another's: here until its shell ended."""
    ended = 'until [ -z "$(jobs)" ]; do sleep 0.1; done'
    script = f'set -m; "$@"; echo in the shell; read x; echo go on; sleep 0.5; {then} kill %1; {ended}; echo all said'
    screen = Terminal(
        tmp_path, "tale.txt", *OPTIONS, "--steps", "100000000", "--run", "run", before=(*SHELL[:3], script, "bash")
    )
    try:
        screen.until("TRAINING", "/s")
        screen.until_quiet()  # the rest of a frame that is stopped half written comes once the process goes on
        os.kill(child_of(screen.child.pid), signal.SIGSTOP)
        while b"in the shell" not in screen.raw:
            assert screen.read()
        screen.press("\n")  # the modes are still those of the screen: \r ends no line
        while b"go on" not in screen.raw:
            assert screen.read()
        screen.press("typed for the shell")
        while b"all said" not in screen.raw:
            assert screen.read()
        said = screen.raw.partition(b"in the shell")[2]
        assert b"Exit 143" in said
        assert b"\x1b" not in said.replace(b"\r\x1b[K", b"", 1)  # with which the last words begin
    finally:
        screen.close()
    assert done(tmp_path)["reason"] == "signal"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None or not Path("/proc").is_dir(), reason="needs bash and /proc")
def test_a_run_that_was_stopped_unasked_and_sent_on_behind_its_shell_has_its_keys_again_after_fg(tmp_path):
    script = 'set -m; "$@"; echo in the shell; read x; echo go on; sleep 0.5; ' + SENT_ON + "fg; echo code $?"
    screen = Terminal(
        tmp_path, "tale.txt", *OPTIONS, "--steps", "100000000", "--run", "run", before=(*SHELL[:3], script, "bash")
    )
    try:
        screen.until("TRAINING", "/s")
        os.kill(child_of(screen.child.pid), signal.SIGSTOP)
        for words, keys in ((b"in the shell", "\n"), (b"go on", "??? typed for the shell")):
            while words not in screen.raw:
                assert screen.read()
            screen.press(keys)
        while screen.raw.count(b"\x1b[?1049h") < 2:
            assert screen.read()
        deadline = time.monotonic() + SECONDS
        while "is saved" not in screen.text():  # a key that comes while the screen is being set up is dropped
            assert time.monotonic() < deadline
            screen.press("c")
            assert screen.read()
        assert "esc back" not in screen.text()
        os.kill(child_of(screen.child.pid), signal.SIGTERM)
        screen.end()
        assert b"code 143" in screen.raw
    finally:
        screen.close()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None or not Path("/proc").is_dir(), reason="needs bash and /proc")
@pytest.mark.parametrize("paused", [False, True])
def test_a_run_whose_shell_was_killed_goes_on_to_its_end_without_the_screen(tmp_path, paused):
    """The terminal is another's for good, the system stops no process of an orphaned group, hang-ups are ignored."""
    inner = 'trap "" HUP; set -m; "$@"; jobs -p >pid; kill -9 $$'
    outer = f"""set -m; bash --norc -c '{inner}' bash "$@"; echo left behind; read x"""
    screen = Terminal(tmp_path, "tale.txt", *OPTIONS, "--run", "run", before=("bash", "--norc", "-c", outer, "bash"))
    try:
        screen.until("TRAINING", "/s")
        if paused:
            screen.press(" ")
            screen.until("PAUSED")
        screen.press("\x1a")
        screen.until("left behind")
        pid = Path(tmp_path, "pid").read_text().strip()
        deadline = time.monotonic() + SECONDS
        while Path("/proc", pid).exists() and "Z (" not in Path("/proc", pid, "status").read_text():
            assert time.monotonic() < deadline, "the run does not end"
            time.sleep(0.1)
        assert done(tmp_path)["reason"] == ("stopped" if paused else "steps")
    finally:
        if Path(tmp_path, "pid").exists():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(Path(tmp_path, "pid").read_text()), signal.SIGKILL)
        screen.close()


@pytest.mark.slow
def test_a_process_that_was_stopped_unasked_draws_again_and_is_left_well(tmp_path):
    """SIGSTOP cannot be caught; whoever sent it may have used the terminal."""
    screen = Terminal(tmp_path, "tale.txt", *OPTIONS, "--steps", "100000000", "--run", "run")
    try:
        screen.until("TRAINING", "/s")
        for number in (signal.SIGSTOP, signal.SIGCONT, signal.SIGCONT):
            screen.child.kill(number)
            time.sleep(0.4)
        screen._screen.reset()
        screen.until("TRAINING", "1 Loss", "quit")
        screen.child.kill(signal.SIGTERM)
        assert screen.end()[0] == 143
        assert is_restored(screen)
    finally:
        screen.close()


@pytest.mark.parametrize(
    "budget", [pytest.param(("--steps", str(STEPS)), marks=pytest.mark.slow), ("--minutes", "0.03")]
)
def test_without_a_screen_the_time_stopped_counts_for_nothing(tmp_path, budget):
    options = ("--json", *SMALL, *budget, "--run", "run", "--progress-every", "100")
    since = time.monotonic()
    with running("tale.txt", *options, cwd=tmp_path, process_group=0) as process:  # as a shell's job
        next(line for line in process.stdout if json.loads(line)["event"] == "progress")
        process.send_signal(signal.SIGTSTP)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        time.sleep(STOPPED)
        process.send_signal(signal.SIGCONT)
        told = [json.loads(line) for line in process.stdout]
        assert process.wait(SECONDS) == 0
    seconds = time.monotonic() - since
    assert told[-1]["elapsed_seconds"] < seconds - STOPPED
    times = [event["elapsed_seconds"] for event in told if event["event"] == "progress"]
    assert times == sorted(times)
    if budget[0] == "--minutes":
        assert told[-1]["elapsed_seconds"] >= 1.8


@pytest.mark.slow
def test_a_program_that_nobody_could_continue_is_not_stopped(tmp_path):
    """Without a shell above it, as in a window of its own."""
    screen = Terminal(tmp_path, "tale.txt", *OPTIONS, "--steps", "100000000", "--run", "run")
    try:
        screen.until("TRAINING", "/s")
        screen.press("\x1a")
        while screen.raw.count(b"\x1b[?1049h") < 2:  # it left the screen, was not stopped, and came back
            assert screen.read()
        screen.until("pause")
        time.sleep(0.5)
        screen.press(" ")
        screen.until("PAUSED")
        screen.child.kill(signal.SIGTERM)
        assert screen.end()[0] == 143
        assert is_restored(screen)
    finally:
        screen.close()
