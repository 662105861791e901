"""Findings: what is healthy in a network in training and what is not, in a sentence each with what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.instruments.beat import Beat
from tui_rnn.engine.instruments.health import Health

READY = 100  # updates, before which a network shows nothing but its initial values
# Measured on the stand-in, m = 100, one seed each, after 3,000 updates unless another number is given.
# 86 % with adagrad as it is (100 % with an eta of 1, or of 0.001), where the loss is 2.53 nats a character; 2 to 5 %
# with --eta-recurrent 0.25 (2.17), --memory-start 10 (2.32) and adam; 37 % with fast, 63 % at the end of wide.
MOST_SATURATED = 0.75
MOST_BEATING = 0.10  # 80 % with adagrad as it is, 100 % with an eta of 1; 0 % with each of the others
LEAST_STEPS = 3.0  # 1.2 to 2.9 where units saturate, in the first 1,000 updates of adagrad; 3.3 to 6.4 in the others
HEALTHY_RATIO = (1e-4, 1e-2)  # where all of the others' weight matrices come to lie
# Not wrong either: 1e-1 in the first 600 updates with --memory-start 10, 7e-5 at the end of fast, whose eta ends at 0.
POSSIBLE_RATIO = (1e-5, 2e-1)
MOST_CLIPPED = 0.20  # 0 % to 0.8 % in all of these, even with an eta of 1, by the report's limit of 5


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


def _power(value: float) -> str:
    return f"{value:.0e}".replace("e-0", "e−").replace("e+0", "e")


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
        yield Said("reach", False, "Gradients grow the further back they go", "try --clip-norm 1", inf)
        return
    what = f"Gradients fall to a tenth every {steps:.1f} steps back"
    if steps < LEAST_STEPS:
        far = f"what stands more than {max(1, round(2 * steps))} characters back is hardly learnt from"
        yield Said("reach", False, what, far, steps)
    else:
        yield Said("reach", True, what, f"a hundredth arrives {2 * steps:.0f} characters back", steps)


def _ratios(health: Health) -> Iterator[Said]:
    """Of weight matrices alone: biases begin at zero. Saturated units do not move, whatever eta is."""
    ratios = [(name, ratio) for name, ratio in health.ratios if name.isupper()]
    if not ratios or health.saturated > MOST_SATURATED:
        return
    low, high = POSSIBLE_RATIO
    name, ratio = max(ratios, key=lambda each: max(low / max(each[1], 1e-30), each[1] / high))
    if low <= ratio <= high:
        if all(HEALTHY_RATIO[0] <= each <= HEALTHY_RATIO[1] for _, each in ratios):
            middle = sorted(each for _, each in ratios)[len(ratios) // 2]
            yield Said("update", True, "Updates are of a healthy size", f"{_power(middle)} of the weights", middle)
        return
    size, remedy = ("small", "double eta") if ratio < low else ("large", "halve eta")
    yield Said("update", False, f"Updates of {name} are too {size}, {_power(ratio)} of its weights", remedy, ratio)


def _clipping(health: Health) -> Iterator[Said]:
    if health.clipped > MOST_CLIPPED:
        what = f"{_percent(health.clipped)} of the gradient is clipped"
        yield Said("clipped", False, what, "halve eta", health.clipped)
