"""What is said at the end of a run: how it went, and commands that can be typed."""

import shlex

import pytest

from tests.small import small_config
from tui_rnn.engine.events import Done
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.run_summary import summary


def done(**changes):
    facts = {"smooth_loss": 50.0, "best_smooth_loss": 45.0, "best_step": 900, "elapsed_seconds": 61.0}
    return Done(**{"step": 1000, "reason": "steps", "state_sha256": "ab" * 32, **facts, **changes})


def told(run="runs/a", goal=1000, own=None, **changes):
    goal = goal if isinstance(goal, Goal) else Goal(goal)
    own = own or goal
    config = small_config(seq_length=25, steps=own.steps, minutes=own.minutes)
    return "\n".join(summary(done(**changes), config, goal, run))


def test_the_summary_tells_the_best_loss_steps_time_and_where_the_run_is():
    text = told()
    for words in (
        "1,000 of 1,000 steps",
        "1:01",
        "2.000 nats/char",
        "1.800 nats/char",
        "step 900",
        "runs/a",
        "ab" * 32,
    ):
        assert words in text


@pytest.mark.parametrize(
    ("reason", "word"), [("steps", "Finished"), ("stopped", "Stopped"), ("signal", "signal"), ("diverged", "Diverged")]
)
def test_the_summary_says_why_the_run_ended(reason, word):
    assert word in told(reason=reason).splitlines()[0]


def test_the_summary_says_how_to_go_on_and_how_to_sample():
    assert "tui-rnn resume runs/a\n" in told(step=500, reason="stopped")
    assert "tui-rnn resume runs/a --steps 2000\n" in told()
    assert "tui-rnn resume runs/a --steps 4000\n" in told(goal=3000, own=Goal(1000), step=3000)  # as space goes on
    assert "tui-rnn sample runs/a\n" in told()


@pytest.mark.parametrize(
    ("goal", "changes", "first", "then"),
    [
        (Goal(UNLIMITED, 0.5), {"elapsed_seconds": 30.2}, "Finished after 30 s and 1,000 steps", " --minutes 1"),
        (
            Goal(5000, 0.5),
            {"elapsed_seconds": 30.2},
            "Finished after 30 s and 1,000 of 5,000 steps",
            " --steps 5000 --minutes 1",
        ),
        (Goal(1000, 2.0), {}, "Finished after 1:01 of 2:00 and 1,000 of 1,000 steps", " --steps 2000 --minutes 2"),
        (Goal(UNLIMITED, 2.0), {"reason": "stopped"}, "Stopped after 1:01 of 2:00 and 1,000 steps", ""),
        (
            Goal(UNLIMITED, 0.001),
            {"reason": "stopped", "elapsed_seconds": 0.01},
            "Stopped after 0 s of 0.06 s and ",
            "",
        ),
    ],
)
def test_the_summary_of_a_run_with_a_budget_tells_time_before_steps(goal, changes, first, then):
    lines = told(goal=goal, **changes).splitlines()
    assert lines[0].startswith(first)
    assert f"go on with    tui-rnn resume runs/a{then}" in lines


def test_the_summary_tells_of_what_is_held_out_where_there_is_something():
    judged = {"held_out_nats_per_char": 1.5, "best_held_out_nats_per_char": 1.4, "best_held_out_step": 800}
    lines = told(**judged).splitlines()
    assert "held out      1.500 nats/char, 2.164 bits/char" in lines
    assert "best held out 1.400 nats/char, 2.020 bits/char at step 800" in lines
    assert "by held out   tui-rnn sample runs/a --held-out" in lines
    assert [line for line in lines if "held" not in line] == told().splitlines()


def test_commands_in_the_summary_can_be_pasted_into_a_shell():
    line = next(line for line in told(run="my runs/it's").splitlines() if "tui-rnn resume" in line)
    assert shlex.split(line.partition("tui-rnn")[2])[:2] == ["resume", "my runs/it's"]


def test_a_path_that_would_steer_the_terminal_is_shown_as_pictures():
    assert told(run="a\x1b[2J\nb").replace("\n", "").isprintable()


def test_a_run_that_was_stopped_before_its_first_update_has_a_summary():
    text = told(step=0, smooth_loss=None, best_smooth_loss=None, best_step=0, reason="stopped")
    assert "no loss yet" in text
    assert "0 of 1,000 steps" in text


def test_one_step_is_told_in_the_singular():
    assert told(goal=1, step=1).startswith("Finished after 1 of 1 step in")
    assert "and 1 step\n" in told(goal=Goal(UNLIMITED, 2.0), step=1, reason="stopped")
