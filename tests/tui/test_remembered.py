"""What is chosen on the screen is there at the next start, in a process of its own and in this one."""

from tests.tui.support import MadeUpApp, begin
from tui_rnn import remembered
from tui_rnn.tui.panels.base import ScreenOptions


async def test_theme_and_panel_are_remembered_and_come_back(home):
    app = MadeUpApp()
    app._options = ScreenOptions(panel="run", warnings=("fps under [screen] is left out",))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await begin(pilot)
        assert [note.message for note in app._notifications] == ["fps under [screen] is left out"]
        assert app.ground.area.panels["run"].display
        assert not app.ground.area.panels["samples"].display
        app.remember()
        assert not home.exists()  # nothing was chosen
        app.theme = "nord"
        await pilot.press("8")
        await pilot.pause()
    app.remember()
    assert remembered.read() == {"theme": "nord", "panel": "check"}
    now = app.options_to_go_on_with
    assert (now.theme, now.panel, now.warnings) == ("nord", "check", ())
