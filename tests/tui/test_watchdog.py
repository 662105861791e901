"""What the watchdog sees, and what it does, beside a screen that does not answer."""

import signal
import threading
import time
from functools import partial
from types import SimpleNamespace

import pytest

from tests.tui.support import MadeUpApp, begin, until
from tui_rnn import signals
from tui_rnn.engine.control import Control
from tui_rnn.tui.screens.help import HelpScreen
from tui_rnn.tui.terminal import watchdog
from tui_rnn.tui.terminal.watchdog import UNANSWERED_SECONDS, EndingKeys, Watchdog

SECONDS = 1  # to wait for what should be there at once, before a test is red


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


async def pressed(pilot, *keys):
    """The keys as they are read off the terminal while the screen answers none, and so much later."""
    clock = Clock()
    ending = EndingKeys(pilot.app, clock)
    for key in keys:
        ending.press(key)
    clock.now = UNANSWERED_SECONDS + 1
    return ending


@pytest.mark.parametrize("keys", [["q"], ["ctrl+q"], ["ctrl+c"], ["x", "q"]])
async def test_an_ending_key_that_nobody_answers_is_overdue_and_an_answered_one_is_not(keys):
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        ending = await pressed(pilot, *keys)
        assert ending.is_awaited
        assert ending.is_overdue
        await until(pilot, lambda: not ending.is_awaited and not ending.is_overdue)


async def test_no_key_is_overdue_at_once_and_no_other_key_ever():
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        ending = EndingKeys(pilot.app, Clock())
        ending.press("q")
        assert not ending.is_overdue
        assert not (await pressed(pilot, "s", "escape", "ctrl+z", "enter", "Q")).is_overdue


async def test_q_ends_the_program_over_a_dialog_too():
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        assert (await pressed(pilot, "q")).is_overdue
        assert (await pressed(pilot, "ctrl+q")).is_overdue


async def test_a_q_that_is_typed_into_a_field_ends_nothing():
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: pilot.app.focused is not None and pilot.app.screen is not pilot.app.training)
        assert not (await pressed(pilot, *"qqqq")).is_overdue
        assert (await pressed(pilot, "ctrl+q")).is_overdue


class Screen(SimpleNamespace):
    """As much of an app as the watchdog looks at; its worker ends once it is asked to."""

    def __init__(self, **changes):
        control = Control()
        worker = SimpleNamespace(has_begun=True, has_ended=False, work=lambda: None)
        keys = SimpleNamespace(is_overdue=False, is_awaited=False)
        super().__init__(
            control=control, worker=worker, ending_keys=keys, leads_on=False, caught_signal=None, looks=0, **changes
        )

    def look_at_terminal(self):
        self.looks += 1

    def end_for(self, number):
        self.caught_signal = number
        self.control.stop("signal")
        self.worker.has_ended = True


@pytest.fixture
def guarded(monkeypatch):
    """A screen, whether its end was forced, and the watchdog beside it; which gives no grace."""
    monkeypatch.setattr(watchdog, "GRACE_SECONDS", 0.0)
    screen, forced = Screen(), threading.Event()
    with signals.heard() as (heard, wake):
        yield screen, forced, Watchdog(screen, heard, wake, forced.set)


def soon(holds):
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_signal_ends_a_screen_of_whose_main_thread_nothing_is_heard(guarded):
    screen, forced, dog = guarded
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with dog:
            signal.raise_signal(signal.SIGTERM)
            assert forced.wait(SECONDS)
        assert screen.caught_signal == signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, before)


def test_other_signals_do_not(guarded):
    screen, forced, dog = guarded
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        with dog:
            signal.raise_signal(signal.SIGUSR1)
            since = screen.looks
            dog._look_at = 0
            soon(lambda: screen.looks > since)
        assert screen.caught_signal is None
        assert not forced.is_set()
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_key_that_is_overdue_stops_the_run_and_saves_it(guarded):
    screen, _, dog = guarded
    with dog:
        screen.ending_keys.is_overdue = True
        soon(lambda: screen.control.stopped)
    assert (screen.control.stop_reason, screen.control.save_at_end) == ("stopped", True)


def test_a_run_that_the_screen_never_began_is_begun_to_be_saved(guarded):
    screen, forced, dog = guarded
    screen.worker.has_begun = False

    def work():
        screen.worker.has_begun = screen.worker.has_ended = True

    screen.worker.work = work
    with dog:
        screen.control.stop("signal")
        assert forced.wait(SECONDS)


@pytest.mark.parametrize("hinders", ["still at work", "goes back"])
def test_nothing_is_forced(guarded, hinders):
    screen, forced, dog = guarded
    screen.worker.has_ended = screen.leads_on = hinders == "goes back"
    with dog:
        screen.control.stop()
        for _ in range(2):
            since = screen.looks
            dog._look_at = 0
            soon(partial(lambda since: screen.looks > since, since))
    assert not forced.is_set()
