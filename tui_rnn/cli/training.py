"""The commands that train a run: `train`, which is meant where none is named, and `resume`."""

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import click

from tui_rnn import place, signals, stdio, user_folder
from tui_rnn.cli import completion
from tui_rnn.cli.base import CONTEXT, is_given, option
from tui_rnn.cli.defaults import WithDefaults
from tui_rnn.cli.shared import LOOKS, check_looks, front_end_options
from tui_rnn.cli.showing import chosen_theme, has_terminal, say_warnings, screen_options
from tui_rnn.cli.training_options import (
    KERNEL,
    learning_options,
    length_options,
    network_options,
    record_options,
    run_option,
    text_options,
    until_option,
)
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.kernels.cache import keep_in

_OF_THE_SCREEN = ("progress_every", "screen", *LOOKS)


@click.command(cls=WithDefaults, hidden=True, context_settings=CONTEXT)  # its variables are TUI_RNN_ETA and the like
@click.argument("corpus", metavar="CORPUS …", nargs=-1, required=True, shell_complete=completion.files)
@network_options
@learning_options
@length_options
@until_option
@text_options
@run_option
@record_options
@front_end_options
@click.pass_context
def train(
    ctx: click.Context,
    /,
    corpus: tuple[str, ...],
    recipe: str,
    run: str | None,
    until: int | None,
    headless: bool,
    as_json: bool,
    **given: Any,
) -> int:
    """Train on the text CORPUS, or on several, read in order as one. CORPUS - is standard input.

    The screen's keys are then read from the terminal, if there is one. A run in the place of CORPUS is trained again,
    from its first step, with the options that are given in place of its own; texts beside it in place of its text.
    """
    from tui_rnn.engine.config import RunConfig
    from tui_rnn.engine.joined_text import STDIN, named
    from tui_rnn.engine.memory import MAX_MEMORY
    from tui_rnn.engine.text import MAX_CORPUS, most_bytes
    from tui_rnn.runs.job import new_job
    from tui_rnn.runs.twin import run_named, twin_job

    other = run_named(corpus[0])
    if other is not None:  # what is not given is as it was there: the settings file has no say
        corpus = corpus[1:]
        given |= {name: None for name in given if name not in _OF_THE_SCREEN and not is_given(ctx, name)}
    most = MAX_CORPUS if given["max_corpus"] is None else given["max_corpus"]
    stdin = _piped_text(most_bytes(most)) if STDIN in corpus else None
    front_end = _front_end(given, headless, as_json)
    make_job: Callable[[], Any]
    if other is not None:
        changes = {**given, "recipe": recipe if is_given(ctx, "recipe") else None}
        alike = until is not None  # the same run, up to that step
        make_job = partial(twin_job, other, changes, run, front_end, texts=corpus, stdin=stdin, unchanged=alike)
    else:
        front_end = {"max_corpus": MAX_CORPUS, "max_memory": MAX_MEMORY, **front_end}
        config = RunConfig.from_recipe(recipe, named(corpus), **given)
        make_job = partial(new_job, config, run, front_end, texts=corpus, stdin=stdin)
    return train_job(make_job, front_end, asked_for_lines=headless or as_json, until=until)


