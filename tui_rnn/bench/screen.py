"""What the live screen costs: the share of the training speed that it leaves, and how soon a key has its effect."""

import contextlib
import json
import math
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles

from tui_rnn.bench.measure import Figure
from tui_rnn.bench.terminal import SIZE, NotMeasured, Terminal, program

LEAST_SPEED = {(120, 40): 0.95, (200, 60): 0.93}  # of the headless updates/s, by the terminal's columns and rows
LEAST_WATCHED = 0.98  # of the updates/s with a panel that looks at nothing, while another shows what it sees
MOST_LATENCY = 60.0  # ms, from a key to its effect on the terminal, 95 of 100 times
_ENDLESS = ("--steps", "1000000000", "--progress-every", "200")
_MOST_SECONDS = 60.0  # until the program trains
_WARM_UP = 2.0  # seconds, after the gradient checks and the first updates
_AWAKE = 0.5  # seconds after a stop, in which the screen is drawn whole, as after Ctrl+Z


def screen_tax(corpus: Path, seconds: float, rounds: int) -> list[Figure]:
    """Updates/s on the live screen over updates/s headless, on all cores and with everything held to one core.

    Both programs run throughout and take turns of so many seconds, the other one stopped: a pair of neighbouring
    turns meets the same weather on a shared machine, so the figure is the median of the pairs' ratios. On one core the
    reader of the terminal counts too, and no second core hides what the screen does beside training.
    """
    figures = [_tax("", size, corpus, seconds, rounds) for size in LEAST_SPEED]
    if hasattr(os, "sched_setaffinity"):  # Linux
        with _one_core():
            figures.append(_tax(", all on one core", SIZE, corpus, seconds, rounds))
    return figures


def _tax(how: str, size: tuple[int, int], corpus: Path, seconds: float, rounds: int) -> Figure:
    with (
        program(corpus, *_ENDLESS, size=size) as (live, live_run),
        program(corpus, *_ENDLESS, "--headless") as (plain, plain_run),
    ):
        ratios, rates = _by_turns((live, live_run), (plain, plain_run), seconds, rounds)
    spread = f"headless {median(rates):,.0f} updates/s; pairs from {min(ratios):.3f} to {max(ratios):.3f}"
    name = f"live screen {size[0]}x{size[1]}{how} / headless"
    return Figure(name, median(ratios), "x", LEAST_SPEED[size], note=spread)


def panel_cost(corpus: Path, seconds: float, rounds: int) -> list[Figure]:
    """Updates/s while a panel that looks inside the network is seen, over those while 9 Run is, in turns as above."""
    return [_watched(number, title, corpus, seconds, rounds) for number, title in _LOOKING.items()]


_LOOKING = {3: "Read", 4: "Health", 5: "Reach", 6: "Letters", 7: "Book"}


def _watched(number: int, title: str, corpus: Path, seconds: float, rounds: int) -> Figure:
    with (
        program(corpus, *_ENDLESS) as (looking, looking_run),
        program(corpus, *_ENDLESS) as (resting, resting_run),
    ):
        for terminal, run, key in ((looking, looking_run, f"{number}"), (resting, resting_run, "9")):
            _watch_until_trained(terminal, run)
            terminal.press(key.encode())
        ratios, _ = _by_turns((looking, looking_run), (resting, resting_run), seconds, rounds)
    spread = f"pairs from {min(ratios):.3f} to {max(ratios):.3f}"
    return Figure(f"with {number} {title} / with 9 Run", median(ratios), "x", LEAST_WATCHED, note=spread)


def _by_turns(
    live: tuple[Terminal, Path], plain: tuple[Terminal, Path], seconds: float, rounds: int
) -> tuple[list[float], list[float]]:
    """The ratio of both programs' updates/s, a pair of turns each, and the rates of the second."""
    for terminal, run in (live, plain):
        _watch_until_trained(terminal, run)
        terminal.watch(_WARM_UP)
        terminal.process.send_signal(signal.SIGSTOP)
    ratios, rates = [], []
    for place in range(rounds):
        turns = [live, plain] if place % 2 == 0 else [plain, live]
        rate = {run: _rate(terminal, run, seconds) for terminal, run in turns}
        ratios.append(rate[live[1]] / rate[plain[1]])
        rates.append(rate[plain[1]])
    return ratios, rates


