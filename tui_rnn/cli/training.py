"""The commands that train a run or show one: `train`, which is meant where none is named, `resume` and `view`."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from tui_rnn import place, signals, stdio, user_folder
from tui_rnn.cli import completion, defaults
from tui_rnn.cli.base import CONTEXT, option, options
from tui_rnn.cli.defaults import WithDefaults
from tui_rnn.cli.shared import LOOKS, check_looks, front_end_options, looks_options
from tui_rnn.engine.config import CHOICES
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.kernels.cache import keep_in
from tui_rnn.engine.kernels.choice import AUTO, KERNELS

if TYPE_CHECKING:
    from tui_rnn.tui.panels.base import ScreenOptions

_NETWORK, _LEARNING, _LENGTH, _TEXT, _OUTPUT = "Network", "Learning", "Length", "Text", "Output"


def _number_or_none(text: str) -> float:
    """The number; `none` is kept as 0, which RunConfig reads as none. Raises ValueError, which click prints."""
    return 0.0 if text == "none" else float(text)


def _of(name: str) -> dict[str, Any]:
    """An option that takes one of the names that the configuration knows."""
    return {"metavar": "NAME", "shell_complete": completion.names(CHOICES[name])}


_KERNEL: dict[str, Any] = {"metavar": "NAME", "shell_complete": completion.names(KERNELS)}

_network = partial(option, group=_NETWORK)
_learning = partial(option, group=_LEARNING)
_length = partial(option, group=_LENGTH)
_text = partial(option, group=_TEXT)
_output = partial(option, group=_OUTPUT)

network_options = options(
    _network("--recipe", default="adagrad", **_of("recipe"), help="The preset that all below override. [adagrad]"),
    _network("--cell", **_of("cell"), help="The recurrence: rnn, lstm or gru. [rnn]"),
    _network("--layers", type=int, metavar="L", help="Layers of it, one above the other. [1]"),
    _network("--hidden-size", type=int, metavar="M", help="Hidden units m of each layer."),
    _network("--seq-length", type=int, metavar="T", help="Characters unrolled in one update."),
    _network("--init", **_of("init"), help="Weights: normal (N(0, 0.01)) or scaled (by 1/sqrt of the inputs)."),
    _network("--dropout", type=float, metavar="X", help="Part of what a layer hands up that an update leaves out. [0]"),
    _network("--dtype", **_of("dtype"), help="float32 or float64. [float32]"),
    _network("--kernel", default=AUTO, **_KERNEL, help="What computes an update: auto, numpy or numba. [auto]"),
)
learning_options = options(
    _learning("--optimizer", **_of("optimizer"), help="adagrad, adam, nadam, rmsprop or sgd."),
    _learning(
        "--eta",
        type=float,
        metavar="X",
        help="Learning rate. The adagrad recipe's is 0.1: the 2021 report prints 0.01, but its numbers need 0.1.",
    ),
    _learning(
        "--eta-recurrent", type=float, metavar="X", help="Learning rate of W, as a multiple of eta. [1; fast: 0.25]"
    ),
    _learning(
        "--eta-input", type=float, metavar="X", help="Learning rate of U and b, as a multiple of eta. [1; fast: 2]"
    ),
    _learning("--batch-size", type=int, metavar="B", help="Streams of the text read side by side."),
    _learning("--memory-start", type=float, metavar="X", help="AdaGrad's memory before the first update. [0]"),
    _learning("--schedule", **_of("schedule"), help="Of the learning rate: constant or cosine."),
    _learning("--warmup", type=int, metavar="N", help="Updates over which the learning rate rises to eta."),
    _learning(
        "--clip", type=_number_or_none, metavar="X", help="Clip each element of the gradient to [-X, X]; or none."
    ),
    _learning("--clip-norm", type=_number_or_none, metavar="X", help="Clip the gradient's Euclidean norm; or none."),
    _learning("--reduction", **_of("reduction"), help="Objective over the sequence: sum or mean. Losses are sums."),
    _learning("--seed", type=int, metavar="S", help="The one source of all randomness. [0]"),
)
length_options = options(
    _length("--steps", type=int, metavar="N", help="Update steps in all. [100000; with --minutes: no bound]"),
    _length(
        "--minutes",
        type=float,
        metavar="X",
        help="Minutes of training in all, pauses left out: run and schedule end there, or at --steps if sooner.",
    ),
)
text_options = options(
    _text("--holdout", type=float, metavar="X", help="Part of the text, its end, to hold out and judge by. [0: none]"),
    _text(
        "--order",
        **_of("order"),
        help="In which the text is read: sequential, random or chunks. [sequential; fast: chunks]",
    ),
    _text("--chunks", type=int, metavar="N", help="Pieces shuffled each epoch by --order chunks. [100, or what fits]"),
    _text(
        "--encoding",
        metavar="NAME",
        shell_complete=completion.names(completion.ENCODINGS),
        help="The text's encoding. [utf-8]",
    ),
    _text("--errors", **_of("errors"), help="Bytes that do not decode: strict (refuse) or replace. [strict]"),
    _text("--max-corpus", type=int, metavar="MB", help="The largest text that is read. [256]"),
    _text("--max-memory", type=int, metavar="MB", help="The most memory that the network may need. [1024]"),
)
_run_option = _output(
    "--run",
    metavar="DIR",
    shell_complete=completion.folders,
    help="The run directory. [runs/<corpus>-<date>-<time>]",
)
record_options = options(
    _output(
        "--sample-every",
        type=int,
        metavar="N",
        help="Sample before update 1, before every Nth, and at the end. [with --minutes: about 20, by time]",
    ),
    _output("--sample-length", type=int, metavar="N", help="Characters of such a sample. [200]"),
    _output("--checkpoint-every", type=int, metavar="N", help="Steps between checkpoints. [10000]"),
)


_until_option = _length(
    "--until",
    type=int,
    metavar="STEP",
    help="Stop at this step, the goal and its schedule as they are: resume goes on. With --headless or --json.",
)


@click.command(cls=WithDefaults, hidden=True, context_settings=CONTEXT)  # its variables are TUI_RNN_ETA and the like
@click.argument("corpus", metavar="CORPUS …", nargs=-1, required=True, shell_complete=completion.files)
@network_options
@learning_options
@length_options
@_until_option
@text_options
@_run_option
@record_options
@front_end_options
def train(
    corpus: tuple[str, ...],
    recipe: str,
    run: str | None,
    until: int | None,
    headless: bool,
    as_json: bool,
    **given: Any,
) -> int:
    """Train on the text CORPUS, or on several, read in order as one. CORPUS - is standard input.

    The screen's keys are then read from the terminal, if there is one.
    """
    from tui_rnn.engine.config import RunConfig
    from tui_rnn.engine.joined_text import STDIN, named
    from tui_rnn.engine.memory import MAX_MEMORY
    from tui_rnn.engine.text import MAX_CORPUS, most_bytes
    from tui_rnn.runs.job import new_job

    most = MAX_CORPUS if given["max_corpus"] is None else given["max_corpus"]
    stdin = _piped_text(most_bytes(most)) if STDIN in corpus else None
    front_end = {"max_corpus": MAX_CORPUS, "max_memory": MAX_MEMORY, **_front_end(given, headless, as_json)}
    config = RunConfig.from_recipe(recipe, named(corpus), **given)
    make_job = partial(new_job, config, run, front_end, texts=corpus, stdin=stdin)
    return train_job(make_job, front_end, asked_for_lines=headless or as_json, until=until)


@click.command(cls=WithDefaults, short_help="Go on exactly where a run stopped.")
@click.argument("run", shell_complete=completion.runs)
@click.argument("corpus", metavar="[CORPUS …]", nargs=-1, shell_complete=completion.files)
@option("--steps", type=int, metavar="N", help="Train to this step, further than the run's own goal if need be.")
@option("--minutes", type=float, metavar="X", help="Train for so many minutes in all, or to --steps if sooner.")
@_until_option
@option("--eta", type=float, metavar="X", help="Another learning rate: goes on as a new run, and RUN stays as it is.")
@option("--at", type=int, metavar="STEP", help="From the checkpoint of this step: goes on as a new run likewise.")
@option("--kernel", **_KERNEL, help="What computes an update from here on: numpy or numba. [the run's]")
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


@click.command(cls=WithDefaults, short_help="Look at a run, or at a sweep, on the screen, read-only.")
@click.argument("run", metavar="RUN|SWEEP", shell_complete=completion.runs)
@looks_options
def view(run: str, marker: str, fps: float, theme: str | None) -> int:
    """Look at the run RUN, finished, damaged, or in training elsewhere and followed live; nothing is changed.

    SWEEP is the folder of a sweep, of which the table of its runs is shown.
    """
    check_looks(marker, fps)
    if why := place.why_no_screen(place.streams(), os.environ):
        raise ConfigError(f"view needs a screen, and there is none ({why}): tui-rnn runs lists runs in lines")
    screen = screen_options({"marker": marker, "fps": fps, "theme": chosen_theme(theme)})
    from tui_rnn.tui import program

    say_warnings()
    keep_in(user_folder.kernels_folder())
    signals.hold()
    try:
        return program.view(run, screen)
    finally:
        signals.release()


@click.command(cls=WithDefaults, hidden=True)
@looks_options
def home(marker: str, fps: float, theme: str | None) -> int:
    """The runs and texts at hand, on a terminal: what `tui-rnn` alone shows."""
    check_looks(marker, fps)
    screen = screen_options({"marker": marker, "fps": fps, "theme": chosen_theme(theme)})
    from tui_rnn.tui import program

    say_warnings()
    keep_in(user_folder.kernels_folder())
    signals.hold()
    try:
        return program.home(screen)
    finally:
        signals.release()


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


def has_terminal() -> bool:
    """Whether a screen can be drawn and somebody can press its keys."""
    return not place.why_no_screen(place.streams(), os.environ)


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


def say_warnings() -> None:
    """Say what is left out of the settings, once it is clear that there is something to show."""
    if (ctx := click.get_current_context(silent=True)) is not None:
        defaults.of(ctx).say_warnings()


def chosen_theme(theme: str | None) -> str | None:
    """The theme by an option, a variable, the settings file, or as it was last chosen. Raises ConfigError."""
    ctx = click.get_current_context(silent=True)
    return theme if ctx is None else defaults.theme_of(ctx, theme)


def screen_options(looks: Mapping[str, Any]) -> "ScreenOptions":
    """How the screen is drawn, by the options of LOOKS and the settings."""
    from tui_rnn.tui.panels.base import ScreenOptions

    screen = ScreenOptions(*(looks[name] for name in ("marker", "fps", "theme")))
    if (ctx := click.get_current_context(silent=True)) is None:
        return screen
    given = defaults.of(ctx)
    return replace(screen, panel=given.panel, warnings=tuple(given.warnings))
