"""RunConfig: everything a run is made of, validated, JSON both ways. No NumPy, so that a bad value is said at once."""

import dataclasses
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tui_rnn.engine.cells import CELLS
from tui_rnn.engine.errors import ConfigError, not_known
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.engine.kernels.choice import NUMBA, NUMPY, resolved
from tui_rnn.engine.recipes import RECIPES, todays_name

CHOICES: Mapping[str, Collection[str]] = {
    "recipe": tuple(RECIPES),
    "cell": CELLS,
    "optimizer": ("adagrad", "adam", "nadam", "rmsprop", "sgd"),
    "schedule": ("constant", "cosine"),
    "init": ("normal", "scaled"),
    "reduction": ("sum", "mean"),
    "dtype": ("float32", "float64"),
    "kernel": (NUMPY, NUMBA),
    "errors": ("strict", "replace"),
    "order": ("sequential", "random", "chunks"),
}

# Inclusive bounds. The upper ones are far above any use: they keep a forged file from asking for the machine's memory.
WHOLE_NUMBERS: Mapping[str, tuple[int, int]] = {
    "hidden_size": (1, 8192),
    "seq_length": (1, 10_000),
    "batch_size": (1, 65_536),
    "layers": (1, 16),
    "chunks": (1, 1_000_000),
    "steps": (0, UNLIMITED),
    "seed": (0, 2**63 - 1),
    "warmup": (0, 10**12),
    "sample_every": (1, 10**12),
    "sample_length": (1, 1_000_000),
    "checkpoint_every": (1, 10**12),
}
OR_NONE = ("clip", "clip_norm", "chunks")  # settings that can be None; typed, none or 0 means that
MOST_MINUTES = 10**6
SAMPLED_BY_TIME = UNLIMITED  # as sample_every: a budget of minutes says when, and not the updates
MOST_HELD_OUT = 0.5  # of the text
MOST_DROPPED = 0.9
MOST_STATE_NUMBERS = 2**27  # elements of one (seq_length, batch_size, hidden_size) array