def _watch_until_trained(terminal: Terminal, run: Path) -> None:
    """Read the terminal until its program's run has logged its first progress."""
    events, deadline = run / "events.jsonl", time.perf_counter() + _MOST_SECONDS
    while not (events.exists() and b'"event": "progress"' in events.read_bytes()):
        if time.perf_counter() > deadline:
            raise NotMeasured(f"the program trained nothing within {_MOST_SECONDS:g} s")
        terminal.watch(0.05)


def _rate(terminal: Terminal, run: Path, seconds: float) -> float:
    """Updates/s of a stopped program in a turn of so many seconds, at whose end it is stopped again."""
    events = run / "events.jsonl"
    terminal.process.send_signal(signal.SIGCONT)
    terminal.watch(_AWAKE)
    begin = events.stat().st_size
    terminal.watch(seconds)
    terminal.process.send_signal(signal.SIGSTOP)
    with open(events, "rb") as file:
        file.seek(begin)
        lines = file.read().split(b"\n")[1:-1]  # whole ones; the first may have been begun in an earlier turn
    progress = [record for record in map(json.loads, lines) if record["event"] == "progress"]
    if len(progress) < 2:
        raise NotMeasured(f"{seconds:g} s are too short to measure a rate: measure for longer")
    first, last = progress[0], progress[-1]
    return float((last["step"] - first["step"]) / (last["elapsed_seconds"] - first["elapsed_seconds"]))


@contextlib.contextmanager
def _one_core() -> Iterator[None]:
    """Hold the process at hand, and those it starts meanwhile, to one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


# A key, and what only its effect looks like. `x` draws the chart anew, the dearest key; a bracket changes one word.
_KEYS = [
    (b"x", rb"steps, log"),
    (b"[", rb"s: temp 0\.9"),
    (b"x", rb"epochs"),
    (b"x", rb"seconds"),
    (b"]", rb"s: temp 1 "),
    (b"x", rb"characters"),
    (b"x", rb"steps"),
]
_COLOURS = rb"(?:\x1b\[[\d;]*m)*"
_SAMPLE_KEYS = [(b"]", rb"wildest  " + _COLOURS + rb"1\.1"), (b"[", rb"wildest  " + _COLOURS + rb"1(?![\d.])")]


def key_latency(corpus: Path, presses: int) -> list[Figure]:
    """Milliseconds from a key to its effect on the terminal: while training, sampling, and checking the gradient.

    So many presses in each situation, at random moments; median, 95th percentile and maximum. They are rounded up to
    whole rounds of the keys, after which everything looks as it did before.
    """
    whole = math.lcm(len(_KEYS), len(_SAMPLE_KEYS))
    presses = -(-presses // whole) * whole
    moments = random.Random(0)
    with program(corpus, *_ENDLESS) as (terminal, run):
        _watch_until_trained(terminal, run)
        terminal.watch(_WARM_UP)

        def training(_: int) -> None:
            terminal.watch(moments.uniform(0.05, 0.6))

        def sampling(_: int) -> None:
            """Have 4000 characters written, which takes some 300 ms, and look away for a part of that."""
            terminal.watch(0.4)
            terminal.press(b"s")
            terminal.watch(moments.uniform(0.0, 0.05))

        def checking(_: int) -> None:
            """Both methods take about a second together."""
            terminal.watch(0.7)
            terminal.press(b"g")
            terminal.watch(moments.uniform(0.05, 0.6))

        figures = _latency(terminal, "while training", training, _KEYS, presses)
        figures += _latency(terminal, "while sampling", sampling, _SAMPLE_KEYS, presses)
        terminal.press(b"\x1b")
        terminal.until(rb"1 ?Loss|per character")
        return figures + _latency(terminal, "while checking the gradient", checking, _KEYS, presses)


def _latency(
    terminal: Terminal, situation: str, before: Callable[[int], None], keys: list[tuple[bytes, bytes]], presses: int
) -> list[Figure]:
    """The figures of one situation, which `before` brings about ahead of each press."""
    took = []
    for place in range(presses):
        before(place)
        key, effect = keys[place % len(keys)]
        sent = terminal.press(key)
        took.append(1000 * (terminal.until(effect) - sent))
    p95 = quantiles(took, n=20, method="inclusive")[-1] if len(took) > 1 else took[0]
    return [
        Figure(f"key to effect {situation}, median", median(took), "ms"),
        Figure(f"key to effect {situation}, p95", p95, "ms", MOST_LATENCY, at_least=False, note=f"{presses} presses"),
        Figure(f"key to effect {situation}, most", max(took), "ms"),
    ]
