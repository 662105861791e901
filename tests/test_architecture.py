"""Imports go one way, from the command line down to the engine, and in no circle; the engine knows no screen."""

import ast
import functools
import graphlib
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import tui_rnn

ROOT = Path(tui_rnn.__file__).parent
# The parts of the package from above to below. A part may import those of the rows below its own, and none beside it.
# A leaf is any other module directly under tui_rnn, and leaves may import one another; root is tui_rnn itself.
LAYERS = (
    ("__main__",),
    ("cli",),
    ("tui", "headless", "report", "bench"),
    ("sweeps",),
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
NEEDS = {"engine": {"numpy", "safetensors", "numba", "llvmlite"}, "storage": set[str]()}  # numba stands on llvmlite
FOR_SCREENS = {"textual", "rich", "plotext", "click"}


def part_of(module: str) -> str:
    """The part of the package that a module belongs to: "" for other packages."""
    first, *rest = module.split(".")
    if first != "tui_rnn":
        return ""
    if not rest or rest[0] in ("__init__", "__version__"):
        return "root"
    return rest[0] if rest[0] in MAY_IMPORT else "leaf"


def imported(tree: ast.AST, module: str) -> Iterator[str]:
    """The names of all that this source imports, anywhere in it; what comes from a module is named within it."""
    package = module.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            # `from tui_rnn.engine import sampling` names a module by what is imported
            names = [f"{base}.{alias.name}" for alias in node.names]
            yield from (name if base == "tui_rnn" or name in modules() else base for name in names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__"):
                yield str(node.args[0].value)


def faults(tree: ast.AST, module: str) -> Iterator[str]:
    """What in this module's source goes against the architecture."""
    part = part_of(module)
    for name in imported(tree, module):
        other, top = part_of(name), name.split(".")[0]
        if other and other != part and other not in MAY_IMPORT[part]:
            yield f"{module} imports {name}: {part} may not import {other}"
        if part in NEEDS and not other and top not in sys.stdlib_module_names | NEEDS[part]:
            yield f"{module} imports {name}: {part} needs {sorted(NEEDS[part])} alone"
    if part in NEEDS:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in ("print", "input"):
                yield f"{module} line {node.lineno} speaks to the terminal"
            if isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr"):
                yield f"{module} line {node.lineno} speaks to the terminal"


def circle(imports: dict[str, set[str]], known: Iterable[set[str]] = ()) -> list[str]:
    """Modules of which each imports the next and the last is the first; none where there is no such circle.

    Those of a known circle count as one module, named after the first of them: another that joins it is found.
    """
    one = {module: min(together) for together in known for module in together}
    merged: dict[str, set[str]] = {}
    for module, others in imports.items():
        name = one.get(module, module)
        merged.setdefault(name, set()).update({one.get(other, other) for other in others} - {name})
    try:
        graphlib.TopologicalSorter(merged).prepare()
    except graphlib.CycleError as error:
        return list(reversed(error.args[1]))
    return []


@functools.cache
def modules() -> dict[str, Path]:
    """Every module of the package by its name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@functools.cache
def parsed() -> dict[str, ast.Module]:
    """The source of every module by its name, which for a package ends in __init__."""
    return {
        f"{module}.__init__" if path.name == "__init__.py" else module: ast.parse(path.read_text(encoding="utf-8"))
        for module, path in modules().items()
    }


ENGINE = [name for name in modules() if part_of(name) == "engine"]


def test_imports_go_one_way():
    assert [fault for module, tree in parsed().items() for fault in faults(tree, module)] == []


def test_no_module_imports_itself_by_way_of_others():
    """Not under TYPE_CHECKING or within a function either: what is read together is one thing, or belongs apart."""
    imports = {}
    for module, tree in parsed().items():
        named = {name if name in modules() else name.rpartition(".")[0] for name in imported(tree, module)}
        name = module.removesuffix(".__init__")
        imports[name] = (named & modules().keys()) - {name}
    assert sum(map(len, imports.values())) > len(imports)
    assert circle(imports) == []


@pytest.mark.parametrize(
    ("imports", "found"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}, "d": set()}, []),
        ({"a": {"b"}, "b": {"a"}}, ["a", "b"]),
        ({"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": {"b"}}, ["b", "c", "d"]),
        ({"x": {"y", "a"}, "y": {"x", "a"}, "a": set()}, []),  # known
        ({"x": {"y", "a"}, "y": {"x"}, "a": {"x"}}, ["a", "x"]),  # another joins it
        ({"x": {"y"}, "y": {"x", "a"}, "a": {"x"}}, ["a", "x"]),  # by way of the one and the other
    ],
)
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
            "from tui_rnn.runs.job import Job\nfrom tui_rnn.wording import figure\nprint(1)",
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
    of_numba = {"tui_rnn.engine.kernels.compiled.tiles"} if find_spec("numba") is None else set()  # not to be loaded
    loaded = loaded_by("\n".join(f"import {module}" for module in ENGINE if module not in of_numba))
    assert "numpy" in loaded
    assert not loaded & FOR_SCREENS


def test_what_a_bad_option_needs_loads_no_numpy():
    """So that it is refused at once, before any screen."""
    loaded = loaded_by(
        "import tui_rnn.engine.config, tui_rnn.engine.text, tui_rnn.engine.errors, tui_rnn.engine.control"
    )
    assert "tui_rnn" in loaded
    assert "numpy" not in loaded


@pytest.mark.parametrize("app", ["tui_rnn.tui.app", "tui_rnn.tui.view_app"])
def test_the_first_frame_waits_for_no_screen_that_opens_over_it(app):
    screens = "help", "sample", "steer", "rewind", "diverged", "projector", "runs"
    code = f"import sys, {app}; print(*[name for name in {screens} if 'tui_rnn.tui.screens.' + name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT.parent, capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_loading_a_screen_would_be_seen():
    pytest.importorskip("rich")
    assert loaded_by("import rich") & FOR_SCREENS == {"rich"}


def test_blas_runs_on_one_thread_unless_asked_otherwise():
    code = "import os{}\nimport tui_rnn.engine.trainer\nassert os.environ['OPENBLAS_NUM_THREADS'] == '{}'"
    loaded_by(code.format("\nos.environ.pop('OPENBLAS_NUM_THREADS', 0)", 1))
    loaded_by(code.format("\nos.environ['OPENBLAS_NUM_THREADS'] = '3'", 3))
