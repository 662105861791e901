"""Leaving loses nothing: it is asked where updates are unsaved, and the app closes once the worker has ended."""

import pytest

from tests.tui.support import (
    MadeUpApp,
    begin,
    done,
    live,
    picture,
    refused,
    sampled,
    saved,
    sees,
    started,
    status,
    tell,
    unseen,
    until,
)
from tui_rnn.engine.events import NotFinite
from tui_rnn.tui.messages import Ended, Failed
from tui_rnn.tui.screens.command_palette import Palette
from tui_rnn.tui.screens.quit import QuitScreen

SAVE, DISCARD = ("stop", "stopped", True), ("stop", "stopped", False)


@pytest.fixture
async def pilot():
    async with MadeUpApp().run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        yield pilot


def asks(pilot):
    return isinstance(pilot.app.screen, QuitScreen)


async def test_quitting_asks_where_updates_are_unsaved(pilot):
    await tell(pilot, saved(400))
    for key in ("q", "ctrl+q", "ctrl+c"):
        await pilot.press(key)
        await until(pilot, lambda: asks(pilot))
        await sees(pilot, "100 updates are not ")
        await until(pilot, lambda: pilot.app.control.asked == [])
        assert not pilot.app._exit
        await pilot.press("escape")
        await until(pilot, lambda: not asks(pilot))


async def test_quitting_does_not_ask_where_all_is_saved(pilot):
    await tell(pilot, saved(500))
    for key in ("q", "ctrl+q", "ctrl+c"):
        pilot.app.control.asked.clear()
        await pilot.press(key)
        await until(pilot, lambda: not asks(pilot))
        await until(pilot, lambda: pilot.app.control.asked == [SAVE])
        await sees(pilot, "SAVING", where=status)


async def test_the_question_is_asked_once_though_the_palette_lies_over_it(pilot):
    await pilot.press("ctrl+q", "ctrl+p")
    await until(pilot, lambda: [type(screen) for screen in pilot.app.screen_stack[2:]] == [QuitScreen, Palette])
    await pilot.press("ctrl+q", "ctrl+p")
    assert [type(screen) for screen in pilot.app.screen_stack[2:]] == [QuitScreen, Palette]
    assert pilot.app.control.asked == [SAVE]


async def test_quitting_does_not_ask_before_the_first_update():
    async with MadeUpApp().run_test() as pilot:
        await pilot.press("q")
        await until(pilot, lambda: pilot.app.control.asked == [SAVE])


async def test_a_best_model_alone_does_not_count_as_saved_and_a_single_update_is_told_as_one(pilot):
    await tell(pilot, saved(500, "best"))
    await pilot.press("q")
    await until(pilot, lambda: asks(pilot))
    await sees(pilot, "500 updates are not ")
    await tell(pilot, saved(499))
    await sees(pilot, "1 update is not ")


async def test_a_resumed_run_counts_from_the_checkpoint_it_goes_on_from():
    async with MadeUpApp().run_test() as pilot:
        from tui_rnn.tui.messages import RunPast

        await tell(pilot, RunPast([saved(300, "final")]), started(resumed_from="last.ckpt", resumed_step=300))
        await picture(pilot, live(310))
        await pilot.press("q")
        await sees(pilot, "10 updates are")


@pytest.mark.parametrize(
    "keys",
    [("q", "q"), ("q", "enter"), ("ctrl+c", "ctrl+c"), pytest.param(("ctrl+q", "ctrl+q"), marks=pytest.mark.slow)],
)
async def test_these_keys_save_and_quit(pilot, keys):
    await pilot.press(*keys)
    await until(pilot, lambda: pilot.app.control.asked == [SAVE])
    await until(pilot, lambda: not asks(pilot))
    await sees(pilot, "SAVING", where=status)


async def test_the_second_button_quits_without_saving(pilot):
    await pilot.press("q", "down", "enter")
    await until(pilot, lambda: pilot.app.control.asked == [DISCARD])


async def test_the_question_closes_once_the_run_has_ended_and_all_is_saved(pilot):
    await pilot.press("q")
    await until(pilot, lambda: asks(pilot))
    await tell(pilot, done(reason="steps"))
    await until(pilot, lambda: not asks(pilot))
    said = "The run has ended, and all is saved: q quits."
    await until(pilot, lambda: said in [each.message for each in pilot.app._notifications])
    assert pilot.app.control.asked == []
    await pilot.press("q")
    await until(pilot, lambda: pilot.app.control.asked == [SAVE])  # without a question


async def test_escape_goes_on_training(pilot):
    await pilot.press("q")
    await until(pilot, lambda: asks(pilot))
    await pilot.press("escape")
    await until(pilot, lambda: not asks(pilot))
    await until(pilot, lambda: pilot.app.control.asked == [])
    await sees(pilot, "TRAINING", where=status)


@pytest.mark.parametrize(("button", "asked"), [("save", [SAVE]), ("discard", [DISCARD])])
async def test_the_buttons_do_as_they_say(pilot, button, asked):
    for name, due in (("go-on", []), (button, asked)):
        await pilot.press("q")
        assert await pilot.click(f"#{name}")
        await pilot.pause()
        await until(pilot, lambda due=due: pilot.app.control.asked == due)
        await until(pilot, lambda: not asks(pilot))


async def test_arrows_and_enter_choose_a_button(pilot):
    await pilot.press("q", "right", "enter")
    await until(pilot, lambda: pilot.app.control.asked == [DISCARD])


@pytest.mark.parametrize("reason", ["steps", "diverged"])
async def test_after_the_end_quitting_does_not_ask(pilot, reason):
    await tell(pilot, done(reason=reason))
    await pilot.press("q")
    await until(pilot, lambda: pilot.app.control.asked == [SAVE])
    await until(pilot, lambda: not asks(pilot))


