"""Each key of the design's table does its thing: what it asks of the run, and what changes on the screen."""

import pytest
from textual import events
from textual.command import CommandInput, CommandPalette

from tests.tui.support import MadeUpApp, begin, live, painted, sees, settled, shown, shows, tell, until
from tui_rnn.engine.control import GradientCheckRequest, SampleRequest, SaveRequest
from tui_rnn.tui import panels
from tui_rnn.tui.messages import Ended
from tui_rnn.tui.panels.loss import LossChart
from tui_rnn.tui.screens.quit import QuitScreen
from tui_rnn.tui.screens.sample import SampleScreen

PANELS = {panel.number: name for name, panel in panels.PANELS.items()}


@pytest.fixture
async def pilot():
    async with MadeUpApp().run_test(size=(100, 30)) as pilot:
        await begin(pilot)
        yield pilot


def view(pilot):
    return pilot.app.training.query_one(LossChart).view


def chart_title(pilot):
    return str(pilot.app.training.query_one(LossChart).border_title)


async def test_checkpoint_asks_for_one(pilot):
    await pilot.press("c", "ctrl+s")
    await until(pilot, lambda: pilot.app.control.asked == [SaveRequest()] * 2)


async def test_gradient_check_asks_for_both_methods_and_shows_the_panel(pilot):
    await pilot.press("9")
    await until(pilot, lambda: "check" not in shown(pilot))
    await pilot.press("g")
    assert [request.method for request in pilot.app.asked(GradientCheckRequest)] == ["central", "complex"]
    await shows(pilot, "check")


async def test_sample_asks_for_a_thousand_characters_and_opens_its_screen(pilot):
    await pilot.press("s")
    await until(pilot, lambda: isinstance(pilot.app.screen, SampleScreen))
    request, *_ = pilot.app.asked(SampleRequest)
    assert (request.length, request.temperature, request.top_p, request.model) == (1000, 1.0, 1.0, "live")


async def test_brackets_comma_and_full_stop_change_the_temperature_of_the_next_sample(pilot):
    await sees(pilot, "s: temp 1 ")
    await pilot.press("left_square_bracket", "comma")
    await sees(pilot, "s: temp 0.8 ")
    await pilot.press("right_square_bracket", "s")
    assert pilot.app.asked(SampleRequest)[0].temperature == 0.9
    await pilot.press("escape", "full_stop")  # and stays within its scale
    await pilot.press(*["comma"] * 12)
    await sees(pilot, "s: temp 0 ")
    await pilot.press(*["right_square_bracket"] * 17)
    await sees(pilot, "s: temp 2 ")


@pytest.mark.parametrize(
    ("lower", "higher"),
    [("semicolon", "colon"), ("left_curly_bracket", "right_curly_bracket"), ("less_than_sign", "greater_than_sign")],
)
async def test_these_change_the_top_p_of_the_next_sample_and_b_its_weights(pilot, lower, higher):
    await pilot.press(lower, lower)
    await sees(pilot, "s: temp 1, top-p 0.9 ")
    await pilot.press("b", higher)
    await sees(pilot, "s: temp 1, top-p 0.95, best weights ")
    await pilot.press("s")
    request, *_ = pilot.app.asked(SampleRequest)
    assert (request.top_p, request.model) == (0.95, "best")


async def test_l_is_the_logarithm_of_the_loss_and_back(pilot):
    before = await settled(pilot)
    await pilot.press("l")
    assert view(pilot).log
    assert "log of the loss" in chart_title(pilot)
    await until(pilot, lambda: painted(pilot) != before)
    await pilot.press("l")
    assert not view(pilot).log
    await until(pilot, lambda: painted(pilot) == before)


async def test_plus_minus_and_zero_smooth_the_raw_loss_and_the_title_says_so(pilot):
    assert view(pilot).averaged == 1
    seen = []
    for key in ("plus", "equals_sign", "plus", "minus", "0", "minus"):
        await pilot.press(key)
        seen.append(view(pilot).averaged)
        assert ("mean of" in chart_title(pilot)) == (seen[-1] > 1)
    assert 1 < seen[0] < seen[1] < seen[2]
    assert seen[3:] == [seen[1], 1, 1]


async def test_z_zooms_in_on_the_latest_steps_and_a_shows_all(pilot):
    firsts = []
    for _ in range(2):
        await pilot.press("z")
        firsts.append(view(pilot).first)
        assert f"steps {firsts[-1]:,.0f} to 500" in chart_title(pilot)
    assert 0 < firsts[0] < firsts[1] < 500
    await pilot.press("a")
    assert view(pilot).first == 0
    assert "steps" not in chart_title(pilot)
    await pilot.press("a")
    assert view(pilot).whole


async def test_x_counts_something_else(pilot):
    await pilot.press("x")
    assert view(pilot).scale == "log"
    await sees(pilot, "steps, log")


async def test_arrows_read_logged_values_and_escape_puts_the_cursor_away(pilot):
    await pilot.press("1", "left", "left")
    assert view(pilot).cursor in live(500).steps
    assert f"step {view(pilot).cursor}" in chart_title(pilot)
    await pilot.press("escape")
    assert view(pilot).cursor is None
    await pilot.press("2", "left")  # the arrows are those of the panel in focus
    assert view(pilot).cursor is None


