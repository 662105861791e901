"""The commands that train a run again, to the same `state_sha256`."""

import shlex
from dataclasses import fields
from pathlib import Path

from tui_rnn.engine.config import SAMPLED_BY_TIME, RunConfig
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.engine.kernels.choice import AUTO, NUMPY, resolved
from tui_rnn.report.run_record import RunRecord
from tui_rnn.runs.checkpoint_choice import step_file
from tui_rnn.runs.manifest import Origin

# fmt: off
_COMMANDS = (
    "train", "resume", "sweep", "sample", "gradcheck", "report", "bench", "runs", "view", "config", "replay", "export",
    "serve",
)
# fmt: on
_ELSEWHERE = ("corpus", "recipe", "steps", "minutes", "seed", "sig")


def options_of(config: RunConfig) -> list[str]:
    """The options of training in which this configuration differs from its recipe's."""
    recipe = RunConfig.from_recipe(config.recipe, config.corpus)
    words: list[str] = []
    for each in fields(RunConfig):
        value = getattr(config, each.name)
        if each.name == "sample_every" and value == SAMPLED_BY_TIME:  # --minutes implies it
            continue
        if each.name not in _ELSEWHERE and value != getattr(recipe, each.name):
            words += ["--" + each.name.replace("_", "-"), "none" if value is None else str(value)]
    if config.kernel == NUMPY and resolved(AUTO, config.to_json()) != NUMPY:  # here auto would take another
        words += ["--kernel", NUMPY]
    return words


def commands(run: RunRecord) -> list[str]:
    """What to type: one line, or two where the run was taken further than its learning rate's schedule reached.

    A run that went on from another is made of that one; one that was adjusted while it trained is replayed.
    """
    config = run.began_as
    texts = [each.name for each in run.corpus.files] or [config.corpus]
    if run.changes:
        return [shlex.join(["tui-rnn", "replay", run.name])]
    if run.origin is not None:
        to = Goal(run.step) if run.step else run.goal
        words = ["tui-rnn", "resume", run.origin.run]
        is_kept = is_of_a_step(run.origin)
        words += ["--at", str(run.origin.step)] if is_kept else []
        is_branch = is_kept or run.origin.new_text  # by itself, with no other learning rate
        words += ["--eta", str(config.eta)] if config.eta != run.origin.eta or not is_branch else []
        words += [word for text in texts * run.origin.new_text for word in ("--new-text", text)]
        words += _goal(to)
        words += ["--accept-changed-corpus"] if run.origin.accept_changed_corpus else []
        return [shlex.join([*words, "--headless"])]
    if texts[0] in _COMMANDS or texts[0].startswith("-"):
        texts[0] = f"./{texts[0]}"
    first = ["tui-rnn", *texts, "--recipe", config.recipe, *options_of(config)]
    # A schedule is spread over the goal the run was begun with, which the updates made cannot stand for.
    scheduled = config.schedule != "constant"
    goal = config.goal if scheduled or not run.step else Goal(run.step)
    first += [*_goal(goal), "--seed", str(config.seed), "--headless"]
    further = scheduled and run.goal.lies_beyond(goal) and run.goal.reached(run.step, run.elapsed_seconds or 0.0)
    if not further and run.step <= goal.steps:
        return [shlex.join(first)]
    to = run.goal if further and run.goal.minutes is not None else Goal(run.step)
    return [
        shlex.join([*first, "--run", "again"]),
        shlex.join(["tui-rnn", "resume", "again", *_goal(to), "--headless"]),
    ]


def _goal(goal: Goal) -> list[str]:
    steps = ["--steps", str(goal.steps)] if goal.steps < UNLIMITED else []
    return [*steps, *(["--minutes", f"{goal.minutes:g}"] if goal.minutes is not None else [])]


def is_of_a_step(origin: Origin) -> bool:
    """Whether the run went on from a checkpoint that is kept by its step, however far that other run went since."""
    return Path(origin.checkpoint or "").name == step_file(origin.step)


def exact(run: RunRecord) -> bool:
    """Whether the same commands train to the same digest: a schedule that follows the clock does not."""
    return run.config.schedule == "constant" or run.config.minutes is None


def falls_short(run: RunRecord) -> bool:
    """Whether the commands go further than the run did, so that the digest is passed on the way."""
    return run.config.schedule != "constant" and 0 < run.step < run.config.steps
