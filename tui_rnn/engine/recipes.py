"""The named presets: the two forms of the assignment, and the quickest we know."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """A preset: a sentence for `--help`, and the settings it fixes; any option given by the user overrides one."""

    summary: str
    settings: Mapping[str, object]


RECIPES: Mapping[str, Recipe] = {
    "report": Recipe(
        # The 2021 report prints eta = 0.01, but its numbers only come out with 0.1: on the report's own book 0.1 gives
        # a smooth loss of 52.2 after 10,000 updates (the report: 52.7), and 0.01 gives 59.7.
        "the 2021 report: AdaGrad, eta 0.1, loss summed over the sequence, gradients clipped to [-5, 5]",
        {
            "hidden_size": 100,
            "seq_length": 25,
            "batch_size": 1,
            "optimizer": "adagrad",
            "eta": 0.1,
            "clip": 5.0,
            "init": "normal",
            "reduction": "sum",
            "sample_every": 10_000,
        },
    ),
    "adam": Recipe(
        "the 2026 handout: Adam, eta 0.001, loss averaged over the sequence, scaled initial weights",
        {
            "hidden_size": 100,
            "seq_length": 25,
            "batch_size": 1,
            "optimizer": "adam",
            "eta": 0.001,
            "clip": None,
            "init": "scaled",
            "reduction": "mean",
            "sample_every": 1_000,
        },
    ),
    "fast": Recipe(
        "the quickest we know: Adam over 32 streams of the text, eta 0.01 warmed up and falling by a cosine",
        {
            "hidden_size": 100,
            "seq_length": 25,
            "batch_size": 32,
            "optimizer": "adam",
            "eta": 0.01,
            "schedule": "cosine",
            "warmup": 100,
            "clip": None,
            "clip_norm": 1.0,
            "init": "scaled",
            "reduction": "mean",
            "sample_every": 1_000,
        },
    ),
}
