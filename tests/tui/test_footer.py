"""The footer: whole keys, those of the panel in focus first to go, and each does on a click what it does pressed."""

import pytest

from tests.tui.support import MadeUpApp, begin, painted, sees, tell, until
from tui_rnn.engine.control import SaveRequest
from tui_rnn.engine.events import Paused
from tui_rnn.tui.footer import KeyBar, Named, fitted, row

OWN = [Named("← →", "value", "a"), Named("z", "zoom", "b"), Named("x", "steps, log, epochs", "c")]
LAST = [Named("m", "alone", "m")]
ALWAYS = [Named("space", "pause", "d"), Named("?", "help", "e"), Named("q", "quit", "f")]


@pytest.mark.parametrize("width", range(10, 130))
def test_no_key_is_cut_and_the_row_is_as_wide_as_the_screen(width):
    shown = row("Loss", OWN, LAST, ALWAYS, width)
    text = shown.content.plain
    assert len(text) <= max(width, 2)
    found = [action for _, _, action in shown.places]
    named = (*OWN, *LAST, *ALWAYS)
    if any(each.action not in found for each in OWN):
        named = tuple(Named("?", "more", "e") if each.key == "?" else each for each in named)
        assert not text.startswith(" Loss")
    for first, behind, action in shown.places:
        (one,) = (each for each in named if each.action == action)
        assert text[first:behind] == f"{one.key} {one.word}"
    for each in named:
        assert (each.word in text) == (each.action in found)


def test_the_keys_that_always_hold_stay_longest():
    assert "q quit" in row("Loss", OWN, LAST, ALWAYS, 36).content.plain
    assert "value" not in row("Loss", OWN, LAST, ALWAYS, 36).content.plain
    assert "m alone" in row("Loss", OWN, LAST, ALWAYS, 60).content.plain
    assert "steps" not in row("Loss", OWN, LAST, ALWAYS, 60).content.plain
    whole = row("Loss", OWN, LAST, ALWAYS, 120).content.plain
    assert whole.startswith(" Loss  ← → value  z zoom")
    assert "? help" in whole
    assert "? more" in row("Loss", OWN, LAST, ALWAYS, 60).content.plain  # some of the keys are left out


def test_a_key_that_the_header_names_makes_room_for_one_of_the_panel():
    step = Named("n", "step", "screen.one_step")
    go_on, sample = Named("space", "go on", "d"), Named("s", "sample", "s")
    read = [Named("← ↑ ↓ →", "cursor", "a"), Named("j k", "unit", "b"), Named("i", "your text", "c")]
    at_80 = row("Read", read, LAST, [go_on, step, sample, *ALWAYS[1:]], 80).content.plain
    assert at_80.split("│")[0].split("  ")[:3] == [" ← ↑ ↓ → cursor", "j k unit", "m alone"]
    assert "step" not in at_80
    assert "n step" in row("Read", read, LAST, [go_on, step, sample, *ALWAYS[1:]], 100).content.plain
    for width in range(10, 130):
        with_it = row("Loss", OWN, LAST, [ALWAYS[0], step, *ALWAYS[1:]], width).content.plain
        without = row("Loss", OWN, LAST, ALWAYS, width).content.plain
        assert "n step" in with_it or with_it == without  # it goes for another, never for nothing


def test_as_many_as_fit_are_shown():
    assert fitted(OWN, 13) == OWN[:1]
    assert fitted(OWN, 17) == OWN[:2]
    assert fitted(OWN, 3) == []


async def test_a_click_does_what_the_key_does():
    async with MadeUpApp().run_test(size=(160, 40)) as pilot:
        await begin(pilot)
        await sees(pilot, "c checkpoint")
        x = painted(pilot).splitlines()[-1].index("checkpoint")
        await pilot.click(KeyBar, offset=(x, 0))
        await until(pilot, lambda: pilot.app.control.asked == [SaveRequest()])
        await pilot.click(KeyBar, offset=(painted(pilot).splitlines()[-1].index("│"), 0))
        assert pilot.app.control.asked == [SaveRequest()]
        await pilot.resize_terminal(120, 40)
        await pilot.press("3", "space")
        await tell(pilot, Paused(500))
        await sees(pilot, "n step", "j k unit", "i your text", where=lambda pilot: painted(pilot).splitlines()[-1])
