"""No variable of an odd value ends the program."""

import json
import re
import subprocess
import sys

import pytest

from tests.cli.support import PROGRAM, SECONDS, SMALL, TALE, environment
from tui_rnn.environment import leave_out_odd_values

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
    *(
        "MPLBACKEND",
        "MPLCONFIGDIR",
        "MATPLOTLIBRC",
        "SOURCE_DATE_EPOCH",
        "_TUI_RNN_COMPLETE",
        "COMP_CWORD",
        "PAGER",
        "LESS",
    ),
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


@pytest.mark.parametrize(
    "value", [*(pytest.param(value, marks=pytest.mark.slow) for value in ("none", "²")), "\udcff x"], ids=ascii
)
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
        cwd=tmp_path,
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
