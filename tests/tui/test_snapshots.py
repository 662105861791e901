"""Pictures of the screen with a made-up run, compared with those that were looked at and accepted.

After a change that is meant: `pytest tests/tui/test_snapshots.py --snapshot-update`, and look at the pictures.
"""

from datetime import datetime
from types import SimpleNamespace

import pytest

from tests.tui.support import MadeUpApp, begin, done, live, picture, refused, sampled, saved, tell
from tui_rnn.engine.control import SampleRequest
from tui_rnn.engine.events import Paused, SamplePiece
from tui_rnn.tui.panels import run
from tui_rnn.tui.screens import training

SIZES = [(80, 24), (120, 40)]
TEXT = "“Emma,” said Mr. Weston, who was the\nonly one of the party to have\nbeen in the great garden.\n"


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    """A clock that stands still, so that ages and times of day are the same in every picture."""
    monkeypatch.setattr(training, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    monkeypatch.setattr(run, "datetime", SimpleNamespace(now=lambda: datetime(2026, 11, 23, 10, 15, 0)))


def compared(snap_compare, size, before, **settings):
    app = MadeUpApp(**settings)
    app.animation_level = "none"
    return snap_compare(app, terminal_size=size, run_before=before)


async def in_training(pilot):
    await tell(pilot, saved(0))
    await begin(pilot)
    await tell(pilot, sampled(250, TEXT, smooth_loss=61.5), saved(250), saved(300, "best"))
    await picture(pilot, live(500))


async def waiting(pilot):
    await pilot.pause()


async def paused(pilot):
    await in_training(pilot)
    await pilot.press("space", "8")
    await tell(pilot, Paused(500))


async def writing(pilot):
    await in_training(pilot)
    await pilot.press("s")
    await tell(pilot, SamplePiece(pilot.app.asked(SampleRequest)[0].number, TEXT * 3))
    pilot.app.screen._draw()
    await pilot.pause()


async def asked_to_quit(pilot):
    await in_training(pilot)
    await pilot.press("q")


async def helped(pilot):
    await in_training(pilot)
    await pilot.press("question_mark")


async def ended(pilot):
    await in_training(pilot)
    await picture(pilot, live(1000))
    pilot.app.control.paused = True  # the loop that serves requests afterwards has it so
    await tell(pilot, done())
    await pilot.press("9")


async def warned(pilot):
    await in_training(pilot)
    await tell(pilot, refused(500))
    pilot.app.clear_notifications()
    await pilot.press("9", "l", "z")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize(
    "scene",
    [waiting, in_training, paused, writing, asked_to_quit, helped, ended, warned],
    ids=lambda scene: scene.__name__,
)
def test_the_screen_looks_as_accepted(snap_compare, size, scene):
    assert compared(snap_compare, size, scene)


@pytest.mark.parametrize("size", [(200, 60), (50, 10)], ids=lambda size: "x".join(map(str, size)))
def test_the_largest_and_a_small_screen_look_as_accepted(snap_compare, size):
    assert compared(snap_compare, size, in_training)


def test_a_light_theme_looks_as_accepted(snap_compare):
    assert compared(snap_compare, (80, 24), in_training, theme="textual-light")
