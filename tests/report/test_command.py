"""`tui-rnn report` as a command: what it loads, what it says without matplotlib, and how the screen may call it."""

import ast
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.support import SECONDS, environment, finished, is_one_line
from tests.cli.test_imports import imported, imported_by
from tests.report.support import a_run as a_new_run
from tests.report.support import report_of
from tests.test_architecture import imported as architecture_imports
from tests.test_architecture import modules
from tui_rnn import report as package
from tui_rnn.engine.errors import InputError
from tui_rnn.engine.events import Sample
from tui_rnn.report.sections.texts import choose


@pytest.fixture
def without_matplotlib(tmp_path):
    """An environment in which matplotlib is not installed."""
    blocker = tmp_path / "blocker"
    blocker.mkdir()
    (blocker / "sitecustomize.py").write_text(
        "import sys\n"
        "class Missing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'matplotlib':\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Missing())\n"
    )
    return {"PYTHONPATH": f"{blocker}{os.pathsep}{environment()['PYTHONPATH']}"}


def test_without_matplotlib_one_line_names_the_remedy(tmp_path, without_matplotlib):
    run = a_new_run(tmp_path, steps=20)
    told = finished("report", "run", cwd=tmp_path, **without_matplotlib)
    assert (told.returncode, told.stdout) == (2, b"")
    how = re.fullmatch(r"tui-rnn: matplotlib is not installed: (\S+) -m pip install (.*)\n", told.stderr.decode())
    assert how is not None
    assert how[2].endswith("[report]'")
    assert not (run.path / "report").exists()


def test_without_matplotlib_everything_else_works(tmp_path, without_matplotlib):
    a_new_run(tmp_path, steps=20)
    commands = ["runs"], ["sample", "run"], ["report", "--help"], ["resume", "run", "--steps", "21"], ["report", "run"]
    codes, _ = imported_by(*commands, cwd=tmp_path, **without_matplotlib)
    assert codes == [0, 0, 0, 0, 2]


def test_a_matplotlib_that_cannot_be_loaded_is_one_line(tmp_path):
    a_new_run(tmp_path, steps=20)
    (tmp_path / "broken" / "matplotlib").mkdir(parents=True)
    (tmp_path / "broken" / "matplotlib" / "__init__.py").write_text("raise ImportError('a broken library')")
    path = f"{tmp_path / 'broken'}{os.pathsep}{environment()['PYTHONPATH']}"
    told = finished("report", "run", cwd=tmp_path, PYTHONPATH=path)
    assert told.returncode == 2
    assert is_one_line(told.stderr.decode())
    assert b"a broken library" in told.stderr


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({"MPLBACKEND": "module://matplotlib_inline.backend_inline"}, marks=pytest.mark.slow),
        # No folder can be made for matplotlib's cache either, and the date is none.
        {"MPLBACKEND": "nonsense", "XDG_CACHE_HOME": os.devnull, "HOME": os.devnull, "SOURCE_DATE_EPOCH": "x"},
    ],
)
def test_the_report_does_not_depend_on_the_variables_of_matplotlib(tmp_path, variables):
    a_new_run(tmp_path, steps=20)
    told = finished("report", "run", cwd=tmp_path, **variables)
    assert (told.returncode, told.stderr) == (0, b"")
    assert (tmp_path / "run" / "report" / "loss.png").is_file()


def test_report_alone_loads_matplotlib_and_no_screen(tmp_path):
    a_new_run(tmp_path, steps=20)
    code, names = imported("report", "run", cwd=tmp_path)
    assert code == 0
    assert "matplotlib" in names
    assert not names & {"textual", "rich", "plotext", "tkinter"}
    others = ["sample", "run"], ["runs"], ["resume", "run", "--steps", "21", "--headless"], ["report", "-h"]
    codes, names = imported_by(*others, cwd=tmp_path)
    assert codes == [0] * 4
    assert "matplotlib" not in names


def test_in_the_source_too_the_report_alone_knows_matplotlib_and_nobody_pyplot():
    knowing = set()
    for module, path in modules().items():
        for name in architecture_imports(ast.parse(path.read_text(encoding="utf-8")), module):
            assert "pyplot" not in name
            if name.split(".")[0] == "matplotlib":
                knowing.add(module)
    assert {"tui_rnn.report.drawing", "tui_rnn.report.figures"} <= knowing
    assert all(module.startswith("tui_rnn.report.") for module in knowing)


def test_the_package_itself_loads_neither_matplotlib_nor_numpy():
    code = "import sys, tui_rnn.report; print({'numpy', 'matplotlib'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=SECONDS, check=True)
    assert told.stdout == "set()\n"


def test_help_names_the_option_and_its_default(command):
    answer = command("report", "--help")
    assert answer.code == 0
    for word in ("RUN", "-o DIR", "report/"):
        assert word in answer.out


def test_a_run_is_found_by_its_name_under_runs(tmp_path, command):
    (tmp_path / "runs").mkdir()
    run = a_new_run(tmp_path, run="runs/mine", steps=20)
    answer = command("report", "mine")
    assert answer.code == 0
    assert (run.path / "report" / "report.html").is_file()


def test_write_gives_the_page_and_raises_a_line(run, tmp_path):
    assert package.write([run.path], tmp_path / "out") == tmp_path / "out" / "report.html"
    assert package.write([str(run.path)], str(tmp_path / "text")).is_file()
    with pytest.raises(InputError, match="holds no run"):
        package.write([tmp_path / "nowhere"])
    with pytest.raises(InputError, match="0 runs"):
        package.write([])


@pytest.mark.slow
def test_a_report_of_many_updates_takes_seconds(tmp_path):
    run = a_new_run(tmp_path, steps=4095, checkpoint_every=5000, sample_every=40)
    begin = time.monotonic()
    told = finished("report", "run", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert time.monotonic() - begin < 20  # measured 1.3 s; the machines are noisy
    assert len(list((run.path / "report").iterdir())) == 11


def test_of_many_samples_those_before_every_10000th_update_are_shown():
    def taken(steps):
        return [Sample(step, 1.0, 1.0, 1.0, "", "scheduled", "live") for step in steps]

    def steps(samples, every):
        return [each.step for each in choose(samples, every)]

    assignment = [1, *range(10_000, 100_001, 10_000)]
    assert steps(taken(assignment), 10_000) == assignment
    assert steps(taken([1, *range(1000, 100_001, 1000)]), 1000) == assignment
    assert steps(taken([1, *range(7000, 50_001, 7000)]), 7000) == [1, 14_000, 28_000, 42_000]
    assert steps(taken([1, *range(100, 601, 100)]), 100) == [1, 100, 200, 300, 400, 500, 600]
    few = steps(taken([1, *range(10, 5001, 10)]), 10)
    assert len(few) == 11
    assert (few[0], few[-1]) == (1, 5000)
    many = steps(taken([1, *range(10_000, 3_000_001, 10_000)]), 10_000)
    assert many[:3] == [1, 40_000, 80_000]
    assert len(many) <= 101
    assert steps(taken([1]), 10_000) == [1]
    assert steps([], 10_000) == []


def test_a_long_sample_is_cut_for_the_page(tmp_path):
    run = a_new_run(tmp_path, steps=100, sample_length=3000)
    texts = report_of(run, out=tmp_path / "out").texts()
    assert max(map(len, texts)) == 1002
    assert Path(tmp_path / "out" / "report.html").stat().st_size < 400_000
