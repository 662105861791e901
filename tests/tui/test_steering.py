"""Hyperparameters are changed while the run trains: by a form, by the palette; refused with a reason; undone again."""

import json
from pathlib import Path

import pytest
from textual.events import Key
from textual.keys import _character_to_key

from tests.tui.support import MadeUpApp, begin, done, live, painted, picture, sees, tell, unseen, until
from tests.tui.test_full_stack import close, job, screen, state
from tests.tui.test_full_stack import folder as folder  # a fixture
from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.config import SAMPLED_BY_TIME, RunConfig
from tui_rnn.engine.control import AdjustRequest
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.events import Adjusted, NotFinite
from tui_rnn.tui.panels.loss import LossChart
from tui_rnn.tui.screens.help import HelpScreen
from tui_rnn.tui.screens.steer import SteerScreen
from tui_rnn.tui.steering import change_text, parsed

CONFIG = RunConfig.from_recipe("adagrad", "made-up.txt")
TIMED = RunConfig.from_recipe("adagrad", "made-up.txt", minutes=1.0)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("eta", " 0.05 ", 0.05),
        ("eta", "1e-3", 0.001),
        ("clip", "none", None),
        ("clip_norm", "2", 2.0),
        ("sample_every", "20,000", 20_000),
        ("temperature", "0", 0.0),
        ("top_p", "0.9", 0.9),
    ],
)
def test_a_value_is_read_as_it_is_typed(name, text, value):
    found = parsed(name, text, Hyperparameters.of(CONFIG), CONFIG)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("eta", "0", "eta needs a number above 0"),
        ("eta", "nan", "eta needs a number above 0"),
        ("eta", "", "eta needs a number above 0"),
        ("eta", "none", "eta needs a number above 0"),
        ("clip", "-1", "clip needs a number above 0, or none"),
        ("sample_every", "0", "sample every needs a whole number from 1"),
        ("sample_every", "2.5", "sample every needs a whole number from 1"),
        ("sample_every", "time", "samples are taken by time only in a run that --minutes bounds"),
        ("temperature", "-0.1", "temp needs a number from 0"),
        ("top_p", "1.1", "top-p needs a number above 0, up to 1"),
        ("top_p", "0", "top-p needs a number above 0, up to 1"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(name, text, why):
    with pytest.raises(ConfigError, match=f"^{why}$"):
        parsed(name, text, Hyperparameters.of(CONFIG), CONFIG)


def test_samples_by_time_can_be_had_again_where_there_is_a_budget():
    assert parsed("sample_every", "time", Hyperparameters.of(TIMED), TIMED) == SAMPLED_BY_TIME


def test_a_change_is_said_with_how_much_it_is():
    assert change_text("eta", 0.1, 0.05) == ("0.1 → 0.05", "half as much")
    assert change_text("eta", 0.1, 0.3) == ("0.1 → 0.3", "3 times as much")
    assert change_text("clip", 5.0, None) == ("5 → none",)
    assert change_text("temperature", 1.0, 0.0) == ("1 → 0",)


@pytest.fixture
async def pilot():
    async with MadeUpApp().run_test(size=(80, 24), notifications=True) as pilot:
        await begin(pilot)
        await pilot.press("h")
        await until(pilot, lambda: isinstance(pilot.app.screen, SteerScreen))
        yield pilot


def changed(step=500, value=0.05, before=0.1, **facts):
    return Adjusted("eta", value, before, step, step, **facts)


async def test_a_number_and_enter_ask_for_the_change_and_the_chart_stays_in_sight(pilot):
    await sees(pilot, "1 Loss", "TRAINING", "eta  0.1 ", "learning rate")
    await pilot.press(*"0.05")
    await sees(pilot, "0.1 → 0.05  enter changes it")
    assert pilot.app.asked(AdjustRequest) == []
    await pilot.press("enter")
    assert pilot.app.asked(AdjustRequest) == [AdjustRequest("eta", 0.05, 500)]
    await sees(pilot, "0.1 → 0.05  asked for")
    await tell(pilot, changed())
    await sees(pilot, "0.1 → 0.05  from step 501 on")
    run = pilot.app.training.run
    assert (run.config.eta, run.hyperparameters.eta) == (0.05, 0.05)
    await pilot.press("escape")
    await picture(pilot, pilot.app.worker.picture)
    await sees(pilot, "▼ changed")
    assert run.series().adjusted == (500,)
    rail = next(line for line in painted(pilot).splitlines() if "nats" in line and "▼" in line)
    assert rail.index("▼") > len(rail) * 0.6  # the newest step lies at the right
    await pilot.press("9")
    await sees(pilot, "eta 0.1 → 0.05 from step 501 on")


async def test_escape_changes_nothing_and_what_was_typed_is_forgotten(pilot):
    await pilot.press(*"0.05", "down", *"7", "escape")
    await sees(pilot, "eta  0.05 ", "clip  5 ")  # out of the field at first: keys still go to the form
    await pilot.press(*"8")
    await sees(pilot, "clip  8 ")
    await pilot.press("escape", "escape")
    await until(pilot, lambda: pilot.app.screen is pilot.app.training)
    assert pilot.app.control.asked == []
    await pilot.press("h")
    await sees(pilot, "eta  0.1 ", "clip  5 ")


async def test_what_cannot_be_used_is_not_asked_for(pilot):
    await pilot.press("down", "down", "down", "0", "enter")
    await sees(pilot, "✖ sample every needs a whole number from 1")
    await pilot.press("backspace", *"10000", "enter")  # as it is
    assert pilot.app.control.asked == []


async def test_a_run_that_is_over_says_why_nothing_changes(pilot):
    await tell(pilot, done(500))
    await sees(pilot, "The run is done: no update is made any more.")
    await pilot.press(*"0.05", "enter")
    assert pilot.app.asked(AdjustRequest) == []
    await tell(pilot, NotFinite("diverged"), done(500, "diverged"))
    await sees(pilot, "e goes back to the last good checkpoint")


async def test_a_refusal_of_the_loop_is_said_and_leaves_no_mark(pilot):
    await tell(pilot, changed(refused_because="training is over"))
    await sees(pilot, "eta stays 0.1: training is over")
    assert pilot.app.training.run.series().adjusted == ()
    assert pilot.app.training.run.hyperparameters.eta == 0.1


async def test_the_palette_halves_the_learning_rate(pilot):
    await pilot.press("escape", "ctrl+p", *"halve")
    await sees(pilot, "Halve eta: 0.1 → 0.05")
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.asked(AdjustRequest) == [AdjustRequest("eta", 0.05, 500)])
    await tell(pilot, changed())
    await sees(pilot, "eta 0.1 → 0.05 from step 501 on")  # in a corner


