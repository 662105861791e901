"""A minute of coverage-guided search finds no bytes that load and should not, nor any error but CheckpointError."""

import importlib.util
import re
import subprocess
import sys

import pytest

from tests.cli.support import ROOT, environment

FUZZ_SECONDS = 60


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="pip install 'tui-rnn[fuzz]' to search")
@pytest.mark.parametrize("options", [(), ("--seal",)], ids=["as it is", "sealed again"])
def test_a_search_finds_no_hole(tmp_path, options):
    arguments = ("-m", "tests.fuzz.checkpoint", *options, f"-max_total_time={FUZZ_SECONDS}", "-print_final_stats=1")
    search = subprocess.run(
        [sys.executable, *arguments, f"-artifact_prefix={tmp_path}/"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=10 * FUZZ_SECONDS,
        check=False,
    )
    tried = re.search(r"number_of_executed_units: (\d+)", search.stderr)
    print(*options, tried and tried.group())
    assert search.returncode == 0, search.stderr[-3000:] + search.stdout[-3000:]
    assert tried is not None
    assert int(tried[1]) > 1000
