"""A goal is reached in updates or in time, whichever comes first."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_rnn.engine.goal import UNLIMITED, Goal

steps = st.integers(0, 10**6)
times = st.floats(0, 1e6)
goals = st.builds(Goal, steps, st.none() | st.floats(0.01, 1e6))


@pytest.mark.parametrize(
    ("step", "seconds", "reached"), [(0, 0.0, False), (99, 29.99, False), (100, 0.0, True), (0, 30.0, True)]
)
def test_a_goal_is_reached_at_its_steps_or_its_minutes(step, seconds, reached):
    assert Goal(100, 0.5).reached(step, seconds) is reached


def test_without_minutes_no_time_reaches_a_goal():
    assert Goal(100).seconds == inf
    assert not Goal(100).reached(99, 1e300)


@given(goals, steps, times)
def test_the_part_behind_is_the_whole_exactly_where_the_goal_is_reached(goal, step, seconds):
    assert 0 <= goal.part(step, seconds) <= 1
    assert (goal.part(step, seconds) == 1) == goal.reached(step, seconds)


@pytest.mark.parametrize(("step", "seconds", "part"), [(25, 3.0, 0.25), (25, 12.0, 0.4), (0, 0.0, 0.0)])
def test_the_part_behind_is_that_of_steps_or_time_whichever_is_further(step, seconds, part):
    assert Goal(100, 0.5).part(step, seconds) == pytest.approx(part)


@pytest.mark.parametrize(
    ("goal", "rate", "left"),
    [
        (Goal(100), None, None),
        (Goal(100), 10.0, 6.0),
        (Goal(100, 0.5), 10.0, 6.0),
        (Goal(1000, 0.5), 10.0, 20.0),
        (Goal(UNLIMITED, 0.5), 10.0, 20.0),
        (Goal(UNLIMITED, 0.5), None, 20.0),
    ],
)
def test_the_time_left_is_that_to_the_nearer_bound(goal, rate, left):
    assert goal.seconds_left(40, 10.0, rate) == left


@pytest.mark.parametrize(
    ("goal", "other", "beyond"),
    [
        (Goal(50), Goal(20), True),
        (Goal(20), Goal(20), False),
        (Goal(19), Goal(20), False),
        (Goal(UNLIMITED, 2.0), Goal(UNLIMITED, 1.0), True),
        (Goal(UNLIMITED, 1.0), Goal(UNLIMITED, 2.0), False),
        (Goal(UNLIMITED, 1.0), Goal(20), True),
        (Goal(20), Goal(UNLIMITED, 1.0), True),
    ],
)
def test_a_goal_lies_beyond_another_in_steps_or_in_time(goal, other, beyond):
    assert goal.lies_beyond(other) is beyond
