"""A process killed at any moment leaves a run that goes on, from a state it was in, to the end it would have had."""

import json
import os
import random
import subprocess
import sys
import tempfile

import pytest

from tests.cli.support import ROOT, environment

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def kill(folder, seed, times):
    """What a process saw that killed others so many times; see killed.py."""
    print(f"python -m tests.laws.killed FOLDER {seed} {times}")
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.laws.killed", str(folder), str(seed), str(times)],
        cwd=ROOT,
        env=environment(OPENBLAS_NUM_THREADS="1"),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    print(ran.stdout)
    return json.loads(ran.stdout)


@pytest.fixture
def quick_folder(tmp_path):
    """In memory where the system has such a place: a kill, unlike a crash of the system, takes nothing from it."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else tmp_path) as folder:
        yield folder


def test_a_run_that_is_killed_goes_on_from_where_it_was(quick_folder):
    seen = kill(quick_folder, random.randrange(2**32), times=30)
    assert seen["kills"] == 30
    assert seen["most kills of one run"] > 1
    assert seen["resumed to the end"] > 0
    assert seen["saved"] > 8  # kills of runs that had something to lose


@pytest.mark.slow
@pytest.mark.soak
def test_a_run_that_is_killed_a_thousand_times_goes_on_from_where_it_was(tmp_path):
    seen = kill(tmp_path, random.randrange(2**32), times=1000)
    assert seen["kills"] == 1000
    assert seen["with litter"] > 0
