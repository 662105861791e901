"""Reach, Letters and Book on the screen: what each has looked at, what its keys ask for, and what is shown of it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.tui.support import MadeUpApp, begin, sees, settled, tell, unseen, until
from tests.tui.test_drawing import CHAPTERS, EPOCHS, READING, STAIRS, TEXT, letter, map_of
from tui_rnn.engine.control import ObserveRequest
from tui_rnn.engine.events import BookRead, HeldOut, NGramsCounted, Observed
from tui_rnn.engine.instruments.book import Losses
from tui_rnn.engine.instruments.reach import MeanReach, Question
from tui_rnn.engine.ngram import JUDGED
from tui_rnn.tui.panels.reach import HOLDOUT_OF_COUNTING, ReachPanel
from tui_rnn.tui.polling import Pace
from tui_rnn.tui.screens.own_text import OwnTextScreen

MEAN = MeanReach((0.4, 0.2, 0.15, 0.1, 0.06, 0.05, 0.04), 500)
HELD_OUT = HeldOut(500, 2.0, 2.9, 2.0, 500)


@pytest.fixture
async def pilot():
    async with MadeUpApp(holdout=0.1).run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        await tell(pilot, BookRead("abcdehins o", None))
        yield pilot


def asked_of(pilot, name):
    """What the instrument of this name was asked last: how often to look, and the argument."""
    (*_, last) = [(each.every, each.argument) for each in pilot.app.asked(ObserveRequest) if each.name == name]
    return last


async def seen(pilot, name, value):
    await tell(pilot, Observed(500, name, value))


async def test_what_an_instrument_was_just_asked_for_is_shown_at_once_and_what_follows_at_the_next_look(
    pilot, monkeypatch
):
    monkeypatch.setattr(Pace, "end", lambda pace: 1e6)
    await pilot.press("5", "m")
    await pilot.pause(0.2)  # the look at hand is the last
    looks = []
    monkeypatch.setattr(ReachPanel, "look", lambda panel, run: looks.append(panel))
    for name, times in (("another", 0), ("reach", 1), ("reach", 1)):  # another: that was not asked for
        pilot.app.training.on_run_event(Observed(500, name, STAIRS))
        assert len(looks) == times


async def test_reach_walks_along_the_text_or_reads_one_of_the_users_own(pilot):
    await pilot.press("5", "m")
    await sees(pilot, "as soon as the network")
    assert asked_of(pilot, "reach") == (1.0, Question())
    assert asked_of(pilot, "average_reach") == (30.0, 50)  # few places at first
    await tell(pilot, BookRead(TEXT, None), HELD_OUT)
    await seen(pilot, "reach", STAIRS)
    await sees(pilot, "he said so and ▸ · .62", "being measured", "held-out text, never trained on")
    await seen(pilot, "average_reach", MEAN)
    await sees(pilot, "nine tenths on the", "40.0 %")
    await tell(pilot, NGramsCounted((3.1, 2.4, 1.8, 1.4, 1.3)))
    await sees(pilot, "A 3-gram sees 2 and reaches 1.800")  # where both were judged by one text
    run = pilot.app.training.run
    assert HOLDOUT_OF_COUNTING == JUDGED == run.config.holdout
    panel = pilot.app.training.query_one("#reach")
    panel.look(SimpleNamespace(config=replace(run.config, holdout=0.3), ngrams=run.ngrams))
    await unseen(pilot, "A 3-gram sees")
    panel.look(run)
    await sees(pilot, "A 3-gram sees")
    assert asked_of(pilot, "average_reach") == (30.0, None)
    await pilot.press("right")
    await until(pilot, lambda: asked_of(pilot, "reach") == (1.0, Question(STAIRS.guesses[0].place + 1)))
    await unseen(pilot, "he said so and ▸ ·")
    await sees(pilot, "▸ s .62")  # what is known of the next rows stands there at once
    await pilot.press("end")
    await until(pilot, lambda: asked_of(pilot, "reach") == (1.0, Question(0)))  # all of so short a text is its end
    await pilot.press("v")
    await until(pilot, lambda: asked_of(pilot, "reach") == (1.0, Question(0, came=True)))
    await pilot.press("i")
    await until(pilot, lambda: isinstance(pilot.app.screen, OwnTextScreen))
    await pilot.press("z")
    await sees(pilot, "knows no character of this")
    await pilot.press("enter")
    assert isinstance(pilot.app.screen, OwnTextScreen)
    await pilot.press("backspace", *"szo")
    await sees(pilot, "Left out, unknown to the network: z", " enter read  esc back")
    await unseen(pilot, "space pause")  # the panel's keys are not those of the field
    await pilot.press("enter")
    await until(pilot, lambda: asked_of(pilot, "reach") == (1.0, Question(0, came=True, own="so")))
    await sees(pilot, "your own text")
    await pilot.press("escape")
    await until(pilot, lambda: asked_of(pilot, "reach") == (1.0, Question(came=True)))
    await sees(pilot, "held-out text, never trained on")


async def test_letters_are_chosen_by_j_and_k_and_the_map_does_not_flip(pilot):
    space = letter(9, 1.0, 2.0)  # seen more often than any letter, and yet it is not the first to be chosen
    near = [space, letter(0, -2.0, 1.0, nearest=[(1, 0.5)]), letter(1, 2.0, 0.5, nearest=[(0, 0.5)])]
    await pilot.press("6", "m")
    assert asked_of(pilot, "letters") == (5.0, "U")
    await seen(pilot, "letters", map_of(*near))
    await sees(pilot, "Nearest to a", "0.50", "as read  11 characters")
    before = await settled(pilot)
    await seen(pilot, "letters", map_of(*(replace(each, x=-each.x) for each in near)))
    assert await settled(pilot) == before
    await pilot.press("j")
    await sees(pilot, "Nearest to b")
    await pilot.press("k", "k")
    await unseen(pilot, "Nearest to b")  # the space has no neighbour
    await pilot.press("v")
    await until(pilot, lambda: asked_of(pilot, "letters") == (5.0, "V"))
    await seen(pilot, "letters", map_of(*near, view="V"))
    await sees(pilot, "its place in V", "as written")


async def test_the_book_is_read_along_with_a_cursor(pilot):
    await pilot.press("7", "m")
    await sees(pilot, "The weights read the book")
    assert asked_of(pilot, "epochs") == (0.5, None)
    assert asked_of(pilot, "book") == (1.0, True)  # the first reading in haste
    await seen(pilot, "epochs", replace(EPOCHS, places=(882_242 // 2,)))
    await sees(pilot, "epoch 2", "a piece at a time", "made-up.txt  882,242 characters")
    await seen(pilot, "book", READING)
    await seen(pilot, "chapters", CHAPTERS)
    await sees(pilot, "Hardest", "3.25", "2 chapters")
    assert asked_of(pilot, "book") == (1.0, None)
    assert asked_of(pilot, "chapters") == (None, None)  # they do not change
    await pilot.press("right")
    await sees(pilot, "50.0 %, ")  # where training reads
    await pilot.press("home", "right")
    await sees(pilot, "0.9 %, ", "2.000 now", "3.000 in epoch 2", "3.200 in epoch 1")
    await seen(pilot, "book", replace(READING, parts=tuple(Losses(each.sum + 3, 1) for each in READING.parts)))
    await sees(pilot, "4.000 now")  # (5 + 2 / 2) / (1 + 1 / 2): the reading before counts for half
    await pilot.press("escape")
    await unseen(pilot, "3.000 in epoch 2")
    await pilot.press("v")
    await sees(pilot, "Where the nats go")
    await pilot.press("8")
    await until(pilot, lambda: asked_of(pilot, "epochs") == (None, None))