@dataclass(frozen=True, slots=True)
class RunConfig:
    """The resolved configuration of a run. Raises ConfigError where a value cannot be used."""

    corpus: str  # the path as the user gave it
    recipe: str
    hidden_size: int  # m
    seq_length: int  # T
    batch_size: int  # B
    optimizer: str
    eta: float  # learning rate
    clip: float | None  # elementwise bound on the gradient; None: no clipping
    init: str  # normal: U, W, V ~ N(0, sig); scaled: U ~ N(0, 1/sqrt(2K)), W ~ N(0, 1/sqrt(2m)), V ~ N(0, 1/sqrt(m))
    reduction: str  # of the objective over the sequence; reported losses are always summed over it
    sample_every: int  # updates between two samples; SAMPLED_BY_TIME: parts of the budget of minutes
    sample_length: int = 200
    steps: int = 100_000
    holdout: float = 0.0  # part of the text, its end, that is not trained on but judged by; 0: none
    minutes: float | None = None  # of training, after which the run and its schedule end if not before; None: no bound
    seed: int = 0
    cell: str = "rnn"
    layers: int = 1  # L, one above the other
    dropout: float = 0.0  # part of what a layer hands to the one above it that an update leaves out
    order: str = "sequential"  # of the windows of the text
    chunks: int | None = None  # that the text is cut into, for that order alone; None: see text.chunks_of
    sig: float = 0.01  # standard deviation of the normal init
    schedule: str = "constant"
    eta_recurrent: float = 1.0  # learning rate of W, as a multiple of eta
    eta_input: float = 1.0  # learning rate of U and b, as a multiple of eta
    warmup: int = 0  # updates over which eta rises linearly
    clip_norm: float | None = None  # bound on the gradient's Euclidean norm
    memory_start: float = 0.0  # AdaGrad's memory before the first update
    dtype: str = "float32"
    kernel: str = "numpy"  # what computes an update
    checkpoint_every: int = 10_000
    encoding: str = "utf-8"
    errors: str = "strict"

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if value not in tuple(choices):  # whatever a file gives: in a dict it would have to be hashable
                raise not_known(option(name), value, choices)
        for name, (low, high) in WHOLE_NUMBERS.items():
            value = getattr(self, name)
            if value is None and name in OR_NONE:
                continue
            if type(value) is not int:
                raise ConfigError(f"{option(name)} {value!r} is not a whole number")
            if not low <= value <= high:
                raise ConfigError(f"{option(name)} {value} is out of range: use a whole number from {low} to {high}")
        self._positive("eta", self.eta)
        self._positive("sig", self.sig)
        self._positive("eta_recurrent", self.eta_recurrent)
        self._positive("eta_input", self.eta_input)
        for name in ("clip", "clip_norm"):
            if getattr(self, name) is not None:
                self._positive(name, getattr(self, name), " or none")
        if not finite(self.memory_start) or not 0 <= self.memory_start <= 1e30:
            raise ConfigError(f"--memory-start {self.memory_start!r} cannot be used: give a number from 0 to 1e30")
        check_minutes(self.minutes)
        if not finite(self.holdout) or not 0 <= self.holdout <= MOST_HELD_OUT:
            raise ConfigError(
                f"--holdout {self.holdout!r} cannot be used: give a part of the text, from 0 to {MOST_HELD_OUT}"
            )
        if not finite(self.dropout) or not 0 <= self.dropout <= MOST_DROPPED:
            raise ConfigError(f"--dropout {self.dropout!r} cannot be used: give a part from 0 to {MOST_DROPPED}")
        if self.chunks is not None and self.order != "chunks":
            raise ConfigError(
                f"--chunks {self.chunks} cannot be used with --order {self.order}: use --order chunks, or --chunks none"
            )
        if self.dropout and self.layers == 1:
            raise ConfigError(f"--dropout {self.dropout} has no layers to stand between: use --layers 2 or more")
        if self.sig > 100:
            raise ConfigError(f"sig {self.sig!r} cannot be used: give a number up to 100")
        if self.seq_length * self.batch_size * self.hidden_size * self.layers > MOST_STATE_NUMBERS:
            raise ConfigError(
                f"--seq-length {self.seq_length} x --batch-size {self.batch_size} x --hidden-size {self.hidden_size} "
                f"{f'x --layers {self.layers} ' if self.layers > 1 else ''}"
                f"needs arrays of over {MOST_STATE_NUMBERS:,} numbers: make one of them smaller"
            )
        for name in ("corpus", "encoding"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name):
                raise ConfigError(f"{name} {getattr(self, name)!r} is not a text: give its name")

    @staticmethod
    def _positive(name: str, value: Any, alternative: str = "") -> None:
        if not finite(value) or value <= 0:
            raise ConfigError(f"{option(name)} {value!r} cannot be used: give a positive number{alternative}")

    @classmethod
    def from_recipe(cls, recipe: str, corpus: str, **overrides: Any) -> "RunConfig":
        """The recipe's settings for this corpus, each override that is not None replacing one.

        A 0 means none for those of OR_NONE, `minutes` without `steps` that the steps are no bound, and
        without `sample_every` that samples are taken by time; a `kernel` of auto is resolved. Raises ConfigError.
        """
        recipe = todays_name(recipe)
        if recipe not in RECIPES:
            raise not_known("--recipe", recipe, RECIPES)
        settings = dict(RECIPES[recipe].settings)
        settings.update({name: value for name, value in overrides.items() if value is not None})
        for name in OR_NONE:
            if settings.get(name) == 0:
                settings[name] = None
        if overrides.get("minutes") is not None and overrides.get("steps") is None:
            settings["steps"] = UNLIMITED
        if overrides.get("minutes") is not None and overrides.get("sample_every") is None:
            settings["sample_every"] = SAMPLED_BY_TIME
        if overrides.get("kernel") is not None:
            settings["kernel"] = resolved(overrides["kernel"], settings)
        return cls._of({"recipe": recipe, "corpus": corpus, **settings})

    @classmethod
    def from_json(cls, values: object) -> "RunConfig":
        """The configuration that `to_json` gave. Raises ConfigError for a missing, unknown or unusable value."""
        if not isinstance(values, dict):
            raise ConfigError("the configuration is not a JSON object")
        if values.get("order") != "chunks":  # earlier versions wrote a number of them all the same
            values = {**values, "chunks": None}
        return cls._of(values)

    @classmethod
    def _of(cls, values: dict[Any, Any]) -> "RunConfig":
        names = {field.name for field in dataclasses.fields(cls)}
        if unknown := sorted(map(str, set(values) - names)):
            raise ConfigError(f"the configuration names {unknown[0]!r}, which this version does not know")
        if isinstance(values.get("recipe"), str):
            values = {**values, "recipe": todays_name(values["recipe"])}
        try:
            return cls(**values)
        except TypeError:  # a field without a default is missing
            missing = sorted(names - set(values))
            raise ConfigError(f"the configuration lacks {', '.join(missing)}") from None

    @property
    def goal(self) -> Goal:
        """Where the run, and the learning rate's schedule, end."""
        return Goal(self.steps, self.minutes)

    @property
    def overrides(self) -> dict[str, Any]:
        """The settings that it has unlike its recipe, as `from_recipe` takes them."""
        expected = RunConfig.from_recipe(self.recipe, self.corpus).to_json()
        if self.minutes is not None:  # which alone imply these
            expected |= {"steps": UNLIMITED, "sample_every": SAMPLED_BY_TIME}
        unlike = {name: value for name, value in self.to_json().items() if value != expected[name]}
        return {
            name: 0 if value is None else value for name, value in unlike.items()
        }  # none is 0, of those that can be none

    def to_json(self) -> dict[str, Any]:
        """Every setting by its name, as JSON holds it."""
        return dataclasses.asdict(self)


def finite(value: Any) -> bool:
    """Whether this is a number that a float holds: no NaN, no infinity, no truth value."""
    return type(value) in (int, float) and abs(value) <= sys.float_info.max  # false for a NaN


def check_minutes(minutes: Any) -> None:
    """Raise ConfigError unless this is a time that a run can be given, or None."""
    if minutes is not None and (not finite(minutes) or not 0 < minutes <= MOST_MINUTES):
        raise ConfigError(f"--minutes {minutes!r} cannot be used: give a number above 0, up to {MOST_MINUTES}")


def option(name: str) -> str:
    """A setting's name as an option: `--hidden-size` of hidden_size."""
    return "--" + name.replace("_", "-")


def word(value: object) -> str:
    """A value as an option takes it: `none`, `0.05`, `5` for 5.0, no digit lost."""
    if isinstance(value, float) and float(short := f"{value:g}") == value:
        return short
    return "none" if value is None else str(value)
