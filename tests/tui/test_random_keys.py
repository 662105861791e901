"""Keys, sizes, pastes, clicks and events at random: no exception, and the screen still answers afterwards."""

import random

import pytest
from textual import events
from textual.command import CommandList
from textual.geometry import Size
from textual.keys import _character_to_key

from tests.hostile.strings import strings
from tests.runs.support import small_job
from tests.tui.instruments_seen import TEXTS, all_seen
from tests.tui.support import MadeUpApp, begin, checked, done, live, sampled, saved, sees, started, tell, until
from tui_rnn.engine.control import SampleRequest
from tui_rnn.engine.events import HeldOut, NotSaved, SamplePiece, Warned
from tui_rnn.tui import reporting
from tui_rnn.tui.app import TuiRnnApp
from tui_rnn.tui.messages import EventPosted
from tui_rnn.tui.reporting import Reported
from tui_rnn.tui.screens.help import HelpScreen

# fmt: off
NAMES = [
    "escape", "enter", "tab", "shift+tab", "backspace", "delete", "home", "end", "pageup", "pagedown", "up", "down",
    "left", "right", "f1", "f5", "f20", "insert", "ctrl+a", "ctrl+c", "ctrl+p", "ctrl+q", "ctrl+s", "ctrl+w", "ctrl+@",
    "ctrl+shift+left", "shift+up", "alt+x", "ctrl+backslash",
]
# fmt: on
CHARACTERS = " pnscrglzZa+-=0[]{}<>;:,.123456789mqb?wdyeetofhvijkxu/\\~é床😀\x7f"


