"""Every way to end in every state: a checkpoint, the terminal restored, the contract's code, and never over 5 s."""

import itertools
import os
import random
import signal
import statistics
import sys
import time
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from tests.cli.support import TALE, running
from tests.terminal.support import ENDLESS, Terminal, is_restored
from tui_rnn.engine.checkpoint import load
from tui_rnn.runs.log import read_records

LARGE = ("--hidden-size", "600")  # a thousand characters take it about a second
MOST_SECONDS = 5  # the contract's

STATES = ("start-up", "training", "paused", "sampling", "checking", "help", "asked", "done")
WAYS = ("TERM", "HUP", "INT", "q", "ctrl+q", "ctrl+c", "closed")


def bring(screen, state):
    """From its start into this state."""
    if state == "start-up":
        screen.until("READING")
        return
    if state == "done":
        screen.until("✓ DONE")
        return
    screen.until("TRAINING", "/s")
    if state == "paused":
        screen.press(" ")
        screen.until("PAUSED")
    elif state == "sampling":
        screen.press("s")
        screen.until("weights at step")
    elif state == "checking":
        screen.press("g" * 40)
    elif state == "help":
        screen.press("?")
        screen.until("You are in")
    elif state == "asked":
        screen.press("q")
        screen.until("not saved.")


def end(screen, way, state):
    """End it in this way, with the answer to the question where one is asked; the code that is due."""
    if way == "closed":
        screen.hang_up()
        return 129
    if way in ("TERM", "HUP", "INT"):
        number = getattr(signal, f"SIG{way}")
        screen.child.kill(number)
        return 128 + number
    key = {"q": "q", "ctrl+q": "\x11", "ctrl+c": "\x03"}[way]
    screen.press(key)
    if state not in ("start-up", "done", "asked"):
        screen.until("not saved.")
        screen.press(key)  # once more: save and quit
    return 0


def options(state):
    rest = ENDLESS[2:]  # without the size
    if state == "done":
        rest = [*ENDLESS, "--steps", "30"]
    size = LARGE if state == "sampling" else ENDLESS[:2]
    return ("tale.txt", *rest, *size)


def check(folder, way, state, **terminal):
    """One ending; the seconds from its signal or last key to the process's end."""
    Path(folder, "tale.txt").write_text(TALE, newline="")
    screen = Terminal(folder, *options(state), **terminal)
    try:
        bring(screen, state)
        due = end(screen, way, state)
        since = time.monotonic()
        if way == "closed":
            code = screen.exit_code()
        else:
            code, after = screen.end()
            assert is_restored(screen)
            assert "Traceback" not in screen.raw.decode(errors="replace")
            assert "state sha256" in after
        seconds = time.monotonic() - since
        assert code == due
    finally:
        screen.close()
    check_saved(folder)
    return seconds


def check_saved(folder):
    done = [event for event in read_records(Path(folder, "run/events.jsonl")) if event["event"] == "done"]
    assert len(done) == 1
    assert load(Path(folder, "run/checkpoints/last.ckpt")).state.step == done[0]["step"]
    assert list(Path(folder, "run").glob("traceback-*")) == []


SEED = random.randrange(1 << 16)
ALL = list(itertools.product(WAYS, STATES))


def test_an_ending_drawn_at_random(tmp_path):
    way, state = random.Random(SEED).choice(ALL)
    print(f"seed {SEED}: {way} in {state}")
    check(tmp_path, way, state)


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_end_in_every_state(tmp_path, way, state):
    assert check(tmp_path, way, state) < MOST_SECONDS


