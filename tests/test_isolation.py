"""Nothing that lies in the current folder is run: modules of every name in use, and a matplotlibrc, are put there."""

import ast
import importlib.metadata
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from threading import Event

import pytest

from tests.cli.support import PROGRAM, ROOT, SECONDS, SMALL, TALE, environment
from tests.test_architecture import modules
from tui_rnn import isolation
from tui_rnn.bench import scale, startup
from tui_rnn.isolation import command, python, trusted_path
from tui_rnn.tui.reporting import write_report

POISON = (
    "import os\nwith open({mark!r}, 'a') as file:\n    file.write(__name__ + '\\n')\nraise ImportError('poisoned')\n"
)
RC = "backend: module://poison\naxes.titlesize: nonsense\n"
# Asked for where they are installed, by Python and by the libraries in use.
OPTIONAL = {
    "sitecustomize",
    "usercustomize",
    "poison",
    "torch",
    "jax",
    "numba",
    "llvmlite",
    "gi",
    "wx",
    "cffi",
    "cv2",
    "IPython",
}


def first_of_python():
    """What `python -m` itself imports, the current folder first, before the first line of any program."""
    told = run([sys.executable, "-c", "import runpy, sys; print(*sys.modules)"], ROOT, environment())
    return {name.partition(".")[0] for name in told.stdout.split()}


def run(arguments, folder, env):
    return subprocess.run(
        arguments,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory):
    """A folder with a text, a run of it, and modules that leave a mark when they are imported; the mark's path."""
    folder = tmp_path_factory.mktemp("poisoned")
    mark = folder / "mark"
    (folder / "tale.txt").write_text(TALE)
    arguments, env = command("tale.txt", "--headless", *SMALL, "--steps", "20", "--run", "runs/run")
    assert run(arguments, folder, env).returncode == 0
    installed = set(importlib.metadata.packages_distributions())
    names = {name for name in sys.stdlib_module_names | installed | OPTIONAL if name.isidentifier()}
    for name in names - {"tui_rnn", "tests"} - first_of_python():
        (folder / f"{name}.py").write_text(POISON.format(mark=str(mark)))
    (folder / "matplotlibrc").write_text(RC)
    return folder, mark


@pytest.fixture
def inside(poisoned, monkeypatch):
    """Stand in that folder; nothing was imported from it when the test is over."""
    folder, mark = poisoned
    mark.unlink(missing_ok=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}")  # the empty entry is the current folder
    yield folder
    assert not mark.exists(), f"imported from the current folder: {mark.read_text().split()}"


def test_the_poison_works(poisoned):
    folder, mark = poisoned
    told = run([sys.executable, "-c", "import json"], folder, environment())
    assert "poisoned" in told.stderr
    assert mark.read_text() == "json\n"
    mark.unlink()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["runs"],
        ["sample", "run", "-n", "20"],
        ["resume", "run", "--steps", "21", "--headless"],
        pytest.param(["report", "run", "-o", "out"], marks=pytest.mark.slow),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_command_runs_nothing_from_the_current_folder(inside, arguments):
    """Begun by `python -m`, which puts the folder on the path."""
    told = run([*PROGRAM, *arguments], inside, environment())
    assert (told.returncode, told.stderr) == (0, "")


def test_the_report_key_runs_nothing_from_the_current_folder(inside, monkeypatch):
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    answered, told = Event(), []
    write_report("run", lambda message: (told.append(message), answered.set()))
    assert answered.wait(SECONDS)
    assert told[0].written, told[0].words
    assert Path(told[0].words).is_file()


def test_bench_runs_nothing_from_the_current_folder(inside, monkeypatch):
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    scale.corpus_sizes((1_000,))
    startup._seconds(python("import numpy"))
    startup._seconds(command("--help"))