async def test_quitting_from_another_screen_loses_nothing_either(pilot):
    """Nothing closes the app but the worker's end, so whatever it is doing is saved first."""
    for where in ("s", "question_mark"):
        await pilot.press(where, "ctrl+q")
        await pilot.pause()
        assert not pilot.app._exit, where
        await pilot.press("escape", "escape")


async def test_ctrl_c_copies_a_selection_and_quits_nothing(pilot):
    await tell(pilot, sampled(500, "a sentence to copy"))
    pilot.app.training.query(".sample").first().text_select_all()
    await pilot.press("ctrl+c")
    assert "a sentence to copy" in pilot.app.clipboard
    await until(pilot, lambda: pilot.app.control.asked == [])
    await until(pilot, lambda: not asks(pilot))
    await pilot.press("ctrl+c")  # the selection is gone
    await until(pilot, lambda: asks(pilot))


async def test_when_training_ends_the_screen_stays(pilot):
    await tell(pilot, done())
    await sees(pilot, "✓ DONE", where=status)
    assert not pilot.app._exit


@pytest.mark.parametrize(("reason", "code"), [("steps", 0), ("stopped", 0), ("diverged", 3)])
async def test_the_app_leaves_the_contracts_code_and_a_summary(pilot, reason, code):
    await tell(pilot, done(reason=reason), Ended())
    await until(pilot, lambda: pilot.app._exit)
    assert pilot.app.exit_code == code
    text = "\n".join(pilot.app.last_words)
    for part in ("48.00", "step 900", "1:01", "runs/made-up", "tui-rnn sample runs/made-up"):
        assert part in text


async def test_a_last_state_that_could_not_be_saved_is_an_error(pilot):
    await pilot.press("q", "q")
    await tell(pilot, done(reason="stopped", saved=False), Ended())
    await until(pilot, lambda: pilot.app._exit)
    assert pilot.app.exit_code == 1
    assert "not saved" in "\n".join(pilot.app.last_words)


async def test_a_last_state_that_was_not_to_be_saved_is_none(pilot):
    await pilot.press("q", "down", "enter")
    await tell(pilot, done(reason="stopped", saved=False), Ended())
    await until(pilot, lambda: pilot.app._exit)
    assert pilot.app.exit_code == 0


async def test_a_worker_that_cannot_go_on_leaves_its_code_and_one_line(pilot):
    code = 2
    await tell(pilot, Failed("a wheel came off\x1b[2J\nand rolled away", code), Ended())
    await until(pilot, lambda: pilot.app._exit)
    assert pilot.app.exit_code == code
    (line,) = pilot.app.last_words
    assert line == "tui-rnn: a wheel came off␛[2J␊and rolled away"


async def test_a_signal_stops_the_run_with_a_checkpoint(pilot):
    for number in (1, 15):
        pilot.app.control.asked.clear()
        pilot.app.end_for(number)
        assert pilot.app.control.asked == [("stop", "signal", True)]
    await tell(pilot, done(reason="signal"), Ended())
    await until(pilot, lambda: pilot.app._exit)


async def test_the_question_fits_a_small_terminal():
    async with MadeUpApp().run_test(size=(50, 10)) as pilot:
        await begin(pilot)
        await pilot.press("q")
        await sees(pilot, "500 updates are not")
        await sees(pilot, "Save and quit (q)")


async def test_where_the_disk_refuses_the_question_says_so_as_it_stands(pilot):
    await tell(pilot, saved(400), refused(500))
    await pilot.press("q")
    await sees(pilot, "100 updates are not saved.", "The disk refused: No space left on device.")
    await tell(pilot, saved(500))
    await sees(pilot, "All is saved.")
    await unseen(pilot, "The disk refused")


async def test_a_best_model_that_is_saved_says_nothing_of_a_state_that_was_refused(pilot):
    await tell(pilot, saved(400), refused(500), saved(500, "best"))
    await sees(pilot, "✖ 100 steps: No space left on device")
    await pilot.press("q")
    await sees(pilot, "The disk refused: No space left on device.")
    await tell(pilot, saved(500))
    await unseen(pilot, "The disk refused")
    await pilot.press("escape")
    await unseen(pilot, "✖ 100 steps")


@pytest.mark.parametrize("kind", ["best", "best-held-out"])
async def test_after_a_divergence_a_refused_model_is_asked_about_until_that_one_is_saved(pilot, kind):
    other = {"best": "best-held-out", "best-held-out": "best"}[kind]
    told = refused(450), NotFinite("diverged at update 501"), refused(500, kind), done(500, "diverged")
    await tell(pilot, saved(400), *told, saved(480, other))
    await pilot.press("q")
    await sees(pilot, "The best model is not saved.")
    await tell(pilot, saved(500, kind))
    await until(pilot, lambda: not asks(pilot))


async def test_a_state_that_was_refused_before_a_divergence_is_nothing_to_ask_about(pilot):
    await tell(pilot, saved(400), refused(450), NotFinite("diverged at update 501"), done(500, "diverged"))
    await pilot.press("q")
    await until(pilot, lambda: pilot.app.control.stopped)


async def test_a_best_model_that_was_refused_is_asked_about_after_a_divergence(pilot):
    await tell(pilot, NotFinite("diverged at update 501"), refused(500, "best"), done(500, "diverged"))
    await pilot.press("escape", "q")
    await sees(pilot, "The best model is not saved.", "The disk refused: No space left on device.")


async def test_after_a_divergence_with_all_saved_nothing_is_asked(pilot):
    await tell(pilot, saved(400), NotFinite("diverged at update 501"), done(500, "diverged"))
    await pilot.press("escape", "q")
    await until(pilot, lambda: pilot.app.control.asked == [SAVE])