@pytest.mark.slow
def test_a_terminal_that_tells_of_its_size_and_syncs_is_restored_too(tmp_path):
    check(tmp_path, "TERM", "training", answers=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "numbers",
    [
        [signal.SIGTERM] * 100,
        [signal.SIGTERM, signal.SIGINT, signal.SIGHUP] * 10,
    ],
)
def test_many_signals_end_a_run_as_one_does(tmp_path, numbers):
    Path(tmp_path, "tale.txt").write_text(TALE, newline="")
    screen = Terminal(tmp_path, *options("training"))
    try:
        bring(screen, "training")
        for number in numbers:
            if screen.child.isalive():
                screen.child.kill(number)
            time.sleep(0.005)
        assert screen.end()[0] - 128 in numbers  # that of the one that was seen first
        assert is_restored(screen)
    finally:
        screen.close()
    check_saved(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_at_the_offer_to_go_back_leaves_the_exit_code_of_a_divergence(tmp_path, number):
    """The run had ended before it came."""
    Path(tmp_path, "tale.txt").write_text(TALE, newline="")
    screen = Terminal(tmp_path, "tale.txt", *ENDLESS, "--optimizer", "sgd", "--eta", "1e300", "--clip", "none")
    try:
        screen.until("Begin again with eta")
        screen.child.kill(number)
        assert screen.end()[0] == 3
        assert is_restored(screen)
    finally:
        screen.close()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_going_back_leaves_no_descriptor_open(tmp_path):
    Path(tmp_path, "tale.txt").write_text(TALE, newline="")
    screen = Terminal(tmp_path, "tale.txt", *ENDLESS, "--optimizer", "sgd", "--eta", "1e300", "--clip", "none")
    counts = []
    try:
        for eta in ("5e+299", "2.5e+299", "1.25e+299"):
            screen.until(f"Begin again with eta {eta}")
            counts.append(len(os.listdir(f"/proc/{screen.child.pid}/fd")))
            screen.press("e")
    finally:
        screen.close()
    assert len(set(counts)) == 1, counts


@pytest.mark.slow
def test_a_terminal_closed_while_hang_ups_are_ignored_lets_training_go_on_to_its_end(tmp_path):
    """As under nohup; the program is left without a reader of keys, and ends by itself."""
    Path(tmp_path, "tale.txt").write_text(TALE, newline="")
    screen = Terminal(
        tmp_path, "tale.txt", *ENDLESS, "--steps", "20000", before=("sh", "-c", 'trap "" HUP; exec "$@"', "sh")
    )
    try:
        screen.until("TRAINING")
        screen.hang_up()
        assert screen.exit_code() == 0
    finally:
        screen.close()
    check_saved(tmp_path)
    *_, last = read_records(Path(tmp_path, "run/events.jsonl"))
    assert (last["event"], last["reason"], last["step"]) == ("done", "steps", 20000)


@pytest.mark.slow
def test_a_terminal_that_goes_without_a_word_ends_the_run_as_a_hang_up_does(tmp_path):
    """The program is not of the session whose terminal it draws on, so nobody sends it SIGHUP."""
    Path(tmp_path, "tale.txt").write_text(TALE, newline="")
    screen = Terminal(tmp_path, *options("paused"), before=("setsid", "--wait"))
    try:
        bring(screen, "paused")
        screen.hang_up()
        deadline = time.monotonic() + 2 * MOST_SECONDS
        while not Path(tmp_path, "run/checkpoints/last.ckpt").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.5)
    finally:
        screen.close()
    check_saved(tmp_path)


@pytest.mark.slow
def test_a_terminal_that_takes_nothing_keeps_no_signal_waiting(tmp_path):
    """As behind a broken connection: the system's buffer is full, and whoever writes waits."""
    Path(tmp_path, "tale.txt").write_text(TALE, newline="")
    screen = Terminal(tmp_path, *options("training"))
    try:
        bring(screen, "training")
        for _ in range(20):  # each help opened or closed paints the whole screen; nobody reads it
            screen.press("?")
            time.sleep(0.1)
        screen.child.kill(signal.SIGTERM)
        since = time.monotonic()
        assert screen.exit_code() == 143
        assert time.monotonic() - since < 2 * MOST_SECONDS
    finally:
        screen.close()
    check_saved(tmp_path)


@pytest.mark.slow
def test_an_ending_takes_a_second_at_the_most_mostly(tmp_path):
    """48 endings on the screen and 12 without; prints the figures."""
    seconds = []
    for number, (way, state) in enumerate(random.Random(SEED).sample(ALL, 48)):
        folder = Path(tmp_path, str(number))
        folder.mkdir()
        seconds.append(check(folder, way, state))
    told("screen", seconds)
    headless = []
    for number in range(12):
        folder = Path(tmp_path, f"headless-{number}")
        folder.mkdir()
        Path(folder, "tale.txt").write_text(TALE, newline="")
        with running(*options("training"), "--json", "--progress-every", "100", cwd=folder) as process:
            next(line for line in process.stdout if b'"progress"' in line)
            process.terminate()
            since = time.monotonic()
            process.stdout.read()
            assert process.wait() == 143
            headless.append(time.monotonic() - since)
        check_saved(folder)
    told("headless", headless)
    assert max(*seconds, *headless) < MOST_SECONDS


def told(name, seconds):
    *_, p95 = statistics.quantiles(seconds, n=20)
    load_now = os.getloadavg()[0]
    print(
        f"{name}: {len(seconds)} endings, median {statistics.median(seconds):.2f} s, p95 {p95:.2f} s, "
        f"max {max(seconds):.2f} s; load {load_now:.1f}"
    )
