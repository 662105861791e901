"""Help: the panel one is in, every key by group, the glossary; nothing of it is cut at any width."""

import itertools

import pytest

from tests.tui.support import MadeUpApp, begin, painted, sees, until, words
from tui_rnn.tui.glossary import GLOSSARY
from tui_rnn.tui.keys import KEYS
from tui_rnn.tui.panels import PANELS
from tui_rnn.tui.screens.help import HelpScreen


@pytest.fixture
async def pilot():
    async with MadeUpApp().run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await pilot.press("2", "f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        yield pilot


def text(pilot, width):
    return [line.plain for line in pilot.app.screen._lines(width)]


async def test_it_says_where_one_is_and_lists_every_key_by_group(pilot):
    await sees(pilot, "You are in 2 Samples.", "↓ more", "TRAINING")  # the header goes on above
    everything = words(" ".join(text(pilot, 90)))
    for line in (
        "The run ─ space pause, go on; when done: as many again also p n one update while paused",
        "Samples ─ s write 1,000 characters , . temp lower, higher also [ ] ; : top-p lower, higher also { } < >",
        f"Panels ─ 1 … {max(panel.number for panel in PANELS.values())} go to a panel tab the next one",
        "? this help also F1",
        "ctrl+p every command by name; themes",
        "1 Loss ─ ← → read the value at a point",
    ):
        assert line.replace("─ ", "") in everything.replace("─", "").replace("  ", " "), line
    for key in KEYS:
        assert key.tooltip.partition(";")[0] in everything


async def test_every_word_of_the_glossary_and_what_every_panel_shows_is_there(pilot):
    everything = words(" ".join(text(pilot, 90)))
    for word, sentence in GLOSSARY.items():
        assert f"{word} {sentence}" in everything
    for panel in PANELS.values():
        assert words(panel.about) in everything


async def test_no_line_is_wider_than_there_is_room_and_none_is_cut(pilot):
    at_most = sorted(" ".join(text(pilot, 400)).replace("─", "").split())
    for width in range(40, 200, 3):
        lines = pilot.app.screen._lines(width)
        assert max(line.cell_length for line in lines) <= width
        assert sorted(" ".join(line.plain for line in lines).replace("─", "").split()) == at_most


async def test_it_scrolls_to_its_end_and_says_whether_there_is_more(pilot):
    await sees(pilot, "─ ↓ more ─")
    await pilot.press("end")
    await until(pilot, lambda: "─ ↓ more ─" not in painted(pilot))
    await sees(pilot, "reach this share together")


async def test_it_is_left_by_these_and_q_asks_whether_to_quit(pilot):
    for key in ("escape", "question_mark", "f1"):
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.screen is pilot.app.training)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
    assert pilot.app.control.asked == []
    await pilot.press("q")
    await sees(pilot, "500 updates are not saved")


@pytest.mark.parametrize(
    ("opens", "name", "line"), [("s", "Sample", "s another sample"), ("o", "Runs", "t train this")]
)
async def test_on_a_screen_over_the_panels_it_speaks_of_that_one_first(opens, name, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with MadeUpApp(run=str(tmp_path / "run")).run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await pilot.press(opens)
        await until(pilot, lambda: pilot.app.screen is not pilot.app.training)
        await pilot.press("f1")
        await sees(pilot, f"You are in {name}.", f"{name} ──")
        everything = words(" ".join(text(pilot, 90)))
        assert line in everything
        assert "hyperparameters: eta, clip" not in everything, "a key that does nothing here"
        assert "go to a panel" in everything
        assert "1 Loss" in everything


async def test_of_screens_in_a_pile_each_shows_the_one_below_it_whichever_is_asked_for_its_colours(tmp_path):
    async with MadeUpApp(run=str(tmp_path)).run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        for key, count in (("s", 3), ("f1", 4), ("ctrl+p", 5)):
            await pilot.press(key)
            await until(pilot, lambda count=count: len(pilot.app.screen_stack) == count)
        pile = pilot.app.screen_stack[1:]
        for covered in pile:
            covered.refresh()
            covered.get_style_at(60, 20)  # as when the pointer moves
            for below, screen in itertools.pairwise(pile):
                assert screen._render()._renderable.screen is below
