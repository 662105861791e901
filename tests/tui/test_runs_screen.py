"""The screen of runs: they lie over the chart, are looked at, trained on, named, and put into the trash."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.runs.support import a_run
from tests.tui.support import MadeUpApp, begin, done, painted, picture, sees, tell, unseen, until
from tests.tui.support import live as live_picture
from tui_rnn.engine.errors import RunError
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.label import RunLabel, read_label, write_label
from tui_rnn.runs.listing import list_runs
from tui_rnn.runs.trash import move_to_trash
from tui_rnn.tui.destinations import ToTrain
from tui_rnn.tui.panels.loss import LossChart
from tui_rnn.tui.screens.again import AgainScreen
from tui_rnn.tui.screens.confirm import ConfirmScreen
from tui_rnn.tui.screens.runs import RunsScreen
from tui_rnn.tui.screens.view import ViewScreen


@pytest.fixture
async def pilot(tmp_path, monkeypatch):
    """A made-up run on the screen, and three small ones under runs/."""
    monkeypatch.chdir(tmp_path)
    Path("runs").mkdir()
    for name in ("c", "b", "a"):
        a_run(Path("runs"), run=name, steps={"a": 30, "b": 20, "c": 10}[name])
    config = Path("runs/c/config.json")  # as if c were trained on another text
    changed = config.stat().st_mtime
    config.write_text(re.sub(r'("corpus_sha256": )"\w{8}', r'\1"01234567', config.read_text()))
    os.utime(config, (changed, changed))
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        yield pilot


def screen(pilot):
    return next(each for each in pilot.app.screen_stack if isinstance(each, RunsScreen))


def notices(pilot):
    return list(pilot.app._notifications)


async def opened(pilot):
    await pilot.press("o")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen) and len(screen(pilot).runs.rows) == 3)
    return screen(pilot)


async def test_runs_are_compared_looked_at_and_lie_over_the_chart(pilot, monkeypatch):
    runs = (await opened(pilot)).runs
    await sees(pilot, "3 under runs/", "✓ done")
    assert runs.chosen.line.run == str(Path("runs/a"))
    await pilot.press("d")
    await until(pilot, lambda: any("Mark a run with o" in each.message for each in notices(pilot)))
    with monkeypatch.context() as patch:  # as if the chosen run were the one on the screen
        patch.setattr(pilot.app.training.run, "run", str(Path("runs/a")))
        await pilot.press("o")
        await until(pilot, lambda: any("whose chart it is" in each.message for each in notices(pilot)))
        assert not runs.marks
        trains = replace(runs.chosen, line=replace(runs.chosen.line, state="training"))
        assert screen(pilot)._as_on_screen(trains).line.step == pilot.app.training.run.step == 500
        await pilot.press("end", "o")
        await until(pilot, lambda: any("c was trained on another text" in each.message for each in notices(pilot)))
        await pilot.press("o", "home")
    await pilot.press("j", "o")
    chart = pilot.app.training.query_one(LossChart)
    await until(pilot, lambda: chart.series.overlay is not None)
    (line,) = (line for line in list_runs(Path("runs")) if line.run == str(Path("runs/b")))
    assert chart.series.overlay.steps[-1] == line.step == 20
    await pilot.press("k")
    await sees(pilot, "differs in", "updates", "it wrote last")
    await pilot.press("d")
    await unseen(pilot, "it wrote last")
    await pilot.press("escape", "slash", "b", "enter")
    await sees(pilot, "1 of 3 under runs/")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, ViewScreen))
    await sees(pilot, "20 of 20")
    await pilot.press("escape")
    await until(pilot, lambda: pilot.app.screen is screen(pilot))
    await pilot.press("escape", "escape")
    await until(pilot, lambda: pilot.app.screen is pilot.app.training)
    assert chart.series.overlay is not None
    runs = (await opened(pilot)).runs
    assert runs.marks == [str(Path("runs/b"))]  # as they were left
    await pilot.press("j", "o")
    await until(pilot, lambda: chart.series.overlay is None)


async def test_a_run_is_named_put_away_and_trained_on_after_a_question(pilot):
    runs = (await opened(pilot)).runs
    await pilot.press("i")
    await pilot.press(*"quick", "tab", *"go", "enter")
    await until(pilot, lambda: runs.chosen.name == "quick")
    assert read_label(Path("runs/a")) == RunLabel("quick", "go")
    await pilot.press("delete")
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
    await pilot.press("enter")  # no, as it may have been meant for what was there before
    await until(pilot, lambda: pilot.app.screen is screen(pilot))
    assert Path("runs/a").is_dir()
    await pilot.press("delete")
    await sees(pilot, "Put it away (del)")
    await pilot.press("delete")
    await until(pilot, lambda: len(runs.rows) == 2)
    assert Path("runs/.trash/a/config.json").is_file()
    assert runs.chosen.line.run == str(Path("runs/b"))
    directory = RunDirectory(Path("runs/b"))
    directory.lock()
    screen(pilot).reader.look_again()
    await until(pilot, lambda: runs.chosen.line.in_use)
    await pilot.press("t", "delete")
    assert pilot.app.screen is screen(pilot)  # a notice says why
    assert {each.message[:36] for each in notices(pilot)} >= {"This run is open in a process: it can"[:36]}
    directory.release()
    screen(pilot).reader.look_again()
    await until(pilot, lambda: not runs.chosen.line.in_use)
    await pilot.press("t")
    await sees(pilot, "is saved and left at step 500", "train that one on (t)")
    await pilot.press("t")
    await until(pilot, lambda: pilot.app.asked("stop") or pilot.app.control.stopped)
    assert isinstance(pilot.app.goes_on, ToTrain)
    job = pilot.app.goes_on.make_job({})
    assert (job.run, job.goal.steps) == (str(Path("runs/b")), 40)  # for as much again
    job.directory.release()


async def test_a_run_is_trained_again_with_what_is_typed_changed(pilot):
    await opened(pilot)
    await pilot.press("h")
    await sees(pilot, "runs/a", "again with")
    await pilot.press("enter")
    await sees(pilot, "Nothing is changed")
    await pilot.press(*"sed 1")
    await sees(pilot, "'sed' is no option: did you mean seed?")
    await pilot.press("enter")
    assert isinstance(pilot.app.screen, AgainScreen)
    await pilot.press("ctrl+u", *"T 9 clip none")
    await sees(pilot, "seq_length 8 → 9", "clip 5 → none", "tui-rnn runs/a --seq-length 9 --clip none")
    await pilot.press("enter")
    await sees(pilot, "is saved and left at step 500, and a begins")
    assert not pilot.app.control.stopped
    await pilot.press("left", "enter")
    await until(pilot, lambda: pilot.app.control.stopped)
    job = pilot.app.goes_on.make_job({})
    assert (job.config.seq_length, job.config.clip, job.config.hidden_size, job.goal.steps) == (9, None, 6, 30)
    assert (job.manifest.twin_of, job.snapshot) == (str(Path("runs/a")), None)
    job.directory.release()


async def test_a_run_that_is_done_is_left_without_a_question(pilot):
    await picture(pilot, live_picture(1000))
    await tell(pilot, done())
    await opened(pilot)
    await pilot.press("t")
    await until(pilot, lambda: pilot.app.control.stopped)
    assert "saved and left" not in painted(pilot)


def test_the_trash_loses_nothing_and_takes_no_run_that_is_in_use(tmp_path):
    directory = a_run(tmp_path, run="one", steps=3)
    before = {path.name: path.read_bytes() for path in directory.path.rglob("*") if path.is_file()}
    directory.lock()
    with pytest.raises(RunError, match="open in a process"):
        move_to_trash(directory.path)
    directory.release()
    place = move_to_trash(directory.path)
    assert {path.name: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before
    assert list_runs(tmp_path) == []
    a_run(tmp_path, run="one", steps=3)
    assert move_to_trash(tmp_path / "one") != place
    with pytest.raises(RunError, match="no run any more"):
        move_to_trash(tmp_path / "one")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"name": 1}', b"\xff"])
def test_a_label_that_cannot_be_read_is_none(tmp_path, data):
    write_label(tmp_path, RunLabel("a", "b"))
    assert read_label(tmp_path) == RunLabel("a", "b")
    (tmp_path / "label.json").write_bytes(data)
    assert read_label(tmp_path) == RunLabel()
