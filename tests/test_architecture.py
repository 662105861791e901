"""Imports go one way, cli -> tui | headless | report | bench -> runs -> engine, and the engine knows no screen."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tui_rnn

ROOT = Path(tui_rnn.__file__).parent
FRONT_ENDS = {"tui", "headless", "report", "bench"}
# What each part may import of the package, besides itself. A leaf is any other module directly under tui_rnn.
MAY_IMPORT = {
    "engine": set(),
    "runs": {"engine", "root"},
    "leaf": {"engine", "root", "leaf"},
    **{front_end: {"runs", "engine", "leaf", "root"} for front_end in FRONT_ENDS},
    "cli": {*FRONT_ENDS, "runs", "engine", "leaf", "root"},
    "__main__": {"cli", "leaf", "root"},
    "root": set(),
}
# Beyond the standard library, the engine stands on these alone.
ENGINE_NEEDS = {"numpy", "safetensors"}
FOR_SCREENS = {"textual", "rich", "plotext", "click"}


def part_of(module: str) -> str:
    """The part of the package that a module belongs to: "" for other packages."""
    first, *rest = module.split(".")
    if first != "tui_rnn":
        return ""
    if not rest or rest[0].startswith("__version"):
        return "root"
    return rest[0] if rest[0] in MAY_IMPORT else "leaf"


def imported(source: str, module: str) -> Iterator[str]:
    """The names of all modules that this source imports, anywhere in it."""
    package = module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            # `from tui_rnn import tui` names a module by what is imported
            yield from (f"{base}.{alias.name}" if base == "tui_rnn" else base for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__"):
                yield str(node.args[0].value)


def faults(source: str, module: str) -> list[str]:
    """What in this module's source goes against the architecture."""
    part, found = part_of(module), []
    for name in imported(source, module):
        other, top = part_of(name), name.split(".")[0]
        if other and other != part and other not in MAY_IMPORT[part]:
            found.append(f"{module} imports {name}: {part} may not import {other}")
        if part == "engine" and not other and top not in sys.stdlib_module_names | ENGINE_NEEDS:
            found.append(f"{module} imports {name}: the engine needs {sorted(ENGINE_NEEDS)} alone")
    if part == "engine":
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Name) and node.id in ("print", "input"):
                found.append(f"{module} line {node.lineno} speaks to the terminal")
            if isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr"):
                found.append(f"{module} line {node.lineno} speaks to the terminal")
    return found


def modules() -> dict[str, Path]:
    """Every module of the package by its name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


ENGINE = [name for name in modules() if part_of(name) == "engine"]


@pytest.mark.parametrize("module", modules())
def test_imports_go_one_way(module):
    path = modules()[module]
    name = f"{module}.__init__" if path.name == "__init__.py" else module
    assert faults(path.read_text(encoding="utf-8"), name) == []


@pytest.mark.parametrize("module", modules())
def test_every_file_says_its_duty_first(module):
    source = modules()[module].read_text(encoding="utf-8")
    assert (ast.get_docstring(ast.parse(source)) or "").split("\n")[0].strip()


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("tui_rnn.engine.model", "import tui_rnn.runs.job"),
        ("tui_rnn.engine.model", "from tui_rnn import readable"),
        ("tui_rnn.engine.model", "from tui_rnn import __version__"),
        ("tui_rnn.engine.cells.rnn", "from ...runs import job"),
        ("tui_rnn.engine.model", "def late():\n    import textual.app"),
        ("tui_rnn.engine.model", "from rich.text import Text"),
        ("tui_rnn.engine.model", "import importlib\nimportlib.import_module('plotext')"),
        ("tui_rnn.engine.model", "__import__('tui_rnn.tui')"),
        ("tui_rnn.engine.model", "print('loss')"),
        ("tui_rnn.engine.model", "import sys\nsys.stderr.write('loss')"),
        ("tui_rnn.runs.job", "from tui_rnn.headless.training import train"),
        ("tui_rnn.runs.job", "from tui_rnn import readable"),
        ("tui_rnn.readable", "from tui_rnn.runs import job"),
        ("tui_rnn.readable", "from tui_rnn.tui import app"),
        ("tui_rnn.tui.app", "from tui_rnn.headless import training"),
        ("tui_rnn.tui.__init__", "from ..headless import training"),
        ("tui_rnn.tui.screens.help", "from tui_rnn import report"),
        ("tui_rnn.headless.training", "if True:\n    from tui_rnn.tui.app import App"),
        ("tui_rnn.report.figures", "import tui_rnn.bench"),
        ("tui_rnn.tui.app", "from tui_rnn.cli import main"),
        ("tui_rnn.__main__", "import tui_rnn.tui.app"),
    ],
)
def test_a_forbidden_import_is_found(module, source):
    assert len(faults(source, module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("tui_rnn.engine.trainer", "import numpy as np\nfrom tui_rnn.engine.model import Model\nimport hashlib"),
        ("tui_rnn.engine.cells.rnn", "from ..parameters import Array\nfrom safetensors.numpy import save"),
        ("tui_rnn.runs.session", "import tui_rnn\nfrom tui_rnn.engine import trainer\nimport filelock"),
        ("tui_rnn.tui.app", "from tui_rnn import __version__, readable\nfrom .bridge import Bridge\nimport textual"),
        (
            "tui_rnn.headless.training",
            "from tui_rnn.runs.job import Job\nfrom tui_rnn.readable import safe_text\nprint(1)",
        ),
        ("tui_rnn.cli", "from tui_rnn.tui import app\nfrom tui_rnn.headless import training\nimport click"),
        ("tui_rnn.__main__", "from tui_rnn.cli import main"),
    ],
)
def test_an_import_that_is_allowed_is_no_fault(module, source):
    assert faults(source, module) == []


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
