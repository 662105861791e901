"""The published figures of the assignment, and whether they may stand beside a run's own."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from tui_rnn.engine.config import RunConfig, word
from tui_rnn.engine.errors import counted
from tui_rnn.engine.recipes import RECIPES
from tui_rnn.wording import cell_name

BOOK_VOCAB_SIZE = 80  # K of the book that every published figure was measured on
# Settings that must be the same for two losses to mean the same.
DECISIVE = ("cell", "layers", "order", "hidden_size", "seq_length", "batch_size", "optimizer", "reduction")
_NOT_OF_A_RECIPE = ("corpus", "recipe", "steps", "minutes", "seed", "sample_every", "sample_length", "checkpoint_every")
OPTIMIZERS = {"adagrad": "AdaGrad", "adam": "Adam", "nadam": "NAdam", "rmsprop": "RMSProp", "sgd": "SGD"}
_NAMES = {"hidden_size": "m", "seq_length": "T", "batch_size": "B"}


@dataclass(frozen=True, slots=True)
class Published:
    """Smooth losses that others reached with one recipe on the report's book, in nats summed over 25 characters."""

    recipe: str
    title: str
    losses: Mapping[int, float]  # by update
    best: float  # the lowest that its author names
    repeated: Mapping[int, float]  # the same measured again, with a network proved correct
    bests: tuple[tuple[float, str], ...]  # lowest smooth losses, and what is known of each
    gradient_errors: Mapping[str, float]  # by parameter, central differences


REPORT_2021 = Published(
    recipe="adagrad",
    title="the 2021 report",
    losses=dict(
        zip(
            (1, *range(10_000, 100_001, 10_000)),
            (109.8, 52.72, 48.95, 47.67, 46.36, 46.65, 45.15, 45.05, 43.36, 44.17, 44.94),
            strict=True,
        )
    ),
    best=38.8747,
    repeated=dict(
        zip(
            (1, *range(10_000, 100_001, 10_000)),
            (109.55, 52.24, 49.01, 48.03, 46.61, 47.30, 46.19, 45.95, 44.31, 44.91, 45.99),
            strict=True,
        )
    ),
    bests=(
        (37.74, "885,000 updates"),
        (38.8747, "the 2021 report"),
        (39.21, "441,000 updates"),
        (39.45, "the handout, 363,000 updates"),
        (39.55, ""),
        (41.31, ""),
    ),
    gradient_errors={"b": 1.81e-9, "c": 4.69e-10, "U": 3.61e-9, "W": 1.57e-8, "V": 9.65e-8},
)
HANDOUT_2026 = Published(
    recipe="adam",
    title="the 2026 handout",
    losses={
        step: 25 * nats
        for step, nats in ((1, 4.6049), (1000, 3.3806), (4000, 2.2598), (30_000, 1.7861), (150_000, 1.5344))
    },
    best=25 * 1.5344,
    repeated={},
    bests=((25 * 1.5174, ""), (25 * 1.525, "")),
    gradient_errors={},
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Published figures for a run, or the reason why there are none."""

    published: Published | None
    why_not: str = ""
    other_settings: str = ""  # those that differ from the recipe and do not forbid the comparison


def compare(config: RunConfig) -> Comparison:
    """The figures published for this run's optimizer, if the settings that decide a loss are the same."""
    published = HANDOUT_2026 if config.optimizer in ("adam", "nadam") else REPORT_2021
    recipe = RunConfig.from_recipe(published.recipe, config.corpus)
    different = [name for name in DECISIVE if getattr(config, name) != getattr(recipe, name)]
    if different:
        theirs = ", ".join(_setting(recipe, name) for name in different)
        ours = ", ".join(_setting(config, name) for name in different)
        return Comparison(None, why_not=f"those of {published.title} are for {theirs}, and this run has {ours}")
    others = [
        f"{_option(each.name)} {word(getattr(config, each.name))} ({word(getattr(recipe, each.name))})"
        for each in fields(RunConfig)
        if each.name not in (*DECISIVE, *_NOT_OF_A_RECIPE, "dtype", "encoding", "errors")
        and getattr(config, each.name) != getattr(recipe, each.name)
    ]
    return Comparison(published, other_settings=", ".join(others))


def level_beside(config: RunConfig, vocab_size: int) -> tuple[float, str] | None:
    """The lowest loss that the author of the run's recipe published, in nats per character, and whose it is.

    None where a setting forbids the comparison, or the text cannot be the book that it was measured on: beside a curve
    there is no room to say that it is another.
    """
    published = compare(config).published
    if published is None or vocab_size != BOOK_VOCAB_SIZE:
        return None
    return published.best / config.seq_length, published.title


def comparable_gradients(config: RunConfig, hidden_size: int, seq_length: int) -> bool:
    """Whether the report's gradient table is of a network like the one checked: cell, m, T, initial weights."""
    recipe = RECIPES[REPORT_2021.recipe].settings
    return (config.cell, config.layers, hidden_size, seq_length, config.init, config.sig) == (
        "rnn",
        1,
        recipe["hidden_size"],
        recipe["seq_length"],
        "normal",
        0.01,
    )


def _setting(config: RunConfig, name: str) -> str:
    value = getattr(config, name)
    words = {
        "reduction": f"the loss as a {value}",
        "cell": f"{cell_name(value)} cells",
        "layers": counted(value, "layer") if name == "layers" else "",
        "order": f"windows in {value} order",
    }
    if name in words:
        return words[name]
    return f"{_NAMES[name]} = {value}" if name in _NAMES else OPTIMIZERS[value]


def _option(name: str) -> str:
    return name.replace("_", "-")
