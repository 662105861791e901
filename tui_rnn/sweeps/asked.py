"""A sweep as it is asked for: by a command line, by a spec file, or by the one in place of parts of the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from tui_rnn.engine.config import option, word
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.kernels.choice import AUTO
from tui_rnn.engine.recipes import todays_name
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.planning import planned
from tui_rnn.sweeps.studies import study_named
from tui_rnn.typed_options import Value

BOUNDS = ("max_corpus", "max_memory")  # of the options of training, those that are no part of a configuration
_MOST_SEEDS = 10_000
_RECIPE = "adagrad"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was given; None, or nothing, where it was not."""

    corpus: tuple[str, ...] = ()
    recipe: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)  # of training, by their long names with underscores
    varied: Mapping[str, list[Value]] = field(default_factory=dict)
    seeds: int | None = None  # how many
    seed: int | None = None  # the first
    study: str | None = None
    halving: bool = False
    out: str | None = None  # the folder

    def over(self, other: Self) -> "Asked":
        """Itself, completed from the other where it leaves something open; an option given here is varied no longer."""
        options = {name: value for name, value in other.options.items() if name not in self.varied}
        varied = {name: values for name, values in other.varied.items() if name not in self.options}
        return Asked(
            corpus=self.corpus or other.corpus,
            recipe=self.recipe or other.recipe,
            options={**options, **self.options},
            varied={**varied, **self.varied},
            seeds=other.seeds if self.seeds is None else self.seeds,
            seed=other.seed if self.seed is None else self.seed,
            study=self.study or other.study,
            halving=self.halving or other.halving,
            out=self.out or other.out,
        )

    def plan(self) -> Plan:
        """The plan of it, that lies in no folder yet. Raises ConfigError or CorpusError."""
        study = None if self.study is None else study_named(self.study)
        options, varied = {name: self.options[name] for name in self.options if name not in BOUNDS}, dict(self.varied)
        for name in varied:
            if name in options:
                raise ConfigError(
                    f"{option(name)} {word(options[name])} is given, and varied by --set: leave one of them out"
                )
        recipe, seeds = self.recipe, self.seeds
        if study is not None:
            options, varied = study.options_with(options, varied), study.varied_with(options, varied)
            recipe, seeds = recipe or study.recipe, study.seeds if seeds is None else seeds
        if not varied and seeds is None:
            raise ConfigError("nothing is varied: give --set NAME=V,V, as in --set eta=0.05,0.1, or --seeds N, or both")
        first, count = self.seed or 0, 1 if seeds is None else seeds
        if not 1 <= count <= _MOST_SEEDS:
            raise ConfigError(
                f"--seeds {count} cannot be used: give how many runs each setting has, from 1 to {_MOST_SEEDS}"
            )
        return planned(
            self.corpus,
            todays_name(recipe or _RECIPE),
            {"kernel": AUTO, **options} if "kernel" not in varied else options,
            varied,
            range(first, first + count),
            bounds={name: self.options[name] for name in BOUNDS if name in self.options},
            halving=self.halving,
            study=None if study is None else study.name,
            coupled=None if study is None else study.coupled,
        )