def test_no_other_module_names_the_interpreter_or_starts_a_process_with_an_environment_of_its_own():
    """Every process that is started gets its arguments and its environment from one place."""
    for name, path in modules().items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        attributes = {f"{node.value.id}.{node.attr}" for node in ast.walk(tree)
                      if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)}  # fmt: skip
        begun = attributes & {
            "sys.executable",
            "os.system",
            "os.execv",
            "os.execve",
            "os.execvp",
            "os.spawnv",
            "os.popen",
        }
        if name in ("tui_rnn.engine.extras", "tui_rnn.started_as"):  # in a command for a person
            begun.discard("sys.executable")
        assert not begun or name == "tui_rnn.isolation"
        for node in ast.walk(tree):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called.startswith("subprocess."):
                assert "env" in {keyword.arg for keyword in node.keywords}, f"{name} line {node.lineno}"


# The import path itself


def test_the_current_folder_is_left_out_of_the_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path)
    known = trusted_path()
    monkeypatch.setattr(sys, "path", ["", ".", str(tmp_path), str(tmp_path / "link"), *known, "sub"])
    assert trusted_path() == [*known, str(tmp_path / "sub")]


@pytest.mark.parametrize("library", [ROOT, Path(os.__file__).parent, Path(os.__file__).parent / "json"])
def test_it_stays_where_the_program_or_the_library_of_python_lies(monkeypatch, library):
    monkeypatch.chdir(library)
    monkeypatch.setattr(sys, "path", ["", str(library)])
    assert trusted_path() == [str(library)] * 2


def test_it_stays_where_python_path_names_it_in_full(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    for named, stays in ((str(tmp_path), True), (".", False), ("", False), (os.pathsep, False)):
        monkeypatch.setenv("PYTHONPATH", named)
        assert trusted_path() == [str(tmp_path)] * stays
        assert (str(tmp_path) in python("")[1]["PYTHONPATH"].split(os.pathsep)) is stays


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in use cannot be removed there")
def test_a_current_folder_that_is_gone_does_no_harm(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    try:
        monkeypatch.setattr(sys, "path", ["", "/somewhere"])
        assert trusted_path() == ["/somewhere"]
    finally:
        os.chdir(tmp_path)


def test_a_child_finds_the_modules_of_its_parent_and_has_no_current_folder(tmp_path, monkeypatch):
    """Also with an import path that the program was given while it ran, in a folder of an undecodable name."""
    named = tmp_path / os.fsdecode(b"lib-\xff'\"" if sys.platform == "linux" else b"lib '")
    named.mkdir()
    (named / "only_here.py").write_text("there = 1")
    monkeypatch.setattr(sys, "path", [*sys.path, str(named)])
    arguments, env = python("import only_here, sys; print(only_here.there, ascii(sys.path), sys.argv[1:])", "a b")
    told = run(arguments, tmp_path, env)
    assert told.stdout == f"1 {trusted_path()!a} ['a b']\n"


def test_the_program_in_an_archive_starts_children_that_run_from_it(tmp_path):
    """As a zipapp does, which no import path but its own leads to."""
    archive = tmp_path / "app.pyz"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("tui_rnn/__init__.py", "")
        file.writestr("tui_rnn/isolation.py", Path(isolation.__file__).read_text())
        file.writestr("tui_rnn/__main__.py", "import sys\ndef main():\n    print(__file__, sys.argv[1:])\n")
        begin = "import subprocess\nfrom tui_rnn.isolation import command\narguments, env = command('report')\n"
        file.writestr("__main__.py", f"{begin}subprocess.run(arguments, env=env, check=True)\n")
    told = run([sys.executable, str(archive)], tmp_path, {**os.environ, "PYTHONPATH": ""})
    assert told.stdout == f"{archive / 'tui_rnn' / '__main__.py'} ['report']\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_matplotlibrc_that_is_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "matplotlibrc")
    arguments, env = python("from tui_rnn.report import drawing; drawing.require()\nimport os; print(os.getcwd())")
    told = run(arguments, tmp_path, env)
    assert (told.stdout, told.stderr) == (f"{tmp_path}\n", "")
