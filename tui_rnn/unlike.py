"""What tells runs apart in few words: the options in which they differ, or that one has unlike its recipe. No NumPy."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from functools import lru_cache

from tui_rnn.engine.config import RunConfig
from tui_rnn.safe_text import safe_text
from tui_rnn.setting_words import SHORT_NAMES, setting_name, setting_value

OF_THE_COURSE = ("steps", "minutes")  # options that the updates made tell of
NOT_OF_LEARNING = ("sample_every", "sample_length", "checkpoint_every")


def differing(configs: Sequence[RunConfig], but: Collection[str] = ()) -> list[str]:
    """The options of learning, but for some, that have not one value in all of these; the best known first."""
    left_out = {*OF_THE_COURSE, *NOT_OF_LEARNING, *but}
    names = [each.name for each in fields(RunConfig) if each.name not in left_out]
    unlike = [name for name in names if len({getattr(config, name) for config in configs}) > 1]
    order = list(SHORT_NAMES)
    return sorted(unlike, key=lambda name: order.index(name) if name in order else len(order))


def option_words(config: RunConfig, name: str) -> str:
    """`eta 0.05`: an option and its value in few letters, safe to show."""
    return f"{setting_name(name)} {setting_value(name, getattr(config, name))}"


def recipe_words(recipe: str, config: RunConfig | None, room: int) -> str:
    """`adagrad, eta 0.05`: the recipe, and what the run has unlike it; whole items fall away where there is no room."""
    words = safe_text(recipe, one_line=True)
    for item in () if config is None else beyond_recipe(config):
        longer = f"{words}, {item}"
        if len(longer) > room:
            break
        words = longer
    return words


@lru_cache(maxsize=1024)
def beyond_recipe(config: RunConfig) -> tuple[str, ...]:
    """`eta 0.05`, one for each option of learning that is unlike the recipe's; goal, text, seed and kernel left out."""
    recipe = RunConfig.from_recipe(config.recipe, config.corpus)
    names = differing([config, recipe], ("corpus", "recipe", "seed", "kernel"))
    return tuple(option_words(config, name) for name in names)
