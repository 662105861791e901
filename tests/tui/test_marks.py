"""However many things happened in a run, the screen holds and draws as many marks as a chart can tell apart."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.support import live
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.event_records import MOST_WHOLE
from tui_rnn.engine.events import Checkpointed, HeldOut, Sample
from tui_rnn.engine.goal import Goal
from tui_rnn.tui.chart.draw import draw
from tui_rnn.tui.chart.series import Series
from tui_rnn.tui.chart.view import View
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.marks import MOST_MARKS, MOST_SAMPLES, Marks, most_telling
from tui_rnn.tui.palette import INK, Palette
from tui_rnn.tui.panels.samples import Samples
from tui_rnn.tui.run_state import RunState

MANY = 50_000
CONFIG = RunConfig.from_recipe("adagrad", "made-up.txt")


def past(count=MANY):
    """A sample, a held-out loss and two checkpoints at every step."""
    for step in range(1, count + 1):
        yield Sample(step, 50.0, 1.0, 1.0, f"text {step}", "scheduled", "live")
        yield HeldOut(step, 2.0, 2.9, 2.0, step)
        yield Checkpointed(step, "best", "best.ckpt")
        yield Checkpointed(step, "periodic", f"step-{step:08}.ckpt")


def filled(steps):
    marks = Marks[int](int)
    for step in steps:
        marks.append(step)
    return marks


def test_many_marks_are_thinned_evenly():
    marks = filled(range(1, MANY + 1))
    assert MOST_MARKS / 4 < len(marks) <= MOST_MARKS
    assert marks == sorted(set(marks))
    assert marks[-1] == MANY
    assert max(b - a for a, b in pairwise([0, *marks])) <= 4 * MANY / MOST_MARKS


@given(st.lists(st.integers(0, MOST_WHOLE) | st.integers(0, 99), max_size=30), st.integers(0, MOST_WHOLE))
def test_the_newest_mark_is_always_the_last(steps, start):
    """Also where a run went on from an earlier step, and steps come again."""
    marks = Marks[int](int)
    for step in [*range(start, start + MOST_MARKS), *steps]:
        marks.append(step)
        assert marks[-1] == step
        assert len(marks) <= MOST_MARKS


def test_few_marks_are_all_kept():
    assert filled([5, 5, 3, 9]) == [5, 5, 3, 9]


def test_of_a_long_past_the_newest_samples_are_whole_and_the_rest_are_marks():
    told = most_telling(past())
    samples = [event for event in told if isinstance(event, Sample)]
    assert [sample.text for sample in samples[-MOST_SAMPLES:]] == [
        f"text {step}" for step in range(MANY - MOST_SAMPLES + 1, MANY + 1)
    ]
    assert all(sample.text == f"text {sample.step}" for sample in samples)
    assert len(told) <= 3 * MOST_MARKS + MOST_SAMPLES
    for kind in (Sample, HeldOut, Checkpointed):
        steps = [event.step for event in told if isinstance(event, kind)]
        assert steps == sorted(steps)
        assert steps[-1] == MANY


def test_of_a_short_past_all_is_told():
    told = most_telling(past(3))
    assert [event.text for event in told if isinstance(event, Sample)] == ["text 1", "text 2", "text 3"]
    assert len(told) == 9


def test_of_what_a_crash_undid_the_second_time_alone_is_told():
    """The samples of steps 20 and 30 are written again, the second of them by another network."""
    written = [(1, ""), (10, ""), (20, "a"), (30, "a"), (20, "b"), (30, "b"), (40, "b")]
    events = [Sample(step, 50.0, 1.0, 1.0, text, "scheduled", "live") for step, text in written]
    asked = Sample(19, 50.0, 1.0, 1.0, "asked", "requested", "live")  # begun before that of step 20, which it follows
    told = most_telling([*events[:3], asked, *events[3:5], asked, *events[5:]])
    assert [(each.step, each.text) for each in told] == [
        (1, ""), (10, ""), (19, "asked"), (20, "b"), (19, "asked"), (30, "b"), (40, "b"),
    ]  # fmt: skip
    losses = [HeldOut(step, loss, loss, 2.0, 1) for step, loss in ((10, 2.0), (20, 1.9), (10, 1.8), (20, 1.7))]
    assert most_telling(losses) == losses[2:]


def test_a_run_that_goes_on_for_long_holds_no_more():
    run = RunState(CONFIG, Goal(MANY), "run")
    panel = Samples()
    for event in past():
        run.take(event, 0.0, paused=False)
        panel.on_run_event(event)
    held = (run.sample_steps, run.kept.steps, run.held_out)
    assert all(len(marks) <= MOST_MARKS for marks in held)
    assert (run.kept.step, run.last_held_out.step) == (MANY, MANY)
    assert len(panel._new) <= MOST_SAMPLES


@pytest.mark.parametrize("first", [0, 40_000])
def test_a_chart_of_many_marks_has_one_in_every_column_and_no_more(monkeypatch, first):
    puts = []
    put = Grid.put

    def counted(grid, x, y, text, *more, **named):
        puts.append(text)
        return put(grid, x, y, text, *more, **named)

    monkeypatch.setattr(Grid, "put", counted)
    steps = tuple(range(1, MANY + 1))
    losses = (2.0,) * MANY
    series = Series(steps, losses, losses, samples=steps, saved=steps)
    palette = Palette.of(INK, {})
    grid = Grid(80, 12, palette.text)
    frame = draw(grid, palette, series, View(first=first))
    assert puts.count("◆") == puts.count("●") == frame.width
    assert grid.text()[0].count("◆") == grid.text()[-2].count("●") == frame.width


def test_the_marks_of_the_chart_are_those_of_the_run():
    run = RunState(CONFIG, Goal(100), "run")
    for event in past(3):
        run.take(event, 0.0, paused=False)
    run.picture = live()
    assert (run.series().samples, run.series().saved) == ((1, 2, 3), (1, 2, 3))
