"""Findings: what is healthy in a network in training and what is not, in a sentence each with what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import counted
from tui_rnn.engine.instruments.beat import Beat
from tui_rnn.engine.instruments.health import Health

READY = 100  # updates, before which a network shows nothing but its initial values

# Each threshold lies between runs that learnt well and runs that did not: on the stand-in, its last tenth held out,
# seed 0, m = 100 (fast, wide, lstm and gru their own), 2,500 to 26,000 updates of at most two minutes. In brackets are
# held-out losses in nats a character. Each remedy was followed, and lowered them as is said here.
#
# Units saturated at nine of ten characters. Above: adagrad, 0.60 to 0.83 of the units (2.01); adam with an eta of 0.01,
# 0.93 (2.58), of 0.03, all (3.67); rmsprop 0.01, 0.84 (2.94). Below: fast, wide, lstm, gru, 0.03 at most; adam, 0.31
# after 100 updates and 0.03 after 300. The share of saturated values does not tell them apart: it is 0.80 in wide
# (1.22), the best of the plain recurrences, whose units switch as the text does. Remedies: --memory-start 10 in adagrad
# (1.78); eta halved in adam 0.03 (2.90), rmsprop 0.01 (2.26) and 0.03 (3.92 to 3.25), sgd 0.03 (116 to 3.55), adagrad
# with both an eta of 1 and --memory-start 10 (3.42 to 3.19).
MOST_HELD = 0.40
# Units that beat. Above: 0.74 to 0.99 of them in adagrad, 0.9 and more in rmsprop and sgd with too large an eta. Below:
# none in adam, fast, wide, lstm, gru, and adagrad with --memory-start 10. Remedies are those against saturation.
MOST_BEATING = 0.10
# Steps back to a tenth. Below: 1.1 in adam 0.01 and 0.2 to 0.3 in sgd 0.05, once saturated; 1.6 in the first 100
# updates of adagrad. Above: 2.7 in those of adam, later 3.2 to 8.6 in all that learn.
LEAST_STEPS = 2.5
# Gradients that grow: adam with --init normal and a sig of 0.3, for 4,000 updates (3.07). Remedy: --clip-norm 1 (2.35).
#
# Update over weight of the weight matrices, what warm-up and schedule leave of eta taken out. Below: 3e-5 in adam 1e-5
# (3.06); remedy: eta doubled (2.97). Above: 0.3 in sgd 0.03 (116); remedy: eta halved (3.55). Between: 4e-4 to 8e-2 in
# all that learn, and up to 0.26 in the first 400 updates of adagrad with --memory-start 10.
POSSIBLE_RATIO = (5e-5, 0.3)
HEALTHY_RATIO = (1e-4, 1e-2)  # where those of adagrad, adam, fast, wide, lstm and gru lie most of the time
# Elements clipped. Above: 0.22 to 0.45 in adagrad with a --clip of 0.1, 0.05, 0.01 (2.44, 2.57, 2.72). Below: 0.01 with
# the report's 5 (2.11), the remedy. What --clip-norm takes away is no fault: 0.6 and more where it helped, above.
MOST_CLIPPED = 0.20

_SEVERAL = ("beat", "they", "read", "tell")
_KEEPING = ("forget gate", "update gate")
_WHOLE_WINDOW = 100.0  # steps to a tenth, above which nothing is lost on the way through a window


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
    found = [
        *_saturation(config, health, beat),
        *_beat(beat),
        *_gates(health),
        *_reach(health),
        *_ratios(health, beat),
        *_clipping(config, health),
    ]
    return tuple(sorted(found, key=lambda each: each.is_good))


def _percent(share: float) -> str:
    """`84 %`, `3 %`, `0.4 %`, `under 0.1 %`."""
    if 0 < share < 0.001:
        return "under 0.1\xa0%"
    return f"{100 * share:.0f}\xa0%" if share >= 0.095 or share == 0 else f"{100 * share:.1g}\xa0%"


def _power(value: float) -> str:
    """`2e−3`, `3e5`; `0` of nothing."""
    digits, exponent = f"{value:.0e}".split("e")
    return f"{digits}e{int(exponent)}".replace("-", "−") if value else "0"


def _against_saturation(config: RunConfig) -> str:
    if config.optimizer == "adagrad" and config.memory_start < 1:
        return "AdaGrad's first steps are too large; try --memory-start 10"
    return "its steps were too large; begin again with half the eta"


def is_held(beat: Beat | None) -> bool:
    """Whether so many units are saturated nearly always that they tell little of the text."""
    return beat is not None and beat.held > MOST_HELD * beat.units


def _saturation(config: RunConfig, health: Health, beat: Beat | None) -> Iterator[Said]:
    what = f"{_percent(health.saturated)} of the hidden values are saturated"
    if beat is not None and is_held(beat):
        what += f", {beat.held:,} of {counted(beat.units, 'unit')} nearly always"
        yield Said("saturated", False, what, _against_saturation(config), health.saturated)
    elif not health.gates:
        follows = "the others still learn" if health.saturated < 0.5 else "by turns, as the text switches the units"
        yield Said("saturated", True, what, follows, health.saturated)


def _gates(health: Health) -> Iterator[Said]:
    """Of the gate by which a unit keeps what it holds."""
    for name, is_open, closed in health.gates:
        if name in _KEEPING:
            what = f"{_percent(is_open)} of the {name}s are open, {_percent(closed)} closed"
            yield Said("gates", True, what, "open ones keep, closed ones let go; neither is a fault", is_open)


def _beat(beat: Beat | None) -> Iterator[Said]:
    if beat is not None and beat.beating > MOST_BEATING * beat.units:
        beats, they, read, tell = ("beats", "it", "reads", "tells") if beat.beating == 1 else _SEVERAL
        units = f"{beat.beating:,} of {counted(beat.units, 'unit')}"
        what = f"{units} {beats} every {beat.period} characters, whatever {they} {read}"
        yield Said("beat", False, what, f"{they} {tell} nothing of the text", beat.beating / beat.units)


def _reach(health: Health) -> Iterator[Said]:
    steps = health.steps_to_a_tenth
    if steps is None:
        return
    if not isfinite(steps):
        yield Said("reach", False, "Gradients grow the further back they go", "try --clip-norm 1", inf)
        return
    if steps > _WHOLE_WINDOW:
        yield Said(
            "reach", True, "Gradients hardly fall", "what stands at the window's beginning is learnt from", steps
        )
        return
    what = f"Gradients fall to a tenth every {steps:.1f} steps back"
    if steps < 1.05:
        what = f"Gradients fall to {'a tenth' if steps >= 0.95 else 'less than a tenth'} at each step back"
    if steps < LEAST_STEPS:
        far = counted(max(1, round(2 * steps)), "character")
        far = f"what stands more than {far} back is hardly learnt from"
        yield Said("reach", False, what, far, steps)
    else:
        yield Said("reach", True, what, f"a hundredth arrives {2 * steps:.0f} characters back", steps)


def _ratios(health: Health, beat: Beat | None) -> Iterator[Said]:
    """Of weight matrices alone: biases begin at zero."""
    ratios = [(name, ratio) for name, ratio in health.ratios if name[:1].isupper()]
    if not ratios or health.eta_share <= 0:
        return
    healthy = all(HEALTHY_RATIO[0] <= ratio <= HEALTHY_RATIO[1] for _, ratio in ratios)
    middle = sorted(ratio for _, ratio in ratios)[len(ratios) // 2]
    if is_held(beat):  # which is what is wrong, whatever their size
        if healthy:
            what = f"Updates are of a healthy size, {_power(middle)} of the weights"
            yield Said("update", True, what, "their size alone frees no saturated unit", middle)
        return
    low, high = POSSIBLE_RATIO
    sizes = [(name, ratio, max(low * health.eta_share / max(ratio, 1e-30), ratio / high)) for name, ratio in ratios]
    name, ratio, wrong = max(sizes, key=lambda each: each[2])
    if wrong <= 1:
        if healthy:
            yield Said("update", True, "Updates are of a healthy size", f"{_power(middle)} of the weights", middle)
        return
    size, remedy = ("large", "halve eta") if ratio > high else ("small", "double eta")
    yield Said("update", False, f"Updates of {name} are too {size}, {_power(ratio)} of its weights", remedy, ratio)


def _clipping(config: RunConfig, health: Health) -> Iterator[Said]:
    if health.clipped > MOST_CLIPPED and config.clip is not None:
        what = f"{_percent(health.clipped)} of the gradient is clipped"
        yield Said("clipped", False, what, "raise --clip, or leave it out", health.clipped)
