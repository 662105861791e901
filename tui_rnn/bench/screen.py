"""What the live screen costs: the share of the training speed that it leaves, and how soon a key has its effect."""

import contextlib
import json
import os
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles

from tui_rnn.bench.measure import Figure
from tui_rnn.bench.terminal import NotMeasured, Terminal, program

LEAST_SPEED = 0.95  # of the headless updates/s
MOST_LATENCY = 60.0  # ms, from a key to its effect on the terminal, 95 of 100 times
_ENDLESS = ("--steps", "1000000000", "--progress-every", "200")
_TRAINING = rb"[1-9][\d,]*/s"
_WARM_UP = 2.0  # seconds, after the gradient checks and the first updates


def screen_tax(corpus: Path, seconds: float, rounds: int) -> list[Figure]:
    """Updates/s on the live screen over updates/s headless, on all cores and with everything held to one core.

    Both programs run throughout and take turns of so many seconds, the other one stopped: a pair of neighbouring
    turns meets the same weather on a shared machine, so the figure is the median of the pairs' ratios. On one core the
    reader of the terminal counts too, and no second core hides what the screen does beside training.
    """
    figures = [_tax("live screen", corpus, seconds, rounds)]
    if hasattr(os, "sched_setaffinity"):  # Linux
        with _one_core():
            figures.append(_tax("live screen, all on one core", corpus, seconds, rounds))
    return figures


def _tax(name: str, corpus: Path, seconds: float, rounds: int) -> Figure:
    with program(corpus, *_ENDLESS) as (live, live_run), program(corpus, *_ENDLESS, "--headless") as (plain, plain_run):
        live.until(_TRAINING)
        for terminal in (live, plain):
            terminal.watch(_WARM_UP)
            terminal.process.send_signal(signal.SIGSTOP)
        ratios, rates = [], []
        for place in range(rounds):
            turns = [(live, live_run), (plain, plain_run)]
            if place % 2:
                turns.reverse()
            rate = {run: _rate(terminal, run, seconds) for terminal, run in turns}
            ratios.append(rate[live_run] / rate[plain_run])
            rates.append(rate[plain_run])
    spread = f"headless {median(rates):,.0f} updates/s; pairs from {min(ratios):.3f} to {max(ratios):.3f}"
    return Figure(f"{name} / headless", median(ratios), "x", LEAST_SPEED, note=spread)


def _rate(terminal: Terminal, run: Path, seconds: float) -> float:
    """Updates/s of a stopped program in a turn of so many seconds, at whose end it is stopped again."""
    events = run / "events.jsonl"
    begin = events.stat().st_size
    terminal.process.send_signal(signal.SIGCONT)
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


# A key, and what only its effect looks like. `l` draws the chart anew, the dearest key; a bracket changes one word.
_KEYS = [
    (b"l", rb"1,000 updates  log of the loss"),
    (b"[", rb"next: temp 0\.9"),
    (b"l", rb"1,000 updates \x1b"),
    (b"]", rb"next: temp 1 "),
]
_SAMPLE_KEYS = [(b"]", rb"Sample \xc2\xb7 temp 1\.1 "), (b"[", rb"Sample \xc2\xb7 temp 1 ")]


def key_latency(corpus: Path, presses: int) -> list[Figure]:
    """Milliseconds from a key to its effect on the terminal: while training, sampling, and checking the gradient.

    So many presses in each situation, at random moments; median, 95th percentile and maximum. They are rounded up to
    whole rounds of the keys, after which everything looks as it did before.
    """
    presses = -(-presses // len(_KEYS)) * len(_KEYS)
    moments = random.Random(0)
    with program(corpus, *_ENDLESS) as (terminal, _):
        terminal.until(_TRAINING)
        terminal.watch(_WARM_UP)

        def training(_: int) -> None:
            terminal.watch(moments.uniform(0.05, 0.6))

        def sampling(place: int) -> None:
            """Have 1000 characters written, which takes some 60 ms, and look away for a part of that."""
            terminal.watch(0.3)
            terminal.press(b"r" if place else b"s")
            terminal.watch(moments.uniform(0.0, 0.05))

        def checking(_: int) -> None:
            """Both methods take about a second together."""
            terminal.watch(0.7)
            terminal.press(b"g")
            terminal.watch(moments.uniform(0.05, 0.6))

        figures = _latency(terminal, "while training", training, _KEYS, presses)
        figures += _latency(terminal, "while sampling", sampling, _SAMPLE_KEYS, presses)
        terminal.press(b"\x1b")
        terminal.until(rb"1,000 updates")
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
