"""What an ended run's exit code is, and what is said of it that is lost: the same with and without a screen."""

import pytest

from tui_rnn.engine.events import Done
from tui_rnn.runs.outcome import exit_code, faults, is_lost


def done(reason, *, saved):
    return Done(20, reason, 50.0, 49.0, 18, 1.0, "ab" * 32, saved=saved)


@pytest.mark.parametrize(("reason", "code"), [("steps", 0), ("stopped", 0), ("signal", 0), ("diverged", 3)])
def test_a_run_whose_last_state_is_saved_ends_with_the_code_of_its_reason(reason, code):
    assert exit_code(done(reason, saved=True)) == code
    assert not is_lost(done(reason, saved=True))
    assert faults(done(reason, saved=True), "run") == ""


@pytest.mark.parametrize("reason", ["steps", "stopped", "signal"])
def test_a_last_state_that_is_not_saved_is_a_failure_if_it_was_wanted(reason):
    assert exit_code(done(reason, saved=False)) == 1
    assert exit_code(done(reason, saved=False), wanted=False) == 0


def test_the_last_state_of_a_run_that_diverged_is_not_missed():
    assert exit_code(done("diverged", saved=False)) == 3
    assert faults(done("diverged", saved=False), "run") == ""


@pytest.mark.parametrize(
    ("reason", "saved", "refused", "line"),
    [
        ("steps", False, "", "step 20 is not saved in run: make room, or put the folder back"),
        (
            "stopped",
            False,
            "File too large",
            "step 20 is not saved in run, and stdout takes no more (File too large): make room, or put the folder back",
        ),
        (
            "stopped",
            True,
            "No space",
            "stdout takes no more (No space): make room, or write elsewhere; the run is saved",
        ),
        ("diverged", False, "No space", "stdout takes no more (No space): make room, or write elsewhere"),
    ],
)
def test_what_is_lost_is_said_with_its_remedy(reason, saved, refused, line):
    assert faults(done(reason, saved=saved), "run", refused) == line
