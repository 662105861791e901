"""A key that is bound and does nothing now says why: every key of the training screen, in every state of a run."""

import pytest

from tests.tui.support import MadeUpApp, begin, done, settled, tell, until
from tui_rnn.engine.events import NotFinite, Paused
from tui_rnn.tui.screens.training import TrainingScreen

ENTERED = {  # a state of a run, and the events that lead to it from one in training
    "training": (),
    "paused": (Paused(500),),
    "done": (done(1000, "steps"),),
    "diverged": (NotFinite("diverged at update 501"), done(500, "diverged")),
}
KEYS = sorted({key for each in TrainingScreen.BINDINGS for key in each.key.split(",")})
REFUSED = {  # key and state, and a part of the sentence
    ("n", "training"): "space pauses it",
    ("n", "done"): "The run is done",
    ("n", "diverged"): "e goes back",
    ("space", "diverged"): "e goes back",
    ("p", "diverged"): "e goes back",
    ("e", "training"): "this run has not diverged",
    ("e", "paused"): "this run has not diverged",
    ("e", "done"): "this run has not diverged",
}


def said(pilot):
    return [each.message for each in pilot.app._notifications]


@pytest.mark.parametrize("state", ENTERED)
async def test_a_key_of_the_run_does_something_or_says_why_not(state):
    async with MadeUpApp().run_test(size=(100, 30)) as pilot:
        await begin(pilot)
        if state == "paused":
            pilot.app.control.pause()
        await tell(pilot, *ENTERED[state])
        screen = pilot.app.training
        await pilot.press("escape")  # the offer after a divergence
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.run.state == state
        for key in KEYS:
            active = key in screen.active_bindings
            assert active != ((key, state) in REFUSED), (key, state)
            if not active:
                pilot.app.clear_notifications()
                await pilot.press(key)
                await until(pilot, lambda: said(pilot))
                assert REFUSED[key, state] in said(pilot)[-1]
                assert pilot.app.screen is screen


async def test_what_a_key_changes_out_of_sight_is_said():
    async with MadeUpApp().run_test(size=(100, 30)) as pilot:
        await begin(pilot)
        await pilot.press("2", "comma")
        await settled(pilot)
        assert not said(pilot)  # it stands in the panel
        await pilot.press("colon")
        await until(pilot, lambda: said(pilot))
        assert said(pilot)[-1] == "The next sample stays at temp 0.9, top-p 1, live weights: no value lies beyond."
        await pilot.press("9", "m", "full_stop")
        await until(pilot, lambda: "The next sample: temp 1, top-p 1, live weights." in said(pilot))
        await pilot.press("z")
        await until(pilot, lambda: "This changes 1 Loss, which is out of sight: 1 shows it." in said(pilot))


async def test_a_key_that_is_bound_nowhere_says_nothing():
    async with MadeUpApp().run_test(size=(100, 30)) as pilot:
        await begin(pilot)
        await pilot.press("f20", "é", "space", "space")
        await settled(pilot)
        assert not said(pilot)
