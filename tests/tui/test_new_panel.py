"""A panel is one file and one line in PANELS: a toy one has its number, its key, every event, and looks while seen."""

import pytest
from textual.screen import ModalScreen, Screen

from tests.tui.support import MadeUpApp, begin, painted, sampled, sees, settled, shown, tell, unseen, until
from tui_rnn.engine.control import ObserveRequest
from tui_rnn.tui.keys import keys_of
from tui_rnn.tui.panels import PANELS
from tui_rnn.tui.panels.base import TextPanel, key
from tui_rnn.tui.screens.help import HelpScreen
from tui_rnn.tui.screens.training import TrainingScreen


class Toy(TextPanel):
    """Counts what it is given."""

    number = 6
    title = "Toy"
    about = "It counts."
    waiting = "Nothing counted"
    keys = (key("t", "count(10)", "Count", "count ten more", shown=True),)

    def __init__(self, options=None, *, id=None):
        super().__init__(options, id=id)
        self.counted = self.events = self.looks = 0

    def on_run_event(self, event, *, past=False):
        self.events += 1

    def look(self, run):
        self.looks += 1

    def action_count(self, more):
        self.counted += more

    def wants(self):
        return [ObserveRequest("parameter_norms", 0.5, self.counted)]


def replace_all(panels, others):
    """These panels, in their order."""
    panels.clear()
    panels.update(others)


@pytest.fixture
async def pilot(monkeypatch):
    before = dict(PANELS)
    others = {name: panel for name, panel in before.items() if panel.number != Toy.number}
    replace_all(PANELS, {**others, "toy": Toy})
    monkeypatch.setattr(TrainingScreen, "BINDINGS", keys_of(PANELS))
    monkeypatch.setattr(TrainingScreen, "_merged_bindings", TrainingScreen._merge_bindings())
    async with MadeUpApp().run_test(size=(120, 44)) as pilot:
        await begin(pilot)
        yield pilot
    replace_all(PANELS, before)


async def test_its_number_leads_to_it_and_its_name_is_a_tab(pilot):
    await sees(pilot, "6 Toy")
    await pilot.press("6")
    await sees(pilot, "Nothing counted")
    assert "toy" in shown(pilot)
    assert pilot.app.focused.id == "toy"


async def test_its_key_does_what_it_says_wherever_the_focus_is(pilot):
    toy = pilot.app.training.query_one(Toy)
    await pilot.press("1", "t", "t")
    assert toy.counted == 20
    await pilot.press("6")
    await sees(pilot, "Toy", "t count")  # in the footer, while the panel has the focus


async def test_it_gets_every_event_and_looks_only_while_it_can_be_seen(pilot):
    toy = pilot.app.training.query_one(Toy)
    await pilot.press("8")  # which is in front of it now
    events, looks = toy.events, toy.looks
    await tell(pilot, sampled(5), sampled(6))
    assert (toy.events, toy.looks) == (events + 2, looks)
    await pilot.press("6")
    await tell(pilot, sampled(7))
    assert toy.looks > looks
    await pilot.press("8")
    looks = toy.looks
    await tell(pilot, sampled(8))
    assert (toy.events, toy.looks) == (events + 4, looks)


async def test_the_help_says_what_it_shows(pilot):
    await pilot.press("question_mark")
    assert isinstance(pilot.app.screen, HelpScreen)
    await sees(pilot, "The run ──")
    found = painted(pilot)
    for _ in range(12):
        await pilot.press("pagedown")
        await settled(pilot)
        found += painted(pilot)
    assert all(words in found for words in ("6 Toy ──", "t  count ten more", "It counts."))
    await pilot.press("escape")
    await unseen(pilot, "It counts.")
    assert "6 Toy" in painted(pilot)


def test_numbers_are_those_of_the_places_and_no_two_panels_share_a_key():
    numbers = [panel.number for panel in PANELS.values()]
    assert numbers == sorted(set(numbers))
    assert set(numbers) <= set(range(1, 10))
    own = [name for panel in PANELS.values() for each in panel.keys for name in each.key.split(",")]
    assert len(own) == len(set(own))


async def test_an_instrument_looks_while_its_panel_is_on_the_screen_and_no_longer(pilot):
    def asked():
        return [(each.every, each.argument) for each in pilot.app.asked(ObserveRequest) if "norms" in each.name]

    await pilot.press("8")
    await until(pilot, lambda: asked() in ([], [(0.5, 0), (None, None)]))
    before = len(asked())
    await pilot.press("6")
    await until(pilot, lambda: asked()[before:] == [(0.5, 0)])
    del pilot.app.control.watched[:-1]
    toy = pilot.app.training.query_one(Toy)
    toy.counted = 7
    toy.post_message(toy.WantsChanged())
    await until(pilot, lambda: asked()[1:] == [(0.5, 7)])
    await pilot.press("8")
    await until(pilot, lambda: asked()[2:] == [(None, None)])
    await pilot.press("6")
    await until(pilot, lambda: asked()[3:] == [(0.5, 7)])
    await pilot.resize_terminal(40, 10)
    await until(pilot, lambda: asked()[4:] == [(None, None)])
    await pilot.resize_terminal(120, 40)
    await until(pilot, lambda: asked()[5:] == [(0.5, 7)])
    training = pilot.app.training
    for covering in (HelpScreen(training, training), Screen()):
        before = len(asked())
        pilot.app.push_screen(covering)
        await pilot.pause()
        pilot.app.training.poll()
        assert asked()[before:] == [(None, None)]
        pilot.app.pop_screen()
        await until(pilot, lambda before=before: asked()[before + 1 :] == [(0.5, 7)])
    pilot.app.push_screen(ModalScreen())  # a dialog leaves the panels in sight
    before = len(asked())
    pilot.app.training.poll()
    assert asked()[before:] == []