@click.command(cls=WithDefaults, short_help="Go on exactly where a run stopped.")
@click.argument("run", shell_complete=completion.runs)
@click.argument("corpus", metavar="[CORPUS …]", nargs=-1, shell_complete=completion.files)
@option("--steps", type=int, metavar="N", help="Train to this step, further than the run's own goal if need be.")
@option("--minutes", type=float, metavar="X", help="Train for so many minutes in all, or to --steps if sooner.")
@until_option
@option("--eta", type=float, metavar="X", help="Another learning rate: goes on as a new run, and RUN stays as it is.")
@option("--at", type=int, metavar="STEP", help="From the checkpoint of this step: goes on as a new run likewise.")
@option("--kernel", **KERNEL, help="What computes an update from here on: numpy or numba. [the run's]")
@option(
    "--new-text",
    multiple=True,
    metavar="FILE",
    shell_complete=completion.files,
    help="Another text, from its beginning: goes on as a new run likewise; again for a further file.",
)
@option("--run", "new_run", metavar="DIR", help="Where that new run is put. [runs/<corpus>-<date>-<time>]")
@option("--accept-changed-corpus", is_flag=True, help="Go on though the text was edited since.")
@option("--max-corpus", type=int, metavar="MB", help="The largest text that is read. [the run's]")
@option("--max-memory", type=int, metavar="MB", help="The most memory that the network may need. [the run's]")
@front_end_options
def resume(
    run: str,
    corpus: tuple[str, ...],
    steps: int | None,
    minutes: float | None,
    until: int | None,
    eta: float | None,
    at: int | None,
    new_text: tuple[str, ...],
    new_run: str | None,
    accept_changed_corpus: bool,
    kernel: str | None,
    headless: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Go on exactly where the run RUN stopped; CORPUS is where its text lies now, if that was moved."""
    from tui_rnn.runs.branch import branched_job
    from tui_rnn.runs.job import resumed_job

    front_end = _front_end(options, headless, as_json)
    if corpus and new_text:
        raise ConfigError(f"--new-text {new_text[0]} takes the place of {corpus[0]}: leave one of them out")
    if eta is not None or at is not None or new_text:
        make_job = partial(branched_job, run, eta, new_run, steps, front_end, minutes, at=at, new_text=new_text)
    elif new_run is not None:
        raise ConfigError(
            f"--run {new_run} is where a run with another --eta or --new-text, or --at a step, is put: give one, or "
            f"leave --run out"
        )
    else:
        make_job = partial(resumed_job, run, steps, front_end, minutes)
    make_job = partial(make_job, kernel=kernel, corpus=corpus, accept_changed_corpus=accept_changed_corpus)
    return train_job(make_job, front_end, asked_for_lines=headless or as_json, until=until)


def _front_end(options: dict[str, Any], headless: bool, as_json: bool) -> dict[str, Any]:
    """The options that are no part of the configuration, checked and taken out of `options`."""
    values = {name: options.pop(name) for name in ("progress_every", *LOOKS)}
    screen = options.pop("screen")
    if values["progress_every"] < 1:
        raise ConfigError(f"--progress-every {values['progress_every']} cannot be used: give a whole number from 1")
    check_looks(values["marker"], values["fps"])
    for name in ("max_corpus", "max_memory"):
        if (most := options.pop(name)) is not None:
            values[name] = most
    if screen and (headless or as_json):
        raise ConfigError(f"--screen and --{'json' if as_json else 'headless'} exclude each other: give one of them")
    if screen and (why := place.why_undrawable(place.streams(), os.environ)):
        raise ConfigError(f"--screen cannot be had, since {why}: run it in a terminal, or leave it out")
    if screen and sys.stdin is None:
        raise ConfigError("--screen cannot be had, since stdin is closed: give it one, as with </dev/null")
    headless = headless or as_json or not (screen or has_terminal())
    return {**values, "headless": headless, "json": as_json}


def _piped_text(most: int) -> bytes:
    """What is piped into stdin, up to one byte more than `most`; from then on keys are read from the terminal, if any.

    Raises ConfigError where nothing is piped.
    """
    if sys.stdin is None or sys.stdin.isatty():
        what = "closed" if sys.stdin is None else "the keyboard here"
        raise ConfigError(f"standard input (-) is {what}: pipe a text into it, as in cat book.txt | tui-rnn -")
    data = sys.stdin.buffer.read(most + 1)
    stdio.read_keys_from_terminal()
    return data


def train_job(
    make_job: Callable[[], Any], front_end: dict[str, Any], *, asked_for_lines: bool = True, until: int | None = None
) -> int:
    """Make the job first: what is wrong with it is said before NumPy is imported, or Textual.

    But with a --theme Textual, which alone knows its name, is asked before: a job that is made is on disk.

    A signal ends the making at once and leaves nothing on disk; from then on it ends the run with a checkpoint.
    """
    if until is not None and until < 1:
        raise ConfigError(f"--until {until} cannot be used: give a step from 1")
    if until is not None and not front_end["headless"]:
        raise ConfigError(f"--until {until} stops a run that nobody watches: give --headless or --json beside it")
    if not front_end["headless"]:
        front_end["theme"] = chosen_theme(front_end["theme"])
    signals.exit_at_once()
    keep_in(user_folder.kernels_folder())
    try:
        job = make_job()
        signals.hold()
        say_warnings()
        on = place.streams()
        nobody = place.why_nobody_types(on, os.environ)
        progress_every = front_end["progress_every"]
        if front_end["headless"]:
            why = place.why_no_screen(on, os.environ)
            if on.stdin and why and not asked_for_lines and not place.why_undrawable(on, os.environ):
                stdio.write_stderr(f"tui-rnn: no screen, since {why}; --screen opens it all the same\n")
            from tui_rnn.headless import training

            as_json = front_end["json"]
            watched = not nobody
            return training.train(job, as_json=as_json, progress_every=progress_every, is_watched=watched, until=until)
        screen = screen_options(front_end)
        from tui_rnn.tui import program

        return program.train(job, screen, progress_every=progress_every, is_attended=on.stdin and not nobody)
    finally:
        signals.release()
