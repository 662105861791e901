"""The commands that train a run again, to the same `state_sha256`."""

import shlex
from pathlib import Path

from tui_rnn.command_words import goal_options, training
from tui_rnn.engine.config import word
from tui_rnn.engine.goal import Goal
from tui_rnn.report.run_record import RunRecord
from tui_rnn.runs.checkpoint_choice import step_file
from tui_rnn.runs.manifest import Origin


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
        words += ["--eta", word(config.eta)] if config.eta != run.origin.eta or not is_branch else []
        words += [each for text in texts * run.origin.new_text for each in ("--new-text", text)]
        words += goal_options(to)
        words += ["--accept-changed-corpus"] if run.origin.accept_changed_corpus else []
        return [shlex.join([*words, "--headless"])]
    # A schedule is spread over the goal the run was begun with, which the updates made cannot stand for.
    scheduled = config.schedule != "constant"
    goal = config.goal if scheduled or not run.step else Goal(run.step)
    first = [*training(config, texts, goal, with_kernel=True), "--headless"]
    further = scheduled and run.goal.lies_beyond(goal) and run.goal.reached(run.step, run.elapsed_seconds or 0.0)
    if not further and run.step <= goal.steps:
        return [shlex.join(first)]
    to = run.goal if further and run.goal.minutes is not None else Goal(run.step)
    return [
        shlex.join([*first, "--run", "again"]),
        shlex.join(["tui-rnn", "resume", "again", *goal_options(to), "--headless"]),
    ]


def is_of_a_step(origin: Origin) -> bool:
    """Whether the run went on from a checkpoint that is kept by its step, however far that other run went since."""
    return Path(origin.checkpoint or "").name == step_file(origin.step)


def exact(run: RunRecord) -> bool:
    """Whether the same commands train to the same digest: a schedule that follows the clock does not."""
    return run.config.schedule == "constant" or run.config.minutes is None


def falls_short(run: RunRecord) -> bool:
    """Whether the commands go further than the run did, so that the digest is passed on the way."""
    return run.config.schedule != "constant" and 0 < run.step < run.config.steps