@pytest.fixture(autouse=True)
def at_home(tmp_path, monkeypatch):
    """Screenshots go into the test's folder, and no report is written."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(
        reporting, "write_report", lambda run, post: post(Reported("runs/x", written=len(run) % 2 == 0))
    )


def a_key(draw):
    if draw.random() < 0.3:
        return events.Key(draw.choice(NAMES), None)
    character = draw.choice(CHARACTERS)
    return events.Key(_character_to_key(character), character)


def an_event(draw, app, seen):
    text = next(strings(draw.randrange(10**9), 1))
    step = draw.randrange(1, 2000)
    asked = app.asked(SampleRequest) if isinstance(app, MadeUpApp) else []
    number = asked[-1].number if asked else 0
    facts = {"kind": "requested", "request": number}
    told = (
        *(started(run=text), checked(), checked("complex", "fail"), Warned(text), saved(step, "requested", text)),
        *(done(step, reason) for reason in ("steps", "diverged", "stopped")),
        *(sampled(step, text), sampled(step, text, **facts), SamplePiece(number, text)),
        *draw.sample(seen, min(3, len(seen))),
        *(HeldOut(step, 1.5, 2.0, 1.4, step), NotSaved(text, step, "final", text), NotSaved(text, step, "best", text)),
    )
    return EventPosted(draw.choice(told))


def a_click(draw, app):
    x, y = draw.randrange(app.size.width + 2), draw.randrange(app.size.height + 2)
    kind = draw.choice(
        [events.MouseDown, events.MouseUp, events.MouseMove, events.MouseScrollDown, events.MouseScrollUp]
    )
    return kind(None, x, y, 0, 0, draw.randrange(4), False, draw.random() < 0.1, False, x, y)


async def random_keys(pilot, draw, count, *, made_up=True, seen=()):
    """So many keys, most of them posted without waiting, and all else in between; until the app has ended.

    `seen`: the events that tell what instruments saw, of one network.
    """
    app = pilot.app
    for pressed in range(count):
        if app._exit:
            return pressed
        if draw.random() < 0.05:
            await pilot.press(draw.choice(NAMES))
        else:
            app.post_message(a_key(draw))
        chance = draw.random()
        if chance < 0.03:
            await pilot.resize_terminal(draw.randint(1, 500), draw.randint(1, 100))
        elif chance < 0.06:  # a size that is passed by at once
            size = Size(draw.randint(1, 200), draw.randint(1, 60))
            app.post_message(events.Resize(size, size))
        elif chance < 0.16 and made_up:
            app.post_message(an_event(draw, app, seen))
        elif chance < 0.18 and made_up:
            app.worker.picture = live(draw.randrange(5, 2000))
        elif chance < 0.20:
            app.post_message(events.Paste(next(strings(pressed, 1)) * draw.choice([1, 1000])))
        elif chance < 0.30:
            app.post_message(a_click(draw, app))
        if pressed % 10 == 9:
            await pilot.pause()
    return count


async def answers(pilot):
    """Whether the screen does what it is told, after all that."""
    await pilot.resize_terminal(120, 40)
    await pilot.pause()
    for _ in range(20):
        if pilot.app.screen is pilot.app.training:
            break
        await pilot.press("escape")
    await pilot.press("question_mark")
    await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
    await pilot.press("escape")
    for _ in range(3):  # out of what is open in a panel, and out of the panel that is alone
        await pilot.press("escape")
    await pilot.press("2")
    await sees(pilot, "1 Loss", "2 Samples", "quit")
    return True


async def check_fed(tmp_path, seed, count):
    print(f"seed {seed}")
    draw = random.Random(seed)
    async with MadeUpApp(run=str(tmp_path)).run_test(size=(120, 40), notifications=True) as pilot:
        await begin(pilot)
        seen = all_seen(TEXTS[seed % len(TEXTS)])
        await tell(pilot, *seen)
        assert await random_keys(pilot, draw, count, seen=seen) == count
        assert await answers(pilot)


async def check_training(tmp_path, seed, count):
    """Ended by a key, it is begun again."""
    print(f"seed {seed}")
    draw, left, run = random.Random(seed), count, 0
    while left > 0:
        app = TuiRnnApp(small_job(tmp_path, run=f"run-{run}", steps=10**8, checkpoint_every=10**8, sample_every=10**8))
        app.control.pause()
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await until(pilot, lambda: len(pilot.app.screen_stack) > 1)
            left -= max(1, await random_keys(pilot, draw, left, made_up=False))
            if not app._exit:
                app.control.stop()
                await until(pilot, lambda: pilot.app._exit)
        app.worker.wait()
        assert app.exit_code == 0, app.last_words
        assert not list(tmp_path.glob("run-*/traceback*"))
        run += 1


async def test_no_key_size_or_event_breaks_the_screen(tmp_path):
    await check_fed(tmp_path, 0, 40)


@pytest.mark.slow
async def test_no_key_breaks_the_screen_beside_a_trainer(tmp_path):
    await check_training(tmp_path, 1, 40)


async def test_paging_through_commands_where_there_is_no_room_for_them_does_nothing(tmp_path):
    async with MadeUpApp(run=str(tmp_path)).run_test(size=(1, 1)) as pilot:
        await begin(pilot)
        await pilot.press("ctrl+p", "pagedown", "pageup", "home", "end", "down", "pagedown")
        await pilot.press("escape")
        assert await answers(pilot)


async def test_a_screen_that_is_closed_twice_closes_nothing_else(tmp_path):
    async with MadeUpApp(run=str(tmp_path)).run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        for key in ("question_mark", "s", "q", "ctrl+p"):
            await pilot.press(key)
            above = pilot.app.screen
            assert above is not pilot.app.training, key
            for _ in range(3):
                above.dismiss(None)
            assert await answers(pilot), key


async def test_the_command_palette_opens_again_while_it_closes(tmp_path):
    async with MadeUpApp(run=str(tmp_path)).run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        for _ in range(3):
            pilot.app.action_command_palette()
            pilot.app.screen._action_escape()
        assert await answers(pilot)


async def test_a_search_for_commands_whose_list_is_gone_ends_nothing(tmp_path):
    async with MadeUpApp(run=str(tmp_path)).run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        pilot.app.action_command_palette()
        await pilot.pause()
        palette = pilot.app.screen
        await palette.query(CommandList).remove()
        palette._gather_commands("resume")
        await pilot.pause()
        palette.dismiss(None)
        assert await answers(pilot)


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 104))
async def test_nor_do_ten_thousand(tmp_path, seed):
    await check_fed(tmp_path, seed, 2500)


@pytest.mark.slow
@pytest.mark.soak
async def test_nor_do_thousands_beside_a_trainer(tmp_path):
    await check_training(tmp_path, 100, 2000)
