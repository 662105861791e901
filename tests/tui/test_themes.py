"""Every theme paints every panel, the help and the sample screen, on a small and a usual terminal."""

import pytest
from textual.color import Color
from textual.css.stylesheet import Stylesheet
from textual.filter import ANSIToTruecolor
from textual.theme import BUILTIN_THEMES

from tests.tui.instruments_seen import TEXTS, all_seen
from tests.tui.support import MadeUpApp, begin, painted, sees, shows, tell
from tui_rnn.tui.palette import OWN_THEMES
from tui_rnn.tui.panels import PANELS
from tui_rnn.tui.shell import check_theme

WORDS = {2: "Emma said", 8: "PASS", 9: "882,242"}  # of the made-up run
WAITING = ("Ready after", "Measured twice", "as soon as the network", "that takes a while")  # without instruments


async def test_the_style_sheet_is_read_again_for_another_theme_and_not_for_the_first(monkeypatch):
    read, reparse = [], Stylesheet.reparse
    monkeypatch.setattr(Stylesheet, "reparse", lambda sheet: (read.append(1), reparse(sheet)))
    async with MadeUpApp().run_test(size=(60, 15)) as pilot:
        await begin(pilot)
        assert read == []
        assert pilot.app.screen.styles.background.hex.lower() == OWN_THEMES["ink"].background
        pilot.app.theme = "paper"
        await pilot.pause()
        assert read == [1]
        assert pilot.app.screen.styles.background.hex.lower() == OWN_THEMES["paper"].background


async def test_the_filter_that_a_grid_leaves_out_would_change_nothing():
    async with MadeUpApp().run_test(size=(100, 30)) as pilot:
        await begin(pilot)
        await tell(pilot, *all_seen(TEXTS[0]))
        replacing = next(each for each in pilot.app.get_line_filters() if isinstance(each, ANSIToTruecolor))
        for theme in ("ink", "paper", "gruvbox", "ansi-dark"):
            pilot.app.theme = theme
            for key in ("1", "3", "4", "7"):
                await pilot.press(key)
                await pilot.pause()
                panel, ground = pilot.app.screen.focused, Color.parse("#102030")
                strips = panel.render_lines(panel.size.region)
                same = all(strip == strip.apply_filter(replacing, ground) for strip in strips)
                assert same == (theme != "ansi-dark")
                assert not any(isinstance(each, ANSIToTruecolor) for each in panel.get_line_filters())
        assert not any(isinstance(each, ANSIToTruecolor) for each in pilot.app.get_line_filters())


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_every_theme_paints_all_there_is(tmp_path, size):
    async with MadeUpApp(run=str(tmp_path)).run_test(size=size) as pilot:
        await begin(pilot)
        await tell(pilot, *all_seen(TEXTS[0]))
        for theme in (*OWN_THEMES, *BUILTIN_THEMES):
            check_theme(theme)
            pilot.app.theme = theme
            for name, panel in PANELS.items():
                await pilot.press(str(panel.number))
                await shows(pilot, name)
                await sees(pilot, f"{panel.number} {panel.title}", WORDS.get(panel.number, ""), "TRAINING")
                assert not any(words in painted(pilot) for words in WAITING)
            await pilot.press("question_mark")
            await sees(pilot, "Help", "esc back")
            await pilot.press("escape", "s")
            await sees(pilot, "weights at step")
            colours = {(str(style.color), str(style.bgcolor)) for _, style in pieces(pilot)}
            assert len(colours) > 1
            clashes = {colour for colour, behind in colours if colour == behind}
            assert clashes <= {"Color('default', ColorType.DEFAULT)"}, f"{theme}: words in the colour behind them"
            await pilot.press("escape")


def pieces(pilot):
    """Text and style of every word on the screen."""
    strips = pilot.app.screen._compositor.render_strips()
    return [(s.text, s.style) for strip in strips for s in strip if s.style and any(map(str.isalnum, s.text))]
