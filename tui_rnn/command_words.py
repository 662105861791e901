"""Configurations, goals and values as they are typed: the words of a command line that trains with them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from tui_rnn.engine.config import RunConfig, option, word
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.engine.kernels.choice import AUTO, NUMPY, resolved

# fmt: off
COMMANDS = (
    "train", "resume", "sweep", "sample", "gradcheck", "report", "bench", "runs", "view", "config", "replay", "export",
    "serve",
)
# fmt: on
_NO_OPTIONS = ("corpus", "sig")  # of a configuration: sig is its recipe's
_BESIDE = ("recipe", "steps", "minutes", "seed")  # what `training` says of itself


def every_option(config: RunConfig) -> list[str]:
    """Every option of training, so that no recipe and no settings file has a say."""
    names = [each.name for each in fields(RunConfig) if each.name not in _NO_OPTIONS]
    return _options(config, (name for name in names if name != "minutes" or config.minutes is not None))


def options_beyond_recipe(config: RunConfig, *, with_kernel: bool = False) -> list[str]:
    """The options in which a configuration differs from its recipe's, its goal and its seed left out.

    The kernel is among them where another would be taken here; `with_kernel` on any machine.
    """
    names = [name for name in config.overrides if name not in (*_NO_OPTIONS, *_BESIDE)]
    auto_differs = config.kernel == NUMPY and resolved(AUTO, config.to_json()) != NUMPY
    if "kernel" not in names and (with_kernel or auto_differs):
        names.append("kernel")
    return _options(config, names)


def again(run: str, changes: Mapping[str, object]) -> list[str]:
    """The command that trains this run again with these options changed."""
    return ["tui-rnn", run, *(each for name, value in changes.items() for each in (option(name), word(value)))]


def _options(config: RunConfig, names: Iterable[str]) -> list[str]:
    return [each for name in names for each in (option(name), word(getattr(config, name)))]


def goal_options(goal: Goal) -> list[str]:
    """`--steps 2000 --minutes 1`; no steps where the time alone bounds the run."""
    minutes = [] if goal.minutes is None else ["--minutes", f"{goal.minutes:g}"]
    return minutes if minutes and goal.steps >= UNLIMITED else ["--steps", str(goal.steps), *minutes]


def training(config: RunConfig, texts: Sequence[str], goal: Goal, *, with_kernel: bool = False) -> list[str]:
    """The command that begins a run of this configuration on these files to this goal.

    `with_kernel`: also where numba is installed since, or is not, it trains to the same digest.
    """
    first, *others = texts
    if first in COMMANDS or first.startswith("-"):
        first = f"./{first}"
    beyond = options_beyond_recipe(config, with_kernel=with_kernel)
    words = ["tui-rnn", first, *others, "--recipe", config.recipe, *beyond, *goal_options(goal)]
    return [*words, "--seed", str(config.seed)]
