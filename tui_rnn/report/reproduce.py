"""The commands that train a run again, to the same `state_sha256`."""

import shlex
from dataclasses import fields

from tui_rnn.engine.config import RunConfig
from tui_rnn.report.read import RunRecord

_COMMANDS = ("train", "resume", "sample", "gradcheck", "report", "bench", "runs")
_WITHOUT_OPTION = ("corpus", "recipe", "steps", "seed", "cell", "sig")


def options_of(config: RunConfig) -> list[str]:
    """The options of training in which this configuration differs from its recipe's."""
    recipe = RunConfig.from_recipe(config.recipe, config.corpus)
    words: list[str] = []
    for each in fields(RunConfig):
        value = getattr(config, each.name)
        if each.name not in _WITHOUT_OPTION and value != getattr(recipe, each.name):
            words += ["--" + each.name.replace("_", "-"), "none" if value is None else str(value)]
    return words


def commands(run: RunRecord) -> list[str]:
    """What to type: one line, or two where the run was taken further than its learning rate's schedule reached."""
    config, done = run.config, run.step
    # A schedule is spread over the steps the run was begun with, so they cannot be replaced by those it made.
    steps = config.steps if config.schedule != "constant" or not done else done
    first = ["tui-rnn", config.corpus, "--recipe", config.recipe, *options_of(config)]
    first += ["--steps", str(steps), "--seed", str(config.seed), "--headless"]
    if config.corpus in _COMMANDS or config.corpus.startswith("-"):
        first[1] = f"./{config.corpus}"
    if done <= steps:
        return [shlex.join(first)]
    return [shlex.join([*first, "--run", "again"]), f"tui-rnn resume again --steps {done} --headless"]


def falls_short(run: RunRecord) -> bool:
    """Whether the commands go further than the run did, so that the digest is passed on the way."""
    return run.config.schedule != "constant" and 0 < run.step < run.config.steps
