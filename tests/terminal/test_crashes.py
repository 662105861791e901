"""An unexpected error, wherever: code 1, one line, the terminal restored, the state and its traceback kept."""

import random
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from tests.cli.support import TALE, environment, finished, is_one_line
from tests.terminal.support import ENDLESS, Terminal, is_restored
from tui_rnn.engine.checkpoint import load

# Where the error is raised, and the key that leads there.
IN_THE_SCREEN = {
    "tui_rnn.tui.screens.training:TrainingScreen.action_temperature": ".",
    "tui_rnn.tui.screens.help:HelpScreen.compose": "?",
    "tui_rnn.tui.panels.loss:LossChart.render_line": "",
    "tui_rnn.tui.app:TuiRnnApp.on_event_posted": "",
    "tui_rnn.tui.shell:ShellApp.on_mount": "",
    "tui_rnn.tui.terminal.driver:_Terminal.__init__": "",
    "tui_rnn.tui.terminal.input:_Parser._sequence_to_key_events": "l",
}
IN_THE_WORKER = {
    "tui_rnn.engine.trainer:Trainer.step": "",
    "tui_rnn.engine.serving:take_sample": "",
    "tui_rnn.runs.directory:RunDirectory.save": "c",
    "tui_rnn.runs.log:EventLog.append": "",
    "tui_rnn.runs.session:Session.__init__": "",
}
# Saving is broken, or there is nothing to save: the worker begins after the first frame.
NOTHING_SAVED = ("RunDirectory.save", "Session.__init__", "on_mount", "_Terminal", "render_line")
SEED = random.randrange(1 << 16)


def break_at(folder, place):
    module, _, name = place.partition(":")
    Path(folder, "tale.txt").write_text(TALE, newline="")
    Path(folder, "sitecustomize.py").write_text(
        f"import {module} as m\n"
        "def fail(*_, **__): raise RuntimeError('a wheel came off')\n"
        f"*owner, name = {name!r}.split('.')\n"
        "owner = getattr(m, owner[0]) if owner else m\n"
        "assert hasattr(owner, name)\n"
        "setattr(owner, name, fail)\n"
    )


def check_kept(folder, place):
    (traceback,) = Path(folder, "run").glob("traceback-*.txt")
    assert "a wheel came off" in traceback.read_text()
    last = Path(folder, "run/checkpoints/last.ckpt")
    if not any(name in place for name in NOTHING_SAVED):
        assert load(last).state.step >= 0
    return traceback


def check_screen(folder, place):
    break_at(folder, place)
    screen = Terminal(folder, "tale.txt", *ENDLESS, path=folder)
    try:
        if key := {**IN_THE_SCREEN, **IN_THE_WORKER}[place]:
            screen.until("TRAINING", "/s")
            screen.press(key)
        code, after = screen.end()
    finally:
        screen.close()
    assert code == 1
    if b"\x1b[?1049h" in screen.raw:
        assert is_restored(screen)
    line = after.rpartition("\x1b[K")[2]
    assert line.startswith("tui-rnn: unexpected RuntimeError: a wheel came off")
    assert line.count("\n") == 1
    assert Path(check_kept(folder, place)).name in line


def test_a_crash_drawn_at_random_on_the_screen(tmp_path):
    place = random.Random(SEED).choice([*IN_THE_SCREEN, *IN_THE_WORKER])
    print(f"seed {SEED}: {place}")
    check_screen(tmp_path, place)


@pytest.mark.slow
@pytest.mark.parametrize("place", [*IN_THE_SCREEN, *IN_THE_WORKER])
def test_every_crash_on_the_screen(tmp_path, place):
    check_screen(tmp_path, place)


def check_headless(folder, place):
    break_at(folder, place)
    path = environment()["PYTHONPATH"]
    told = finished("tale.txt", "--json", *ENDLESS, "--steps", "50", cwd=folder, PYTHONPATH=f"{path}:{folder}")
    assert told.returncode == 1
    assert is_one_line(told.stderr.decode())
    assert b"unexpected RuntimeError: a wheel came off" in told.stderr
    check_kept(folder, place)


@pytest.mark.slow
@pytest.mark.parametrize("place", IN_THE_WORKER)
def test_every_crash_without_a_screen(tmp_path, place):
    check_headless(tmp_path, place)


def test_a_crash_drawn_at_random_without_a_screen(tmp_path):
    place = random.Random(SEED).choice([*IN_THE_WORKER])
    print(f"seed {SEED}: {place}")
    check_headless(tmp_path, place)