async def test_where_there_is_little_room_a_fault_is_said_below(pilot):
    await pilot.resize_terminal(60, 18)
    await pilot.press("down", "x")
    await sees(pilot, "✖ clip needs a number above 0, or none")
    await unseen(pilot, "✖ clip needs a number above 0, or non…")


async def test_the_chart_goes_on_behind_the_form_and_rests_behind_the_help(pilot):
    chart = pilot.app.training.query_one(LossChart)
    await picture(pilot, live(700))
    assert chart.series.steps[-1] == 700
    await pilot.press("f1")
    await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
    await picture(pilot, live(800))
    assert chart.series.steps[-1] == 700


async def test_keys_that_come_all_at_once_change_what_they_were_typed_into(pilot):
    for key in [*"0.03", "enter", "down", *"none", "enter", "down", "down", *"500", "enter"]:
        character = key if len(key) == 1 else None
        pilot.app.post_message(Key(_character_to_key(key) if character else key, character))
    await until(pilot, lambda: len(pilot.app.asked(AdjustRequest)) == 3)
    assert [(each.name, each.value) for each in pilot.app.asked(AdjustRequest)] == [
        ("eta", 0.03),
        ("clip", None),
        ("sample_every", 500),
    ]


async def test_going_up_never_meets_rewind_and_home_comes_back_from_it():
    async with MadeUpApp().run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await pilot.press("h")
        await until(pilot, lambda: isinstance(pilot.app.screen, SteerScreen))
        first = pilot.app.screen.rows[0].field
        await pilot.press("up")
        assert pilot.app.screen.focused is first
        await pilot.press(*["down"] * 9)
        assert pilot.app.screen.focused.id == "rewind"
        await pilot.press("home")
        assert pilot.app.screen.focused is first


# With a real run


async def steered(pilot, *typed):
    """Type these into the first field, one after another, and wait until each holds."""
    await pilot.press("h")
    await until(pilot, lambda: isinstance(pilot.app.screen, SteerScreen))
    for text in typed:
        await pilot.press("home", "shift+end", *text, "enter")
        await until(pilot, lambda text=text: pilot.app.training.run.hyperparameters.eta == float(text))
    await pilot.press("escape")


async def trained(run, *typed, at=4):
    app = screen(job(run=run))
    app.control.pause()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: state(pilot) == "paused")
        for _ in range(at):
            await pilot.press("n")
        await until(pilot, lambda: app.worker.picture is not None and app.worker.picture.step == at)
        if typed:
            await steered(pilot, *typed)
        await pilot.press("space")
        await until(pilot, lambda: state(pilot) == "done")
        await close(pilot)
    records = [json.loads(line) for line in Path(run, "events.jsonl").read_text().splitlines()]
    (digest,) = (each["state_sha256"] for each in records if each["event"] == "done")
    return digest, [each for each in records if each["event"] == "adjusted"]


async def test_a_change_is_logged_and_part_of_the_state_and_another_undoes_it():
    plain, none = await trained("plain")
    undone, two = await trained("undone", "0.025", "0.1")
    halved, one = await trained("halved", "0.025")
    again, _ = await trained("again", "0.025")
    assert undone == plain
    assert halved == again != plain
    assert none == []
    assert [(each["name"], each["before"], each["value"], each["step"]) for each in two] == [
        ("eta", 0.1, 0.025, 4),
        ("eta", 0.025, 0.1, 4),
    ]
    assert [each["refused_because"] for each in one] == [None]
