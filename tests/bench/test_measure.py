"""Contenders take turns, each about as long as asked, and a ratio compares figures of one round."""

import pytest

from tui_rnn.bench import measure
from tui_rnn.bench.measure import by_turns, ratio


class Clock:
    """Time that passes only where work is done."""

    def __init__(self):
        self.now = 100.0
        self.order = []

    def perf_counter(self):
        return self.now

    def work(self, name, seconds):
        def do():
            self.now += seconds
            self.order.append(name)

        return do


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(measure, "time", clock)
    return clock


def test_every_work_gets_its_time_in_every_round(clock):
    quick, slow = by_turns([clock.work("quick", 0.001), clock.work("slow", 0.25)], seconds=4.0, rounds=4)
    assert quick == pytest.approx([0.001] * 4)
    assert slow == pytest.approx([0.25] * 4)
    rounds = "".join(name[0] for name in clock.order).lstrip("qs"[:1])  # without what calibrated the first
    assert rounds.count("q" * 500) >= 4
    measured = clock.order[-4 * (1000 + 4) :]
    assert measured == (["quick"] * 1000 + ["slow"] * 4) * 4


def test_a_work_longer_than_its_time_is_done_once_a_round(clock):
    (found,) = by_turns([clock.work("slow", 7.0)], seconds=1.0, rounds=3)
    assert found == [7.0] * 3


def test_a_ratio_is_the_median_of_the_rounds_not_the_ratio_of_medians():
    assert ratio([4.0, 20.0, 6.0], [2.0, 1.0, 2.0]) == 3.0
