"""Sizes that change faster than they are drawn: the newest wins, and no layout is answered by another one."""

import pkgutil
from importlib import import_module

import pytest
from textual.command import CommandList
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen

import tui_rnn.tui.screens
from tests.tui.support import MadeUpApp, begin, until
from tui_rnn.tui.screens.mended import MendedScreen
from tui_rnn.tui.screens.training import TrainingScreen

SIZES = [(250, 24), (120, 40), (33, 9), (138, 33), (136, 32)]


@pytest.mark.parametrize("behind", [False, True], ids=["in front", "behind a dialog"])
async def test_sizes_on_their_way_to_a_screen_do_not_chase_each_other(behind, monkeypatch):
    heard = []
    hear = TrainingScreen.on_resize

    def on_resize(self, event):
        heard.append(event)
        assert len(heard) < 500, "they chase each other"
        hear(self, event)
        self.call_later(lambda: None)  # something else to do; else the newest in the queue replaces those before it

    monkeypatch.setattr(TrainingScreen, "on_resize", on_resize)
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        if behind:
            await pilot.press("question_mark")
        screen = pilot.app.training
        for size in SIZES * 3:
            screen.post_message(Resize(Size(*size), Size(*size)))
            screen.call_later(lambda: None)
        await until(pilot, lambda: len(heard) >= 3 * len(SIZES))
        await pilot.pause(0.1)
        heard.clear()
        await pilot.pause(0.1)
        assert heard == []
        assert screen.size == (120, 40)


async def test_the_newest_size_is_that_of_every_screen():
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        await pilot.press("question_mark")
        for size in SIZES:
            pilot.app.post_message(Resize(Size(*size), Size(*size)))
        await until(pilot, lambda: {screen.size for screen in pilot.app.screen_stack[1:]} == {SIZES[-1]})


def test_every_screen_fits_the_terminal():
    for module in pkgutil.iter_modules(tui_rnn.tui.screens.__path__):
        import_module(f"tui_rnn.tui.screens.{module.name}")
    ours = [kind for kind in all_below(Screen) if kind.__module__.startswith("tui_rnn.")]
    assert len(ours) > 5
    assert [kind for kind in ours if not issubclass(kind, MendedScreen)] == []


async def test_so_do_those_that_textual_opens_by_itself():
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        pilot.app.search_themes()
        await pilot.pause()
        assert all(isinstance(screen, MendedScreen) for screen in pilot.app.screen_stack)


def all_below(kind):
    return [each for below in kind.__subclasses__() for each in (below, *all_below(below))]


async def test_the_command_palette_opens_and_stays_in_a_terminal_of_any_width():
    async with MadeUpApp().run_test(size=(20, 30)) as pilot:
        await begin(pilot)
        for open_it in (pilot.app.action_command_palette, pilot.app.search_themes):
            open_it()
            await until(
                pilot,
                lambda: pilot.app.screen.query(CommandList) and pilot.app.screen.query_one(CommandList).option_count,
            )
            for width in (*range(20, 0, -1), 40):
                await pilot.resize_terminal(width, 30)
                assert pilot.app._exception is None, width
            await pilot.press("escape")
