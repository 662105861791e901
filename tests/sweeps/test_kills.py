"""A sweep whose processes are killed at random, and it with them: each result once, with a serial sweep's digest."""

import json
import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.support import PROGRAM, environment
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.rows import SweepReader
from tui_rnn.sweeps.spec import Status

ALICE = Path(__file__).parents[2] / "corpora" / "alice.txt"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")


def swept(folder, *more, runs=24, steps=600):
    values = ",".join(f"0.0{n}" for n in range(1, runs // 3 + 1))
    given = ("--set", f"eta={values}", "--seeds", "3", "--hidden-size", "16", "--steps", str(steps))
    often = ("--checkpoint-every", "100", "--sample-length", "10", "--holdout", "0.1")
    return [*PROGRAM, "sweep", str(ALICE), *given, *often, "-o", str(folder), *more]


def begun(folder, *more, **sizes):
    with folder.with_suffix(".out").open("ab") as log:
        return subprocess.Popen(
            swept(folder, "--json", *more, **sizes), env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )


def digests(folder):
    found = {}
    for job in SweepFolder(folder).plan().jobs:
        result = SweepFolder(folder).result(job.name)
        assert result is not None, job.name
        assert result.status == Status.FINISHED, result
        found[job.name] = result.state_sha256
    return found


def children(parent):
    """The processes that this one has begun. Linux alone lists them so."""
    with suppress(OSError):
        tasks = Path(f"/proc/{parent}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return []


def training(pids):
    """Those that are still there; one that waits to be reaped is not."""
    alive = []
    for pid in pids:
        with suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z":
                alive.append(pid)
    return alive


@pytest.mark.slow
@pytest.mark.soak
def test_24_runs_and_random_kills_come_to_the_digests_of_a_serial_sweep(tmp_path):
    draw = random.Random(17)
    subprocess.run(swept(tmp_path / "serial", "-j", "1"), env=environment(), check=True, capture_output=True)
    folder, kills = tmp_path / "killed", []
    process = begun(folder, "-j", "2")
    for kill in range(5):
        time.sleep(draw.uniform(1.0, 3.0))
        assert process.poll() is None, "it ended before it was killed: give more steps"
        if kill in (1, 3):
            process.kill()
            process.wait()
            kills.append("sweep")
            process = begun(folder, "-j", "2")  # at once: its children may not have ended yet
            continue
        while not (below := training(children(process.pid))):
            assert process.poll() is None
            time.sleep(0.02)
        os.kill(draw.choice(below), signal.SIGKILL)
        kills.append("child")
    assert process.wait(300) == 0
    assert len(kills) == 5
    assert digests(folder) == digests(tmp_path / "serial")
    names = [job.name for job in SweepFolder(folder).plan().jobs]
    assert sorted(path.name for path in (folder / "runs").iterdir()) == sorted(names)
    attempts = sum(row.attempts for row in SweepReader(SweepFolder(folder)).look())
    print(f"{len(names)} results, {attempts} processes begun, kills: {kills}")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="lists children on Linux alone")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_sweep_and_it_goes_on(tmp_path, number):
    folder = tmp_path / "swept"
    process = begun(folder, "-j", "2", runs=3, steps=20_000)
    deadline = time.monotonic() + 60
    while len({*(folder / "runs").glob("*/checkpoints/last.ckpt")}) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    below = children(process.pid)
    assert len(below) == 2
    process.send_signal(number)
    begun_at = time.monotonic()
    code = process.wait(60)
    while training(below):
        assert time.monotonic() < begun_at + 30
        time.sleep(0.01)
    print(f"{number.name}: all ended {time.monotonic() - begun_at:.2f} s later")
    assert code == (-9 if number == signal.SIGKILL else 128 + number)
    steps = [row.line.step for row in SweepReader(SweepFolder(folder)).look() if row.line]
    assert min(steps) > 0
    again = subprocess.run(
        swept(folder, "--json", runs=3, steps=20_000), env=environment(), check=True, capture_output=True, timeout=200
    )
    events = [json.loads(line) for line in again.stdout.splitlines()]
    assert [event["goes_on"] for event in events if event["event"] == "job_begun"] == [True, True, False]
    assert events[-1]["counts"] == {"finished": 3}
