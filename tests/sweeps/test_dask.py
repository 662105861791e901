"""A sweep on a real scheduler and two workers, all killed at random: each result once, with a local one's digest."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.cli.support import environment
from tests.sweeps.test_kills import begun, children, digests, swept
from tui_rnn.engine.errors import RunError
from tui_rnn.sweeps.rows import SweepFolder, SweepReader

pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.soak,
    pytest.mark.filterwarnings("ignore"),  # distributed's own
    pytest.mark.skipif(os.name == "nt", reason="no SIGKILL"),
]
ADDRESS = "tcp://127.0.0.1:18786"


def process(*arguments, cwd):
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:], "--no-dashboard"],
        cwd=cwd, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers: each may be killed, and is begun anew by `cluster(name)`."""
    alive = {}

    def begin(name):
        if name == "scheduler":
            alive[name] = process("dask_scheduler", "--host", "127.0.0.1", "--port", "18786", cwd=tmp_path)
        else:
            one = ("--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path / name))
            alive[name] = process("dask_worker", ADDRESS, *one, cwd=tmp_path)
        return alive[name]

    for name in ("scheduler", "one", "two"):
        begin(name)
    yield begin, alive
    for each in alive.values():
        each.kill()
        each.wait()


def test_killed_workers_a_killed_sweep_and_a_lost_scheduler_cost_nothing(tmp_path, cluster):
    begin, alive = cluster
    subprocess.run(swept(tmp_path / "serial", "-j", "1", runs=12), env=environment(), check=True, capture_output=True)
    folder = tmp_path / "far"
    sweep = begun(folder, "--dask", ADDRESS, runs=12)
    for victim in ("one", "child", "sweep", "two", "scheduler"):
        deadline = time.monotonic() + 60
        while not (below := [child for name in ("one", "two") for child in children(alive[name].pid)]):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.5)
        assert sweep.poll() is None, f"it ended before {victim} was killed: give more steps"
        if victim == "child":
            os.kill(below[0], signal.SIGKILL)
        elif victim == "sweep":
            sweep.kill()
            sweep.wait()
            sweep = begun(folder, "--dask", ADDRESS, runs=12)
        else:
            alive[victim].kill()
            alive[victim].wait()
            begin(victim)
        if victim == "scheduler":  # its workers leave with it
            time.sleep(2)
            for name in ("one", "two"):
                alive[name].kill()
                alive[name].wait()
                begin(name)
    assert sweep.wait(300) == 0
    assert digests(folder) == digests(tmp_path / "serial")
    attempts = sum(row.attempts for row in SweepReader(SweepFolder(folder)).look())
    print(f"12 results, {attempts} processes begun")


def test_an_address_where_nobody_answers_is_refused():
    from tui_rnn.sweeps.dask_engine import DaskEngine

    with pytest.raises(RunError, match="no scheduler answers there"):
        DaskEngine("tcp://127.0.0.1:1")
