"""Measuring the screen and the start-up: the real program on a tiny text gives every figure, and is gone afterwards."""

import sys
import time

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from tests.cli.support import TALE
from tui_rnn.bench import redraw, screen, terminal
from tui_rnn.bench.redraw import redraw_cost
from tui_rnn.bench.screen import key_latency, panel_cost, screen_tax
from tui_rnn.bench.startup import startup
from tui_rnn.bench.terminal import NotMeasured, Terminal
from tui_rnn.isolation import python

# Answers each key: with the size of its terminal, or by ending.
ANSWERING = """
import os, sys, tty
tty.setraw(0)
print("ready", end="", flush=True)
while (key := os.read(0, 1)) != b"q":
    print("an answer to", key.decode(), *os.get_terminal_size(), end="", flush=True)
"""


@pytest.fixture
def tale(tmp_path):
    path = tmp_path / "tale.txt"
    path.write_text(TALE, newline="")
    return path


@pytest.fixture
def started(monkeypatch):
    """Every program that is started on a terminal."""
    found = []
    begin = Terminal.__init__

    def remember(self, *command):
        begin(self, *command)
        found.append(self.process)

    monkeypatch.setattr(Terminal, "__init__", remember)
    monkeypatch.setattr(screen, "_WARM_UP", 0.1)
    return found


@pytest.fixture
def answering(started):
    opened = Terminal(*python(ANSWERING))
    yield opened
    opened.close()
    assert opened.process.returncode is not None


def test_the_effect_of_a_key_is_waited_for(answering):
    answering.until(b"ready")
    before = time.perf_counter()
    sent = answering.press(b"x")
    seen = answering.until(rb"an answer to x 120 40")
    assert before <= sent < seen <= time.perf_counter()


def test_what_was_painted_before_a_key_is_no_effect_of_it(answering, monkeypatch):
    answering.until(b"ready")
    answering.press(b"x")
    answering.until(b"to x 120 40")
    answering.press(b"y")
    monkeypatch.setattr(terminal, "_MOST_SECONDS", 0.2)
    with pytest.raises(NotMeasured, match=r"did not show 'to x'"):
        answering.until(b"to x")


def test_a_program_that_ends_is_told_of(answering):
    answering.until(b"ready")
    answering.press(b"q")
    with pytest.raises(NotMeasured, match="ended"):
        answering.until(b"an answer")


@pytest.mark.slow
def test_the_start_up_is_measured(tale, started):
    ratio, *seconds = startup(tale, 1)
    assert (ratio.name, ratio.unit, ratio.bound, ratio.at_least) == ("first frame / bare import", "x", 1.6, False)
    assert [figure.unit for figure in seconds] == ["s"] * 5
    times = {figure.name: figure.value for figure in seconds}
    assert 0 < times["first frame"] < times["first update shown"]
    assert ratio.value == pytest.approx(times["first frame"] / times["bare import"])
    assert None not in [process.poll() for process in started]


def test_a_terminal_has_the_size_that_is_asked_for(started):
    opened = Terminal(*python(ANSWERING), (200, 60))
    opened.until(b"ready")
    opened.press(b"x")
    opened.until(rb"an answer to x 200 60")
    opened.close()


def test_the_drawing_of_the_chart_is_measured(monkeypatch):
    monkeypatch.setattr(redraw, "_ROUNDS", 1)
    monkeypatch.setattr(redraw, "SIZES", {(200, 60): (132, 36)})
    alone, overlaid = redraw_cost()
    assert (alone.unit, alone.bound, alone.at_least) == ("ms", 15.0, False)
    assert 0.1 < alone.value < overlaid.value < 10_000


def test_a_chart_that_cannot_be_drawn_is_not_measured(monkeypatch):
    monkeypatch.setattr(redraw, "_DRAW", "raise SystemExit(3)")
    with pytest.raises(NotMeasured, match="could not be drawn"):
        redraw_cost()


@pytest.mark.slow
def test_what_a_panel_costs_is_measured(tale, started, monkeypatch):
    monkeypatch.setattr(screen, "_LOOKING", {4: "Health"})
    (figure,) = panel_cost(tale, 1.0, 2)
    assert figure.name == "with 4 Health / with 9 Run"
    assert (figure.bound, figure.at_least) == (0.98, True)
    assert 0.2 < figure.value < 5
    assert len(started) == 2


@pytest.mark.slow
def test_the_tax_is_measured(tale, started):
    figures = screen_tax(tale, 1.0, 2)
    assert [figure.name for figure in figures][:2] == ["live screen 120x40 / headless", "live screen 200x60 / headless"]
    assert [figure.bound for figure in figures] == [0.95, 0.93, 0.95][: len(figures)]
    for figure in figures:
        assert (figure.unit, figure.at_least) == ("x", True)
        assert 0.02 < figure.value < 50
    assert len(started) == 2 * len(figures)
    assert None not in [process.poll() for process in started]


@pytest.mark.slow
def test_a_turn_too_short_for_a_rate_is_told_of(tale, started):
    with pytest.raises(NotMeasured, match="too short"):
        screen_tax(tale, 0.001, 1)
    assert None not in [process.poll() for process in started]


@pytest.mark.slow
def test_the_latency_of_keys_is_measured_in_three_situations(tale, started):
    figures = key_latency(tale, 3)
    assert [figure.bound for figure in figures] == [None, 60.0, None] * 3
    for place, situation in enumerate(("training", "sampling", "checking the gradient")):
        median, p95, most = figures[3 * place : 3 * place + 3]
        assert situation in p95.name
        assert 0 < median.value <= p95.value <= most.value
    assert None not in [process.poll() for process in started]
