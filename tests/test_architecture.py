"""Imports go one way, from the command line down to the engine, and in no circle; the engine knows no screen."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import tui_rnn

ROOT = Path(tui_rnn.__file__).parent
# The parts of the package from above to below. A part may import those of the rows below its own, and none beside it.
# A leaf is any other module directly under tui_rnn, and leaves may import one another; root is tui_rnn itself.
LAYERS = (
    ("__main__",),
    ("cli",),
    ("tui", "headless", "report", "bench", "sweeps"),
    ("runs", "leaf"),
    ("engine", "root"),
    ("storage",),
)
NARROWER = {"__main__": {"cli", "leaf", "root"}, "root": set[str]()}  # parts that may import less than their row
MAY_IMPORT = {
    part: NARROWER.get(part, {below for row in LAYERS[depth + 1 :] for below in row})
    for depth, row in enumerate(LAYERS)
    for part in row
}
# Beyond the standard library, each of these parts stands on these packages alone, and is silent.
NEEDS = {"engine": {"numpy", "safetensors"}, "storage": set[str]()}
FOR_SCREENS = {"textual", "rich", "plotext", "click"}


def test_a_circle_is_found(imports, found):
    told = circle(imports, [{"x", "y"}])
    assert sorted(set(told)) == found
    assert told[:1] == told[-1:]


def test_every_file_says_its_duty_first():
    without = [
        module for module, tree in parsed().items() if not (ast.get_docstring(tree) or "").split("\n")[0].strip()
    ]
    assert without == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("tui_rnn.engine.model", "import tui_rnn.runs.job"),
        ("tui_rnn.engine.model", "from tui_rnn import wording"),
        ("tui_rnn.engine.model", "from tui_rnn import __version__"),
        ("tui_rnn.engine.cells.rnn", "from ...runs import job"),
        ("tui_rnn.engine.model", "def late():\n    import textual.app"),
        ("tui_rnn.engine.model", "from rich.text import Text"),
        ("tui_rnn.engine.model", "import importlib\nimportlib.import_module('plotext')"),
        ("tui_rnn.engine.model", "__import__('tui_rnn.tui')"),
        ("tui_rnn.engine.model", "print('loss')"),
        ("tui_rnn.engine.model", "import sys\nsys.stderr.write('loss')"),
        ("tui_rnn.runs.job", "from tui_rnn.headless.training import train"),
        ("tui_rnn.runs.job", "from tui_rnn import wording"),
        ("tui_rnn.wording", "from tui_rnn.runs import job"),
        ("tui_rnn.wording", "from tui_rnn.tui import app"),
        ("tui_rnn.tui.app", "from tui_rnn.headless import training"),
        ("tui_rnn.tui.__init__", "from ..headless import training"),
        ("tui_rnn.tui.screens.help", "from tui_rnn import report"),
        ("tui_rnn.headless.training", "if True:\n    from tui_rnn.tui.app import App"),
        ("tui_rnn.report.figures", "import tui_rnn.bench"),
        ("tui_rnn.tui.app", "from tui_rnn.cli import main"),
        ("tui_rnn.__main__", "import tui_rnn.tui.app"),
        ("tui_rnn.sweeps.sweep", "from tui_rnn.headless import training"),
        ("tui_rnn.storage.atomic", "from tui_rnn.engine import errors"),
        ("tui_rnn.storage.atomic", "import numpy as np"),
        ("tui_rnn.__init__", "from tui_rnn.engine import trainer"),
    ],
)
def test_a_forbidden_import_is_found(module, source):
    assert len(list(faults(ast.parse(source), module))) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("tui_rnn.engine.trainer", "import numpy as np\nfrom tui_rnn.engine.model import Model\nimport hashlib"),
        ("tui_rnn.engine.cells.rnn", "from ..parameters import Array\nfrom safetensors.numpy import save"),
        ("tui_rnn.runs.session", "import tui_rnn\nfrom tui_rnn.engine import trainer\nimport filelock"),
        (
            "tui_rnn.tui.app",
            "from tui_rnn import __version__, wording\nfrom .worker import TrainingWorker",
        ),
        (
            "tui_rnn.headless.training",
            "from tui_rnn.runs.job import Job\nfrom tui_rnn.wording import safe_text\nprint(1)",
        ),
        ("tui_rnn.cli", "from tui_rnn.tui import app\nfrom tui_rnn.headless import training\nimport click"),
        ("tui_rnn.__main__", "from tui_rnn.cli import main"),
        ("tui_rnn.engine.checkpoint", "from tui_rnn.storage.atomic import write"),
    ],
)
def test_an_import_that_is_allowed_is_no_fault(module, source):
    assert list(faults(ast.parse(source), module)) == []


def loaded_by(code: str) -> set[str]:
    """The top packages that a new process has loaded after running this code."""
    code += "\nimport sys; print(*{name.split('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT.parent, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def test_the_engine_loads_nothing_of_a_screen():
    assert {"tui_rnn.engine.trainer", "tui_rnn.engine.checkpoint", "tui_rnn.engine.cells.rnn"} <= set(ENGINE)
    loaded = loaded_by("\n".join(f"import {module}" for module in ENGINE))
    assert "numpy" in loaded
    assert not loaded & FOR_SCREENS


def test_what_a_bad_option_needs_loads_no_numpy():
    """So that it is refused at once, before any screen."""
    loaded = loaded_by(
        "import tui_rnn.engine.config, tui_rnn.engine.text, tui_rnn.engine.errors, tui_rnn.engine.control"
    )
    assert "tui_rnn" in loaded
    assert "numpy" not in loaded


def test_loading_a_screen_would_be_seen():
    pytest.importorskip("rich")
    assert loaded_by("import rich") & FOR_SCREENS == {"rich"}


def test_blas_runs_on_one_thread_unless_asked_otherwise():
    code = "import os{}\nimport tui_rnn.engine.trainer\nassert os.environ['OPENBLAS_NUM_THREADS'] == '{}'"
    loaded_by(code.format("\nos.environ.pop('OPENBLAS_NUM_THREADS', 0)", 1))
    loaded_by(code.format("\nos.environ['OPENBLAS_NUM_THREADS'] = '3'", 3))
