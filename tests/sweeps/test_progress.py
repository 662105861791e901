"""How far a sweep has come and what is left of it, held to sums of the test's own."""

from dataclasses import replace
from statistics import fmean

import pytest

from tests.sweeps import made_up
from tui_rnn.sweeps.progress import goal_of, part_of, progress_of, seconds_left
from tui_rnn.sweeps.spec import Status

PLAN = made_up.plan({"eta": [0.05, 0.1]}, seeds=(0, 1, 2))


def at(row, status, step=0, seconds=0.0, **more):
    """The row with its run at this step after so many seconds."""
    return replace(row, status=status, line=replace(row.line, step=step, elapsed_seconds=seconds, **more))


def a_sweep():
    """Of the first setting two runs have finished and one trains; of the second one has diverged and two wait."""
    rows = made_up.rows(PLAN, lambda setting, seed: (Status.FINISHED, 1.5))
    waiting = made_up.rows(PLAN, lambda setting, seed: (Status.WAITING, None))
    return [
        at(rows[0], Status.FINISHED, 10_000, 100.0),
        at(rows[1], Status.FINISHED, 10_000, 120.0),
        at(rows[2], Status.TRAINING, 2_500, 20.0),
        at(rows[3], Status.DIVERGED, 300, 2.0),
        waiting[4],
        waiting[5],
    ]


def test_the_whole_is_the_mean_of_its_runs_and_what_waits_lasts_as_long_as_others_did():
    found = progress_of(a_sweep())
    assert (found.runs, found.ended, found.training) == (6, 3, 1)
    assert found.counts == {Status.FINISHED: 2, Status.TRAINING: 1, Status.DIVERGED: 1, Status.WAITING: 2}
    assert not found.is_over
    assert found.part == pytest.approx(fmean([1, 1, 0.25, 1, 0, 0]))
    assert found.trained_seconds == 100 + 120 + 20 + 2
    left_of_the_one = 20.0 / 2_500 * 7_500
    others = fmean([100, 120, 20 + left_of_the_one])  # no run of the second setting tells how long one lasts
    assert found.seconds_left == pytest.approx(left_of_the_one + 2 * others)
    rows = a_sweep()
    rows[4] = at(a_sweep()[0], Status.TRAINING, 5_000, 40.0)
    rows[4] = replace(rows[4], spec=PLAN.jobs[4])
    two = progress_of(rows)
    assert two.seconds_left == pytest.approx((left_of_the_one + 40 + 80) / 2)  # its setting takes 80 s; two at a time


def test_a_cancelled_run_has_no_part_in_how_far_the_whole_is():
    rows = a_sweep()
    rows[0] = at(rows[0], Status.CANCELLED, 6_000, 60.0)
    found = progress_of(rows)
    assert found.part == pytest.approx(fmean([1, 0.25, 1, 0, 0]))
    assert found.ended == 3
    assert progress_of([replace(row, status=Status.CANCELLED) for row in rows]).is_over


def test_the_longest_run_bounds_what_is_left():
    rows = made_up.rows(PLAN, lambda setting, seed: (Status.FINISHED, 1.5))
    rows[0] = at(rows[0], Status.TRAINING, 100, 10.0)
    rows[1] = at(rows[1], Status.TRAINING, 9_999, 10.0)
    assert progress_of(rows).seconds_left == pytest.approx(9_900 * 0.1)


@pytest.mark.parametrize("status", [Status.WAITING, Status.STOPPED])
def test_nothing_is_said_of_the_time_where_nothing_trains(status):
    rows = [at(row, Status.STOPPED, 10, 1.0) for row in made_up.rows(PLAN, lambda *_: (Status.FINISHED, 1.5))]
    rows[0] = replace(rows[0], status=status)
    assert progress_of(rows).seconds_left is None
    assert progress_of([]).part == 1.0


def test_a_run_that_is_done_has_all_behind_it_and_one_that_minutes_end_goes_by_them():
    rows = a_sweep()
    assert [part_of(row) for row in rows] == [1, 1, 0.25, 0.03, 0, 0]
    timed = at(rows[2], Status.TRAINING, 600, 15.0, steps=None, minutes=1.0)
    assert part_of(timed) == 0.25
    assert seconds_left(timed) == 45
    assert goal_of(timed).seconds == 60
    assert seconds_left(rows[0]) is None
    assert progress_of([row for row in rows if row.status.is_final]).is_over
