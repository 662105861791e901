"""Findings: what is healthy in a network in training and what is not, in a sentence each with what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.instruments.beat import Beat
from tui_rnn.engine.instruments.health import Health

READY = 100  # updates, before which a network shows nothing but its initial values
MOST_SATURATED = 0.75
MOST_BEATING = 0.10
LEAST_STEPS = 3.0
HEALTHY_RATIO = (1e-4, 1e-2)
MOST_CLIPPED = 0.20


@dataclass(frozen=True, slots=True)
class Said:
    """A finding. `what` is a sentence without its full stop; `remedy` follows it after a colon."""

    name: str
    is_good: bool
    what: str
    remedy: str
    value: float


def findings(config: RunConfig, health: Health, beat: Beat | None) -> tuple[Said, ...]:
    """All that can be said, what is wrong first."""
    found = [*_saturation(config, health), *_beat(config, beat), *_reach(health), *_ratios(health), *_clipping(health)]
    return tuple(sorted(found, key=lambda each: each.is_good))


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\xa0%" if share >= 0.095 or share == 0 else f"{100 * share:.1g}\xa0%"


def _against_saturation(config: RunConfig) -> str:
    if config.optimizer == "adagrad" and config.memory_start < 1:
        return "AdaGrad's first steps are too large; try --memory-start 10"
    return "try --eta-recurrent 0.25"


def _saturation(config: RunConfig, health: Health) -> Iterator[Said]:
    what = f"{_percent(health.saturated)} of the hidden values are saturated"
    if health.saturated > MOST_SATURATED:
        yield Said("saturated", False, what, _against_saturation(config), health.saturated)
    else:
        yield Said("saturated", True, what, "the others still learn", health.saturated)


def _beat(config: RunConfig, beat: Beat | None) -> Iterator[Said]:
    if beat is not None and beat.beating > MOST_BEATING * beat.units:
        what = f"{beat.beating} of {beat.units} units beat every {beat.period} characters, whatever they read"
        yield Said("beat", False, what, "they tell nothing of the text", beat.beating / beat.units)


def _reach(health: Health) -> Iterator[Said]:
    steps = health.steps_to_a_tenth
    if steps is None:
        return
    if not isfinite(steps):
        yield Said("reach", False, "Gradients grow the further back they go", "a smaller eta, or --clip-norm 1", inf)
        return
    what = f"Gradients fall to a tenth every {steps:.1f} steps back"
    if steps < LEAST_STEPS:
        far = f"what stands more than {max(1, round(2 * steps))} characters back is hardly learnt from"
        yield Said("reach", False, what, far, steps)
    else:
        yield Said("reach", True, what, f"a hundredth arrives {2 * steps:.0f} characters back", steps)


def _ratios(health: Health) -> Iterator[Said]:
    low, high = HEALTHY_RATIO
    outside = [(name, ratio) for name, ratio in health.ratios if not low <= ratio <= high]
    if not health.ratios:
        return
    if not outside:
        middle = sorted(ratio for _, ratio in health.ratios)[len(health.ratios) // 2]
        yield Said("update", True, "Updates are of a healthy size", f"about {middle:.0e} of the weights", middle)
        return
    name, ratio = max(outside, key=lambda each: max(low / max(each[1], 1e-30), each[1] / high))
    size, remedy = ("small", "eta doubled") if ratio < low else ("large", "eta halved")
    yield Said("update", False, f"Updates of {name} are too {size}, {ratio:.0e} of its weights", f"try {remedy}", ratio)


def _clipping(health: Health) -> Iterator[Said]:
    if health.clipped > MOST_CLIPPED:
        what = f"{_percent(health.clipped)} of the gradient is clipped"
        yield Said("clipped", False, what, "try a smaller eta", health.clipped)
