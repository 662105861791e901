"""Which option matters how much: the share of the losses' variance that the values of each option explain."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from statistics import fmean
from typing import Any

from tui_rnn.sweeps.chance import RARE, chance

Setting = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Level:
    """One value of an option, over all settings and seeds that have it."""

    value: Any
    mean: float  # nats per character
    runs: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What is explained by one option alone, or by several together beyond what each does alone."""

    options: tuple[str, ...]
    share: float  # of the variance, from 0 to 1
    by_chance: float | None  # how often so large a share comes of the seeds alone; None where that cannot be known
    levels: tuple[Level, ...] = ()  # of one option

    @property
    def is_significant(self) -> bool:
        """Whether it is more than the seeds' doing."""
        return self.by_chance is not None and self.by_chance < RARE


@dataclass(frozen=True, slots=True)
class Effects:
    """An analysis of variance of a balanced grid: the shares of options, together and seeds add up to 1."""

    options: tuple[Effect, ...]  # the main effects, the largest first
    together: Effect | None  # what several options do together; None where one alone is varied
    seeds: float  # the share of what differs between the seeds of one setting
    spread: float | None  # standard deviation between the seeds of one setting, nats per character; None: one seed
    settings: int
    used_seeds: tuple[int, ...]
    left_out: tuple[tuple[str, Any], ...] = ()  # values of which no run has finished


def effects_of(
    varied: Mapping[str, Sequence[Any]], losses: Callable[[Setting], Mapping[int, float]], seeds: Sequence[int]
) -> Effects | str:
    """The effects; or why there are none, as a clause.

    `losses` gives a setting's losses by seed. What is compared is balanced: values of which no run has finished are
    left out, then the seeds that one of the remaining settings lacks. With n runs in all, r of a setting, mean y and
    means y_l of the n_l runs with the value l, an option's share is sum n_l (y_l - y)² over the sum of (loss - y)²
    (R. A. Fisher, Statistical Methods for Research Workers, 1925, ch. 7).
    """
    every = [dict(zip(varied, values, strict=True)) for values in itertools.product(*varied.values())]
    kept = {
        name: [value for value in values if any(losses(setting) for setting in every if setting[name] == value)]
        for name, values in varied.items()
    }
    left_out = tuple((name, value) for name in varied for value in varied[name] if value not in kept[name])
    compared = [name for name in varied if len(kept[name]) > 1]
    if not compared:
        return "no option has two values of which a run has finished" if varied else "nothing but the seed is varied"
    settings = [dict(zip(kept, values, strict=True)) for values in itertools.product(*kept.values())]
    used = tuple(seed for seed in seeds if all(seed in losses(setting) for setting in settings))
    if not used:
        return "there is no seed with which every setting has finished"
    table = [(setting, [losses(setting)[seed] for seed in used]) for setting in settings]
    grand = fmean(loss for _, found in table for loss in found)
    total = sum((loss - grand) ** 2 for _, found in table for loss in found)
    if total <= 1e-24 * max(1.0, grand * grand):
        return "all runs have the same loss"
    r = len(used)
    between = sum(r * (fmean(found) - grand) ** 2 for _, found in table)
    within, freedom = max(0.0, total - between) if r > 1 else 0.0, len(table) * (r - 1)

    def effect(options: tuple[str, ...], square: float, degrees: int, levels: tuple[Level, ...] = ()) -> Effect:
        if not freedom:
            by_chance = None
        else:
            F = square / degrees / (within / freedom) if within > 1e-15 * total else inf
            by_chance = chance(F, degrees, freedom)
        return Effect(options, square / total, by_chance, levels)

    main = []
    for name in compared:
        levels = []
        for value in kept[name]:
            found = [loss for setting, each in table if setting[name] == value for loss in each]
            levels.append(Level(value, fmean(found), len(found)))
        square = sum(level.runs * (level.mean - grand) ** 2 for level in levels)
        main.append(effect((name,), square, len(levels) - 1, tuple(levels)))
    rest = max(0.0, between - total * sum(each.share for each in main))
    degrees = len(table) - 1 - sum(len(kept[name]) - 1 for name in compared)
    return Effects(
        options=tuple(sorted(main, key=lambda each: -each.share)),
        together=effect(tuple(compared), rest, degrees) if len(compared) > 1 else None,
        seeds=within / total,
        spread=(within / freedom) ** 0.5 if freedom else None,
        settings=len(table),
        used_seeds=used,
        left_out=left_out,
    )
