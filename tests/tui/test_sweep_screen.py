"""The screen of a sweep: its keys, the mouse, and what it shows while another process trains the sweep."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.runs.support import a_run
from tests.tui.support import sees, unseen, until
from tests.tui.sweep_support import MadeUpReader
from tui_rnn.engine.errors import RunError
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.spec import Status
from tui_rnn.tui import reporting
from tui_rnn.tui.destinations import ToSweep
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.program import Program
from tui_rnn.tui.screens.help import HelpScreen
from tui_rnn.tui.screens.sweep import SweepScreen
from tui_rnn.tui.screens.view import ViewScreen
from tui_rnn.tui.sweep_app import SweepViewApp


def numbers(pilot):
    """Of the runs that are listed, from above."""
    return [row.number for row in pilot.app.sweep.panel.rows]


async def says(pilot, words):
    """In the corner."""
    await until(pilot, lambda: words in [each.message for each in pilot.app._notifications])


def has_chosen(pilot, number):
    chosen = pilot.app.sweep.panel.chosen
    return chosen is not None and chosen.number == number


async def test_the_table_is_sorted_marked_grouped_and_looked_into(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    reader = MadeUpReader()
    directory = a_run(tmp_path, run="one", steps=3)
    reader.rows[0] = replace(reader.rows[0], line=replace(reader.rows[0].line, run=str(directory.path)))
    app = SweepViewApp("sweeps/made-up", ScreenOptions(), lambda: reader)
    async with app.run_test(size=(120, 40)) as pilot:
        panel = app.sweep.panel
        await sees(pilot, "9 of 12 runs", "▶ training 46 %", "best setting", "eta 0.1, m 100")
        await sees(
            pilot, "so far best after 10,000 updates each: eta 0.1, m 100; all others are worse by more than the"
        )
        assert numbers(pilot) == list(range(1, 13))
        assert has_chosen(pilot, 1)
        await pilot.press("j", "j")
        await sees(pilot, "why", "! given up, 10,000 updates")
        await pilot.press("home")
        # By columns, with keys
        await pilot.press("right", "right", "right", "right", "right", "right", "right")
        assert panel.order.column == "held out"
        assert numbers(pilot)[0] == 11  # the best
        assert has_chosen(pilot, 1)  # whatever its place
        await pilot.press("u")
        assert numbers(pilot)[0] == 2  # 1.94, the worst
        await pilot.press("right", "right")
        assert panel.order.column == "#"  # round again
        await pilot.press("left")
        assert panel.order.column == "left"
        # With the mouse, on the headings and on a row
        columns = {each.name: each for each in panel.columns()}
        await pilot.click(panel, offset=(2 + columns["eta"].x + 1, 1))
        assert (panel.order.column, panel.order.turned) == ("eta", False)
        await pilot.click(panel, offset=(2 + columns["eta"].x + 1, 1))
        assert (panel.order.column, panel.order.turned) == ("eta", True)
        assert numbers(pilot)[:2] == [7, 8]
        await pilot.click(panel, offset=(10, 3))
        assert has_chosen(pilot, 8)
        # Marks, and what stands below
        await pilot.press("o")
        assert panel.marks == [reader.plan.jobs[7].name]
        await pilot.press("end", "home", "j", "j")
        await sees(pilot, "differs in")
        await pilot.press("d")
        await until(pilot, lambda: panel.shows_differences)
        await pilot.press("escape")
        assert not panel.shows_differences
        # By setting
        await pilot.press("v")
        await sees(pilot, "median", "quartiles", "1.635▴", "settings, compared by the lowest held-out loss")
        assert panel.marks == []  # of settings none is marked yet
        await pilot.press("home", "o", "j")
        await sees(pilot, "eta 0.1, m 50", "lower quartile", "worst seed")
        assert not app.sweep.check_action("differences", ())
        await pilot.press("escape")
        await unseen(pilot, "quartiles")
        assert panel.marks == [reader.plan.jobs[7].name]  # as they were
        # What changes while one looks
        reader.rows[11] = replace(reader.rows[11], status=Status.FINISHED)
        reader.rows[5] = replace(reader.rows[4], spec=reader.plan.jobs[5])
        reader.in_use = False
        app.sweep.reader.look_again()
        await sees(pilot, "✓ DONE", "11 of 12 runs")
        # A waiting run cannot be looked at, one that has begun can
        await pilot.press("left", "right", "question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await sees(pilot, "You are in Sweep")
        await pilot.press("escape")
        panel.choose(numbers(pilot).index(1))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ViewScreen))
        await sees(pilot, "3 of 3")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.sweep)
        for size in ((200, 60), (80, 24), (60, 15), (30, 8), (7, 3), (120, 40)):
            await pilot.resize_terminal(*size)
            await pilot.press("v")
        await sees(pilot, "11 of 12 runs")
        # The report, by another process
        told = "import sys; print('report of ' + sys.argv[1])"
        instead = [sys.executable, "-c", told]
        monkeypatch.setattr(reporting, "command", lambda *words: ([*instead, words[-1]], dict(os.environ)))
        await pilot.press("r")
        await until(pilot, lambda: any("report of sweeps/made-up" in each.message for each in app._notifications))
        await pilot.press("q")
        await until(pilot, lambda: app._exit)
    assert app.exit_code == 0


@pytest.mark.parametrize("theme", ["paper", "ansi-dark"])
async def test_it_is_drawn_in_any_theme_and_in_ascii_alone(theme, monkeypatch):
    if theme == "paper":
        monkeypatch.setenv("NO_COLOR", "1")
    app = SweepViewApp("sweeps/made-up", ScreenOptions(marker="ascii", theme=theme), MadeUpReader)
    async with app.run_test(size=(90, 30)) as pilot:
        await sees(pilot, "9 of 12 runs", "given up")
        await pilot.press("v")
        await sees(pilot, "1.635", "quartiles")
        assert not set("●━▸▌↑⣀") & set(str(app.sweep.panel.text_to_copy()))
        await pilot.press("q")


async def test_a_sweep_that_is_stopped_can_be_gone_on_with(monkeypatch, tmp_path):
    reader = MadeUpReader()
    app = SweepViewApp("sweeps/made-up", ScreenOptions(), lambda: reader)
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "TRAINING")
        await pilot.press("t")  # another process trains it
        await says(pilot, "The sweep is being trained: there is nothing to go on with.")
        assert not app.control.stopped
        reader.in_use = False
        reader.rows[11] = replace(reader.rows[11], status=Status.STOPPED)
        app.sweep.reader.look_again()
        await sees(pilot, "‖ STOPPED", "t go on")
        await pilot.press("t")
        await until(pilot, lambda: app._exit)
    assert app.goes_on == ToSweep("sweeps/made-up")
    said = []
    monkeypatch.setattr(Program, "home", lambda self, why="": said.append(why) or 0)
    assert Program().follow(ToSweep(str(tmp_path))) == 0
    assert "cannot be read" in said[0]


async def test_a_sweep_that_cannot_be_read_is_said_to():
    def refuse():
        raise RunError("sweep.json cannot be read: name another folder")

    app = SweepViewApp("sweeps/none", ScreenOptions(), refuse)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: any("cannot be read" in each.message for each in app._notifications))
        await sees(pilot, "READING")
        await pilot.press("q")


def test_a_folder_of_a_sweep_is_told_from_that_of_a_run(tmp_path):
    Path(tmp_path, "sweep.json").write_text(json.dumps({"jobs": 3}))
    with pytest.raises(RunError, match="plan of the sweep"):
        Program().view(str(tmp_path))
    assert SweepScreen.name_shown == "Sweep"


async def test_a_run_is_cancelled_after_a_question_and_taken_up_again(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    reader = MadeUpReader()
    app = SweepViewApp("sweeps/made-up", ScreenOptions(), lambda: reader)
    cancelled = SweepFolder(Path("sweeps/made-up")).cancelled
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "TRAINING")
        await pilot.press("delete")  # the first has finished
        await says(pilot, "Run 1 has ended (finished): there is nothing to cancel.")
        await pilot.press("end")
        await until(pilot, lambda: has_chosen(pilot, 12))
        await sees(pilot, "del cancel")
        await pilot.press("delete")
        await sees(pilot, "Cancel run 12? It ends with a checkpoint")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.sweep)
        assert not cancelled.names()
        await pilot.press("delete", "enter")  # no: it may have been meant for what was there before
        await until(pilot, lambda: app.screen is app.sweep)
        assert not cancelled.names()
        await pilot.press("delete")
        await sees(pilot, "Cancel it (del)", "No, leave it (esc)")
        await pilot.press("delete")
        await until(pilot, lambda: cancelled.names() == {reader.plan.jobs[11].name})
        reader.rows[11] = replace(reader.rows[11], status=Status.CANCELLED)
        app.sweep.reader.look_again()
        await sees(pilot, "× cancelled 46 %", "del take up", "1 cancelled")
        await pilot.press("delete")
        await until(pilot, lambda: not cancelled.names())
        await until(pilot, lambda: any("once the sweep goes on" in each.message for each in app._notifications))
        await pilot.press("v")
        await pilot.press("delete")
        await says(pilot, "A setting is several runs: v shows them one by one, and del cancels one of those.")
        await pilot.press("d")
        await says(pilot, "A setting is several runs: v shows them one by one, and d compares one of those.")
        await pilot.press("q")
