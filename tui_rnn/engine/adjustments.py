"""Hyperparameters: what can be adjusted while a run trains, and what makes a value one that can be used. No NumPy.

A run begins with those of its configuration, which stays as it was given. An adjustment is logged and is part of the
state: the same adjustments at the same steps make the same run.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import ConfigError, meant


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What trainer and loop read in place of the configuration's values of the same names."""

    eta: float  # learning rate, before warm-up and schedule
    clip: float | None  # elementwise bound on the gradient; None: none
    clip_norm: float | None  # bound on the gradient's Euclidean norm; None: none
    sample_every: int  # updates between two scheduled samples
    sample_length: int  # characters of a scheduled sample
    temperature: float = 1.0  # of scheduled samples
    top_p: float = 1.0  # of scheduled samples

    @classmethod
    def of(cls, config: RunConfig, adjusted: Mapping[str, Any] | None = None) -> "Hyperparameters":
        """Those of the configuration, with what was adjusted since. Raises ConfigError for what cannot be used."""
        begun = cls(**{name: getattr(config, name) for name in NAMES if hasattr(config, name)})
        for name, value in (adjusted or {}).items():
            begun = begun.with_value(config, name, value)
        return begun

    def with_value(self, config: RunConfig, name: str, value: Any) -> "Hyperparameters":
        """The same with one adjusted. Raises ConfigError for a name or a value that cannot be used."""
        if name not in NAMES:
            raise ConfigError(f"{name!r} cannot be adjusted: {meant(name, NAMES)}")
        if hasattr(config, name):
            dataclasses.replace(config, **{name: value})  # the configuration knows what can be used
        else:
            _check_sampling(self, name, value)
        whole = type(getattr(self, name)) is int
        changed: dict[str, Any] = {name: value if whole or value is None else float(value)}
        return dataclasses.replace(self, **changed)

    def adjusted_from(self, config: RunConfig) -> dict[str, Any]:
        """The values that differ from the configuration, by name."""
        begun = Hyperparameters.of(config)
        return {name: getattr(self, name) for name in NAMES if getattr(self, name) != getattr(begun, name)}

    def in_force(self, config: RunConfig) -> RunConfig:
        """The configuration with these in place of its own: what a run is trained with now, to be shown."""
        options: dict[str, Any] = {name: getattr(self, name) for name in NAMES if hasattr(config, name)}
        return dataclasses.replace(config, **options)


def why_not_eta(config: RunConfig, eta: float) -> str:
    """Why this learning rate cannot be used, in one line; "" where it can."""
    try:
        Hyperparameters.of(config).with_value(config, "eta", eta)
    except ConfigError as error:
        return str(error)
    return ""


NAMES = tuple(field.name for field in dataclasses.fields(Hyperparameters))


def _check_sampling(hyperparameters: Hyperparameters, name: str, value: Any) -> None:
    from tui_rnn.engine.sampling import check_sampling  # here, since it needs NumPy

    if type(value) not in (int, float):
        raise ConfigError(f"{name} {value!r} cannot be used: give a number")
    temperature, top_p = hyperparameters.temperature, hyperparameters.top_p
    check_sampling(value if name == "temperature" else temperature, value if name == "top_p" else top_p)
