"""A reader that has seen enough, or a stdout that is not there, ends a command without a traceback or a loss."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.support import PROGRAM, SECONDS, SMALL, environment, is_one_line, running
from tui_rnn.engine.checkpoint import load
from tui_rnn.runs.log import read_records

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows pipes close in another way")

ENDLESS = (*SMALL, "--steps", "10000000", "--progress-every", "1", "--run", "run")


def read_one_line(*arguments, cwd):
    """What `| head -1` does: read a line, close the pipe. The line, the exit code and stderr."""
    with running(*arguments, cwd=cwd) as process:
        line = process.stdout.readline()
        process.stdout.close()
        return line, process.wait(SECONDS), process.stderr.read()


@pytest.mark.parametrize("option", ["--json", "--headless"])
def test_a_closed_pipe_ends_training_as_if_asked_to(tale, tmp_path, option):
    line, code, err = read_one_line(tale, option, *ENDLESS, cwd=tmp_path)
    assert line.startswith(b'{"event": "start"' if option == "--json" else b"tui-rnn ")
    assert (code, err) == (0, b"")
    *_, last = read_records(Path("run/events.jsonl"))
    assert (last["event"], last["reason"]) == ("done", "stopped")
    assert load("run/checkpoints/last.ckpt").state.step == last["step"]


@pytest.mark.parametrize("last", [[], pytest.param(["--last"], marks=pytest.mark.slow)], ids=["best", "last"])
def test_a_closed_pipe_ends_a_sample_as_if_it_were_whole(command, tale, tmp_path, last):
    command(tale, *SMALL, "--steps", "20", "--run", "run")
    _, code, err = read_one_line("sample", "run", "-n", "1000000", *last, cwd=tmp_path)
    assert (code, err) == (0, b"")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["runs"], marks=pytest.mark.slow),
        ["runs", "--json"],
        ["gradcheck", *SMALL[:4]],
        ["sample", "runs/run", "-n", "10"],
        ["bench", "--only", "gradient", "--seconds", "0.02"],
        ["--help"],
        *(pytest.param(each, marks=pytest.mark.slow) for each in (["sample", "--help"], ["--version"])),
    ],
    ids=" ".join,
)
def test_a_reader_who_is_gone_from_the_start_is_no_error(command, tale, tmp_path, arguments):
    command(tale, *SMALL, "--steps", "20", "--run", "runs/run")
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as unread:
        told = subprocess.run(
            [*PROGRAM, *arguments],
            cwd=tmp_path,
            env=environment(PYTHONUNBUFFERED="1"),  # each write meets the closed pipe, not the last flush alone
            stdin=subprocess.DEVNULL,
            stdout=unread,
            stderr=subprocess.PIPE,
            timeout=SECONDS,
            check=False,
        )
    assert (told.returncode, told.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("number", "together"),
    [
        (signal.SIGTERM, {}),
        (signal.SIGINT, {"stderr": subprocess.STDOUT}),
        pytest.param(signal.SIGTERM, {"stderr": subprocess.STDOUT}, marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, {}, marks=pytest.mark.slow),
    ],
    ids=["TERM-stdout", "INT-both", "TERM-both", "INT-stdout"],
)
def test_a_reader_who_reads_no_more_keeps_no_run_from_its_end(tale, tmp_path, number, together):
    with running(tale, "--json", *ENDLESS, cwd=tmp_path, **together) as process:
        process.stdout.readline()
        while unread(process.stdout) < 60_000:  # what a pipe holds is 65,536 bytes
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(SECONDS) == 128 + number
    *_, done = read_records(Path("run/events.jsonl"))
    assert (done["event"], done["reason"], done["saved"]) == ("done", "signal", True)
    assert load("run/checkpoints/last.ckpt").state.step == done["step"]


def unread(stream):
    """Bytes that wait in the pipe."""
    import fcntl
    import termios

    return int.from_bytes(fcntl.ioctl(stream, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_a_slow_reader_is_told_all_of_a_run_that_a_signal_ends(tale, tmp_path):
    with running(tale, "--json", *ENDLESS, cwd=tmp_path) as process:
        lines = [process.stdout.readline()]
        process.send_signal(signal.SIGTERM)
        while line := process.stdout.readline():
            lines.append(line)
            time.sleep(0.0005)
        assert process.wait(SECONDS) == 143
    assert json.loads(lines[-1])["event"] == "done"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_under_stdout_leaves_a_checkpoint_and_one_line(tale, tmp_path):
    with open("/dev/full", "wb") as full:
        told = subprocess.run(
            [*PROGRAM, tale, "--json", *ENDLESS],
            cwd=tmp_path,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=SECONDS,
            check=False,
        )
    assert told.returncode == 1
    assert is_one_line(told.stderr.decode())
    assert b"No space left" in told.stderr
    assert load("run/checkpoints/last.ckpt").state.step >= 0


@pytest.mark.parametrize("closed", ["1", "2"])
def test_a_stream_that_was_closed_from_the_start_does_not_end_a_run(tale, tmp_path, closed):
    script = f'exec "$@" {closed}>&-'
    steps = ("--steps", "20", "--run", "run")
    told = subprocess.run(
        ["sh", "-c", script, "sh", *PROGRAM, tale, "--headless", *SMALL, *steps],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, b"")
    assert bool(told.stdout) == (closed == "2")
    *_, last = read_records(Path("run/events.jsonl"))
    assert (last["event"], last["reason"], last["step"]) == ("done", "steps", 20)


def test_an_ascii_locale_shows_what_it_lacks_as_escapes_and_does_not_fail(tmp_path):
    Path(tmp_path, "tale.txt").write_bytes("é漢😀 \x1b".encode() * 100)
    told = subprocess.run(
        [*PROGRAM, "tale.txt", "--headless", *SMALL, "--steps", "5"],
        cwd=tmp_path,
        env=environment(PYTHONIOENCODING="ascii"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, b"")
    assert told.stdout.isascii()
    assert b"\x1b" not in told.stdout
    assert b"\\xe9" in told.stdout
