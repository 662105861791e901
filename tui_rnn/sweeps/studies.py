"""The studies: sweeps with a name, which answer the questions of the assignment's optional tasks. No NumPy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import not_known
from tui_rnn.engine.memory import parameters

Coupling = Callable[[RunConfig, int], RunConfig]


def _as_it_is(config: RunConfig, K: int) -> RunConfig:
    return config


@dataclass(frozen=True, slots=True)
class Study:
    """What is varied and why. Any option, value or number of seeds that its user gives stands in place of its own."""

    name: str
    title: str  # of its report
    summary: str  # for the help
    questions: tuple[str, ...]  # that its report answers
    takes: str  # as it is, on one core, with the stand-in novel
    recipe: str
    options: Mapping[str, Any]  # that all runs have and the recipe has not, by their long names with underscores
    varied: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    seeds: int = 3
    coupled: Coupling = _as_it_is  # the configuration of a run, made to go with its setting; K: characters that differ

    def options_with(self, given: Mapping[str, Any], varied: Mapping[str, Any]) -> dict[str, Any]:
        """What all runs have, where its user gives these options and varies those."""
        timed = given.get("minutes") is not None  # which then ends the runs, and not the study's own number of updates
        own = {
            name: value
            for name, value in self.options.items()
            if name not in varied and not (timed and name == "steps")
        }
        return {**own, **given}

    def varied_with(self, given: Mapping[str, Any], varied: Mapping[str, Any]) -> dict[str, Any]:
        """What is varied then: an option that its user fixes no more."""
        return {**{name: list(values) for name, values in self.varied.items() if name not in given}, **varied}


def equal_characters(config: RunConfig, K: int) -> RunConfig:
    """So many updates that every batch size reads as many characters as `steps` updates of one window do.

    Samples, with which the held-out loss is measured, are as many characters apart. A run that minutes end is as it
    was: of those the time is equal.
    """
    if config.minutes is not None:
        return config
    steps, every = (max(1, round(count / config.batch_size)) for count in (config.steps, config.sample_every))
    return replace(config, steps=steps, sample_every=every)


def equal_parameters(config: RunConfig, K: int) -> RunConfig:
    """So many hidden units that every cell has about the parameters that `hidden_size` vanilla ones have."""
    aim = parameters(K, config.hidden_size, "rnn", config.layers)
    sizes = range(1, config.hidden_size + 1)  # a gated unit has more than a vanilla one
    best = min(sizes, key=lambda m: abs(parameters(K, m, config.cell, config.layers) - aim))
    return replace(config, hidden_size=best)


def _orders(config: RunConfig, K: int) -> RunConfig:
    """As many characters for both batch sizes, with a learning rate for each: Adam's grows with the batch's root."""
    return replace(equal_characters(config, K), eta=round(config.eta * config.batch_size**0.5, 6))


STUDIES: dict[str, Study] = {
    study.name: study
    for study in (
        Study(
            "orders",
            "In which order should the text be read?",
            "the text in sequence, in windows at random, in shuffled chunks, alone and in batches",
            (
                "Does a network that is judged on text it has not read gain by reading in another order?",
                "Does the answer change with the batch size?",
            ),
            takes="10 minutes",
            recipe="adam",
            options={"steps": 96_000, "holdout": 0.1, "sample_every": 4_000},
            varied={"order": ("sequential", "random", "chunks"), "batch_size": (1, 16)},
            coupled=_orders,
        ),
        Study(
            "batches",
            "How large should a batch be?",
            "batches of 1 to 64 windows, each with five learning rates, at equal characters read",
            (
                "What does a larger batch cost in what is learnt of the same characters?",
                "What does it gain in time?",
                "How does the best learning rate grow with it?",
            ),
            takes="12 minutes",
            recipe="adam",
            options={"steps": 48_000, "holdout": 0.1, "sample_every": 960},
            varied={"batch_size": (1, 2, 4, 8, 16, 32, 64), "eta": (0.001, 0.002, 0.004, 0.008, 0.016)},
            seeds=2,
            coupled=equal_characters,
        ),
        Study(
            "cells",
            "Vanilla, LSTM or GRU?",
            "the three cells with equally many parameters, at equal updates and at equal time",
            (
                "Which cell learns most from the same characters with the same number of parameters?",
                "Which has learnt most after the same time?",
            ),
            takes="8 minutes",
            recipe="fast",
            options={
                "hidden_size": 200,
                "steps": 6_000,
                "holdout": 0.1,
                "schedule": "constant",
                "eta_recurrent": 0.35,
                "eta_input": 2.0,
                "sample_every": 500,
            },
            varied={"cell": ("rnn", "lstm", "gru"), "eta": (0.002, 0.004, 0.008)},
            seeds=2,
            coupled=equal_parameters,
        ),
        Study(
            "sampling",
            "Temperature and nucleus sampling",
            "one trained network that writes at five temperatures and four top-p by the same random numbers",
            (
                "What do a low, a middle and a high temperature make of the same network?",
                "What does nucleus sampling leave out, and does the text gain by it?",
            ),
            takes="1 minute",
            recipe="fast",
            options={"steps": 30_000, "holdout": 0.1},
            seeds=1,
        ),
        Study(
            "speed",
            "A faster gradient, and larger batches",
            "one gradient computed in four ways, and characters a second of batches of 1 to 64 windows",
            (
                "How much quicker is the gradient without one-hot products, and with whole sequences at a time?",
                "How many characters a second does a batch of B windows train?",
            ),
            takes="2 minutes",
            recipe="adam",
            options={"steps": 16_000, "sample_every": 1_000_000, "sample_length": 1},
            varied={"batch_size": (1, 2, 4, 8, 16, 32, 64)},
            coupled=equal_characters,
        ),
        Study(
            "seeds",
            "The 2021 recipe, seed by seed",
            "ten seeds of the 2021 recipe beside the eleven figures of its report",
            (
                "How far apart do runs end that differ in their seed alone?",
                "Do the published losses lie among them?",
            ),
            takes="5 minutes",
            recipe="adagrad",
            options={"steps": 100_000},
            seeds=10,
        ),
    )
}


def study_named(name: str) -> Study:
    """The study of this name. Raises ConfigError."""
    if name not in STUDIES:
        raise not_known("--study", name, STUDIES)
    return STUDIES[name]