async def test_a_number_goes_to_its_panel(pilot):
    for number, name in [*PANELS.items(), (2, "samples")]:
        await pilot.press(str(number))
        await pilot.pause()
        assert pilot.app.focused.id == name
        await shows(pilot, name)
    await pilot.press("tab")
    assert (
        pilot.app.focused.id == PANELS[min(PANELS.keys() - {1, 2})]
    )  # the next in number, though another one was in front
    await pilot.press("shift+tab", "shift+tab", "shift+tab")
    assert pilot.app.focused.id == "run"
    await pilot.press("2")


async def alone_and_back(pilot, name, there, back):
    before = await settled(pilot)
    await pilot.press(there)
    await pilot.pause()
    await shows(pilot, name, only=True)
    panel = pilot.app.training.query_one(f"#{name}")
    assert panel.outer_size == panel.parent.size
    assert panel.is_alone
    await pilot.press(back)
    await pilot.pause()
    await until(pilot, lambda: len(shown(pilot)) > 1)
    await until(pilot, lambda: painted(pilot) == before)


async def test_every_panel_has_all_the_room_and_goes_back(pilot):
    for number, name in PANELS.items():
        await pilot.press(str(number))
        await alone_and_back(pilot, name, "m", "m")


async def test_escape_brings_back(pilot):
    await alone_and_back(pilot, "loss", "m", "escape")


async def test_a_number_shows_another_panel_alone_in_this_ones_place(pilot):
    await pilot.press("1", "m", "9")
    await shows(pilot, "run", only=True)
    assert pilot.app.focused.id == "run"
    await pilot.press("escape")
    await shows(pilot, "loss", "samples", "run", only=True)
    assert pilot.app.focused.id == "run"  # and not the one that was alone before
    await pilot.press("1", "m", "4", "m", "v")
    assert pilot.app.focused.id == "health"


async def test_escape_never_quits(pilot):
    await pilot.press(*["escape"] * 3)
    await pilot.press("m", "escape", "escape")
    await until(pilot, lambda: pilot.app.control.asked == [])
    await until(pilot, lambda: pilot.app.screen is pilot.app.training)


async def test_the_palette_finds_the_keys_by_name(pilot):
    await pilot.press("ctrl+p")
    await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
    await pilot.press(*"checkpoint")
    await sees(pilot, "Save a checkpoint now")
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.control.asked == [SaveRequest()])


async def test_the_palette_holds_no_quit_that_would_not_ask(pilot):
    await pilot.press("ctrl+p", *"quit")
    await sees(pilot, "Quit; asks")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, QuitScreen))
    assert not pilot.app._exit


async def test_a_palette_whose_parts_are_gone_says_nothing_more(pilot):
    await pilot.press("ctrl+p")
    await sees(pilot, "Search for commands")
    palette = pilot.app.screen
    await pilot.press("escape")
    await until(pilot, lambda: pilot.app.screen is pilot.app.training)
    await palette.remove_children()
    await palette._dispatch_message(events.Callback(callback=lambda: palette.query_one(CommandInput)))
    assert not pilot.app._exit


async def test_the_palette_over_another_screen_is_of_that_screen(pilot):
    await pilot.press("s")
    await until(pilot, lambda: isinstance(pilot.app.screen, SampleScreen))
    await pilot.press("ctrl+p")
    await sees(pilot, "Another sample", "Keep it as a file")
    assert "Save a checkpoint" not in painted(pilot)


async def test_the_palette_holds_the_keys_of_the_panel_in_focus(pilot):
    await pilot.press("9", "ctrl+p", *"paths")
    await sees(pilot, "v  ")
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.screen is pilot.app.training)


async def test_the_palette_says_each_thing_once_in_every_panel(pilot):
    for number in PANELS:
        await pilot.press(str(number))
        titles = [command.title for command in pilot.app.get_system_commands(pilot.app.training)]
        assert sorted(set(titles)) == sorted(titles)
        if number == 2:
            assert {"Next sample", "Previous sample"} <= set(titles)


async def test_the_palette_holds_every_key_and_the_themes(pilot):
    titles = "\n".join(command.title.lower() for command in pilot.app.get_system_commands(pilot.app.training))
    for word in ("pause", "sample", "checkpoint", "check the gradient", "logarithm", "zoom", "help", "quit", "theme"):
        assert word in titles


async def test_the_footer_names_the_keys_one_needs_first(pilot):
    footer = painted(pilot).splitlines()[-1]
    for word in ("← → value", "z zoom", "space pause", "s sample", "? more", "q quit"):
        assert word in footer


async def test_the_app_closes_when_the_worker_has_ended(pilot):
    await pilot.press("q", "q")
    assert not pilot.app._exit
    await tell(pilot, Ended())
    await until(pilot, lambda: pilot.app._exit)


async def test_y_copies_what_is_selected_or_the_panels_text(pilot, monkeypatch):
    copied = []
    monkeypatch.setattr(pilot.app, "copy_to_clipboard", copied.append)
    await pilot.press("y")
    assert "nats" in copied[0].partition("\n")[0]
    await pilot.press("2", "y")
    assert "Emma said nothing." in copied[1]
