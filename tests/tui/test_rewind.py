"""Rewind: a checkpoint of the run is chosen, and a branch goes on from it, the first run's curve beside its own."""

import json
from pathlib import Path
from statistics import mean

import pytest
from textual.widgets import Input

from tests.tui.support import MadeUpApp, begin, live, painted, picture, sees, tell, unseen, until
from tests.tui.test_full_stack import OPTIONS, close, job, screen, state, training
from tests.tui.test_full_stack import folder as folder  # a fixture
from tui_rnn import cli
from tui_rnn.engine.events import Adjusted
from tui_rnn.tui import program
from tui_rnn.tui.app import TuiRnnApp
from tui_rnn.tui.destinations import ToTrain
from tui_rnn.tui.panels.loss import LossChart
from tui_rnn.tui.screens.rewind import RewindScreen

STEPS = (100, 200, 203)


@pytest.fixture
async def pilot(tmp_path):
    for step in STEPS:
        path = tmp_path / "run" / "checkpoints" / f"step-{step:08}.ckpt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    async with MadeUpApp(run=str(tmp_path / "run")).run_test(size=(80, 24), notifications=True) as pilot:
        await begin(pilot)
        await pilot.press("h", "shift+tab", "enter")  # the last row of the form
        await until(pilot, lambda: isinstance(pilot.app.screen, RewindScreen))
        yield pilot


async def test_the_checkpoints_stand_there_with_their_losses_the_newest_first(pilot):
    loss = {step: smooth / 25 for step, smooth in zip(live(500).steps, live(500).smooth, strict=True)}
    await sees(
        pilot,
        "1 Loss",
        f"step       200   {loss[200]:.3f} nats/char",
        f"{loss[200]:.3f} nats/char at step 200",
        "3 checkpoints ─",
    )
    rows = [row for row in painted(pilot).splitlines() if "nats/char" in row and "step  " in row]
    assert ["203" in rows[0], "200" in rows[1], "100" in rows[2]] == [True] * 3


async def test_enter_goes_back_to_the_one_that_is_chosen_and_saves_this_run(pilot):
    await pilot.press("down", *"0.05")  # typed into the list, for the field
    await until(pilot, lambda: pilot.app.screen.query_one(Input).value == "0.05")
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.control.asked == [("stop", "stopped", True)])
    assert isinstance(pilot.app.goes_on, ToTrain)


async def test_a_number_that_is_typed_on_the_button_opens_it_with_that(pilot):
    await pilot.press("escape", "h", "shift+tab", "x", "0")
    await until(pilot, lambda: isinstance(pilot.app.screen, RewindScreen))
    await pilot.press(*".03")
    await until(pilot, lambda: pilot.app.screen.query_one(Input).value == "0.03")
    await sees(pilot, "step       203   ")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.goes_on, ToTrain))


async def test_a_mere_repeat_is_asked_about_until_something_is_changed(pilot):
    await pilot.press("down", "enter")
    await sees(pilot, "Nothing is changed: this repeats the run")
    await pilot.press("down")
    await unseen(pilot, "Nothing is changed")
    await pilot.press("enter")
    await sees(pilot, "Nothing is changed")
    assert pilot.app.goes_on is None
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.goes_on, ToTrain))


async def test_what_was_changed_since_the_checkpoint_makes_it_no_repeat(pilot):
    await tell(pilot, Adjusted("temperature", 0.5, 1.0, 150, 150, None))
    await pilot.press("down", "enter")  # step 200, after the change
    await sees(pilot, "Nothing is changed")
    await pilot.press("down", "enter")  # step 100, before it
    await until(pilot, lambda: isinstance(pilot.app.goes_on, ToTrain))


async def test_escape_goes_on_with_the_run(pilot):
    await pilot.press("down", "escape")
    await until(pilot, lambda: pilot.app.screen is pilot.app.training)
    assert (pilot.app.control.asked, pilot.app.goes_on) == ([], None)


async def test_what_is_no_learning_rate_is_refused(pilot):
    await pilot.press("tab", "home", "shift+end", "0", "enter")
    await sees(pilot, "✖ eta needs a number above 0")
    assert pilot.app.goes_on is None


async def test_without_a_checkpoint_it_says_how_to_have_one():
    async with MadeUpApp().run_test(size=(80, 24), notifications=True) as pilot:
        await begin(pilot)
        await pilot.press("ctrl+p", *"rewind", "enter")
        await sees(pilot, "This run keeps no checkpoint")


def steps_of(run):
    return [json.loads(line) for line in Path(run, "events.jsonl").read_text().splitlines()]


async def test_a_real_run_is_rewound_and_its_curve_lies_over_the_branch(monkeypatch):
    first = screen(job("first", checkpoint_every=25))
    async with first.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: state(pilot) == "done")
        await pilot.press("h", "shift+tab", "enter", "down", "tab", "home", "shift+end", *"0.03", "enter")
        await until(pilot, lambda: pilot.app._exit)
    first._job.directory.release()
    course = recent_of(first)

    branch = screen(first.goes_on.make_job(dict(OPTIONS)))
    async with branch.run_test(size=(80, 24)) as pilot:
        chart = training(pilot).query_one(LossChart)
        await until(pilot, lambda: chart.series.overlay is not None and state(pilot) == "done")
        over = chart.series.overlay
        assert over.name == "first"
        assert dict(zip(over.steps, over.smooth, strict=True)) == pytest.approx(course)
        assert [round(over.smooth[-1], 3)] != [round(chart.series.smooth[-1], 3)]
        await picture(pilot, branch.worker.picture)
        await sees(pilot, "╌ first", "▼ changed")
        await close(pilot)
    begun, *_, ended = (each for each in steps_of(branch._job.run) if each["event"] in ("start", "done"))
    assert (begun["resumed_step"], begun["config"]["eta"], ended["step"]) == (75, 0.03, 120)


def recent_of(app):
    """By step, the mean loss of the last 50 updates in nats/char: so short a run's smooth loss lags."""
    last, T = app.worker.picture, app._job.config.seq_length
    assert [*last.steps] == [*range(1, 121)]
    return {step: mean(last.raw[max(0, step - 50) : step]) / T for step in last.steps}


def test_the_program_goes_on_with_the_branch(monkeypatch):
    shown = []

    def show(app):
        shown.append(app._job.run)
        if len(shown) == 1:
            app.leave_for(ToTrain(lambda options: job("second")))

    monkeypatch.setattr(TuiRnnApp, "run", show)
    program.train(job("first"))
    assert shown == ["first", "second"]


def test_the_command_line_goes_back_to_a_step(capsys):
    made = ["tale.txt", "--json", "--run", "first", "--checkpoint-every=10", "--steps=30", "--hidden-size=8"]
    assert cli._run(made) == 0
    assert cli._run(["resume", "first", "--at", "20", "--run", "again", "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    done = [each for each in records if each["event"] == "done"]
    assert done[0]["state_sha256"] == done[1]["state_sha256"]
    starts = [each for each in records if each["event"] == "start"]
    assert (starts[1]["run"], starts[1]["resumed_step"]) == ("again", 20)
