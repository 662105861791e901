"""The words beside the plot: in the order of their values, none over another, the newest loss always there."""

from hypothesis import given
from hypothesis import strategies as st

from tui_rnn.tui.chart.ladder import Rung, placed


def labels_of(values):
    """The first is the newest loss; the others tell less, the later the less."""
    return [Rung(value, f"{value:.3f} {rank}", "dim", rank) for rank, value in enumerate(values)]


@given(
    values=st.lists(st.floats(0, 1), min_size=1, max_size=14),
    height=st.integers(1, 40),
)
def test_labels_never_overlap_keep_their_order_and_the_newest_its_row(values, height):
    labels = labels_of(values)
    rows = [min(int((1 - value) * height), height - 1) for value in values]
    found = placed(labels, rows, height)
    shown = [row for row, _ in found]
    assert shown == sorted(set(shown))
    assert all(0 <= row < height for row in shown)
    assert [label.value for _, label in found] == sorted((label.value for _, label in found), reverse=True)
    assert (rows[0], labels[0]) in found


@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=6), height=st.integers(20, 40))
def test_where_there_is_room_all_are_shown_near_their_places(values, height):
    rows = [min(int((1 - value) * height), height - 1) for value in values]
    middle = [height // 2, *rows[1:]]
    found = placed(labels_of([0.5, *values[1:]]), middle, height)
    assert len(found) == len(values)


def test_the_least_telling_go_first():
    labels = labels_of([0.5, 0.9, 0.8, 0.7])
    assert [label.rank for _, label in placed(labels, [2, 0, 0, 1], 3)] == [1, 2, 0]


def test_labels_that_want_one_row_stand_below_one_another():
    labels = labels_of([0.5, 0.52, 0.48])
    assert [row for row, _ in placed(labels, [5, 5, 5], 11)] == [4, 5, 6]


def test_no_height_has_no_labels():
    assert placed(labels_of([0.5]), [0], 0) == []
