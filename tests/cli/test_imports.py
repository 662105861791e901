"""A command imports what it needs and no more: no screen without a terminal, no NumPy for a page of help."""

import json
import subprocess
import sys

from tests.cli.support import SECONDS, SMALL, TALE, environment

_TELL = """
import json
import sys
from tui_rnn import cli
from tui_rnn.cli import training
given = json.loads(sys.argv[1])
if given["terminal"]:
    training.has_terminal = lambda: True
codes = [cli._run(command) for command in given["commands"]]
names = sorted({name.partition(".")[0] for name in sys.modules})
print("\\n" + json.dumps([codes, names]), file=sys.stderr)
"""


def imported(*arguments, cwd, terminal=False):
    """The top-level packages in memory after the command, and its exit code."""
    (code,), names = imported_by(arguments, cwd=cwd, terminal=terminal)
    return code, names


def imported_by(*commands, cwd, terminal=False, **more):
    """The exit codes of commands given one after the other in one process, and the packages in memory at the end."""
    given = json.dumps({"commands": [list(command) for command in commands], "terminal": terminal})
    told = subprocess.run(
        [sys.executable, "-c", _TELL, given],
        cwd=cwd,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    codes, names = json.loads(told.stderr.splitlines()[-1])
    return codes, set(names)


def test_help_and_version_import_neither_numpy_nor_a_screen(tmp_path):
    commands = ["--help"], ["--version"], ["resume", "-h"], ["sample", "--help"], []
    codes, names = imported_by(*commands, cwd=tmp_path)
    assert codes == [0, 0, 0, 0, 2]
    assert "click" in names
    assert not names & {"numpy", "textual", "rich", "plotext", "safetensors"}
    assert not names & {"email", "http", "tomllib", "zipfile"}  # of the standard library what takes longest, as well


def test_a_bad_corpus_is_told_of_before_numpy_is_imported(tmp_path):
    code, names = imported("nowhere.txt", "--headless", cwd=tmp_path)
    assert code == 2
    assert not names & {"numpy", "textual", "rich", "plotext"}


def test_a_bad_job_is_told_of_before_numpy_or_a_screen_is_imported(tmp_path):
    (tmp_path / "tale.txt").write_text(TALE)
    commands = ["nowhere.txt"], ["tale.txt", "--seq-length", "5000"], ["resume", "nowhere"]
    codes, names = imported_by(*commands, cwd=tmp_path, terminal=True)
    assert codes == [2, 2, 2]
    assert not names & {"numpy", "textual", "rich", "plotext"}


def test_an_unknown_theme_is_told_of_before_a_run_is_made(tmp_path):
    (tmp_path / "tale.txt").write_text(TALE)
    code, names = imported("tale.txt", "--theme", "mauve", cwd=tmp_path, terminal=True)
    assert code == 2
    assert not names & {"numpy", "plotext"}
    assert [path.name for path in tmp_path.iterdir()] == ["tale.txt"]


def test_no_command_imports_a_screen_where_there_is_no_terminal(tmp_path):
    (tmp_path / "tale.txt").write_text(TALE)
    new = ("tale.txt", *SMALL, "--steps", "5", "--run")
    runs = [*new, "a", "--headless"], [*new, "b", "--json"], [*new, "c"]
    others = ["resume", "a", "--steps", "6"], ["sample", "a"], ["runs"], ["gradcheck", *SMALL[:4]]
    codes, names = imported_by(*runs, *others, cwd=tmp_path)
    assert codes == [0] * 7
    assert "numpy" in names
    assert not names & {"textual", "rich", "plotext"}


_FIRST_FRAME = """
import asyncio
import sys
from tui_rnn.engine.config import RunConfig
from tui_rnn.runs.job import new_job
from tui_rnn.tui import home_app, sweep_app, view_app
from tui_rnn.tui.app import TuiRnnApp

app = TuiRnnApp(new_job(RunConfig.from_recipe("adagrad", "tale.txt"), "run", {}))
app.worker.work = lambda: None  # it begins after the frame

async def look():
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        print(*(strip.text for strip in app.screen._compositor.render_strips()))

asyncio.run(look())
print("loaded:", *{name.partition(".")[0] for name in sys.modules})
"""


def test_the_first_frame_waits_for_neither_numpy_nor_plotext(tmp_path):
    (tmp_path / "tale.txt").write_text(TALE)
    given = {"cwd": tmp_path, "env": environment(), "timeout": SECONDS, "capture_output": True, "text": True}
    told = subprocess.run([sys.executable, "-c", _FIRST_FRAME], stdin=subprocess.DEVNULL, check=True, **given).stdout
    frame, names = told.split("loaded:")
    assert "READING" in frame
    assert "textual" in names.split()
    assert not set(names.split()) & {"numpy", "plotext", "safetensors"}
