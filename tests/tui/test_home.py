"""Home, what `tui-rnn` alone shows on a terminal: texts to begin with, and runs to look at and go on with."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.support import TALE
from tests.runs.support import a_run
from tests.sweeps import made_up
from tests.tui.support import painted, sees, until
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.goal import UNLIMITED
from tui_rnn.engine.recipes import RECIPES
from tui_rnn.runs.listing import list_runs
from tui_rnn.runs.texts import texts_at_hand
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.listing import SweepLine
from tui_rnn.sweeps.progress import SweepProgress
from tui_rnn.sweeps.spec import Status
from tui_rnn.tui import program
from tui_rnn.tui.destinations import ToTrain
from tui_rnn.tui.home_app import HomeApp
from tui_rnn.tui.panels.sweeps import state_of
from tui_rnn.tui.panels.texts import size_text
from tui_rnn.tui.screens.sweep import SweepScreen
from tui_rnn.tui.screens.view import ViewScreen


@pytest.fixture
def at_hand(tmp_path, monkeypatch):
    """Two texts, and a run of the second in the list."""
    monkeypatch.chdir(tmp_path)
    Path("corpora").mkdir()
    Path("corpora/book.txt").write_text(TALE * 3)
    Path("notes.md").write_text("no text")
    Path("LICENSE.txt").write_text("no text either")
    Path("empty.txt").write_text("")
    Path("runs").mkdir()
    a_run(Path(), run="runs/one", steps=20)  # of tale.txt
    return tmp_path


def test_texts_of_runs_come_first_with_what_was_reached(at_hand):
    lines = list_runs(Path("runs"))
    first, second = texts_at_hand(lines)
    assert (Path(first.path).name, first.runs, first.size) == ("tale.txt", 1, len(TALE.encode()))
    assert first.best_nats_per_char == lines[0].best_smooth_loss / 8
    assert (second.path, second.runs, second.best_nats_per_char) == (str(Path("corpora/book.txt")), 0, None)
    assert [Path(text.path).name for text in texts_at_hand()] == ["book.txt", "tale.txt"]


def test_a_text_that_is_gone_is_not_at_hand(at_hand):
    Path("tale.txt").unlink()
    assert [Path(text.path).name for text in texts_at_hand(list_runs(Path("runs")))] == ["book.txt"]


async def test_all_differences_of_two_runs_stand_on_a_usual_terminal(at_hand):
    for number in range(12):
        Path(f"corpora/{number}.txt").write_text(TALE)
    a_run(Path(), run="runs/two", steps=20, eta=0.05, hidden_size=7, memory_start=2.0)
    app = HomeApp()
    async with app.run_test(size=(120, 40)) as pilot:
        home = app.ground
        await until(pilot, lambda: len(home.runs.rows) == 2)
        await pilot.press("o", "j", "d")
        await sees(pilot, "differs in", "eta  ", "m  ", "memory  ", "chars/s", "judged on what they trained on")
        assert "more" not in painted(pilot).replace("? more", "")
        await pilot.press("tab", "tab")
        await sees(pilot, "14 texts at hand")
        assert not home.runs.shows_differences
        await pilot.press("q")
        await until(pilot, lambda: app._exit)


async def test_a_run_is_looked_at_and_a_text_begun_by_the_recipe_that_was_chosen(at_hand):
    app = HomeApp(why="a text was too short")
    async with app.run_test(size=(100, 30)) as pilot:
        home = app.ground
        await until(pilot, lambda: home.runs.rows)
        assert any("a text was too short" in each.message for each in app._notifications)
        await sees(pilot, "1 under runs/", "2 texts at hand", "✓ done", "tale.txt")
        assert home.focused is home.runs  # since there are runs
        await pilot.press("escape", "enter")
        await until(pilot, lambda: isinstance(app.screen, ViewScreen))
        await sees(pilot, "20 of 20")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is home)
        await pilot.press("tab", "t", "o")  # about runs alone
        assert (app.goes_on, home.runs.marks) == (None, [])
        await pilot.press("right", "right", "j")
        recipe = list(RECIPES)[2]
        await sees(pilot, f"‹ {recipe} ›")
        assert home.texts.chosen.path == str(Path("corpora/book.txt"))
        await sees(pilot, "for 100,000 steps")
        for length in (
            "for 1 min",
            "for 5 min",
            "for 30 min",
            "for 100,000 steps",
            "for 1 min",
        ):
            await pilot.press("h")
            await sees(pilot, length)
        await pilot.press("enter")
        await until(pilot, lambda: app._exit)
    assert isinstance(app.goes_on, ToTrain)
    with app.goes_on.make_job({"marker": "braille"}) as job:
        assert (job.config.recipe, job.config.corpus) == (recipe, str(Path("corpora/book.txt")))
        assert (job.config.minutes, job.goal.seconds, job.goal.steps) == (1, 60, UNLIMITED)
        assert job.directory.path.parent == Path("runs")
        job.directory.abandon()


async def test_with_nothing_at_hand_it_says_how_to_begin(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app = HomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "tui-rnn book.txt trains on any text file", "No run under runs/ yet.")
        await pilot.press("question_mark")  # what is of home alone stands before all else, without scrolling
        await sees(pilot, "You are in Home", "this run on the chart", "train this run on", "begin a run on this text")
        await sees(pilot, "Begin ─", "Runs ─", "↓ more")
        await pilot.press("escape")
        await pilot.press("enter", "t", "o", "delete", "j", "escape", "q")
        await until(pilot, lambda: app._exit)
    assert (app.exit_code, app.goes_on) == (0, None)


def test_what_cannot_be_begun_leads_home_and_is_said_there(monkeypatch):
    shown = []

    def show(app, directory=None):
        shown.append(app)
        if len(shown) == 1:
            app.goes_on = ToTrain(lambda options: (_ for _ in ()).throw(ConfigError("too short")))
        return 0

    monkeypatch.setattr(program, "shown", show)
    assert program.home() == 0
    assert [app._why for app in shown] == ["", "too short"]


def test_sizes_are_short():
    texts = [size_text(size) for size in (12, 1000, 58_701, 882_242, 3_400_000)]
    assert texts == ["12 B", "1 kB", "59 kB", "0.9 MB", "3.4 MB"]


async def test_sweeps_have_a_box_of_their_own_and_are_looked_at(at_hand):
    names = ["a", "b"]
    for name in names:
        SweepFolder(Path("sweeps", name)).create(made_up.plan({"eta": [0.05, 0.1], "cell": ["rnn", "lstm"]}))
    app = HomeApp()
    async with app.run_test(size=(120, 40)) as pilot:
        home = app.ground
        await sees(pilot, "2 under sweeps/", "made-up.txt · adagrad by eta, cell", "‖ stopped, 0 of 12 runs")
        assert home.focused is home.runs
        await pilot.press("tab", "tab")
        assert home.focused is home.sweeps
        await pilot.press("end", "o", "delete")  # which are about runs
        assert home.sweeps.chosen.folder == home.sweeps.names()[1]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SweepScreen))
        await sees(pilot, "‖ STOPPED", f"tui-rnn sweep {home.sweeps.chosen.folder} goes on", "0 of 12 runs")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is home)
        await pilot.resize_terminal(60, 15)
        await until(pilot, lambda: not home.runs.display and home.sweeps.display)
        await pilot.press("tab")
        await until(pilot, lambda: home.runs.display and not home.sweeps.display)
        await pilot.press("q")
        await until(pilot, lambda: app._exit)


def test_a_sweep_stands_how_its_runs_do():
    progress = SweepProgress(24, 8, {Status.FINISHED: 7, Status.CANCELLED: 1, Status.WAITING: 16}, 2, 0.3, 60.0, 120.0)
    line = SweepLine("sweeps/a", "made-up.txt", "adagrad", ("eta",), progress, in_use=True, best=1.5, changed=0.0)
    assert state_of(line) == ("▶", "training, 7 of 24 runs", "success")
    assert state_of(replace(line, in_use=False)) == ("‖", "stopped, 7 of 24 runs", "warning")
    over = replace(progress, ended=24, counts={Status.FINISHED: 24})
    assert state_of(replace(line, progress=over))[:2] == ("✓", "done, 24 runs")
    cut = replace(over, counts={Status.FINISHED: 20, Status.CUT: 4})
    assert state_of(replace(line, progress=cut))[:2] == ("✓", "done, 20 of 24 runs")
