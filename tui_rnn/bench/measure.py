"""Measures: what a measured figure is, and how pieces of work are timed in turns, so that noise falls on all alike."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

ROUNDS = 9


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number, a median where there were rounds."""

    name: str
    value: float
    unit: str  # "updates/s", "characters/s", "µs", "ms", "s", "x" for a ratio, "nats/char", "bytes/char", …
    bound: float | None = None
    at_least: bool = True  # whether the bound is a least or a most
    note: str = ""  # what a reader has to know beside it
    group: str = ""  # figures of one group stand in a table of their own

    @property
    def holds(self) -> bool | None:
        """Whether the bound is kept; None where there is none."""
        if self.bound is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def by_turns(works: Sequence[Callable[[], object]], seconds: float, rounds: int = ROUNDS) -> list[list[float]]:
    """Seconds a call of each work, one list of `rounds` figures each; about `seconds` are spent on every work."""
    calls = [calls_in(work, seconds / rounds) for work in works]
    found: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, count, seconds_a_call in zip(works, calls, found, strict=True):
            since = time.perf_counter()
            for _ in range(count):
                work()
            seconds_a_call.append((time.perf_counter() - since) / count)
    return found


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> float:
    """The median over the rounds of one work's time by another's of the same round."""
    return median(a / b for a, b in zip(numerators, denominators, strict=True))


def calls_in(work: Callable[[], object], seconds: float) -> int:
    """How often the work is done in about so many seconds, at least once; its first call warms it up."""
    work()
    calls, spent = 0, 0.0
    since = time.perf_counter()
    while spent < min(seconds, 0.1):
        work()
        calls += 1
        spent = time.perf_counter() - since
    return max(1, round(seconds * calls / spent))
