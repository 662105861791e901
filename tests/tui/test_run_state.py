"""What was told of a run, without a screen: its state, what of it is unsaved, and what stands in the status line."""

import math
from dataclasses import replace

import pytest

from tests.tui.support import T, checked, done, live, refused, saved, started
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import Compiled, Compiling, HeldOut, Paused
from tui_rnn.tui.header.tiles import tiles_of
from tui_rnn.tui.panels.run import facts
from tui_rnn.tui.run_state import RunState

CONFIG = RunConfig.from_recipe("adagrad", "made-up.txt", steps=1000)


def after(*events, step=500, now=100.0, paused=False):
    run_state = RunState(CONFIG, CONFIG.goal, "runs/made-up")
    for event in events:
        run_state.take(event, now, paused=paused)
    run_state.picture = live(step)
    return run_state


def judged(step, loss):
    return HeldOut(step, loss, loss and loss / math.log(2), 3.5, 400)


TRAINING = (started(), checked(), checked("complex"))


@pytest.mark.parametrize(
    ("events", "paused", "state"),
    [
        ((), False, "reading"),
        (TRAINING[:1], False, "checking"),
        (TRAINING[:2], False, "checking"),
        (TRAINING, False, "training"),
        ((*TRAINING, Paused(500)), True, "paused"),
        ((*TRAINING, Paused(500)), False, "training"),  # it was resumed before that was told
        ((*TRAINING, Paused(500), checked("complex")), True, "paused"),
        ((*TRAINING, refused(500)), False, "training"),
        ((*TRAINING, refused(500, "final")), False, "saving"),
        ((*TRAINING, done(1000)), False, "done"),
        ((*TRAINING, done(500, "diverged")), False, "diverged"),
        ((*TRAINING, done(500, "stopped")), False, "saving"),
        ((*TRAINING, done(1000), Paused(1000)), True, "done"),
        ((started(), Compiling(6), checked()), False, "checking"),
        ((started(), Compiling(6), checked(), checked("complex")), False, "compiling"),
        ((started(), Compiling(6), checked(), checked("complex"), Paused(0)), True, "paused"),
        ((started(), Compiling(6), checked(), checked("complex"), Compiled()), False, "training"),
        ((started(), Compiling(6), Compiled(), checked(), checked("complex")), False, "training"),
    ],
)
def test_the_state_follows_from_what_was_told(events, paused, state):
    assert after(*events, paused=paused).state == state


@pytest.mark.parametrize(
    ("events", "unsaved"),
    [
        (TRAINING, True),
        ((*TRAINING, saved(500)), False),
        ((*TRAINING, saved(400)), True),
        ((*TRAINING, saved(500, "best")), True),  # no state that the run can go on from
        ((*TRAINING, saved(400), done(500)), False),  # its last checkpoint is on its way
        ((*TRAINING, saved(400), refused(500), done(500)), True),
    ],
)
def test_unsaved_is_what_leaving_the_run_would_lose(events, unsaved):
    assert after(*events).is_unsaved == unsaved


def test_the_status_has_the_latest_of_each_figure():
    run_state = after(*TRAINING, saved(400), judged(400, 3.5), judged(450, 3.75), now=100.0)
    status = run_state.status(107.0)
    assert (status.state, status.step, status.smooth) == ("training", 500, live(500).smooth_loss / T)
    assert (status.saved_seconds_ago, status.unsaved_steps) == (7, 100)
    assert (status.held_out, status.best_held_out) == (3.75, 3.5)


def test_a_checkpoint_of_before_this_process_has_a_step_and_no_age():
    run_state = after()
    run_state.take(saved(400), None, paused=False)
    status = run_state.status(107.0)
    assert (status.saved_seconds_ago, status.unsaved_steps) == (None, 100)


def test_a_run_that_goes_on_is_saved_where_it_went_on_from():
    run_state = after(started(resumed_from="runs/made-up/checkpoints/last.ckpt", resumed_step=500))
    status = run_state.status(107.0)
    assert (status.saved_step, status.saved_seconds_ago, status.unsaved_steps) == (500, None, 0)


@pytest.mark.parametrize(
    ("event", "paused", "rate"),
    [(None, False, 1234.0), (Paused(500), True, None), (done(1000), False, None), (done(500, "diverged"), False, None)],
)
def test_no_rate_is_told_of_a_run_that_makes_no_updates(event, paused, rate):
    run_state = after(*TRAINING, *([event] if event else []), paused=paused)
    assert run_state.status(107.0).updates_per_second == rate
    assert ("speed" in facts(run_state)) == (rate is not None)


@pytest.mark.parametrize("best", [math.nan, math.inf, 1.26e34, 1e-9])
def test_facts_are_told_in_a_few_characters_whatever_the_loss_is(best):
    run_state = after(*TRAINING)
    run_state.picture = live(500, best_smooth_loss=best)
    assert len(facts(run_state)["best"]) < 70


@pytest.mark.parametrize(
    ("kinds", "question"),
    [
        (("best",), "The best model is not saved."),
        (("periodic",), "100 updates are not saved."),
    ],
)
def test_the_question_names_what_the_disk_refused(kinds, question):
    run_state = after(*TRAINING, saved(500 if kinds == ("best",) else 400), *(refused(500, kind) for kind in kinds))
    assert run_state.question().startswith(question)


def test_a_held_out_loss_that_is_no_number_is_left_out_of_the_chart():
    run_state = after(*TRAINING, judged(400, None), judged(450, 4.0))
    assert run_state.series().held_out == ((450, 4.0),)


def test_the_header_says_that_the_kernel_is_compiled_and_for_how_long():
    def tiles(*events):
        shown = replace(after(started(), *events).status(0.0), smooth=None)
        return {tile.label: tile.value for tile in tiles_of(shown)}

    assert tiles(Compiling(6))["compiling the kernel"] == "once: about 6 s"
    assert "compiling the kernel" not in tiles() | tiles(Compiling(6), Compiled())


def test_the_run_panel_names_a_kernel_that_is_not_numpys():
    run_state = after(started())
    assert "kernel" not in facts(run_state)["network"]
    run_state.config = replace(run_state.config, kernel="numba")
    assert facts(run_state)["network"].endswith("float32, kernel numba")
